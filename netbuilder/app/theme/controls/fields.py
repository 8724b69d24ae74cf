"""Line edits, spin boxes and combo boxes: one border for all three."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyleOption,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QStyleOptionSpinBox,
    QWidget,
)

from netbuilder.app.theme.controls.strokes import (
    ENABLED,
    FOCUSED,
    box,
    centre_of,
    chevron,
    has,
    label_of,
)
from netbuilder.app.theme.state import colour

SPIN_BUTTONS = 20
COMBO_ARROW = 22
TEXT_MARGIN = 6
"""Beside the 2 that a line edit adds itself, so that text starts at 8."""

_PROBLEMS = {"error": "error", "warning": "warn"}


def _border(option: QStyleOption, widget: QWidget | None) -> tuple[QColor, float]:
    if has(option, FOCUSED) and has(option, ENABLED):
        return colour("accent"), 2.0
    problem = label_of(widget, "problem")
    if isinstance(problem, str) and problem in _PROBLEMS:
        return colour(_PROBLEMS[problem]), 1.0
    return colour("line_strong" if has(option, ENABLED) else "line"), 1.0


def frame(painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
    """The rounded box of a field."""
    border, width = _border(option, widget)
    box(painter, option.rect, colour("input"), border, width=width)


def line_edit(painter: QPainter, option: QStyleOptionFrame, widget: QWidget | None) -> None:
    """``PE_PanelLineEdit``; one without a frame lies in a spin box, combo box or table cell."""
    if option.lineWidth > 0:
        frame(painter, option, widget)
    else:
        painter.fillRect(option.rect, colour("input"))


def line_edit_contents(option: QStyleOption) -> QRect:
    """``SE_LineEditContents``: where the text may be."""
    if isinstance(option, QStyleOptionFrame) and option.lineWidth > 0:
        return option.rect.adjusted(TEXT_MARGIN, 1, -TEXT_MARGIN, -1)
    return QRect(option.rect)


def spin_box_part(option: QStyleOptionSpinBox, part: QStyle.SubControl) -> QRect | None:
    """The rectangles of a spin box: two stacked arrows at the right."""
    rect = option.rect
    none = option.buttonSymbols.name == "NoButtons"
    width = 0 if none else SPIN_BUTTONS
    left = rect.right() + 1 - width
    middle = rect.top() + rect.height() // 2
    if part == QStyle.SubControl.SC_SpinBoxFrame:
        return QRect(rect)
    if part == QStyle.SubControl.SC_SpinBoxEditField:
        return rect.adjusted(TEXT_MARGIN, 2, -max(width, TEXT_MARGIN), -2)
    if part == QStyle.SubControl.SC_SpinBoxUp:
        return QRect() if none else QRect(left, rect.top(), width, middle - rect.top())
    if part == QStyle.SubControl.SC_SpinBoxDown:
        return QRect() if none else QRect(left, middle, width, rect.bottom() + 1 - middle)
    return None


def spin_box(painter: QPainter, option: QStyleOptionSpinBox, widget: QWidget | None) -> None:
    """``CC_SpinBox``."""
    if option.frame:
        frame(painter, option, widget)
    up_part, down_part = QStyle.SubControl.SC_SpinBoxUp, QStyle.SubControl.SC_SpinBoxDown
    up, down = spin_box_part(option, up_part), spin_box_part(option, down_part)
    if up is None or down is None or up.isEmpty():
        return
    steps = option.stepEnabled
    for part, rect, direction, lift in (
        (up_part, up, "up", 1.0),
        (down_part, down, "down", -1.0),
    ):
        can = has(option, ENABLED) and any(
            flag.name == f"Step{direction.title()}Enabled" for flag in steps
        )
        lit = can and option.activeSubControls == part
        ink = colour("text" if lit else "text2" if can else "disabled")
        centre = centre_of(rect) + QPointF(-1.0, lift)
        chevron(painter, centre, direction, ink, reach=2.5)  # type: ignore[arg-type]


def combo_box_part(option: QStyleOptionComboBox, part: QStyle.SubControl) -> QRect | None:
    """The rectangles of a combo box: text, then one arrow."""
    rect = option.rect
    if part == QStyle.SubControl.SC_ComboBoxEditField:
        # An editable one holds a line edit, which brings 2 of its own.
        left = TEXT_MARGIN if option.editable else TEXT_MARGIN + 2
        return rect.adjusted(left, 2, -COMBO_ARROW, -2)
    if part == QStyle.SubControl.SC_ComboBoxArrow:
        return QRect(rect.right() + 1 - COMBO_ARROW, rect.top(), COMBO_ARROW, rect.height())
    return None


def combo_box(painter: QPainter, option: QStyleOptionComboBox, widget: QWidget | None) -> None:
    """``CC_ComboBox``."""
    if option.frame:
        frame(painter, option, widget)
    arrow = combo_box_part(option, QStyle.SubControl.SC_ComboBoxArrow)
    if arrow is not None:
        ink = colour("text2" if has(option, ENABLED) else "disabled")
        chevron(painter, centre_of(arrow) + QPointF(-1.0, 0.0), "down", ink)

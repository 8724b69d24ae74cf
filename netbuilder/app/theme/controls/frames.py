"""Borders and bars around other things: frames, docks, tool bars, splitters."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QPlainTextEdit,
    QStyleOption,
    QStyleOptionDockWidget,
    QStyleOptionFrame,
    QTextEdit,
    QWidget,
)

from netbuilder.app.theme import fonts
from netbuilder.app.theme.controls.strokes import (
    ENABLED,
    FOCUSED,
    HORIZONTAL,
    HOVERED,
    PRESSED,
    box,
    has,
)
from netbuilder.app.theme.sizes import RADIUS_NODE, TOOLBAR_SEPARATOR
from netbuilder.app.theme.state import colour


def group_box(painter: QPainter, option: QStyleOption) -> None:
    """``PE_FrameGroupBox``."""
    box(painter, option.rect, None, colour("line"), RADIUS_NODE)


def frame(painter: QPainter, option: QStyleOption, widget: QWidget | None) -> None:
    """``PE_Frame``: square, because what scrolls inside is square."""
    ink = "line"
    if isinstance(widget, (QTextEdit, QPlainTextEdit)):
        ink = "accent" if has(option, FOCUSED) else "line_strong"
    elif widget is not None and widget.isWindow():
        ink = "line_strong"
    box(painter, option.rect, None, colour(ink), 0)


def shaped(painter: QPainter, option: QStyleOptionFrame, widget: QWidget | None) -> bool:
    """``CE_ShapedFrame``; false for shapes that need nothing of ours."""
    rect = option.rect
    if option.frameShape == QFrame.Shape.HLine:
        painter.fillRect(QRect(rect.left(), rect.center().y(), rect.width(), 1), colour("line"))
    elif option.frameShape == QFrame.Shape.VLine:
        painter.fillRect(QRect(rect.center().x(), rect.top(), 1, rect.height()), colour("line"))
    elif option.frameShape in (QFrame.Shape.Box, QFrame.Shape.Panel, QFrame.Shape.WinPanel):
        frame(painter, option, widget)
    else:
        return False
    return True


def tool_tip(painter: QPainter, rect: QRect) -> None:
    """``PE_PanelTipLabel``."""
    box(painter, rect, colour("raised"), colour("line_strong"), 0)


def tool_bar(painter: QPainter, option: QStyleOption) -> None:
    """``CE_ToolBar``: the window, closed by a line."""
    rect = option.rect
    painter.fillRect(rect, colour("window"))
    if has(option, HORIZONTAL):
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colour("line"))
    else:
        painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), colour("line"))


def tool_bar_separator(painter: QPainter, option: QStyleOption) -> None:
    """``PE_IndicatorToolBarSeparator``: 1 by 20."""
    area = QRectF(option.rect)
    middle, half = area.center(), TOOLBAR_SEPARATOR / 2
    if has(option, HORIZONTAL):
        line = QRect(int(middle.x()), int(middle.y() - half), 1, TOOLBAR_SEPARATOR)
    else:
        line = QRect(int(middle.x() - half), int(middle.y()), TOOLBAR_SEPARATOR, 1)
    painter.fillRect(line, colour("line"))


def tool_bar_handle(painter: QPainter, option: QStyleOption) -> None:
    """``PE_IndicatorToolBarHandle``: a short line to take hold of."""
    middle = QRectF(option.rect).center()
    upright = has(option, HORIZONTAL)
    for step in (-1, 1):
        offset = QPointF(step * 1.5, 0.0) if upright else QPointF(0.0, step * 1.5)
        size = QSize(1, 12) if upright else QSize(12, 1)
        corner = middle + offset - QPointF(size.width() / 2, size.height() / 2)
        painter.fillRect(
            QRect(int(corner.x()), int(corner.y()), size.width(), size.height()),
            colour("line_strong"),
        )


def separator(painter: QPainter, option: QStyleOption) -> None:
    """The line between two docks or two halves of a splitter; lit while it can be dragged."""
    rect = option.rect
    lit = has(option, ENABLED) and (has(option, HOVERED) or has(option, PRESSED))
    painter.fillRect(rect, colour("window"))
    ink = colour("accent" if lit else "line")
    if rect.height() > rect.width():
        painter.fillRect(QRect(rect.center().x(), rect.top(), 1, rect.height()), ink)
    else:
        painter.fillRect(QRect(rect.left(), rect.center().y(), rect.width(), 1), ink)


def dock_title(painter: QPainter, option: QStyleOptionDockWidget, text_rect: QRect) -> None:
    """``CE_DockWidgetTitle``."""
    rect = option.rect
    painter.save()
    painter.fillRect(rect, colour("panel"))
    if option.verticalTitleBar:
        painter.translate(rect.left(), rect.bottom())
        painter.rotate(-90)
        text_rect = QRect(8, 0, rect.height() - 16, rect.width())
    else:
        text_rect = QRect(rect.left() + 12, rect.top(), text_rect.width() - 8, rect.height())
    font = fonts.title()
    painter.setFont(font)
    painter.setPen(colour("text" if has(option, ENABLED) else "disabled"))
    metrics = painter.fontMetrics()
    title = metrics.elidedText(option.title, Qt.TextElideMode.ElideRight, text_rect.width())
    painter.drawText(
        text_rect,
        Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextHideMnemonic,
        title,
    )
    painter.restore()


def status_bar(painter: QPainter, rect: QRect) -> None:
    """``PE_PanelStatusBar``: the window, opened by a line."""
    painter.fillRect(rect, colour("window"))
    painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), colour("line"))


def rubber_band(painter: QPainter, rect: QRect) -> None:
    """``CE_RubberBand``: what a marquee encloses."""
    fill = colour("accent").toRgb()
    fill.setAlphaF(0.12)
    box(painter, rect, fill, colour("accent"), 0)

"""Tabs: flat, the selected one underlined."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyleOptionTab, QTabBar, QWidget

from netbuilder.app.theme.controls.strokes import ENABLED, HOVERED, SELECTED, has
from netbuilder.app.theme.state import colour

_BELOW = (QTabBar.Shape.RoundedSouth, QTabBar.Shape.TriangularSouth)
_LEFT = (QTabBar.Shape.RoundedWest, QTabBar.Shape.TriangularWest)
_RIGHT = (QTabBar.Shape.RoundedEast, QTabBar.Shape.TriangularEast)


def is_upright(shape: QTabBar.Shape) -> bool:
    """Whether the tabs stand beside their page."""
    return shape in _LEFT or shape in _RIGHT


def shape(painter: QPainter, option: QStyleOptionTab, widget: QWidget | None) -> None:
    """``CE_TabBarTabShape``: the underline lies on the side of the page."""
    if not has(option, SELECTED):
        return
    rect = option.rect
    painter.fillRect(rect, colour("panel"))
    if option.shape in _BELOW:
        line = QRect(rect.left(), rect.top(), rect.width(), 2)
    elif option.shape in _LEFT:
        line = QRect(rect.right() - 1, rect.top(), 2, rect.height())
    elif option.shape in _RIGHT:
        line = QRect(rect.left(), rect.top(), 2, rect.height())
    else:
        line = QRect(rect.left(), rect.bottom() - 1, rect.width(), 2)
    painter.fillRect(line, colour("accent" if has(option, ENABLED) else "line_strong"))


def label(option: QStyleOptionTab) -> QStyleOptionTab:
    """The option to draw the text with: quiet unless selected or under the pointer."""
    if has(option, SELECTED) or not has(option, ENABLED) or has(option, HOVERED):
        return option
    own = QStyleOptionTab(option)
    palette = QPalette(option.palette)
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.ButtonText):
        palette.setColor(role, colour("text2"))
    own.palette = palette
    return own

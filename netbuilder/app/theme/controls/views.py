"""Lists, trees, tables and their headers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyleOptionHeader, QStyleOptionViewItem, QTableView, QWidget

from netbuilder.app.theme.controls.strokes import (
    ENABLED,
    HOVERED,
    SELECTED,
    centre_of,
    chevron,
    has,
)
from netbuilder.app.theme.state import colour


def row(painter: QPainter, option: QStyleOptionViewItem, widget: QWidget | None) -> None:
    """``PE_PanelItemViewRow``: the whole row of a tree, its indentation too."""
    if has(option, SELECTED):
        painter.fillRect(option.rect, colour("sel_bg"))
    elif has(option, ENABLED) and has(option, HOVERED) and not isinstance(widget, QTableView):
        painter.fillRect(option.rect, colour("hover"))
    elif option.features & QStyleOptionViewItem.ViewItemFeature.Alternate:
        painter.fillRect(option.rect, colour("panel"))


def item(painter: QPainter, option: QStyleOptionViewItem, widget: QWidget | None) -> None:
    """``PE_PanelItemViewItem``: one cell."""
    if option.backgroundBrush.style() != Qt.BrushStyle.NoBrush:
        painter.fillRect(option.rect, option.backgroundBrush)
    if has(option, SELECTED):
        painter.fillRect(option.rect, colour("sel_bg"))
    elif has(option, ENABLED) and has(option, HOVERED) and not isinstance(widget, QTableView):
        painter.fillRect(option.rect, colour("hover"))


def header_section(painter: QPainter, option: QStyleOptionHeader, widget: QWidget | None) -> None:
    """``CE_HeaderSection``: flat, a line below and one to the right."""
    rect = option.rect
    painter.fillRect(rect, colour("hover" if has(option, HOVERED) else "panel"))
    line = colour("line")
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), line)
    painter.fillRect(QRect(rect.right(), rect.top(), 1, rect.height()), line)


def header_label(option: QStyleOptionHeader) -> QStyleOptionHeader:
    """The option to draw the text of a header with."""
    if not has(option, ENABLED):
        return option
    palette = QPalette(option.palette)
    for role in (QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(role, colour("text2"))
    option.palette = palette
    return option


def header_arrow(painter: QPainter, option: QStyleOptionHeader) -> None:
    """``PE_IndicatorHeaderArrow``: Qt calls "up" what points down in other programs."""
    down = option.sortIndicator == QStyleOptionHeader.SortIndicator.SortUp
    centre = centre_of(option.rect) + QPointF(0.0, 0.0)
    chevron(painter, centre, "down" if down else "up", colour("text2"), 3.0)

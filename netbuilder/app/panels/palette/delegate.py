"""Draws the rows of the palette: families with icon and count, entries below them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from netbuilder.app.panels.focus import by_keyboard
from netbuilder.app.panels.palette.entries import Family
from netbuilder.app.panels.palette.model import ENTRY_ROLE, LETTERS_ROLE
from netbuilder.app.theme import colour, fonts, icons, sizes
from netbuilder.app.theme.controls.strokes import chevron, ring

_CHEVRON_X, _ICON_X, _TITLE_X, _RIGHT = 15, 30, 52, 12
ENTRY_X = _TITLE_X - 16
"""Where the name of an entry begins."""
_ICON = 16

Index = QModelIndex | QPersistentModelIndex


class PaletteDelegate(QStyledItemDelegate):
    """Rows 28 (families) and 24 (entries) high, painted whole."""

    def __init__(self, view: QTreeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        family = isinstance(index.data(ENTRY_ROLE), Family)
        return QSize(sizes.PALETTE_WIDTH, sizes.FAMILY_ROW if family else sizes.LIST_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        self._background(painter, option)
        item = index.data(ENTRY_ROLE)
        if isinstance(item, Family):
            is_open = self._view.isExpanded(index)  # type: ignore[arg-type]
            self._family(painter, option.rect, item, is_open)
        else:
            letters = index.data(LETTERS_ROLE) or ()
            rect = option.rect.adjusted(ENTRY_X, 0, -_RIGHT, 0)
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            _lit(painter, rect, item.title, letters, fonts.body(), "text" if chosen else "text2")
        if option.state & QStyle.StateFlag.State_HasFocus and by_keyboard(self._view):
            ring(painter, option.rect.adjusted(1, 1, -1, -1), sizes.RADIUS_CHIP)
        painter.restore()

    def _background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.color(QPalette.ColorRole.Highlight))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(option.rect, colour("hover"))

    def _family(self, painter: QPainter, rect: QRect, family: Family, is_open: bool) -> None:
        middle = rect.center().y() + 0.5
        chevron(
            painter,
            QPointF(rect.left() + _CHEVRON_X, middle),
            "down" if is_open else "right",
            colour("text3"),
            3.0,
        )
        icon = icons.FAMILY_ICON.get(family.name, icons.FAMILY_ICON["Unknown"])
        box = QRectF(rect.left() + _ICON_X, middle - _ICON / 2, _ICON, _ICON)
        icons.paint(painter, icon, "text2", box)
        count = str(len(family.entries))
        painter.setFont(fonts.panel_mono())
        painter.setPen(colour("text3"))
        right = rect.adjusted(0, 0, -_RIGHT, 0)
        end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(right, end, count)
        room = right.adjusted(_TITLE_X, 0, -painter.fontMetrics().horizontalAdvance(count) - 8, 0)
        _lit(painter, room, family.name, (), fonts.ui(12, fonts.MEDIUM), "text")


def _lit(
    painter: QPainter, rect: QRect, text: str, letters: tuple[int, ...], font: QFont, token: str
) -> None:
    """A line of text, elided at the end, with the letters that a search found lit up."""
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(font)
    place = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    if not letters:
        painter.setPen(colour(token))
        painter.drawText(rect, place, shown)
        return
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    left = rect.left()
    for run, lit in _runs(shown, frozenset(letters)):
        ink: QColor = colour("accent" if lit else token)
        painter.setFont(bold if lit else font)
        painter.setPen(ink)
        painter.drawText(
            QRect(left, rect.top(), rect.right() - left + 1, rect.height()), place, run
        )
        left += painter.fontMetrics().horizontalAdvance(run)


def _runs(text: str, letters: frozenset[int]) -> list[tuple[str, bool]]:
    """The text cut where lit letters begin and end."""
    runs: list[tuple[str, bool]] = []
    for place, letter in enumerate(text):
        lit = place in letters
        if runs and runs[-1][1] == lit:
            runs[-1] = (runs[-1][0] + letter, lit)
        else:
            runs.append((letter, lit))
    return runs

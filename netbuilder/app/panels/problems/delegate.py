"""Draws a problem: icon, sentence, remedies as links, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from netbuilder.app.panels.focus import by_keyboard
from netbuilder.app.panels.problems.model import PROBLEM_ROLE, where
from netbuilder.app.theme import colour, fonts, icons, sizes
from netbuilder.app.theme.controls.strokes import ring
from netbuilder.compiler.report import Problem

ROW = 32
_PAD, _ICON, _GAP = sizes.PANEL_PADDING, 16, 10
_WHERE = 150
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Parts:
    """Where the parts of a row are."""

    icon: QRect
    sentence: QRect
    links: tuple[QRect, ...]
    where: QRect


class ProblemsDelegate(QStyledItemDelegate):
    """Rows are as high as their sentence needs; links stand under it."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        #: Row and link under the pointer.
        self.hovered: tuple[int, int] | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        width = self._view.viewport().width()
        parts = self.parts(QRect(0, 0, width, 0), index.data(PROBLEM_ROLE))
        last = parts.links[0] if parts.links else parts.sentence
        return QSize(width, max(last.bottom() + 9, ROW))

    def parts(self, row: QRect, problem: Problem) -> Parts:
        """Where the parts are in a row of this place and width; its height does not matter."""
        left = row.left() + _PAD + _ICON + _GAP
        room = max(row.width() - (left - row.left()) - _WHERE - 2 * _PAD, 80)
        body = QFontMetrics(fonts.body())
        words = body.boundingRect(
            QRect(0, 0, room, 1000), int(Qt.TextFlag.TextWordWrap), problem.message
        )
        top = row.top() + 8
        sentence = QRect(left, top, room, words.height())
        links, x, y = [], left, sentence.bottom() + 5
        medium = QFontMetrics(fonts.control())
        for fix in problem.fixes:
            width = medium.horizontalAdvance(fix.label)
            links.append(QRect(x, y, width, medium.height()))
            x += width + 16
        where_at = QRect(row.right() - _WHERE - _PAD, top, _WHERE, body.height())
        return Parts(QRect(row.left() + _PAD, top, _ICON, _ICON), sentence, tuple(links), where_at)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        problem: Problem = index.data(PROBLEM_ROLE)
        parts = self.parts(option.rect, problem)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, option.palette.color(QPalette.ColorRole.Highlight))
        name, token = ("error", "error") if problem.severity == "error" else ("warning", "warn")
        icons.paint(painter, name, token, QRectF(parts.icon))
        painter.setFont(fonts.body())
        painter.setPen(colour("text"))
        painter.drawText(parts.sentence, int(Qt.TextFlag.TextWordWrap), problem.message)
        for place, (rect, fix) in enumerate(zip(parts.links, problem.fixes, strict=True)):
            font = fonts.control()
            font.setUnderline(self.hovered == (index.row(), place))
            painter.setFont(font)
            painter.setPen(colour("accent"))
            painter.drawText(rect, int(Qt.TextFlag.TextSingleLine), fix.label)
        mono = fonts.panel_mono()
        painter.setFont(mono)
        painter.setPen(colour("text2" if problem.node else "text3"))
        text = QFontMetrics(mono).elidedText(
            where(problem), Qt.TextElideMode.ElideMiddle, parts.where.width()
        )
        painter.drawText(parts.where, Qt.AlignmentFlag.AlignRight, text)
        line = QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1)
        painter.fillRect(line, colour("line"))
        if option.state & QStyle.StateFlag.State_HasFocus and by_keyboard(self._view):
            ring(painter, option.rect.adjusted(1, 1, -1, -2), sizes.RADIUS_CHIP)
        painter.restore()

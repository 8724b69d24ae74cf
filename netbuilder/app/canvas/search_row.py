"""How one row of the search looks: icon, name with what matched, family, kind to kind."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from netbuilder.app.canvas.catalogue import Found
from netbuilder.app.canvas.ink import advance, ink, metrics
from netbuilder.app.canvas.ports import glyph
from netbuilder.app.theme import colour, fonts, icons, sizes
from netbuilder.layers import Flow

AnyIndex = QModelIndex | QPersistentModelIndex
FOUND = Qt.ItemDataRole.UserRole
HEADING = 26
_FLOWS_WIDTH = 60


class SearchRow(QStyledItemDelegate):
    """Paints a `Found`; a row without one is a heading."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        found = index.data(FOUND)
        return QSize(100, HEADING if found is None else sizes.POPUP_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        rect = QRectF(option.rect)  # type: ignore[attr-defined]
        found: Found | None = index.data(FOUND)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if found is None:
            painter.setFont(fonts.ui(11, fonts.SEMIBOLD))
            painter.setPen(colour("text2"))
            words = rect.adjusted(14, 4, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, str(index.data()))
        else:
            if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
                painter.fillRect(rect, colour("sel_bg"))
            _row(painter, rect, found)
        painter.restore()


def _row(painter: QPainter, rect: QRectF, found: Found) -> None:
    entry, middle = found.entry, rect.center().y()
    ratio = painter.device().devicePixelRatioF()
    flow = entry.gives or entry.takes or "any"
    name = icons.FAMILY_ICON.get(entry.family, icons.FAMILY_ICON["Unknown"])
    tint = flow if flow != "any" else "text2"
    painter.drawPixmap(QPointF(rect.left() + 13, middle - 8), icons.pixmap(name, tint, 16, ratio))

    note = found.note or entry.family
    note_width = advance(fonts.caption(), note)
    right = rect.right() - _FLOWS_WIDTH - 14
    painter.setFont(fonts.caption())
    painter.setPen(colour("text2"))
    area = QRectF(right - note_width - 10, rect.top(), note_width + 2, rect.height())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, note)

    _title(
        painter,
        QRectF(rect.left() + 40, rect.top(), area.left() - rect.left() - 48, rect.height()),
        found,
    )
    _flows(painter, rect.right() - _FLOWS_WIDTH, middle, entry.takes, entry.gives)


def _title(painter: QPainter, area: QRectF, found: Found) -> None:
    """The name, letters that matched in the accent."""
    plain, bold = fonts.body(), fonts.ui(12, fonts.SEMIBOLD)
    text = metrics(plain).elidedText(found.entry.title, Qt.TextElideMode.ElideRight, area.width())
    x, i = area.left(), 0
    while i < len(text):
        lit = i in found.letters
        j = i
        while j < len(text) and (j in found.letters) == lit:
            j += 1
        part = text[i:j]
        painter.setFont(bold if lit else plain)
        painter.setPen(colour("accent" if lit else "text"))
        where = QRectF(x, area.top(), area.width(), area.height())
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, part)
        x += advance(bold if lit else plain, part)
        i = j


def _flows(painter: QPainter, x: float, y: float, takes: Flow | None, gives: Flow | None) -> None:
    own = ink()
    for flow, at in ((takes, x + 8), (gives, x + 44)):
        if flow is None:
            continue
        painter.save()
        painter.translate(at, y)
        if flow == "any":
            painter.setPen(own.port[flow])
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(glyph(flow, 4))
        else:
            painter.fillPath(glyph(flow, 4.5), own.fill[flow])
        painter.restore()
    if takes is not None and gives is not None:
        painter.setPen(QPen(own.text3, 1))
        painter.drawLine(QPointF(x + 18, y), QPointF(x + 34, y))
        painter.drawLine(QPointF(x + 31, y - 3), QPointF(x + 34, y))
        painter.drawLine(QPointF(x + 31, y + 3), QPointF(x + 34, y))

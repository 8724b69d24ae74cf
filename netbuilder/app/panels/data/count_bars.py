"""How often each class occurs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from netbuilder.app.panels.form import grouped
from netbuilder.app.theme import colour, fonts, theme

ROW, BAR = 20, 8


class CountBars(QWidget):
    """A bar a class in their order; where there are too many, the most frequent ones."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: list[tuple[str, int]] = []
        self._parts: dict[str, tuple[int, ...]] = {}
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def show_counts(
        self,
        names: Sequence[str],
        counts: Sequence[int],
        parts: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        """Show the count of each class; a class without a name goes by its number.

        parts: the same counts by split, from which each bar is put together, darkest first.
        """
        self._parts = (
            {
                names[i] if i < len(names) else str(i): tuple(int(n[i]) for n in parts.values())
                for i in range(len(counts))
            }
            if parts
            else {}
        )
        self._counts = [
            (names[i] if i < len(names) else str(i), int(n)) for i, n in enumerate(counts)
        ]
        spoken = ", ".join(self._spoken(name, n) for name, n in self._counts[:20])
        self.setToolTip(f"Rows of each class in {', '.join(parts)}." if parts else "")
        self.setAccessibleDescription(spoken)
        self.updateGeometry()
        self.update()

    def _spoken(self, name: str, count: int) -> str:
        return f"{name} {' + '.join(map(str, self._parts.get(name, (count,))))}"

    def shown(self) -> list[tuple[str, int]]:
        """The classes that are drawn, from the top."""
        room = max(self.height() // ROW, 1)
        if len(self._counts) <= room:
            return list(self._counts)
        return sorted(self._counts, key=lambda row: -row[1])[: room - 1]

    def sizeHint(self) -> QSize:
        """All classes, as far as a dock goes."""
        return QSize(220, ROW * min(max(len(self._counts), 1), 12))

    def minimumSizeHint(self) -> QSize:
        """Three classes."""
        return QSize(160, ROW * 3)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw names, bars and counts."""
        painter = QPainter(self)
        font = fonts.mono(11)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        shown = self.shown()
        most = max((n for _, n in shown), default=1) or 1
        widest = max((metrics.horizontalAdvance(name) for name, _ in shown), default=0)
        names = min(widest, int(self.width() * 0.4)) + 10
        digits = max((metrics.horizontalAdvance(grouped(n)) for _, n in shown), default=0) + 8
        track = QRectF(names, 0, max(self.width() - names - digits, 10), BAR)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for index, (name, count) in enumerate(shown):
            top = index * ROW
            painter.setPen(colour("text"))
            # Two more than the widest, whose width is told without its fraction.
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, names - 8)
            painter.drawText(QRectF(0, top, names, ROW), left, words)
            bar = track.translated(0, top + (ROW - BAR) / 2)
            painter.fillRect(bar, colour("hover"))
            scale = bar.width() / most
            for part, rows in enumerate(self._parts.get(name, (count,))):
                bar.setWidth(rows * scale)
                painter.fillRect(bar, _shade(part))
                bar.translate(bar.width(), 0)
            painter.setPen(colour("text2"))
            place = QRectF(self.width() - digits, top, digits, ROW)
            painter.drawText(place, right, grouped(count))
        if len(shown) < len(self._counts):
            painter.setPen(colour("text3"))
            rest = QRectF(0, len(shown) * ROW, self.width(), ROW)
            painter.drawText(rest, left, f"{len(self._counts) - len(shown)} more classes")


def _shade(part: int) -> QColor:
    """Of the first part full, of each further one fainter."""
    shade = QColor(colour("label"))
    shade.setAlphaF(max(1.0 - 0.35 * part, 0.2))
    return shade

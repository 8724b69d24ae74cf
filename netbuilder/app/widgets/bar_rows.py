"""Names with a bar and a percentage each: how sure a model is of every class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.app.theme import colour, fonts, theme

ROW = 24
BAR = 8
PERCENT_WIDTH = 56
NAME_MOST = 0.35
"""A name may take this share of the width before it is elided."""


class BarRows(QWidget):
    """One row a class; the highlighted one in the colour of a vector.

    Values run from 0 to 1. ``previous`` draws a mark where a value was before.
    """

    def __init__(self, name: str = "Answer", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[tuple[str, float]] = []
        self._previous: list[float] = []
        self._highlight: int | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def values(self) -> list[tuple[str, float]]:
        """What is shown."""
        return list(self._values)

    def highlight(self) -> int | None:
        """Which row stands out."""
        return self._highlight

    def set_values(
        self,
        values: Sequence[tuple[str, float]],
        highlight: int | None = None,
        previous: Sequence[float] = (),
    ) -> None:
        """Show other rows; without ``highlight`` none stands out."""
        if previous and len(previous) != len(values):
            raise ValueError("There must be as many previous values as values.")
        resized = len(values) != len(self._values)
        self._values = list(values)
        self._previous = list(previous)
        self._highlight = highlight
        spoken = ", ".join(f"{name} {share:.1%}" for name, share in self._values)
        self.setAccessibleDescription(spoken)
        if resized:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(220, ROW * len(self._values))

    def minimumSizeHint(self) -> QSize:
        """All rows, narrow."""
        return QSize(140, ROW * len(self._values))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that show."""
        painter = QPainter(self)
        plain, strong = fonts.mono(11), fonts.mono(11, fonts.MEDIUM)
        metrics = QFontMetrics(strong)
        widest = max((metrics.horizontalAdvance(name) for name, _ in self._values), default=0)
        name_width = min(widest, int(self.width() * NAME_MOST)) + 12
        track = QRectF(name_width, 0, self.width() - name_width - PERCENT_WIDTH, BAR)
        first = max(event.rect().top() // ROW, 0)
        last = min(event.rect().bottom() // ROW + 1, len(self._values))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for index in range(first, last):
            name, share = self._values[index]
            lit = index == self._highlight
            top = index * ROW
            painter.setFont(strong if lit else plain)
            painter.setPen(colour("text"))
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_width - 12)
            painter.drawText(QRectF(0, top, name_width, ROW), left, shown)
            bar = track.translated(0, top + (ROW - BAR) // 2)
            painter.fillRect(bar, colour("hover"))
            filled = QRectF(bar)
            filled.setWidth(bar.width() * min(max(share, 0.0), 1.0))
            painter.fillRect(filled, colour("vector" if lit else "text3"))
            if self._previous:
                x = bar.x() + bar.width() * min(max(self._previous[index], 0.0), 1.0)
                mark = QRectF(round(x) - 1, bar.y() - 3, 2, BAR + 6)
                painter.fillRect(mark, colour("text"))
            painter.setPen(colour("text" if lit else "text2"))
            place = QRectF(self.width() - PERCENT_WIDTH, top, PERCENT_WIDTH, ROW)
            painter.drawText(place, right, f"{share * 100:.1f} %")

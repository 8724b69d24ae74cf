"""How much each feature of a row spoke for or against an answer: bars from a middle line."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from netbuilder.app.theme import SIGNED_STOPS, colour, fonts, theme

ROW = 20
BAR = 8
NUMBER = 52


class FeatureBars(QWidget):
    """One row a feature, the strongest first; orange to the right, blue to the left."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, float]] = []
        self._reach = 1.0
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def show_values(self, names: Sequence[str], values: npt.ArrayLike) -> None:
        """Show a signed value for each name."""
        found = np.nan_to_num(np.asarray(values, np.float64).ravel())
        order = np.argsort(-np.abs(found), kind="stable")
        self._rows = [(names[i] if i < len(names) else str(i), float(found[i])) for i in order]
        self._reach = float(np.abs(found).max()) if found.size else 1.0
        self._reach = self._reach or 1.0
        self.setAccessibleDescription(", ".join(f"{n} {v:+.3g}" for n, v in self._rows[:8]))
        self.updateGeometry()
        self.update()

    def rows(self) -> list[tuple[str, float]]:
        """What is shown, strongest first."""
        return list(self._rows)

    def fits(self) -> int:
        """How many rows there is room for; the last line says how many more there are."""
        room = max(self.height() // ROW, 1)
        return len(self._rows) if len(self._rows) <= room else room - 1

    def sizeHint(self) -> QSize:
        """All rows."""
        return QSize(320, ROW * max(len(self._rows), 4))

    def minimumSizeHint(self) -> QSize:
        """A few rows."""
        return QSize(200, 4 * ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that fit."""
        painter = QPainter(self)
        font = fonts.mono(11)
        painter.setFont(font)
        metrics = QFontMetrics(font)
        widest = max((metrics.horizontalAdvance(n) for n, _ in self._rows), default=0)
        name_width = min(widest, int(self.width() * 0.42)) + 10
        track = QRectF(name_width, 0, max(self.width() - name_width - NUMBER, 20), BAR)
        middle = track.center().x()
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        shown = self.fits()
        for index, (name, value) in enumerate(self._rows[:shown]):
            top = index * ROW
            painter.setPen(colour("text2"))
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, name_width - 10)
            painter.drawText(QRectF(0, top, name_width, ROW), side, words)
            bar = track.translated(0, top + (ROW - BAR) / 2)
            painter.fillRect(bar, colour("hover"))
            length = abs(value) / self._reach * bar.width() / 2
            start = middle if value >= 0 else middle - length
            painter.fillRect(QRectF(start, bar.y(), length, BAR), _sign(value))
            painter.setPen(colour("text"))
            place = QRectF(self.width() - NUMBER, top, NUMBER, ROW)
            painter.drawText(place, right, f"{value:+.2g}")
        painter.fillRect(QRectF(round(middle), 0, 1, shown * ROW), colour("line_strong"))
        if shown < len(self._rows):
            painter.setPen(colour("text3"))
            rest = QRectF(0, shown * ROW, self.width(), ROW)
            painter.drawText(rest, side, f"{len(self._rows) - shown} weaker ones")


def _sign(value: float) -> QColor:
    """Orange for what speaks for an answer, blue for what speaks against it."""
    return QColor(SIGNED_STOPS[-3 if value >= 0 else 2])

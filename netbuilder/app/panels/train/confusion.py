"""What was mistaken for what: true classes down, predicted ones across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from netbuilder.app.panels.pictures.ink import mixed, readable
from netbuilder.app.theme import colour, current, fonts, theme
from netbuilder.app.theme.tokens import Tokens

CELL, GAP = 19, 1
FEW, FEW_CELL = 5, 34
"""So few classes have larger cells: there is room, and their counts have more digits."""

LARGEST = 40

LEGIBLE = 13
"""Smaller cells carry no count."""

HEADER = 24
AXIS = 16
LONGEST_NAME = 56
NARROWEST = 150
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cell:
    """One cell as it is drawn; `text` is empty where the count is 0 or does not fit."""

    rect: QRect
    ground: QColor
    text: str
    ink: QColor


LEVELS = 64
"""Shades of a colour; to mix one for each cell takes longer than to paint them."""


@lru_cache(maxsize=4 * LEVELS)
def _shades(tokens: Tokens, hit: bool, level: int | None) -> tuple[QColor, QColor]:
    """Ground and ink of a cell; level: its share of the largest, None for a count of 0."""
    empty = QColor(tokens.raised if tokens.dark else tokens.window)
    if level is None:
        return empty, readable(empty)
    share = level / LEVELS
    full = QColor(tokens.accent_fill if hit else tokens.error)
    ground = mixed(empty, full, 0.55 + 0.45 * share if hit else 0.4 + 0.6 * share)
    return ground, readable(ground)


class ConfusionView(QWidget):
    """A confusion matrix; hovering a cell says it in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: Counts = np.zeros((0, 0), np.int64)
        self._names: tuple[str, ...] = ()
        self._note = ""
        self.setAccessibleName("Confusion matrix")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self.update)

    def counts(self) -> Counts:
        """What is shown: rows are true classes, columns predicted ones."""
        return self._counts

    def show_counts(
        self, counts: npt.ArrayLike, names: Sequence[str] = (), note: str = "validation"
    ) -> None:
        """Show a square matrix of counts. names: of the classes, numbers if there are none."""
        table = np.asarray(counts)
        if table.ndim != 2 or table.shape[0] != table.shape[1]:
            raise ValueError(f"A confusion matrix is square, not {table.shape}.")
        given, whole = tuple(names), np.rint(np.nan_to_num(table)).astype(np.int64)
        if (given, note) == (self._names, self._note) and np.array_equal(whole, self._counts):
            return  # asked at every redraw of the curves, and drawing it takes longer than they
        resized = whole.shape != self._counts.shape or given != self._names
        self._counts = whole
        self._names, self._note = given, note
        right, total = int(np.trace(self._counts)), int(self._counts.sum())
        self.setAccessibleDescription(f"{right} of {total} right. {self._worst()}")
        if resized:
            self.updateGeometry()
        self.update()

    def name(self, index: int) -> str:
        """Name of a class."""
        return self._names[index] if index < len(self._names) else str(index)

    # --- geometry ----------------------------------------------------------------------

    def wanted_pitch(self) -> int:
        """From one cell to the next where there is room enough."""
        largest = int(self._counts.max()) if self._counts.size else 0
        widest = QFontMetrics(fonts.ticks()).horizontalAdvance(str(largest))
        few = 0 < len(self._counts) <= FEW
        return min(max(FEW_CELL if few else CELL, widest + 6), LARGEST) + GAP

    def pitch(self) -> int:
        """From one cell to the next: less where many classes share the height."""
        room = (self.height() - HEADER - 2 * AXIS) // max(len(self._counts), 1)
        return min(self.wanted_pitch(), max(room, 2))

    def left(self) -> int:
        """Where the cells begin: room for "true" and for the names of the rows."""
        metrics = QFontMetrics(fonts.ticks())
        names = (metrics.horizontalAdvance(self.name(i)) for i in range(len(self._counts)))
        return AXIS + 8 + min(max(names, default=8), LONGEST_NAME)

    def sizeHint(self) -> QSize:
        """All cells in full size, as wide as the present height allows."""
        n = len(self._counts)
        width = max(self.left() + n * self.pitch() + 2, NARROWEST)
        return QSize(width, HEADER + n * self.wanted_pitch() + 2 * AXIS)

    def minimumSizeHint(self) -> QSize:
        """As wide as it is, low."""
        return QSize(self.sizeHint().width(), HEADER + 2 * AXIS + 96)

    def resizeEvent(self, event: QEvent) -> None:
        """The width follows the height."""
        self.updateGeometry()

    def cells(self) -> list[Cell]:
        """Every cell as it is drawn, row by row."""
        n, pitch, left = len(self._counts), self.pitch(), self.left()
        size = pitch - GAP if pitch > 7 else pitch
        right = np.where(np.eye(n, dtype=bool), self._counts, 0)
        most_right = max(int(right.max()), 1) if n else 1
        most_wrong = max(int((self._counts - right).max()), 1) if n else 1
        tokens, found = current(), []
        for row in range(n):
            for column in range(n):
                count = int(self._counts[row, column])
                hit = row == column
                share = count / (most_right if hit else most_wrong)
                ground, ink = _shades(tokens, hit, round(share * LEVELS) if count else None)
                rect = QRect(left + column * pitch, HEADER + row * pitch, size, size)
                text = str(count) if count and size >= LEGIBLE else ""
                found.append(Cell(rect, ground, text, ink))
        return found

    # --- events ------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Say in words what the cell under the pointer holds."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words_at(event.pos().x(), event.pos().y()))
            return True
        return bool(super().event(event))

    def words_at(self, x: int, y: int) -> str:
        """The cell at a point, in words; empty beside the cells."""
        n, pitch = len(self._counts), self.pitch()
        column, row = (x - self.left()) // pitch, (y - HEADER) // pitch
        if not (0 <= row < n and 0 <= column < n):
            return ""
        count = int(self._counts[row, column])
        times = "once" if count == 1 else f"{count} times"
        if row == column:
            return f"{self.name(row)} was recognised {times}"
        return f"{self.name(row)} was taken for {self.name(column)} {times}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw heading, cells and the names along both sides."""
        painter = QPainter(self)
        n, pitch, left = len(self._counts), self.pitch(), self.left()
        end = left + n * pitch
        painter.setFont(fonts.title())
        painter.setPen(colour("text"))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, 0, self.width(), HEADER), middle, "Confusion")
        heading = QFontMetrics(fonts.title()).horizontalAdvance("Confusion ")
        painter.setFont(fonts.caption())
        painter.setPen(colour("text3"))
        if QFontMetrics(fonts.caption()).horizontalAdvance(self._note) + heading < self.width():
            aligned = middle | Qt.AlignmentFlag.AlignRight
            painter.drawText(QRect(0, 0, self.width() - 2, HEADER), aligned, self._note)
        painter.setFont(fonts.ticks())
        for cell in self.cells():
            painter.fillRect(cell.rect, cell.ground)
            if cell.text:
                painter.setPen(cell.ink)
                painter.drawText(cell.rect, Qt.AlignmentFlag.AlignCenter, cell.text)
        self._draw_names(painter, left, end, pitch)

    def _draw_names(self, painter: QPainter, left: int, end: int, pitch: int) -> None:
        n, below = len(self._counts), HEADER + len(self._counts) * pitch
        metrics = QFontMetrics(fonts.ticks())
        painter.setPen(colour("text3"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        elide = Qt.TextElideMode.ElideRight
        step = -(-12 // pitch)
        for row in range(0, n, step):
            name = metrics.elidedText(self.name(row), elide, left - AXIS - 8)
            painter.drawText(QRect(0, HEADER + row * pitch, left - 6, pitch), right, name)
        longest = max((metrics.horizontalAdvance(self.name(i)) for i in range(n)), default=0)
        # Numbers stand under every column where they fit; words are shortened instead.
        step = step if self._names else max(step, -(-(longest + 2) // pitch))
        centre = Qt.AlignmentFlag.AlignCenter
        for column in range(0, n, step):
            name = metrics.elidedText(self.name(column), elide, pitch * step)
            middle = left + column * pitch + pitch // 2
            painter.drawText(QRect(middle - 30, below, 60, AXIS), centre, name)
        painter.setFont(fonts.caption())
        words = QRect(0, below + AXIS - 2, end - 1, AXIS)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, "predicted"
        )
        painter.save()
        painter.translate(QPointF(0, HEADER + n * pitch / 2))
        painter.rotate(-90)
        painter.drawText(QRectF(-40, 0, 80, AXIS), Qt.AlignmentFlag.AlignCenter, "true")
        painter.restore()

    def _worst(self) -> str:
        wrong = self._counts.copy()
        np.fill_diagonal(wrong, 0)
        if not wrong.size or not wrong.max():
            return ""
        row, column = np.unravel_index(int(wrong.argmax()), wrong.shape)
        return (
            f"Most often mistaken: {self.name(int(row))} for {self.name(int(column))}, "
            f"{int(wrong.max())} times."
        )

"""Names with a bar and a percentage each: how sure a model is of every class."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.app.theme import colour, fonts, theme

ROW = 24
BAR = 8
PERCENT_WIDTH = 56
INSET = 6
NAME_MOST = 0.35
"""A name may take this share of the width before it is elided."""


class BarRows(QWidget):
    """One row a class; the highlighted one in the colour of a vector.

    Values run from 0 to 1. ``previous`` draws a mark where a value was before. ``texts`` stand
    at the right in place of percentages.
    """

    clicked = Signal(int)
    """Number of a row, once `set_clickable` was called: by the mouse, or Up, Down and Enter."""

    def __init__(self, name: str = "Answer", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: list[tuple[str, float]] = []
        self._previous: list[float] = []
        self._texts: list[str] = []
        self._highlight: int | None = None
        self._current = 0
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
        texts: Sequence[str] = (),
    ) -> None:
        """Show other rows; without ``highlight`` none stands out."""
        if previous and len(previous) != len(values):
            raise ValueError("There must be as many previous values as values.")
        if texts and len(texts) != len(values):
            raise ValueError("There must be as many texts as values.")
        resized = len(values) != len(self._values)
        self._values = list(values)
        self._previous = list(previous)
        self._texts = list(texts) or [f"{share * 100:.1f} %" for _, share in self._values]
        self._highlight = highlight
        self._current = min(self._current, max(len(values) - 1, 0))
        said = texts or [f"{share:.1%}" for _, share in self._values]
        spoken = (f"{name} {text}" for (name, _), text in zip(self._values, said, strict=True))
        self.setAccessibleDescription(", ".join(spoken))
        if resized:
            self.updateGeometry()
        self.update()

    def set_clickable(self) -> None:
        """Let a row be chosen by mouse or keyboard."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the row under the pointer."""
        row = int(event.position().y()) // ROW
        if self.focusPolicy() == Qt.FocusPolicy.NoFocus or not 0 <= row < len(self._values):
            super().mousePressEvent(event)
            return
        self._current = row
        self.clicked.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down move a ring, Enter chooses the row in it."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self._values:
            self._current = min(max(self._current + step, 0), len(self._values) - 1)
            self.update()
        elif self._values and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.clicked.emit(self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the ring."""
        super().focusOutEvent(event)
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
        # An advance is rounded to a pixel, so one more keeps the widest name whole.
        name_width = min(widest + 1, int(self.width() * NAME_MOST)) + 12
        # A ring needs room around what it rings.
        inset = 0 if self.focusPolicy() == Qt.FocusPolicy.NoFocus else INSET
        bars = self.width() - name_width - PERCENT_WIDTH - 2 * inset
        track = QRectF(inset + name_width, 0, bars, BAR)
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
            painter.drawText(QRectF(inset, top, name_width, ROW), left, shown)
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
            place = QRectF(self.width() - PERCENT_WIDTH - inset, top, PERCENT_WIDTH, ROW)
            painter.drawText(place, right, self._texts[index])
            if index == self._current and self.hasFocus():
                painter.setPen(colour("accent"))
                painter.drawRect(0, top, self.width() - 1, ROW - 1)

"""Parallel coordinates: an axis for each parameter, a line for each trial.

Inselberg 1985. Painted by hand: a few hundred lines need no scene.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.app.theme import colour, fonts, theme

_TOP, _BOTTOM, _SIDE = 22, 20, 48
_REACH = 16
"""Pixels beside an axis where a drag still means it."""


@dataclass(frozen=True)
class Axis:
    """One axis: numbers from low to high, or words in order."""

    name: str
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    words: tuple[Any, ...] = ()

    def at(self, value: Any) -> float:
        """Where a value lies, 0 at the bottom to 1 at the top."""
        if self.words:
            place = self.words.index(value) if value in self.words else 0
            return (place + 0.5) / len(self.words)
        low, high, here = self.low, self.high, float(value)
        if self.log and low > 0 and here > 0:
            low, high, here = math.log(low), math.log(high), math.log(here)
        return min(max((here - low) / (high - low), 0.0), 1.0) if high > low else 0.5


@dataclass(frozen=True)
class Line:
    """One trial. good: its figure from 0 (worst) to 1 (best); None while it is not known."""

    number: int
    values: Mapping[str, Any]
    good: float | None = None


class ParallelPlot(QWidget):
    """Drag along an axis to see only the lines that pass there; a click on it shows all again."""

    brushed = Signal(object)
    """Numbers of the trials that are seen, or None for all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.axes: tuple[Axis, ...] = ()
        self.lines: tuple[Line, ...] = ()
        self.chosen: int | None = None
        self.brushes: dict[str, tuple[float, float]] = {}
        self._from: tuple[str, float] | None = None
        self.setAccessibleName("Trials as lines across the parameters")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def show_trials(
        self, axes: Sequence[Axis], lines: Sequence[Line], chosen: int | None = None
    ) -> None:
        """Show other trials; brushes stay where their axes do."""
        self.axes, self.lines, self.chosen = tuple(axes), tuple(lines), chosen
        names = {axis.name for axis in axes}
        self.brushes = {name: span for name, span in self.brushes.items() if name in names}
        self.update()

    def seen(self, line: Line) -> bool:
        """Whether a line passes all that was brushed."""
        places = {axis.name: axis for axis in self.axes}
        return all(
            line.values.get(name) is not None and low <= places[name].at(line.values[name]) <= high
            for name, (low, high) in self.brushes.items()
        )

    def x_of(self, place: int) -> float:
        """Where an axis stands."""
        room = self.width() - 2 * _SIDE
        return _SIDE + (room * place / (len(self.axes) - 1) if len(self.axes) > 1 else room / 2)

    def y_of(self, share: float) -> float:
        """Where a share of an axis lies."""
        return self.height() - _BOTTOM - share * (self.height() - _TOP - _BOTTOM)

    def sizeHint(self) -> QSize:
        return QSize(520, 200)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)

    # --- brushing ------------------------------------------------------------------------

    def _share(self, y: float) -> float:
        return min(
            max((self.height() - _BOTTOM - y) / max(1, self.height() - _TOP - _BOTTOM), 0), 1
        )

    def _near(self, x: float) -> Axis | None:
        near = [
            (abs(self.x_of(i) - x), axis)
            for i, axis in enumerate(self.axes)
            if abs(self.x_of(i) - x) <= _REACH
        ]
        return min(near, key=lambda found: found[0])[1] if near else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        axis = self._near(event.position().x())
        if axis is not None and event.button() == Qt.MouseButton.LeftButton:
            self._from = (axis.name, self._share(event.position().y()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            over = self._near(event.position().x()) is not None
            self.setCursor(Qt.CursorShape.CrossCursor if over else Qt.CursorShape.ArrowCursor)
            return
        name, start = self._from
        here = self._share(event.position().y())
        self.brushes[name] = (min(start, here), max(start, here))
        self._tell()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._from is None:
            return
        name, start = self._from
        self._from = None
        span = self.brushes.get(name)
        # A click without a drag takes the brush away.
        if span is None or abs(self._share(event.position().y()) - start) < 0.02:
            self.brushes.pop(name, None)
        self._tell()

    def _tell(self) -> None:
        seen = tuple(line.number for line in self.lines if self.seen(line))
        self.brushed.emit(seen if self.brushes else None)
        self.update()

    # --- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        order = sorted(self.lines, key=lambda line: (self.seen(line), line.good or 0))
        for line in order:
            self._paint_line(painter, line)
        for place, axis in enumerate(self.axes):
            self._paint_axis(painter, self.x_of(place), axis)

    def _paint_line(self, painter: QPainter, line: Line) -> None:
        path, begun = QPainterPath(), False
        for place, axis in enumerate(self.axes):
            if line.values.get(axis.name) is None:
                continue
            point = QPointF(self.x_of(place), self.y_of(axis.at(line.values[axis.name])))
            if begun:
                path.lineTo(point)
            else:
                path.moveTo(point)
                begun = True
        seen, best = self.seen(line), line.number == self.chosen
        ink = QColor(colour("text3"))
        if line.good is not None:
            ink = _between(colour("text3"), colour("vector"), line.good)
        if not seen:
            ink = QColor(colour("line"))
        pen = QPen(QColor(colour("accent")) if best and seen else ink, 2.5 if best else 1.25)
        if line.good is None and seen:
            pen.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawPath(path)

    def _paint_axis(self, painter: QPainter, x: float, axis: Axis) -> None:
        top, bottom = self.y_of(1), self.y_of(0)
        painter.setPen(QPen(QColor(colour("text3")), 1))
        painter.drawLine(QPointF(round(x) + 0.5, top), QPointF(round(x) + 0.5, bottom))
        if axis.name in self.brushes:
            low, high = self.brushes[axis.name]
            fill = QColor(colour("accent"))
            painter.setPen(QPen(fill, 1))
            fill.setAlphaF(0.25)
            painter.setBrush(fill)
            painter.drawRect(QRectF(x - 5, self.y_of(high), 10, self.y_of(low) - self.y_of(high)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(colour("text")))
        painter.setFont(fonts.caption())
        room = self.width() / max(1, len(self.axes)) - 8
        self._words(painter, axis.name, x, 0, room, Qt.TextElideMode.ElideMiddle)
        painter.setFont(fonts.ticks())
        painter.setPen(QColor(colour("text2")))
        if axis.words:
            for word in axis.words:
                y = self.y_of(axis.at(word)) - 8
                self._tick(painter, str(word), x + 7, y, room)
            return
        for value in (axis.low, axis.high):
            y = self.y_of(axis.at(value)) - 8
            self._tick(painter, f"{value:.3g}", x + 7, y, room)

    def _tick(self, painter: QPainter, text: str, x: float, y: float, room: float) -> None:
        """Words beside an axis, on a ground of their own so that lines do not strike them out."""
        metrics = QFontMetrics(painter.font())
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room))
        place = QRectF(x, y, metrics.horizontalAdvance(shown) + 4, 16)
        painter.fillRect(place, QColor(colour("panel")))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)

    def _words(
        self, painter: QPainter, text: str, x: float, y: float, room: float, how: Qt.TextElideMode
    ) -> None:
        metrics = QFontMetrics(painter.font())
        shown = metrics.elidedText(text, how, int(room))
        width = metrics.horizontalAdvance(shown) + 2
        left = min(max(x - width / 2, 0), self.width() - width)
        painter.drawText(QRectF(left, y, width, 18), Qt.AlignmentFlag.AlignCenter, shown)


def _between(one: str | QColor, other: str | QColor, share: float) -> QColor:
    first, second = QColor(one), QColor(other)
    red, green, blue = (
        round((1 - share) * a + share * b)
        for a, b in (
            (first.red(), second.red()),
            (first.green(), second.green()),
            (first.blue(), second.blue()),
        )
    )
    return QColor(red, green, blue)

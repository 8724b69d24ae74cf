"""Many long curves as one item of a plot: an item each costs more than drawing its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyqtgraph as pg
from pyqtgraph import functions
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF, QTransform

from netbuilder.app.theme import colour

_MARK = 7.0


@dataclass(frozen=True)
class Line:
    """One curve in the units of the plot, in a colour of the look, with marks at some points."""

    x: np.ndarray
    y: np.ndarray
    token: str
    mark: str
    marked: np.ndarray


class CurvesItem(pg.GraphicsObject):  # type: ignore[misc]
    """Lines of width 1 without antialiasing, and a few marks on each."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._polygons: list[QPolygonF] = []
        self._pens: list[QPen] = []
        self._bounds = QRectF()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Draw these instead of what was drawn; what is no number is passed over."""
        self.prepareGeometryChange()
        self.lines, self._polygons = list(lines), []
        self._pens = [QPen(colour(line.token), 1) for line in self.lines]
        for pen in self._pens:
            pen.setCosmetic(True)
        corners = list[tuple[float, float, float, float]]()
        for line in self.lines:
            known = np.isfinite(line.y)
            x, y = (line.x, line.y) if known.all() else (line.x[known], line.y[known])
            polygon = functions.create_qpolygonf(len(x))
            if len(x):
                points = functions.ndarray_from_qpolygonf(polygon)
                points[:, 0], points[:, 1] = x, y
                corners.append((x.min(), y.min(), x.max(), y.max()))
            self._polygons.append(polygon)
        if corners:
            ends = np.array(corners)
            (left, low), (right, high) = ends[:, :2].min(0), ends[:, 2:].max(0)
            self._bounds = QRectF(QPointF(left, low), QPointF(right, high))
        else:
            self._bounds = QRectF()
        self.update()

    def boundingRect(self) -> QRectF:
        """All of all lines."""
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        """The lines, then the marks in pixels."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for pen, polygon in zip(self._pens, self._polygons, strict=True):
            painter.setPen(pen)
            painter.drawPolyline(polygon)
        place = painter.worldTransform()
        ratio = painter.device().devicePixelRatioF()
        ground = colour("panel").rgba()
        painter.resetTransform()
        for line, pen in zip(self.lines, self._pens, strict=True):
            mark = _mark(line.mark, pen.color().rgba(), ground, ratio)
            left = place.m11() * line.x[line.marked] + place.dx() - _MARK
            top = place.m22() * line.y[line.marked] + place.dy() - _MARK
            for x, y in zip(left.tolist(), top.tolist(), strict=True):
                painter.drawPixmap(QPointF(x, y), mark)
        painter.setWorldTransform(place)


@lru_cache(maxsize=256)
def _mark(symbol: str, ink: int, ground: int, ratio: float) -> QPixmap:
    """A mark in the middle of a picture twice as large: to paint each took most of a frame."""
    picture = QPixmap(round(2 * _MARK * ratio), round(2 * _MARK * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor.fromRgba(ink), 1))
    painter.setBrush(QColor.fromRgba(ground))
    painter.translate(_MARK, _MARK)
    painter.drawPath(QTransform.fromScale(_MARK, _MARK).map(Symbols[symbol]))
    painter.end()
    return picture

"""Many long curves as one item of a plot: an item each costs more than drawing its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from pyqtgraph import functions
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen, QPolygonF, QTransform

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
        self._bounds = QRectF()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Draw these instead of what was drawn; what is no number is passed over."""
        self.prepareGeometryChange()
        self.lines, self._polygons = list(lines), []
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
        for line, polygon in zip(self.lines, self._polygons, strict=True):
            pen = QPen(colour(line.token), 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPolyline(polygon)
        place = painter.worldTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(colour("panel"))
        size = QTransform.fromScale(_MARK, _MARK)
        for line in self.lines:
            shape = size.map(Symbols[line.mark])
            painter.setPen(QPen(colour(line.token), 1))
            for i in line.marked:
                at = place.map(QPointF(float(line.x[i]), float(line.y[i])))
                painter.setWorldTransform(QTransform.fromTranslate(at.x(), at.y()))
                painter.drawPath(shape)
        painter.setWorldTransform(place)

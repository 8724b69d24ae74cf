"""Bends: points that a wire passes, which a person has put on it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.app.canvas.ink import ink
from netbuilder.app.canvas.wire_item import WIRE_Z, WireItem
from netbuilder.app.canvas.wire_path import distance
from netbuilder.graph import Edge, Graph
from netbuilder.graph.frame import Point

if TYPE_CHECKING:
    from netbuilder.app.canvas.scene import CanvasScene

RADIUS, HIT = 4.0, 9.0
#: One bend: its wire and its number, from the source on.
Bend = tuple[Edge, int]


class BendItem(QGraphicsItem):
    """The knob of one bend, in the colour of its wire."""

    def __init__(self, wire: WireItem, at: Point) -> None:
        super().__init__()
        self._wire = wire
        self.chosen = False
        self.setPos(*at)
        self.setZValue(WIRE_Z + 0.5)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return QRectF(-RADIUS - 4, -RADIUS - 4, 2 * RADIUS + 8, 2 * RADIUS + 8)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        own = ink()
        painter.setPen(QPen(own.canvas, 1.5))
        painter.setBrush(own.fill[self._wire.flow])
        painter.drawEllipse(QPointF(0, 0), RADIUS, RADIUS)
        if self.chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(own.ring)
            painter.drawEllipse(QPointF(0, 0), RADIUS + 2.5, RADIUS + 2.5)


class Bends:
    """The bends of a scene's wires; while one is dragged, they differ from the graph's."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._shown: dict[Edge, tuple[Point, ...]] = {}
        self._visible = True
        self.items: dict[Edge, list[BendItem]] = {}

    def points(self, edge: Edge) -> tuple[Point, ...]:
        """Where a wire is shown to pass."""
        return self._shown.get(edge, ())

    def sync(self, graph: Graph) -> set[Edge]:
        """Show the bends of a graph; returns the wires that must be laid anew."""
        wires = self._scene.wires
        wanted = {edge: points for edge, points in graph.bends.items() if edge in wires}
        return self.show({e: wanted.get(e, ()) for e in {*wanted, *self._shown}})

    def show(self, bends: Mapping[Edge, tuple[Point, ...]]) -> set[Edge]:
        """Show other points of these wires; returns those that must be laid anew."""
        changed = {e for e, points in bends.items() if points != self.points(e)}
        for edge in changed:
            points = bends[edge]
            items = self.items.setdefault(edge, [])
            while len(items) > len(points):
                self._scene.removeItem(items.pop())
            for item, at in zip(items, points, strict=False):
                item.setPos(*at)
            for at in points[len(items) :]:
                items.append(BendItem(self._scene.wires[edge], at))
                items[-1].setVisible(self._visible)
                self._scene.addItem(items[-1])
            self._shown[edge] = points
            if not points:
                del self._shown[edge], self.items[edge]
        return changed & self._scene.wires.keys()

    def drop(self, edge: Edge) -> None:
        """The wire is gone."""
        for item in self.items.pop(edge, ()):
            self._scene.removeItem(item)
        self._shown.pop(edge, None)

    def at(self, pos: QPointF) -> Bend | None:
        """The bend under a point."""
        for edge, items in self.items.items() if self._visible else ():
            for i, item in enumerate(items):
                if (item.pos() - pos).manhattanLength() <= HIT:
                    return edge, i
        return None

    @property
    def chosen(self) -> Bend | None:
        """The selected bend."""
        every = ((e, i, item) for e, items in self.items.items() for i, item in enumerate(items))
        return next(((e, i) for e, i, item in every if item.chosen), None)

    def choose(self, bend: Bend | None) -> None:
        """Select this one, or none."""
        for edge, items in self.items.items():
            for i, item in enumerate(items):
                if item.chosen != ((edge, i) == bend):
                    item.chosen = not item.chosen
                    item.update()

    def set_visible(self, visible: bool) -> None:
        """Hide the knobs where they could not be taken hold of."""
        self._visible = visible
        for items in self.items.values():
            for item in items:
                item.setVisible(visible)

    def place_for(self, edge: Edge, at: QPointF) -> int:
        """Which number a new bend at a point of the wire gets."""
        path = self._scene.wires[edge].path()
        ends = path.pointAtPercent(0), path.pointAtPercent(1)
        stops = [ends[0], *(QPointF(*p) for p in self.points(edge)), ends[1]]
        away = []
        for one, other in itertools.pairwise(stops):
            piece = QPainterPath(one)
            piece.lineTo(other)
            away.append(distance(piece, at, float("inf")))
        return away.index(min(away))

    def parted(self, edge: Edge, box: QRectF) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
        """Bends before and behind a node that goes into the wire; those under it are dropped."""
        points, cut = self.points(edge), self.place_for(edge, box.center())
        before, behind = (
            tuple(p for p in half if not box.contains(*p)) for half in (points[:cut], points[cut:])
        )
        return before, behind

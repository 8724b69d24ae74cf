"""The ways of all wires: around the nodes, and around the lanes of other wires."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from netbuilder.app.canvas.obstacles import Obstacles
from netbuilder.app.canvas.ports import start
from netbuilder.app.canvas.wire_path import curve, is_clear, through, wire_path
from netbuilder.graph import Edge
from netbuilder.graph.frame import Point


class Routes:
    """Remembers which lane each wire has taken."""

    def __init__(self, nodes: Obstacles[str]) -> None:
        self._nodes = nodes
        self._lanes: Obstacles[Edge] = Obstacles()

    def lay(self, edge: Edge, a: QPointF, b: QPointF, points: Sequence[Point] = ()) -> QPainterPath:
        """The line of a wire between the middles of its ports, laid anew.

        With points that a person put on it, it passes these and looks for no way itself.
        """
        if points:
            self.forget(edge)
            return through(a, points, b)
        ends = {edge.source, edge.target}
        if is_clear(a, b, self._nodes, ends):
            self.forget(edge)
            return curve(a, b)

        def others(rect: QRectF) -> list[QRectF]:
            return [self._nodes.box(name) for name in self._nodes.names(rect) - ends]

        def taken(rect: QRectF) -> list[QRectF]:
            # Wires from one port may lie on each other: they carry the same.
            apart = (e for e in self._lanes.names(rect) if start(e) != start(edge))
            return [self._lanes.box(e) for e in apart]

        self.forget(edge)
        # Running back, a wire must also get past the nodes it joins.
        blocked = others if b.x() >= a.x() else self._nodes.touching
        path, lane = wire_path(a, b, blocked, taken)
        if lane is not None:
            self._lanes.put(edge, lane)
        return path

    def forget(self, edge: Edge) -> None:
        """Free the lane of a wire."""
        self._lanes.remove(edge)

"""Ports: which one is meant, and the shape that tells what flows through it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPolygonF

from netbuilder.graph import Edge
from netbuilder.layers import Flow


@dataclass(frozen=True, slots=True)
class PortRef:
    """One port of one node; `output` tells the side."""

    node: str
    port: str
    output: bool

    def edge(self, other: PortRef) -> Edge:
        """The wire between this port and one of the other side, whichever was first."""
        source, target = (self, other) if self.output else (other, self)
        return Edge(source.node, source.port, target.node, target.port)


def start(edge: Edge) -> PortRef:
    """The port a wire comes from."""
    return PortRef(edge.source, edge.source_port, True)


def end(edge: Edge) -> PortRef:
    """The port a wire goes to."""
    return PortRef(edge.target, edge.target_port, False)


@lru_cache(maxsize=64)
def glyph(flow: Flow, radius: float) -> QPainterPath:
    """The shape of a kind of data around (0, 0), about `radius` from middle to border.

    Do not change it: it is shared.
    """
    path = QPainterPath()
    r = radius
    if flow == "image":
        side = 0.9 * r
        path.addRoundedRect(QRectF(-side, -side, 2 * side, 2 * side), 1, 1)
    elif flow == "sequence":
        path.addRoundedRect(QRectF(-0.72 * r, -1.15 * r, 1.44 * r, 2.3 * r), 0.72 * r, 0.72 * r)
    elif flow == "vector":
        path.addEllipse(QPointF(0, 0), r, r)
    elif flow == "label":
        d = 1.2 * r
        path.addPolygon(_closed((0, -d), (d, 0), (0, d), (-d, 0)))
    elif flow == "loss":
        path.addPolygon(_closed((-0.8 * r, -1.1 * r), (1.15 * r, 0), (-0.8 * r, 1.1 * r)))
    else:
        corners = [(r * cos(pi / 3 * i), r * sin(pi / 3 * i)) for i in range(6)]
        path.addPolygon(_closed(*corners))
    return path


def _closed(*points: tuple[float, float]) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in (*points, points[0])])

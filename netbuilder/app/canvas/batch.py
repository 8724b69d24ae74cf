"""Everything in a few calls when zoomed far out: boxes by kind of data, lines for wires.

Python is asked to paint each item otherwise, about 18 µs apiece.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen

from netbuilder.app.canvas.ink import ink, title_font
from netbuilder.app.theme import sizes
from netbuilder.graph import Edge
from netbuilder.layers import Flow

if TYPE_CHECKING:
    from netbuilder.app.canvas.node_item import NodeItem
    from netbuilder.app.canvas.wire_item import WireItem


class Batch:
    """Boxes and lines, patched in place when nodes move."""

    def __init__(self) -> None:
        self._boxes: dict[Flow, list[QRectF]] = {}
        self._lines: list[QLineF] = []
        self._box_of: dict[str, tuple[Flow, int]] = {}
        self._lines_of: dict[str, list[tuple[int, Edge]]] = {}
        self._stale: tuple[Mapping[str, NodeItem], Mapping[Edge, WireItem]] | None = None

    def rebuild(self, nodes: Mapping[str, NodeItem], wires: Mapping[Edge, WireItem]) -> None:
        """Take stock of everything, when it is drawn: from near nobody sees it."""
        self._stale = (nodes, wires)

    def _take_stock(self) -> None:
        if self._stale is None:
            return
        (nodes, wires), self._stale = self._stale, None
        self._boxes, self._box_of, self._lines_of, self._lines = {}, {}, {}, []
        for node_id, item in nodes.items():
            row = self._boxes.setdefault(item.face.flow, [])
            self._box_of[node_id] = (item.face.flow, len(row))
            row.append(item.box)
        for edge in wires:
            for node_id in {edge.source, edge.target}:
                self._lines_of.setdefault(node_id, []).append((len(self._lines), edge))
            self._lines.append(_line(nodes, edge))

    def move(self, nodes: Mapping[str, NodeItem], moved: Iterable[str]) -> None:
        """Follow nodes that moved, leaving the rest as it is."""
        for node_id in moved if self._stale is None else ():
            flow, place = self._box_of[node_id]
            self._boxes[flow][place] = nodes[node_id].box
            for i, edge in self._lines_of.get(node_id, ()):
                self._lines[i] = _line(nodes, edge)

    def draw(self, painter: QPainter, nodes: Mapping[str, NodeItem]) -> None:
        """Paint all of it, with names on blocks in 14 pixels of the screen."""
        self._take_stock()
        own = ink()
        scale = painter.worldTransform().m11()
        pen = QPen(own.text3, 0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        painter.drawLines(self._lines)
        painter.setPen(Qt.PenStyle.NoPen)
        for flow, boxes in self._boxes.items():
            # The canvas shows through a faint box, but a line must not.
            painter.setBrush(own.canvas)
            painter.drawRects(boxes)
            painter.setBrush(own.far[flow])
            painter.drawRects(boxes)
        painter.setPen(QPen(own.accent, 2 / scale))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        gap = 3 / scale
        rings = [i.box.adjusted(-gap, -gap, gap, gap) for i in nodes.values() if i.isSelected()]
        painter.drawRects(rings)
        font = QFont(title_font())
        font.setPixelSize(max(1, round(14 / scale)))
        painter.setFont(font)
        painter.setPen(own.text)
        for item in nodes.values():
            if item.face.block:
                painter.drawText(item.pos() + QPointF(0, -6 / scale), item.face.title)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _line(nodes: Mapping[str, NodeItem], edge: Edge) -> QLineF:
    a, b = nodes[edge.source], nodes[edge.target]
    return QLineF(a.pos() + QPointF(a.layout.width, _level(a)), b.pos() + QPointF(0.0, _level(b)))


def _level(item: NodeItem) -> float:
    return sizes.NODE_HEADER / 2 if item.face.collapsed else float(sizes.PORT_FIRST_Y)

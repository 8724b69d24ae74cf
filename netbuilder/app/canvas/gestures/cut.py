"""Ctrl and drag with the right button: every wire the line crosses is taken off."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer
from netbuilder.app.theme import colour
from netbuilder.graph import Edge


class CutGesture(Gesture):
    """Draws the line of a knife; what it would cut is lit."""

    cursor = Qt.CursorShape.CrossCursor

    def start(self) -> None:
        self._line: QGraphicsPathItem | None = None
        self._crossed: set[Edge] = set()

    def move(self, pointer: Pointer) -> None:
        if self._line is None:
            if not self.begun(pointer):
                return
            pen = QPen(colour("error"), 1.5)
            pen.setCosmetic(True)
            pen.setDashPattern([4, 3])
            # An item drops a path that only begins, so the knife is kept here.
            self._knife = QPainterPath(self.press.scene)
            self._line = QGraphicsPathItem()
            self._line.setPen(pen)
            self._line.setZValue(10)
            self.scene.addItem(self._line)
        last = self._knife.currentPosition()
        self._knife.lineTo(pointer.scene)
        self._line.setPath(self._knife)
        self._cross(last, pointer.scene)

    def _cross(self, start: QPointF, end: QPointF) -> None:
        """Light the wires that the newest piece of the line crosses."""
        piece = QPainterPath(start)
        piece.lineTo(end)
        near = piece.boundingRect().adjusted(-1, -1, 1, 1)
        for edge, wire in self.scene.wires.items():
            if wire.path().boundingRect().adjusted(-1, -1, 1, 1).intersects(near) and _meet(
                wire.path(), start, end
            ):
                self._crossed.add(edge)
                wire.set_hovered(True)

    def finish(self, pointer: Pointer) -> None:
        crossed = self._crossed
        self.cancel()
        if crossed:
            graph = self.scene.graph.remove(edges=crossed)
            self.view.edit("Cut wire" if len(crossed) == 1 else f"Cut {len(crossed)} wires", graph)

    def cancel(self) -> None:
        if self._line is not None:
            self.scene.removeItem(self._line)
            self._line = None
        for edge in self._crossed:
            self.scene.wires[edge].set_hovered(False)
        self._crossed = set()


def _meet(path: QPainterPath, start: QPointF, end: QPointF) -> bool:
    """Whether a line of a wire and a straight piece cross."""
    for polygon in path.toSubpathPolygons():
        points = polygon.toList()
        sides = [_side(start, end, point) for point in points]
        for i in range(len(points) - 1):
            if sides[i] * sides[i + 1] <= 0:
                a, b = points[i], points[i + 1]
                if _side(a, b, start) * _side(a, b, end) <= 0:
                    return True
    return False


def _side(a: QPointF, b: QPointF, point: QPointF) -> float:
    """On which side of the line through `a` and `b` a point lies: the sign tells."""
    along, to = b - a, point - a
    return along.x() * to.y() - along.y() * to.x()

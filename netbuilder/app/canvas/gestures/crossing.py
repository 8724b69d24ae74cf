"""A line drawn with the right button: what it crosses is lit, and its end does something."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer
from netbuilder.app.theme import colour
from netbuilder.graph import Edge


class CrossingGesture(Gesture):
    """Draws a dashed line in the colour `token`; `commit` gets the wires that it crosses."""

    cursor = Qt.CursorShape.CrossCursor
    token = "accent"

    def start(self) -> None:
        self._line: QGraphicsPathItem | None = None
        self._crossed: dict[Edge, QPointF] = {}

    def move(self, pointer: Pointer) -> None:
        if self._line is None:
            if not self.begun(pointer):
                return
            pen = QPen(colour(self.token), 1.5)
            pen.setCosmetic(True)
            pen.setDashPattern([4, 3])
            # An item drops a path that only begins, so the line is kept here.
            self._path = QPainterPath(self.press.scene)
            self._line = QGraphicsPathItem()
            self._line.setPen(pen)
            self._line.setZValue(10)
            self.scene.addItem(self._line)
        last = self._path.currentPosition()
        self._path.lineTo(pointer.scene)
        self._line.setPath(self._path)
        self._cross(QLineF(last, pointer.scene))

    def _cross(self, piece: QLineF) -> None:
        """Light the wires that the newest piece of the line crosses."""
        path = QPainterPath(piece.p1())
        path.lineTo(piece.p2())
        near = path.boundingRect().adjusted(-1, -1, 1, 1)
        for edge, wire in self.scene.wires.items():
            if edge in self._crossed or not near.intersects(
                wire.path().boundingRect().adjusted(-1, -1, 1, 1)
            ):
                continue
            at = _meeting(wire.path(), piece)
            if at is not None:
                self._crossed[edge] = at
                wire.set_hovered(True)

    def finish(self, pointer: Pointer) -> None:
        crossed = self._crossed
        self.cancel()
        if crossed:
            self.commit(crossed)

    def commit(self, crossed: Mapping[Edge, QPointF]) -> None:
        """Do it to the wires crossed, each with where it was first."""

    def cancel(self) -> None:
        if self._line is not None:
            self.scene.removeItem(self._line)
            self._line = None
        for edge in self._crossed:
            self.scene.wires[edge].set_hovered(False)
        self._crossed = {}


def _meeting(path: QPainterPath, piece: QLineF) -> QPointF | None:
    """Where a line of a wire and a straight piece cross."""
    for polygon in path.toSubpathPolygons():
        points = polygon.toList()
        for i in range(len(points) - 1):
            kind, at = QLineF(points[i], points[i + 1]).intersects(piece)
            if kind == QLineF.IntersectionType.BoundedIntersection:
                return at
    return None

"""Put a bend on a wire, or drag one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from netbuilder.app.canvas.edits import snapped
from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer
from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent
from netbuilder.graph.frame import Point

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

CTRL = Qt.KeyboardModifier.ControlModifier


class BendGesture(Gesture):
    """The bend follows the pointer; a new one stays where it was put if that does not move."""

    def __init__(
        self, view: CanvasView, press: Pointer, edge: Edge, index: int, new: bool = False
    ) -> None:
        super().__init__(view, press)
        self._edge, self._index, self._new = edge, index, new
        self._before = self.scene.graph.bends.get(edge, ())
        self._points = self._before

    def start(self) -> None:
        if self._new:
            self._show((self.press.scene.x(), self.press.scene.y()))
        self.scene.select((), (), (), (self._edge, self._index))

    def move(self, pointer: Pointer) -> None:
        if not self.begun(pointer) and self._points == self._before:
            return
        x, y = pointer.scene.x(), pointer.scene.y()
        if self.view.snapping != pointer.holds(CTRL):
            x, y = snapped(x), snapped(y)
        if self._new and not self.begun(pointer):
            x, y = self.press.scene.x(), self.press.scene.y()
        self._show((x, y))

    def _show(self, at: Point) -> None:
        points = list(self._before)
        points[self._index : self._index + (not self._new)] = [at]
        self._points = tuple(points)
        self.scene.place_nodes({}, {self._edge: self._points})

    def finish(self, pointer: Pointer) -> None:
        if self._points == self._before:
            return
        text = "Bend wire" if self._new else "Move bend"
        self.view.edit(text, bent(self.scene.graph, self._edge, self._points))
        self.scene.select((), (), (), (self._edge, self._index))

    def cancel(self) -> None:
        self.scene.place_nodes({}, {self._edge: self._before})
        self.scene.select(())

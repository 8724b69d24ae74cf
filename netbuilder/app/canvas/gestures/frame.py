"""Hold a frame by its title to move it with what stands in it, or by its corner to size it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from netbuilder.app.canvas.edits import snapped
from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer
from netbuilder.app.canvas.insertion import node_sizes
from netbuilder.graph import Edge, Graph
from netbuilder.graph.drawing import Contents, contents, put_frames, shifted
from netbuilder.graph.frame import Point, Rect

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SMALLEST = (64.0, 48.0)


class _FrameGesture(Gesture):
    def __init__(self, view: CanvasView, press: Pointer, frame_id: str) -> None:
        super().__init__(view, press)
        self._id = frame_id
        self._rect = self.scene.graph.frames[frame_id].rect

    def start(self) -> None:
        scene = self.scene
        more = self.press.holds(SHIFT) or self.press.holds(CTRL)
        chosen = set(scene.frames.chosen)
        if more:
            scene.select(scene.selected, scene.chosen, chosen ^ {self._id})
        elif self._id not in chosen:
            scene.select((), (), [self._id])
        self._begun = False

    def move(self, pointer: Pointer) -> None:
        self._begun = self._begun or self.begun(pointer)
        if self._begun:
            self._show(pointer)

    def _show(self, pointer: Pointer) -> None:
        """Show what letting go here would come to."""

    def _placed(self, at: QPointF, pointer: Pointer) -> QPointF:
        """On the grid, or where it is; Ctrl turns that round."""
        if self.view.snapping == pointer.holds(CTRL):
            return at
        return QPointF(snapped(at.x()), snapped(at.y()))


class FrameMoveGesture(_FrameGesture):
    """Nodes and frames that stand wholly inside follow."""

    def start(self) -> None:
        super().start()
        scene = self.scene
        self._with: Contents = contents(scene.graph, self._id, node_sizes(scene))
        self._by = QPointF()

    def _show(self, pointer: Pointer) -> None:
        at = QPointF(*self._rect[:2])
        self._by = self._placed(at + pointer.scene - self.press.scene, pointer) - at
        self._place(self._moved(self._by))

    def _moved(self, by: QPointF) -> Graph:
        frames = {self._id, *self._with.frames}
        return shifted(self.scene.graph, (by.x(), by.y()), self._with.nodes, frames)

    def _place(self, graph: Graph) -> None:
        for frame_id in (self._id, *self._with.frames):
            self.scene.frames.items[frame_id].place(graph.frames[frame_id].rect)
        places = {i: QPointF(*graph[i].position) for i in self._with.nodes}
        bends: Mapping[Edge, tuple[Point, ...]] = graph.bends
        self.scene.place_nodes(places, bends)

    def finish(self, pointer: Pointer) -> None:
        if not self._by.isNull():
            self.view.edit("Move frame", self._moved(self._by))

    def cancel(self) -> None:
        self._place(self.scene.graph)


class FrameSizeGesture(_FrameGesture):
    """The lower right corner follows the pointer; nothing inside moves."""

    def _show(self, pointer: Pointer) -> None:
        self.scene.frames.items[self._id].place(self._sized(pointer))

    def _sized(self, pointer: Pointer) -> Rect:
        x, y, width, height = self._rect
        corner = QPointF(x + width, y + height) + pointer.scene - self.press.scene
        corner = self._placed(corner, pointer)
        return x, y, max(SMALLEST[0], corner.x() - x), max(SMALLEST[1], corner.y() - y)

    def finish(self, pointer: Pointer) -> None:
        rect = self._sized(pointer)
        if self._begun and rect != self._rect:
            graph = self.scene.graph
            sized = replace(graph.frames[self._id], rect=rect)
            self.view.edit("Resize frame", put_frames(graph, sized))

    def cancel(self) -> None:
        self.scene.frames.items[self._id].place(self._rect)

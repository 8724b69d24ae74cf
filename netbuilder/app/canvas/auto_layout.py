"""The command "Lay out": positions from the graph, one step of the history, a short flight."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPointF, QTimer, QVariantAnimation, Signal

from netbuilder.app.canvas.node_layout import VIEW_HEIGHT, ViewKind
from netbuilder.app.theme import motion
from netbuilder.graph import Graph
from netbuilder.graph.arrange import Box, Place, rearranged, tidied

if TYPE_CHECKING:
    from netbuilder.app.canvas.node_item import NodeItem
    from netbuilder.app.canvas.view import CanvasView

FLIGHT_MS = 160
#: More nodes than these are laid out beside the window's own work, ...
WORKER_ABOVE = 1000
#: ... and more than these go to their places at once: their wires would make it jerk.
FLIGHT_BELOW = 200
_ENDING = (QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)


def box_of(item: NodeItem) -> Box:
    """The room that a node needs, that for pictures of its activations included.

    They come and go with runs; a layout must not depend on that.
    """
    layout, face = item.layout, item.face
    pictures = VIEW_HEIGHT[_usual_view(item)] - VIEW_HEIGHT[item.view_kind]
    return Box(
        layout.width,
        layout.height + max(0, pictures),
        {port.name: at.y() for port, at in zip(face.inputs, layout.inputs, strict=False)},
        {port.name: at.y() for port, at in zip(face.outputs, layout.outputs, strict=False)},
    )


def _usual_view(item: NodeItem) -> ViewKind:
    if item.node.collapsed or item.face.role in ("loss", "metric", "output"):
        return "none"
    return "samples" if item.face.role == "data" and item.face.flow == "image" else "strip"


class AutoLayout(QObject):
    """Lays out the selected nodes of a view, or all if fewer than two are selected."""

    computed = Signal()
    """The places are known, and the next thing is to show them."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._flight: QVariantAnimation | None = None
        self._from: dict[str, QPointF] = {}
        self._found: list[dict[str, Place]] = []
        self._wanted: tuple[tuple[str, ...], Graph] | None = None
        self._waiting = QTimer(self)
        self._waiting.setInterval(15)
        self._waiting.timeout.connect(self._look)
        view.document.opened.connect(self._forget)

    @property
    def busy(self) -> bool:
        """Whether places are being computed, or nodes are on their way."""
        return self._wanted is not None or self._flight is not None

    def start(self) -> None:
        """Lay out; what takes long goes on in the background."""
        if self._wanted is not None:
            return
        self.finish()
        view = self._view
        graph, block = view.canvas.graph, bool(view.place)
        boxes = {i: box_of(item) for i, item in view.canvas.nodes.items()}
        chosen = view.selected if len(view.selected) > 1 else None
        self._wanted = view.place, graph
        count = len(graph) if chosen is None else len(chosen)
        if count < WORKER_ABOVE:
            self._show(tidied(graph, boxes, chosen, block))
            return
        found = self._found = []

        def work() -> None:
            found.append(tidied(graph, boxes, chosen, block))

        # Looked for by a timer, not told by a signal: the window may be gone by then.
        threading.Thread(target=work, name="layout", daemon=True).start()
        self._waiting.start()

    def _forget(self) -> None:
        """Another project is shown: nobody asked to have that laid out."""
        self._waiting.stop()
        self._wanted = None

    def _look(self) -> None:
        if not self._found:
            return
        self._waiting.stop()
        place, graph = self._wanted or ((), Graph())
        if place != self._view.place:
            self._wanted = None
        elif graph is not self._view.canvas.graph:
            # Edited meanwhile: places for another network are of no use.
            self._wanted = None
            self.start()
        else:
            self._show(self._found.pop())

    def _show(self, places: Mapping[str, Place]) -> None:
        self._wanted = None
        self.computed.emit()
        view, scene = self._view, self._view.canvas
        graph = scene.graph
        moved = {i: place for i, place in places.items() if graph[i].position != place}
        if not moved:
            return
        before = {i: QPointF(*graph[i].position) for i in moved}
        boxes = {i: box_of(item) for i, item in scene.nodes.items()}
        view.edit("Lay out", rearranged(graph, places, boxes))
        if not view.camera.seen.contains(scene.bounds(places)):
            view.camera.frame(scene.bounds())
        if motion.duration(FLIGHT_MS) and len(moved) <= FLIGHT_BELOW and view.isVisible():
            self._fly(before)

    # --- the flight ------------------------------------------------------------------------

    def _fly(self, before: dict[str, QPointF]) -> None:
        """Show the nodes on their way; the graph has them at their places already."""
        self._from = before
        flight = self._flight = QVariantAnimation(self)
        flight.setDuration(motion.duration(FLIGHT_MS))
        flight.setEasingCurve(QEasingCurve.Type.OutCubic)
        flight.setStartValue(0.0)
        flight.setEndValue(1.0)
        flight.valueChanged.connect(self._flown)
        flight.finished.connect(self.finish)
        view = self._view
        view.document.checked.connect(self.finish)
        view.place_changed.connect(self.finish)
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)
        flight.start()

    def _flown(self, part: float) -> None:
        scene = self._view.canvas
        goals = {i: QPointF(*scene.graph[i].position) for i in self._from}
        scene.place_nodes({i: a + (goals[i] - a) * part for i, a in self._from.items()})

    def finish(self, *ignored: object) -> None:
        """End the flight: every node is where the graph says."""
        flight, self._flight = self._flight, None
        if flight is None:
            return
        flight.stop()
        flight.deleteLater()
        view, scene = self._view, self._view.canvas
        view.document.checked.disconnect(self.finish)
        view.place_changed.disconnect(self.finish)
        view.removeEventFilter(self)
        view.viewport().removeEventFilter(self)
        flown, self._from = self._from, {}
        still = [i for i in flown if i in scene.nodes and i in scene.graph]
        scene.place_nodes({i: QPointF(*scene.graph[i].position) for i in still})

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ENDING:
            self.finish()
        return False

"""What keys and menus do to the selection; each is one step of the history."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QGuiApplication

from netbuilder.app.canvas import clipboard
from netbuilder.app.canvas.edits import SNAP, duplicated, healed, snapped
from netbuilder.app.canvas.fits import Fitting
from netbuilder.graph import Edge, Graph
from netbuilder.graph.drawing import without_frames
from netbuilder.graph.file import loads
from netbuilder.graph.order import ancestors, descendants

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

#: Pixels that the view moves for one that a node would.
PAN = 8


class Commands:
    """Edits of what is selected in a view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        #: What was copied last, and the wires that came into it from outside.
        self._copied: tuple[str, tuple[Edge, ...]] = ("", ())

    @property
    def _graph(self) -> Graph:
        return self._view.canvas.graph

    # --- deleting --------------------------------------------------------------------------

    def delete(self) -> None:
        """Remove the selected nodes with their wires, the selected wires, frames or bend.

        What stands in a frame stays.
        """
        scene = self._view.canvas
        nodes, wires, frames = scene.selected, scene.chosen, scene.frames.chosen
        if nodes or wires or frames:
            graph = without_frames(scene.graph.remove(nodes, wires), frames)
            text = _counted(len(nodes), len(wires), len(frames))
            self._view.edit(f"Delete {text}", graph)
        elif scene.bends.chosen is not None:
            self._view.framing.straighten(scene.bends.chosen)

    def delete_and_heal(self) -> None:
        """Remove the selected nodes and join what they were wired to."""
        scene = self._view.canvas
        nodes, wires = scene.selected, scene.chosen
        if nodes or wires:
            fitting = Fitting(scene.project, scene.place, scene.check)
            graph = healed(scene.graph.remove(edges=wires), nodes, fitting).remove(nodes)
            self._view.edit(f"Delete {_counted(len(nodes), len(wires))} and reconnect", graph)

    def break_wires(self, edges: tuple[Edge, ...]) -> None:
        """Take these wires off."""
        if edges:
            text = "Take off wire" if len(edges) == 1 else "Take off wires"
            self._view.edit(text, self._graph.remove(edges=edges))

    # --- clipboard -------------------------------------------------------------------------

    def copy(self) -> bool:
        """Put the selected nodes on the clipboard; false if there are none."""
        scene = self._view.canvas
        frames = scene.frames.chosen
        if not scene.selected and not frames:
            return False
        text = clipboard.copied(scene.project, scene.place, scene.selected, frames)
        chosen = set(scene.selected)
        into = (e for e in scene.graph.edges if e.target in chosen and e.source not in chosen)
        self._copied = (text, tuple(into))
        # As plain text: Qt would delete a QMimeData of ours after Python has ended, and crash.
        QGuiApplication.clipboard().setText(text)
        return True

    def cut(self) -> None:
        """Copy, then delete."""
        if self.copy():
            self.delete()

    def paste(self, inputs: bool = False) -> None:
        """Add the nodes on the clipboard at the pointer; with `inputs`, fed as they were.

        That is known of nodes copied here, as long as their sources are there.
        """
        view = self._view
        data = QGuiApplication.clipboard().mimeData()
        text = data.text() if data is not None and data.hasText() else ""
        at = view.mapToScene(view.pointer_at)
        try:
            made, ids = clipboard.pasted(view.document.project, view.place, text, (at.x(), at.y()))
        except clipboard.PasteError as error:
            view.refused.emit(str(error))
            return
        if inputs and text == self._copied[0]:
            old = [i for i in loads(text, "The clipboard").project.graph.nodes]
            names = dict(zip(old, ids, strict=True))
            graph = made.graph_at(view.place)
            wires = [replace(e, target=names[e.target]) for e in self._copied[1]]
            graph = graph.connect(*(e for e in wires if e.source in graph))
            made = made.with_graph(graph, view.place)
        view.document.edit(f"Paste {_counted(len(ids), 0)}", made)
        view.canvas.select(ids)

    def duplicate(self, inputs: bool = False) -> None:
        """Copies beside the selected nodes; with `inputs`, fed by the same sources."""
        scene = self._view.canvas
        if not scene.selected:
            return
        offset = (3 * SNAP, scene.bounds(scene.selected).height() + 4 * SNAP)
        offset = (offset[0], round(offset[1] / SNAP) * SNAP)
        graph, names = duplicated(scene.graph, scene.selected, offset, inputs)
        self._view.edit(f"Duplicate {_counted(len(names), 0)}", graph)
        scene.select(names.values())

    # --- moving ------------------------------------------------------------------------------

    def nudge(self, dx: float, dy: float) -> None:
        """Move the selected nodes, presses in a row are one step; without any, the view."""
        graph, chosen = self._graph, self._view.canvas.selected
        if not chosen:
            self._view.scroll_by(round(PAN * dx), round(PAN * dy))
        else:
            places = {i: (graph[i].position[0] + dx, graph[i].position[1] + dy) for i in chosen}
            self._view.edit("Nudge", graph.move(places), ("nudge", *chosen))

    def align(self, side: str) -> None:
        """Line up the selected nodes by their ``left`` or ``top``, or spread them evenly.

        ``across`` spreads from the leftmost to the rightmost, ``down`` from the uppermost to
        the lowest.
        """
        scene = self._view.canvas
        boxes = {i: scene.nodes[i].box for i in scene.selected}
        if len(boxes) < 2:
            return
        places = {i: box.topLeft() for i, box in boxes.items()}
        if side == "left":
            x = min(p.x() for p in places.values())
            places = {i: QPointF(x, p.y()) for i, p in places.items()}
        elif side == "top":
            y = min(p.y() for p in places.values())
            places = {i: QPointF(p.x(), y) for i, p in places.items()}
        elif side == "across":
            spread = _spread({i: p.x() for i, p in places.items()})
            places = {i: QPointF(spread[i], p.y()) for i, p in places.items()}
        else:
            spread = _spread({i: p.y() for i, p in places.items()})
            places = {i: QPointF(p.x(), spread[i]) for i, p in places.items()}
        moved = {i: (p.x(), p.y()) for i, p in places.items()}
        text = "Align" if side in ("left", "top") else "Distribute"
        self._view.edit(text, self._graph.move(moved))

    # --- selecting -------------------------------------------------------------------------

    def select_all(self) -> None:
        """Select every node."""
        self._view.canvas.select(self._graph.nodes)

    def invert(self) -> None:
        """Select what is not selected."""
        scene = self._view.canvas
        scene.select(set(self._graph.nodes) - set(scene.selected))

    def select_along(self, forward: bool) -> None:
        """Add everything downstream, or upstream, to the selection."""
        chosen = self._view.canvas.selected
        find = descendants if forward else ancestors
        self._view.canvas.select(find(self._graph, chosen))

    def next_problem(self) -> None:
        """Select the next node with a problem."""
        scene = self._view.canvas
        troubled = [i for i, item in scene.nodes.items() if item.face.problem]
        if not troubled:
            self._view.refused.emit("Nothing is wrong here.")
            return
        here = scene.selected[0] if scene.selected else None
        at = (troubled.index(here) + 1) % len(troubled) if here in troubled else 0
        self._view.reveal(troubled[at])


def _spread(places: dict[str, float]) -> dict[str, float]:
    """The same order at even steps on the grid between the first and the last."""
    order = sorted(places, key=lambda i: places[i])
    first, last = places[order[0]], places[order[-1]]
    step = (last - first) / (len(order) - 1)
    return {i: snapped(first + step * n) for n, i in enumerate(order[:-1])} | {order[-1]: last}


def _counted(nodes: int, wires: int, frames: int = 0) -> str:
    parts = []
    if nodes:
        parts.append("node" if nodes == 1 else f"{nodes} nodes")
    if wires:
        parts.append("wire" if wires == 1 else f"{wires} wires")
    if frames:
        parts.append("frame" if frames == 1 else f"{frames} frames")
    return " and ".join(parts)

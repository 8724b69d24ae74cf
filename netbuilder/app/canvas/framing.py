"""What people do with frames, bends and bookmarks by key and menu."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from netbuilder.app.canvas.bends import Bend
from netbuilder.app.canvas.edits import snapped
from netbuilder.app.canvas.inline_field import InlineField
from netbuilder.app.theme.keycaps import caps
from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent, bookmarked, framed, put_frames

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

#: Room around the nodes in a frame: at the sides and below, and above for the title.
AROUND, ABOVE = 16.0, 40.0
NEW = (240.0, 160.0)
TITLE = "Comment"


class Framing:
    """Commands about what is only drawn."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self.field: InlineField | None = None

    # --- frames ----------------------------------------------------------------------------

    def comment(self) -> None:
        """A frame around the selected nodes, or at the pointer; its title is asked for."""
        view, scene = self._view, self._view.canvas
        if scene.selected:
            box = scene.bounds(scene.selected).adjusted(-AROUND, -ABOVE, AROUND, AROUND)
        else:
            at = view.mapToScene(view.pointer_at)
            box = QRectF(at.x(), at.y(), *NEW)
        left, top = snapped(box.left()), snapped(box.top())
        rect = (left, top, snapped(box.right() - left), snapped(box.bottom() - top))
        graph, frame = framed(scene.graph, rect, TITLE)
        view.edit("Add frame", graph)
        scene.select((), (), [frame.id])
        self.rename(frame.id)

    def rename(self, frame_id: str) -> None:
        """Edit the title of a frame in place."""
        item = self._view.canvas.frames.items[frame_id]
        item.renaming = True
        item.update()
        box = item.box
        where = QRectF(box.left() + 6, box.top() + 2, box.width() - 12, 24)
        self.field = InlineField(
            self._view,
            where,
            item.frame.title,
            "Title of the frame",
            partial(self._titled, frame_id),
            partial(self._named, frame_id),
        )

    def _titled(self, frame_id: str, title: str) -> str:
        graph = self._view.canvas.graph
        frame = graph.frames.get(frame_id)
        if frame is not None and frame.title != title:
            self._view.edit("Rename frame", put_frames(graph, replace(frame, title=title)))
        return ""

    def _named(self, frame_id: str) -> None:
        self.field = None
        item = self._view.canvas.frames.items.get(frame_id)
        if item is not None:
            item.renaming = False
            item.update()

    def tint(self, frame_id: str, colour: str) -> None:
        """Give a frame the colour of a kind of data, or grey."""
        graph = self._view.canvas.graph
        frame = replace(graph.frames[frame_id], colour=colour)
        self._view.edit("Colour frame", put_frames(graph, frame))

    # --- bends -----------------------------------------------------------------------------

    def bend(self, *wires: tuple[Edge, QPointF]) -> None:
        """Put a bend on each of these wires, at a point of it; the first one is selected."""
        scene = self._view.canvas
        graph = scene.graph
        numbers = [scene.bends.place_for(edge, at) for edge, at in wires]
        for (edge, at), number in zip(wires, numbers, strict=True):
            points = list(graph.bends.get(edge, ()))
            points.insert(number, (round(at.x(), 1), round(at.y(), 1)))
            graph = bent(graph, edge, points)
        self._view.edit("Bend wire" if len(wires) == 1 else f"Bend {len(wires)} wires", graph)
        scene.select((), (), (), (wires[0][0], numbers[0]))

    def straighten(self, bend: Bend) -> None:
        """Take a bend off its wire."""
        edge, index = bend
        graph = self._view.canvas.graph
        points = graph.bends.get(edge, ())
        self._view.edit("Remove bend", bent(graph, edge, points[:index] + points[index + 1 :]))

    # --- bookmarks -------------------------------------------------------------------------

    def set_bookmark(self, number: int) -> None:
        """Remember what is in sight under a number."""
        camera = self._view.camera
        middle = camera.seen.center()
        place = (round(middle.x(), 1), round(middle.y(), 1), round(camera.scale, 4))
        graph = bookmarked(self._view.canvas.graph, number, place)
        self._view.edit(f"Set bookmark {number}", graph)

    def go_to_bookmark(self, number: int) -> None:
        """Look where a bookmark is."""
        view = self._view
        mark = view.canvas.graph.bookmarks.get(number)
        if mark is None:
            keys = caps(view.actions_by_name[f"bookmark_set_{number}"].shortcuts())
            setter = keys or f"View › Bookmarks › Set bookmark {number}"
            view.refused.emit(f"There is no bookmark {number}: {setter} sets it here.")
        else:
            view.camera.go(*mark)

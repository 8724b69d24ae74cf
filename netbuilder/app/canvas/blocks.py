"""What people do with blocks by key and menu: group, ungroup, copies of their own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from netbuilder.app.canvas.inline_field import InlineField
from netbuilder.graph import GraphError
from netbuilder.graph.instances import free_block_name, make_unique, replace_instances
from netbuilder.layers.blocks import group, ungroup

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView


class Blocks:
    """Commands about the blocks among the selected nodes; each is one step."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self.field: InlineField | None = None

    def group(self) -> None:
        """Make a block of the selected nodes, after asking for its name beside them."""
        view, scene = self._view, self._view.canvas
        chosen, project = scene.selected, scene.project
        name = free_block_name(project, "Block")
        try:
            # Whether it can be done at all is told before anything is asked.
            group(project, scene.place, chosen, name)
        except GraphError as error:
            view.refused.emit(str(error))
            return
        box = scene.bounds(chosen)
        where = QRectF(box.left(), box.top() - 34, 180, 24)
        accept = partial(self._grouped, chosen)
        self.field = InlineField(view, where, name, "Name of the block", accept, self._named)

    def _grouped(self, chosen: tuple[str, ...], name: str) -> str:
        view, scene = self._view, self._view.canvas
        if not set(chosen) <= scene.nodes.keys():
            return ""
        framed = self._frames_of(chosen)
        try:
            project, instance = group(scene.project, scene.place, chosen, name, framed)
        except GraphError as error:
            return str(error)
        view.document.edit("Group", project)
        scene.select([instance])
        return ""

    def _frames_of(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """Frames around nothing but these nodes go into the block with them."""
        scene, wanted = self._view.canvas, set(chosen)
        found = []
        for frame_id, frame in scene.frames.items.items():
            held = {i for i, node in scene.nodes.items() if frame.box.contains(node.box)}
            if held and held <= wanted:
                found.append(frame_id)
        return tuple(found)

    def _named(self) -> None:
        self.field = None

    def ungroup(self) -> None:
        """Take the selected blocks apart."""
        view, scene = self._view, self._view.canvas
        project, inside = scene.project, list[str]()
        chosen = [i for i in scene.selected if scene.graph[i].block is not None]
        if not chosen:
            view.refused.emit("Choose a block that is to be taken apart first.")
            return
        try:
            for node_id in chosen:
                project, ids = ungroup(project, scene.place, node_id)
                inside += ids
        except GraphError as error:
            view.refused.emit(str(error))
            return
        view.document.edit("Ungroup", project)
        scene.select(inside)

    def make_unique(self) -> None:
        """Give the selected instance a block of its own, which only it is an instance of."""
        view, scene = self._view, self._view.canvas
        node_id = next((i for i in scene.selected if scene.graph[i].block), None)
        if node_id is None:
            view.refused.emit("Choose an instance of a block first.")
            return
        try:
            project, name = make_unique(scene.project, scene.place, node_id)
        except GraphError as error:
            view.refused.emit(str(error))
            return
        view.document.edit(f"Make {name} unique", project)

    def update_instances(self) -> None:
        """Let all instances of the second selected block be instances of the first."""
        view, scene = self._view, self._view.canvas
        names = list(dict.fromkeys(b for i in scene.selected if (b := scene.graph[i].block)))
        if len(names) != 2:
            view.refused.emit(
                "Choose two instances: the block to take first, then one of those to replace."
            )
            return
        try:
            project = replace_instances(scene.project, names[1], names[0])
        except GraphError as error:
            view.refused.emit(str(error))
            return
        view.document.edit(f"Replace {names[1]} by {names[0]}", project)

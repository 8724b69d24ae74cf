"""What people do with blocks by key and menu: group, ungroup, copies of their own."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF

from netbuilder.app.canvas.inline_field import InlineField
from netbuilder.graph import GraphError
from netbuilder.graph.instances import free_block_name, make_unique, replace_instances
from netbuilder.layers import ParamError, block_params
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
        node_id = self._selected()
        if node_id is None:
            view.refused.emit("Choose an instance of a block first.")
            return
        try:
            project, name = make_unique(scene.project, scene.place, node_id)
        except GraphError as error:
            view.refused.emit(str(error))
            return
        view.document.edit(f"Make {name} unique", project)

    def repeat(self, node_id: str | None = None) -> None:
        """Ask on the node how often a block follows itself: the selected one's, or this one's."""
        view, scene = self._view, self._view.canvas
        node_id = node_id or self._selected()
        if node_id is None:
            view.refused.emit("Choose a block that is to be repeated first.")
            return
        item = scene.nodes[node_id]
        where = QRectF(item.box.right() - 52, item.box.top() + 2, 48, 24)
        accept = partial(self._repeated, node_id)
        often, name = str(item.face.repeat), "How often it repeats"
        self.field = InlineField(view, where, often, name, accept, self._named, least=48)

    def _repeated(self, node_id: str, text: str) -> str:
        view, graph = self._view, self._view.canvas.graph
        if node_id not in graph:
            return ""
        param = next(
            p
            for p in block_params(view.document.project.blocks[graph[node_id].block or ""])
            if p.name == "repeat"
        )
        try:
            often = param.checked(int(text.lstrip("×x ")))
        except ParamError as error:
            return str(error)
        except ValueError:
            return f"{param.label} is a whole number, not {text[:20]!r}."
        if often == 1:
            view.edit(f"Repeat {node_id} once", graph.reset_param(node_id, "repeat"))
        else:
            view.edit(f"Repeat {node_id} × {often}", graph.set_param(node_id, "repeat", often))
        return ""

    def keep(self) -> None:
        """Save the selected block, or the one around, in the person's own library."""
        view, graph = self._view, self._view.canvas.graph
        node_id = self._selected()
        name = graph[node_id].block if node_id else view.place[-1] if view.place else None
        if name is None:
            view.refused.emit("Choose a block that is to be kept first.")
            return
        again = name in view.my_blocks.names()
        why = view.my_blocks.keep(view.document.project, name)
        if why:
            view.refused.emit(why)
        elif again:
            view.told.emit(f"{name} in your blocks is now as it is here.")
        else:
            view.told.emit(f"{name} is in your blocks: the palette has it in every project.")

    def rename(self, node_id: str, name: str) -> str:
        """Call the block of an instance otherwise, everywhere; returns why it cannot be."""
        view = self._view
        old, name = view.canvas.graph[node_id].block or "", " ".join(name.split())
        try:
            project = view.document.project.rename_block(old, name)
        except GraphError as error:
            return str(error)
        view.document.edit(f"Rename {old} to {name}", project)
        return ""

    def _selected(self) -> str | None:
        """The first selected instance of a block of this project."""
        scene = self._view.canvas
        return next(
            (i for i in scene.selected if scene.graph[i].block in scene.project.blocks), None
        )

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

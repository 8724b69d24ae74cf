"""What is marked on nodes without changing what they are: muted, collapsed, ports hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from netbuilder.graph import Edge, Graph, GraphError, Project
from netbuilder.layers.muting import is_silent, muted, passage

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView


class Marking:
    """Commands that mark the selected nodes of a view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    def mute(self) -> None:
        """Let the selected nodes pass their input on; if all do already, compute again."""
        view, graph = self._view, self._view.canvas.graph
        chosen = view.selected
        on = not all(graph[i].muted for i in chosen)
        try:
            after = muted(graph, chosen, on)
        except GraphError as error:
            view.refused.emit(str(error))
            return
        view.edit(f"{'Mute' if on else 'Unmute'} {_counted(len(chosen))}", after)

    def collapse(self) -> None:
        """Show the selected nodes as their headers; if all are, show them whole again."""
        view, graph = self._view, self._view.canvas.graph
        chosen = view.selected
        on = not all(graph[i].collapsed for i in chosen)
        after = graph.put(*(replace(graph[i], collapsed=on) for i in chosen))
        view.edit(f"{'Collapse' if on else 'Expand'} {_counted(len(chosen))}", after)

    def hide_ports(self) -> None:
        """Hide the ports without wires of the selected nodes; if all do, show them again.

        It is a way of looking at the canvas and no step of the history.
        """
        scene = self._view.canvas
        chosen = set(scene.selected)
        scene.trim(scene.trimmed - chosen if chosen <= scene.trimmed else scene.trimmed | chosen)


def dead_ends(graph: Graph, project: Project) -> set[Edge]:
    """Wires into muted nodes whose value goes nowhere: all but the one that passes."""
    return {
        edge
        for node in graph
        if node.muted and is_silent(node)
        for edge in graph.incoming[node.id]
        if edge != passage(graph, node, project.blocks)[1]
    }


def _counted(nodes: int) -> str:
    return "node" if nodes == 1 else f"{nodes} nodes"

"""What is marked on nodes without changing what they are: muted, collapsed, ports hidden."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from netbuilder.compiler import check
from netbuilder.graph import Edge, Graph, GraphError, Project
from netbuilder.layers.muting import is_silent, muted, passage

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView


class Marking:
    """Commands that mark the selected nodes of a view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    def mute(self) -> None:
        """Let the selected nodes pass their input on; if all do already, compute again.

        Refused where what passes would fit no longer.
        """
        view, graph = self._view, self._view.canvas.graph
        chosen = view.selected
        on = not all(graph[i].muted for i in chosen)
        try:
            after = muted(graph, chosen, on)
        except GraphError as error:
            view.refused.emit(str(error))
            return
        if on and (why := self._misfit(after)) is not None:
            name = "These" if len(chosen) > 1 else view.canvas.nodes[chosen[0]].face.title
            view.refused.emit(f"{name} cannot be muted. {why}")
            return
        view.edit(f"{'Mute' if on else 'Unmute'} {_counted(len(chosen))}", after)

    def _misfit(self, after: Graph) -> str | None:
        """What no longer fits at some node of `after` and does now, as a sentence."""
        project, place = self._view.document.project, self._view.place
        known = {(p.node, p.block, p.message) for p in check(project).problems}
        for problem in check(project.with_graph(after, place)).problems:
            new = (problem.node, problem.block, problem.message) not in known
            if new and problem.severity == "error" and problem.node is not None:
                return problem.message
        return None

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

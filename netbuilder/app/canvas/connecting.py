"""Wires put on and taken off by key; where several would do, a small menu asks."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from netbuilder.app.canvas.edits import wired
from netbuilder.app.canvas.fits import Fitting
from netbuilder.app.widgets import ChoiceMenu
from netbuilder.graph import Edge, Graph
from netbuilder.layers import ports

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView


def between(fitting: Fitting, source: str, target: str) -> tuple[list[Edge], str]:
    """Wires that fit from one node to another, best first, and why none does.

    Only those into free ports, if there are any.
    """
    graph, blocks = fitting.graph, fitting.project.blocks
    outs = ports(graph[source], graph, blocks)[1]
    ins = [port.name for port in ports(graph[target], graph, blocks)[0]]
    good, why = [], "" if outs and ins else "These have no ports."
    for edge in (Edge(source, out, target, into) for out in outs for into in ins):
        refusal = fitting.refusal(edge)
        if refusal is None:
            good.append(edge)
        why = why or (refusal.message if refusal is not None else "")
    good.sort(key=partial(misgivings, fitting))
    return [edge for edge in good if is_free(fitting, edge)] or good, why


def is_free(fitting: Fitting, edge: Edge) -> bool:
    """Whether a wire would take no other's place at its input port."""
    port = fitting.port(edge.target, edge.target_port)
    if port is not None and port.many:
        return True
    return all(e.target_port != edge.target_port for e in fitting.graph.incoming[edge.target])


def misgivings(fitting: Fitting, edge: Edge) -> tuple[bool, ...]:
    """What speaks against this of several wires that fit, the gravest first.

    It would take another's place; its ends have different names, or its port takes anything
    while labels flow; its output port is in use already.
    """
    port = fitting.port(edge.target, edge.target_port)
    spec = fitting.spec(edge.source, edge.source_port)
    declared = port is not None and spec is not None and spec.flow in port.takes
    label = spec is not None and spec.flow == "label"
    used = any(e.source_port == edge.source_port for e in fitting.graph.outgoing[edge.source])
    same_name = edge.source_port == edge.target_port
    return not is_free(fitting, edge), not same_name, label and not declared, not declared, used


class Connecting:
    """Wires between the selected nodes of a view."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self.menu: ChoiceMenu | None = None

    # --- putting on ------------------------------------------------------------------------

    def connect_selected(self) -> None:
        """Wire the selected nodes in a row, from left to right, where they fit.

        Between two nodes with several ports that fit, a menu asks which.
        """
        view, scene = self._view, self._view.canvas
        order = sorted(scene.selected, key=lambda i: (scene.nodes[i].x(), scene.nodes[i].y()))
        if len(order) < 2:
            return
        graph, why = scene.graph, ""
        for source, target in itertools.pairwise(order):
            fitting = self._fitting(graph)
            good, refusal = between(fitting, source, target)
            why = why or refusal
            if len(order) == 2 and len(good) > 1:
                self._ask(target, [(self._words(e), partial(self._connect, e)) for e in good])
                return
            if good:
                edge = good[0]
                graph = wired(graph, edge, fitting.port(edge.target, edge.target_port))
        if graph is not scene.graph:
            view.edit("Connect", graph)
        elif why:
            view.refused.emit(why)

    def _fitting(self, graph: Graph) -> Fitting:
        scene = self._view.canvas
        return Fitting(scene.project.with_graph(graph, scene.place), scene.place, scene.check)

    def _connect(self, edge: Edge) -> None:
        graph = self._view.canvas.graph
        fitting = self._fitting(graph)
        port = fitting.port(edge.target, edge.target_port)
        self._view.edit("Connect", wired(graph, edge, port))

    def _words(self, edge: Edge) -> str:
        info = self._view.canvas.check.inside(
            self._view.place[-1] if self._view.place else None
        ).get(edge.source)
        spec = info.outputs.get(edge.source_port) if info is not None else None
        shape = f"   {spec.text()}" if spec is not None else ""
        return f"{edge.source_port} → {edge.target_port}{shape}"

    # --- taking off ------------------------------------------------------------------------

    def disconnect_selected(self) -> None:
        """Take off the wires between the selected nodes; of one node, the wire that is chosen."""
        view, scene = self._view, self._view.canvas
        graph, chosen = scene.graph, set(scene.selected)
        if len(chosen) > 1:
            between = [e for e in graph.edges if e.source in chosen and e.target in chosen]
            if between:
                view.commands.break_wires(tuple(between))
            else:
                view.refused.emit("There is no wire between these nodes.")
            return
        for node_id in chosen:
            edges = [*graph.incoming[node_id], *graph.outgoing[node_id]]
            if len(edges) < 2:
                view.commands.break_wires(tuple(edges))
                return
            rows: list[tuple[str, Callable[[], None]]] = []
            for edge in edges:
                inward = edge.target == node_id
                words = (
                    f"{edge.target_port} from {edge.source}"
                    if inward
                    else f"{edge.source_port} to {edge.target}"
                )
                rows.append((words, partial(view.commands.break_wires, (edge,))))
            self._ask(node_id, rows)

    # --- asking ----------------------------------------------------------------------------

    def _ask(self, node_id: str, rows: Sequence[tuple[str, Callable[[], None]]]) -> None:
        """A menu under a node, its first row chosen; Esc leaves all as it is."""
        view = self._view
        box = view.mapFromScene(view.canvas.nodes[node_id].box).boundingRect()
        self.menu = ChoiceMenu(view, rows, view.viewport().mapToGlobal(box.bottomLeft()))

"""Typed layers come onto the canvas one behind the other, wired, as one edit. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netbuilder.app.canvas.connecting import between
from netbuilder.app.canvas.edits import PITCH, Gap, free_place, inserted, wired
from netbuilder.app.canvas.fits import Fitting
from netbuilder.app.canvas.typed import Step
from netbuilder.compiler import check
from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.layers import ports

Place = tuple[str, ...]
End = tuple[str, str]


@dataclass(frozen=True)
class Start:
    """Where a chain begins: at a point, behind a node (at one of its ports), or in a wire."""

    point: tuple[float, float]
    node: str = ""
    port: str = ""
    wire: Edge | None = None


def chained(
    project: Project, place: Place, steps: Sequence[Step], start: Start
) -> tuple[Project, tuple[str, ...]]:
    """With these layers, each behind the last; returns their ids.

    One that does not fit the last stands there without a wire. What the program would warn
    of in a property that nobody typed is set right at once, such as a bias that the batch
    norm behind it takes away. Raises GraphError.
    """
    made: list[str] = []
    before, port, wire = start.node, start.port, start.wire
    x, y = start.point
    for each in steps:
        graph, node = project.graph_at(place).create(each.entry.kind, each.params, (x, y))
        if wire is not None:
            graph, wire = _into(project, place, graph, node, wire)
            x = graph[node.id].position[0] + PITCH
        else:
            x, y = free_place(graph.remove([node.id]), x, y)
            graph = graph.move({node.id: (x, y)})
            if before:
                graph = _behind(project, place, graph, (before, port), node)
            x += PITCH
        project = project.with_graph(graph, place)
        made.append(node.id)
        before, port = node.id, ""
    return _settled(project, place, dict(zip(made, steps, strict=True))), tuple(made)


def _fitting(project: Project, place: Place, graph: Graph) -> Fitting:
    project = project.with_graph(graph, place)
    return Fitting(project, place, check(project))


def _behind(project: Project, place: Place, graph: Graph, end: End, node: Node) -> Graph:
    fitting = _fitting(project, place, graph)
    fits = [
        e for e in between(fitting, end[0], node.id)[0] if not end[1] or e.source_port == end[1]
    ]
    if not fits:
        return graph
    return wired(graph, fits[0], fitting.port(node.id, fits[0].target_port))


def joined(project: Project, place: Place, node_id: str, end: End) -> Project:
    """With a wire from a node to an input port, if it fits. Raises GraphError."""
    fitting = _fitting(project, place, project.graph_at(place))
    for edge in between(fitting, node_id, end[0])[0]:
        if edge.target_port == end[1]:
            return project.with_graph(wired(fitting.graph, edge, fitting.port(*end)), place)
    return project


def _into(
    project: Project, place: Place, graph: Graph, node: Node, wire: Edge
) -> tuple[Graph, Edge | None]:
    """With a node in a wire, and the wire behind it, which the next node goes into."""
    takes, gives = ports(node, graph, project.blocks)
    if not takes or not gives:
        return graph, wire
    graph = inserted(graph, node.id, Gap(wire, takes[0].name, gives[0]))
    return graph, Edge(node.id, gives[0], wire.target, wire.target_port)


def _settled(project: Project, place: Place, made: dict[str, Step]) -> Project:
    block = place[-1] if place else None
    for problem in check(project).problems:
        mine = problem.node in made and problem.block == block and problem.severity == "warning"
        if mine and problem.param and problem.param not in made[problem.node or ""].params:
            for fix in problem.fixes[:1]:
                project = fix.apply(project)
    return project

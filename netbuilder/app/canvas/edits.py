"""What gestures come to: pure edits of a graph, without Qt and without a pointer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from netbuilder.app.canvas.fits import Fitting
from netbuilder.graph import Edge, Graph, Node
from netbuilder.graph.order import descendants
from netbuilder.layers import Port

SNAP = 8.0
PITCH = 172.0  # from one column of nodes to the next


def snapped(value: float) -> float:
    """The nearest place on the canvas grid."""
    return round(value / SNAP) * SNAP


def wired(graph: Graph, edge: Edge, port: Port | None) -> Graph:
    """With a wire; at a port for one wire it takes the place of the old one."""
    return graph.connect(edge, replace_port=port is None or not port.many)


def moved_wire(graph: Graph, old: Iterable[Edge], new: Iterable[tuple[Edge, Port | None]]) -> Graph:
    """With wires taken off and put on elsewhere."""
    graph = graph.remove(edges=old)
    for edge, port in new:
        graph = wired(graph, edge, port)
    return graph


def healed(graph: Graph, node_ids: Iterable[str], fitting: Fitting) -> Graph:
    """With these nodes taken out of their wires, what came in first wired to what went out."""
    for node_id in node_ids:
        incoming, outgoing = graph.incoming[node_id], graph.outgoing[node_id]
        graph = graph.remove(edges=(*incoming, *outgoing))
        if not incoming:
            continue
        source = incoming[0]
        for edge in outgoing:
            bridge = Edge(source.source, source.source_port, edge.target, edge.target_port)
            if fitting.rule(bridge, graph) is None:
                graph = wired(graph, bridge, fitting.port(bridge.target, bridge.target_port))
    return graph


def inserted(graph: Graph, node_id: str, edge: Edge, ports: tuple[str, str]) -> Graph:
    """With a node put into a wire; `ports` are its input and its output.

    What is right of the gap moves on by a column if the node would stand on it.
    """
    into, out = ports
    position = graph.edges.index(edge)
    graph = graph.remove(edges=[edge])
    first = Edge(edge.source, edge.source_port, node_id, into)
    second = Edge(node_id, out, edge.target, edge.target_port)
    graph = graph.connect(first).connect(second)
    # At a port with several wires the new one keeps the place of the old.
    edges = [e for e in graph.edges if e != second]
    edges.insert(position, second)
    graph = graph.with_edges(edges)
    return with_room(graph, node_id, edge.target)


def with_room(graph: Graph, node_id: str, after: str) -> Graph:
    """With everything from `after` on one column to the right if `node_id` stands on it."""
    node, other = graph[node_id], graph[after]
    overlap = node.position[0] + PITCH - other.position[0]
    if overlap <= 0 or abs(node.position[1] - other.position[1]) > 120:
        return graph
    shift = snapped(overlap + SNAP / 2 - 0.1)
    row = {
        i
        for i in descendants(graph, [after])
        if graph[i].position[0] >= other.position[0]
        and abs(graph[i].position[1] - other.position[1]) < 240
    }
    return graph.move({i: (graph[i].position[0] + shift, graph[i].position[1]) for i in row})


def duplicated(
    graph: Graph, node_ids: Iterable[str], offset: tuple[float, float], inputs: bool = False
) -> tuple[Graph, Mapping[str, str]]:
    """With copies of nodes, wired among themselves, and with `inputs` to the same sources."""
    chosen = set(node_ids)
    part = graph.part(chosen)
    # A copy that shared weights goes on sharing them; the original is still there.
    result, names = graph.merge(part, offset)
    if inputs:
        for node_id in chosen:
            for edge in graph.incoming[node_id]:
                if edge.source not in chosen:
                    copy = Edge(edge.source, edge.source_port, names[node_id], edge.target_port)
                    result = result.connect(copy)
    return result, names


def free_place(graph: Graph, x: float, y: float) -> tuple[float, float]:
    """The nearest free place to the right of (x, y), on the grid, for a new node."""
    x, y = snapped(x), snapped(y)
    taken = [node.position for node in graph]
    while any(abs(px - x) < 24 and abs(py - y) < 24 for px, py in taken):
        x, y = x + 24, y + 24
    return x, y


def retitled(graph: Graph, node_id: str, title: str, plain: str) -> Graph:
    """With another title; an empty one, or the kind's own, goes back to the kind's own."""
    title = " ".join(title.split())
    node: Node = graph[node_id]
    return graph.put(replace(node, title="" if title == plain else title))

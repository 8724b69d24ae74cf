"""What gestures come to: pure edits of a graph, without Qt and without a pointer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import ceil

from netbuilder.app.canvas.fits import Fitting
from netbuilder.graph import Edge, Graph, Node
from netbuilder.graph.drawing import NODE_SIZE, bent, shifted
from netbuilder.graph.frame import Point
from netbuilder.layers import Port

SNAP = 8.0
PITCH = 172.0  # from one column of nodes to the next
GAP = PITCH - NODE_SIZE[0]  # between two nodes of a row
ROW_GAP = 24.0  # between two rows


@dataclass(frozen=True)
class Gap:
    """A wire that a node could go into, by which of its ports.

    bends: those of the wire before the node and those behind it.
    """

    edge: Edge
    into: str
    out: str
    bends: tuple[tuple[Point, ...], tuple[Point, ...]] = ((), ())


def snapped(value: float) -> float:
    """The nearest place on the canvas grid."""
    return round(value / SNAP) * SNAP


def wired(graph: Graph, edge: Edge, port: Port | None) -> Graph:
    """With a wire; at a port for one wire it takes the place of the old one."""
    return graph.connect(edge, replace_port=port is None or not port.many)


def moved_wire(graph: Graph, old: Iterable[Edge], new: Iterable[tuple[Edge, Port | None]]) -> Graph:
    """With wires taken off and put on elsewhere, in the order of `old`.

    A wire whose source alone changed keeps its place at the port, and each its bends.
    """
    old, before = tuple(old), graph
    graph, instead = graph.remove(edges=old), {}
    for i, (edge, port) in enumerate(new):
        if i < len(old) and edge not in graph.edges:
            instead[edge] = (old[i], before.bends.get(old[i], ()))
        graph = wired(graph, edge, port)
    return _instead(graph, before, instead)


def healed(graph: Graph, node_ids: Iterable[str], fitting: Fitting) -> Graph:
    """With these nodes taken out of their wires, what came in first wired to what went out.

    The new wire passes the bends of both that it takes the place of.
    """
    for node_id in node_ids:
        before, incoming, outgoing = graph, graph.incoming[node_id], graph.outgoing[node_id]
        graph, instead = graph.remove(edges=(*incoming, *outgoing)), {}
        for edge in outgoing if incoming else ():
            source = incoming[0]
            bridge = Edge(source.source, source.source_port, edge.target, edge.target_port)
            if bridge not in graph.edges and fitting.rule(bridge, graph) is None:
                graph = wired(graph, bridge, fitting.port(bridge.target, bridge.target_port))
                points = (*before.bends.get(source, ()), *before.bends.get(edge, ()))
                instead[bridge] = (edge, points)
        graph = _instead(graph, before, instead)
    return graph


def _instead(
    graph: Graph, before: Graph, wires: Mapping[Edge, tuple[Edge, tuple[Point, ...]]]
) -> Graph:
    """With new wires that stand for wires of `before`, and pass these points.

    At the same port they keep the place: where it takes several, their order is part of what
    is computed.
    """
    if not wires:
        return graph
    places = {edge: place for place, edge in enumerate(before.edges)}
    for new, (old, _) in wires.items():
        if (new.target, new.target_port) == (old.target, old.target_port):
            places[new] = places[old]
    last = len(before.edges)
    graph = graph.with_edges(sorted(graph.edges, key=lambda edge: places.get(edge, last)))
    for new, (_, points) in wires.items():
        graph = bent(graph, new, points) if points and new in graph.edges else graph
    return graph


def inserted(
    graph: Graph, node_id: str, gap: Gap, sizes: Mapping[str, tuple[float, float]] | None = None
) -> Graph:
    """With a node put into a wire.

    If it would stand on the source it moves to the right, and what is right of the gap moves
    on to make room. `sizes`: width and height by node id, where they are known.
    """
    edge, before = gap.edge, graph
    first = Edge(edge.source, edge.source_port, node_id, gap.into)
    second = Edge(node_id, gap.out, edge.target, edge.target_port)
    graph = graph.remove(edges=[edge]).connect(first, second)
    halves = zip((first, second), gap.bends, strict=True)
    graph = _instead(graph, before, {half: (edge, points) for half, points in halves})
    return with_room(graph, node_id, edge, sizes or {})


def with_room(
    graph: Graph, node_id: str, edge: Edge, sizes: Mapping[str, tuple[float, float]]
) -> Graph:
    """With a node right of the source of `edge`, and its target and what follows right of it.

    Only what stands in the same row is in the way; bends between moved nodes move along.
    """
    push = _overlap(graph, edge.source, node_id, sizes)
    if push > 0:
        graph = shifted(graph, (push, 0), [node_id])
    push = _overlap(graph, node_id, edge.target, sizes)
    if push <= 0:
        return graph
    x, y = graph[edge.target].position
    row, ahead = {edge.target}, [edge.target]
    while ahead:
        # Where the network turns back to the left a new row begins, which is in nobody's way.
        found = {e.target for e in graph.outgoing[ahead.pop()]} - row
        found = {i for i in found if graph[i].position[0] >= x}
        found = {i for i in found if abs(graph[i].position[1] - y) < 240}
        row |= found
        ahead += found
    return shifted(graph, (push, 0), row)


def _overlap(
    graph: Graph, left: str, right: str, sizes: Mapping[str, tuple[float, float]]
) -> float:
    """How far `right` has to go, in steps of the grid, to stand clear of `left` in its row."""
    (x1, y1), (x2, y2) = graph[left].position, graph[right].position
    (width1, height1), (width2, height2) = (sizes.get(i, NODE_SIZE) for i in (left, right))
    apart = y1 >= y2 + height2 + ROW_GAP or y2 >= y1 + height1 + ROW_GAP
    if apart or x2 + width2 <= x1:
        return 0.0
    return ceil(max(0.0, x1 + width1 + GAP - x2) / SNAP) * SNAP


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

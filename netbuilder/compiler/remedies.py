"""Fixes: pure edits of a project that one click applies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from netbuilder.compiler.report import Fix
from netbuilder.graph import Edge, Graph, Optimiser, Project, Value
from netbuilder.graph.order import descendants
from netbuilder.layers import REGISTRY
from netbuilder.layers.muting import muted

_PITCH = 172.0  # from one column of nodes to the next, in canvas units


def place_of(block: str | None) -> tuple[str, ...]:
    """Place of a graph in a project, by the name of the block that holds it."""
    return (block,) if block else ()


def edit(label: str, block: str | None, change: Callable[[Graph], Graph]) -> Fix:
    """A change of the top graph, or of the graph of a block."""

    def apply(project: Project) -> Project:
        place = place_of(block)
        return project.with_graph(change(project.graph_at(place)), place)

    return Fix(label, apply)


# --- wires ---------------------------------------------------------------------------------


def unwire(block: str | None, edges: Iterable[Edge]) -> Fix:
    """Remove these wires."""
    gone = tuple(edges)
    label = "Remove the wire" if len(gone) == 1 else "Remove the wires"
    return edit(label, block, lambda graph: graph.remove(edges=gone))


def wire(label: str, block: str | None, edge: Edge) -> Fix:
    """Draw a wire, in place of any other at the same port."""
    return edit(label, block, lambda graph: graph.connect(edge, replace_port=True))


# --- nodes ---------------------------------------------------------------------------------


def unshare(block: str | None, node_id: str) -> Fix:
    """Give a node weights of its own."""
    return edit(
        "Use own weights", block, lambda graph: graph.put(replace(graph[node_id], share=None))
    )


def mute(block: str | None, node_id: str, on: bool = True) -> Fix:
    """Let a node step aside, or compute again."""
    label = f"Mute {node_id}" if on else "Unmute"
    return edit(label, block, lambda graph: muted(graph, [node_id], on=on))


def set_params(label: str, block: str | None, node_id: str, **values: Value) -> Fix:
    """Set parameters of one node."""
    return edit(label, block, lambda graph: graph.put(graph[node_id].with_params(**values)))


def reset_param(label: str, block: str | None, node_id: str, name: str) -> Fix:
    """Leave one parameter of one node out, so that its default holds."""
    return edit(label, block, lambda graph: graph.reset_param(node_id, name))


def remove(label: str, block: str | None, node_ids: Iterable[str]) -> Fix:
    """Remove nodes, those that are still there, with their wires."""
    gone = tuple(node_ids)
    return edit(label, block, lambda graph: graph.remove([i for i in gone if i in graph]))


def become(label: str, block: str | None, node_id: str, kind: str, **params: Value) -> Fix:
    """Make a node one of another kind; its wires go to the ports of the same rank."""
    return edit(label, block, lambda graph: converted(graph, node_id, kind, params))


def converted(graph: Graph, node_id: str, kind: str, params: Mapping[str, Value]) -> Graph:
    """`graph` with a node of another kind under the same name."""
    old, new = REGISTRY[graph[node_id].kind](), REGISTRY[kind]()
    ins = {a.name: b.name for a, b in zip(old.input_ports(), new.input_ports(), strict=False)}
    outs = dict(zip(old.output_ports(), new.output_ports(), strict=False))

    def moved(edge: Edge) -> Edge:
        if edge.source == node_id:
            edge = replace(edge, source_port=outs.get(edge.source_port, edge.source_port))
        if edge.target == node_id:
            edge = replace(edge, target_port=ins.get(edge.target_port, edge.target_port))
        return edge

    graph = graph.put(replace(graph[node_id], kind=kind, params=params, share=None))
    return graph.with_edges(map(moved, graph.edges))


def insert(label: str, block: str | None, edge: Edge, kind: str, **params: Value) -> Fix:
    """Put a node of `kind` into a wire."""
    return edit(label, block, lambda graph: inserted(graph, edge, kind, params))


def inserted(
    graph: Graph, edge: Edge, kind: str, params: Mapping[str, Value] | None = None
) -> Graph:
    """`graph` with a new node of `kind` in the middle of `edge`, what follows moved on."""
    x, y = graph[edge.target].position
    graph, node = graph.create(kind, params, (x, y))
    layer = REGISTRY[kind]()
    graph = shifted(graph, edge.target)
    before = Edge(edge.source, edge.source_port, node.id, layer.input_ports()[0].name)
    after = Edge(node.id, layer.output_ports()[0], edge.target, edge.target_port)
    # In place of the old wire, because the order of wires counts where a port takes many.
    edges = [e for old in graph.edges for e in ((before, after) if old == edge else (old,))]
    return graph.with_edges(edges)


def shifted(graph: Graph, from_node: str) -> Graph:
    """Room for one more column: a node and what depends on it move to the right."""
    moved = descendants(graph, [from_node])
    return graph.move(
        {i: (graph[i].position[0] + _PITCH, graph[i].position[1]) for i in sorted(moved)}
    )


def bypass(label: str, block: str | None, node_id: str) -> Fix:
    """Remove a node and join what came in with what went out."""
    return edit(label, block, lambda graph: bypassed(graph, node_id))


def bypassed(graph: Graph, node_id: str) -> Graph:
    """`graph` without a node, its first input wired to whatever its output fed."""
    incoming, outgoing = graph.incoming[node_id], graph.outgoing[node_id]
    source = incoming[0] if incoming else None
    edges = []
    for edge in graph.edges:
        if edge in outgoing and source is not None:
            edges.append(Edge(source.source, source.source_port, edge.target, edge.target_port))
        elif node_id not in (edge.source, edge.target):
            edges.append(edge)
    return graph.remove([node_id]).with_edges(dict.fromkeys(edges))


def append(
    label: str,
    block: str | None,
    sources: Mapping[str, tuple[str, str]],
    kind: str,
    **params: Value,
) -> Fix:
    """Add a node of `kind`, below and right of the first source: (node, port) by input port."""
    return edit(label, block, lambda graph: appended(graph, sources, kind, params))


def appended(
    graph: Graph, sources: Mapping[str, tuple[str, str]], kind: str, params: Mapping[str, Value]
) -> Graph:
    """`graph` with a new node of `kind`, fed by these (node, port) at its input ports."""
    x, y = graph[next(iter(sources.values()))[0]].position
    taken = {node.position for node in graph}
    x, y = x + _PITCH, y + 144
    while (x, y) in taken:
        y += 144
    graph, node = graph.create(kind, None, (x, y))
    return graph.connect(*(Edge(*source, node.id, port) for port, source in sources.items()))


# --- training ------------------------------------------------------------------------------


def optimise(label: str, change: Callable[[tuple[Optimiser, ...]], Iterable[Optimiser]]) -> Fix:
    """Another list of optimisers."""

    def apply(project: Project) -> Project:
        training = project.training
        changed = tuple(change(training.optimisers))
        return replace(project, training=replace(training, optimisers=changed))

    return Fix(label, apply)

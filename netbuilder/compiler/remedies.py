"""Fixes: pure edits of a project that one click applies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from netbuilder.compiler.report import Fix
from netbuilder.graph import Edge, Graph, Node, Project, Value
from netbuilder.layers import REGISTRY, ShapeError, TensorSpec
from netbuilder.layers.muting import muted

_PITCH = 172.0  # from one column of nodes to the next, in canvas units


def place_of(block: str | None) -> tuple[str, ...]:
    """Place of a graph in a project, by the name of the block that holds it."""
    return (block,) if block else ()


def unwire(block: str | None, edges: Iterable[Edge]) -> Fix:
    """Remove these wires."""
    gone = tuple(edges)

    def apply(project: Project) -> Project:
        place = place_of(block)
        return project.with_graph(project.graph_at(place).remove(edges=gone), place)

    return Fix("Remove the wire" if len(gone) == 1 else "Remove the wires", apply)


def unshare(block: str | None, node_id: str) -> Fix:
    """Give a node weights of its own."""

    def apply(project: Project) -> Project:
        place = place_of(block)
        graph = project.graph_at(place)
        return project.with_graph(graph.put(replace(graph[node_id], share=None)), place)

    return Fix("Use own weights", apply)


def unmute(block: str | None, node_id: str) -> Fix:
    """Let a node compute again."""

    def apply(project: Project) -> Project:
        place = place_of(block)
        return project.with_graph(muted(project.graph_at(place), [node_id], on=False), place)

    return Fix("Unmute", apply)


def set_param(label: str, block: str | None, node_id: str, name: str, value: Value) -> Fix:
    """Set one parameter of one node."""

    def apply(project: Project) -> Project:
        place = place_of(block)
        return project.with_graph(project.graph_at(place).set_param(node_id, name, value), place)

    return Fix(label, apply)


def insert(label: str, block: str | None, edge: Edge, kind: str, **params: Value) -> Fix:
    """Put a node of `kind` into a wire."""

    def apply(project: Project) -> Project:
        place = place_of(block)
        return project.with_graph(inserted(project.graph_at(place), edge, kind, params), place)

    return Fix(label, apply)


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
    from netbuilder.graph.order import descendants

    moved = descendants(graph, [from_node])
    return graph.move(
        {i: (graph[i].position[0] + _PITCH, graph[i].position[1]) for i in sorted(moved)}
    )


def bypass(label: str, block: str | None, node_id: str) -> Fix:
    """Remove a node and join what came in with what went out."""

    def apply(project: Project) -> Project:
        place = place_of(block)
        return project.with_graph(bypassed(project.graph_at(place), node_id), place)

    return Fix(label, apply)


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
    label: str, block: str | None, node_id: str, port: str, kind: str, **params: Value
) -> Fix:
    """Add a node of `kind` behind an output port."""

    def apply(project: Project) -> Project:
        place = place_of(block)
        graph = project.graph_at(place)
        x, y = graph[node_id].position
        graph, node = graph.create(kind, params, (x + _PITCH, y + 144))
        first = REGISTRY[kind]().input_ports()[0].name
        return project.with_graph(graph.connect(Edge(node_id, port, node.id, first)), place)

    return Fix(label, apply)


def remedies(
    project: Project,
    block: str | None,
    graph: Graph,
    node: Node,
    inputs: Mapping[str, tuple[TensorSpec, ...]],
    error: ShapeError,
) -> tuple[Fix, ...]:
    """Fixes for a shape error, by the remedy its declaration named."""
    port = error.port or next(iter(inputs), None)
    edges = [e for e in graph.incoming[node.id] if e.target_port == port]
    if not edges or error.remedy is None:
        return ()
    edge = edges[0]
    inserts = {
        "flatten": ("Insert Flatten", "flatten"),
        "to_tokens": ("Insert To tokens", "to_tokens"),
        "embedding": ("Insert Embedding", "embedding"),
        "global_avg_pool": ("Insert Global average pool", "global_avg_pool"),
    }
    if error.remedy in inserts:
        label, kind = inserts[error.remedy]
        return (insert(label, block, edge, kind),) if kind in REGISTRY else ()
    if error.remedy == "padding":
        return (set_param("Use padding same", block, node.id, "padding", "same"),)
    if error.remedy == "project_skip" and len(inputs[edge.target_port]) > 1:
        return _projection(block, edges, inputs[edge.target_port])
    return ()


def _projection(
    block: str | None, edges: list[Edge], specs: tuple[TensorSpec, ...]
) -> tuple[Fix, ...]:
    """A 1×1 convolution (or a Linear) that brings the shorter path to the other's shape."""
    main, skip = specs[0], specs[-1]
    main_edge, skip_edge = edges[0], edges[-1]
    if main.axes != skip.axes:
        return ()
    if main.axes == 2:
        width = int(main.shape[-1])
        return (insert("Project with Linear", block, skip_edge, "linear", out_features=width),)
    if main.axes != 4:
        return ()
    for target, other, edge in ((main, skip, skip_edge), (skip, main, main_edge)):
        strides = [
            int(b) // max(int(a), 1) for a, b in zip(target.shape[2:], other.shape[2:], strict=True)
        ]
        whole = all(
            s >= 1 and (int(b) - 1) // s + 1 == int(a)
            for s, a, b in zip(strides, target.shape[2:], other.shape[2:], strict=True)
        )
        if whole and len(set(strides)) == 1:
            params: dict[str, Value] = {"out_channels": int(target.shape[1]), "kernel_size": (1,)}
            if strides[0] > 1:
                params["stride"] = (strides[0],)
            return (insert("Project the skip", block, edge, "conv2d", **params),)
    return ()

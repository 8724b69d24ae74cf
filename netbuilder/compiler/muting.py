"""What a project computes once its muted nodes have stepped aside.

Shapes and problems are found with muted nodes in place, so that they are told where the
person sees them; code is made from the project without them. Both take the same way
through a muted node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from netbuilder.graph import Block, Edge, Graph, Project
from netbuilder.layers.muting import is_silent, passage


def thinned(graph: Graph, blocks: Mapping[str, Block]) -> Graph:
    """Without the wires into muted nodes whose value goes nowhere."""
    silent = {node.id for node in graph if is_silent(node)}
    if not silent:
        return graph
    ways = {node_id: passage(graph, graph[node_id], blocks) for node_id in silent}
    return graph.with_edges(
        e for e in graph.edges if e.target not in silent or e == ways[e.target][1]
    )


def without_muted(project: Project) -> Project:
    """The project with what a muted node passes on wired past it; found once for each."""
    known: Project | None = project.__dict__.get("_without_muted")
    if known is None:
        known = project.__dict__["_without_muted"] = _without_muted(project)
    return known


def _without_muted(project: Project) -> Project:
    blocks = {
        name: replace(block, graph=graph)
        for name, block in project.blocks.items()
        if (graph := _bridged(block.graph, project.blocks)) is not block.graph
    }
    graph = _bridged(project.graph, project.blocks)
    if not blocks and graph is project.graph:
        return project
    gone = project.graph.nodes.keys() - graph.nodes.keys()
    project = replace(project, graph=graph, blocks={**project.blocks, **blocks})
    return project.forgetting(gone)


def _bridged(graph: Graph, blocks: Mapping[str, Block]) -> Graph:
    silent = {node.id for node in graph if is_silent(node)}
    if not silent:
        return graph
    ways = {node_id: passage(graph, graph[node_id], blocks) for node_id in silent}

    def bridged() -> Iterator[Edge]:
        for edge in graph.edges:
            source, port, seen = edge.source, edge.source_port, set[str]()
            while source in silent and source not in seen:
                seen.add(source)
                _, wire, out = ways[source]
                if wire is None or port != out:
                    break
                source, port = wire.source, wire.source_port
            # Twice the same wire stays twice: x + muted(x) is 2 x.
            yield Edge(source, port, edge.target, edge.target_port)

    return graph.with_edges(bridged()).remove(silent)

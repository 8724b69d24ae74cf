"""What the inspector does to a graph, each as one pure edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from netbuilder.graph import BlockParam, Graph, Node, Project, Value
from netbuilder.layers import REGISTRY, Param, block_params


def declared(node: Node, project: Project) -> tuple[Param, ...] | None:
    """Parameters of a node's kind or block; None if that is not installed here."""
    if node.block is not None:
        block = project.blocks.get(node.block)
        return None if block is None else block_params(block)
    return REGISTRY[node.kind].params() if node.kind in REGISTRY else None


def with_param(graph: Graph, ids: Sequence[str], param: Param, value: Value) -> Graph:
    """With a parameter of these nodes set; a value that is the default is not written down."""
    nodes = []
    for node_id in ids:
        node = graph[node_id]
        params = {**node.params, param.name: value}
        if type(value) is type(param.default) and value == param.default:
            del params[param.name]
        nodes.append(replace(node, params=params))
    return graph.put(*nodes)


def without_param(graph: Graph, ids: Sequence[str], name: str) -> Graph:
    """With a parameter of these nodes back at its default."""
    for node_id in ids:
        graph = graph.reset_param(node_id, name)
    return graph


def with_share(graph: Graph, node_id: str, share: str | None) -> Graph:
    """With a node using the weights of another one, or its own."""
    return graph.put(replace(graph[node_id], share=share))


def with_title(graph: Graph, node_id: str, title: str) -> Graph:
    """With a title of the person's own; empty for that of the kind."""
    return graph.put(replace(graph[node_id], title=title))


def followed(before: Graph, after: Graph, node_id: str) -> str | None:
    """The id that a node has now: the same one, or that to which it was renamed."""
    if node_id in after:
        return node_id
    if node_id not in before:
        return None
    node = before[node_id]
    for new in after:
        # Only a rename makes a new id with everything else as it was.
        if new.id not in before and replace(new, id=node_id) == node:
            return new.id
    return None


def promoted(project: Project, place: tuple[str, ...], node_id: str, name: str) -> Project:
    """With a parameter of a node as one of the block around it, of the same value.

    Every instance goes on computing what it did; each can now have its own value.
    """
    block, graph = project.blocks[place[-1]], project.graph_at(place)
    param = next(p for p in declared(graph[node_id], project) or () if p.name == name)
    value = graph[node_id].params.get(name, param.default)
    taken, own, number = {p.name for p in block.params} | {"repeat"}, name, 1
    while own in taken:
        number += 1
        own = f"{name}_{number}"
    graph = graph.set_param(node_id, name, f"={own}")
    params = (*block.params, BlockParam(own, value))
    return project.with_block(replace(block, graph=graph, params=params))

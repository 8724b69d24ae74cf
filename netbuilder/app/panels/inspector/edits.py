"""What the inspector does to a graph, each as one edit."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace

from netbuilder import trusted
from netbuilder.app.document import Document
from netbuilder.graph import Graph, GraphError, Node, Project, Value
from netbuilder.graph.atomic import FileError
from netbuilder.layers import REGISTRY, Param, block_params, promotion


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


def trust_what_is_written(node: Node, param: Param, value: Value) -> None:
    """Trust code as its writer commits it, if what they changed is trusted on this computer.

    A letter in code that came from elsewhere does not make the rest of it theirs.
    """
    before = node.params.get(param.name, param.default)
    mine = before == param.default or trusted.trusts(str(before))
    if mine and value != param.default:
        with contextlib.suppress(FileError):  # then it asks, as for any other code
            trusted.trust(str(value))


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


def promote(document: Document, place: tuple[str, ...], node_ids: Sequence[str], param: str) -> str:
    """Make a parameter of nodes in a block one of the block, as one step; else why not.

    Every instance goes on computing what it did; each can now have its own value.
    """
    try:
        project, name = promotion.promote(document.project, place[-1], node_ids, param)
    except GraphError as error:
        return str(error)
    document.edit(f"Make {name} a parameter of {place[-1]}", project)
    return ""


def rename_block(document: Document, old: str, new: str) -> None:
    """Call a block otherwise, as one step; a name that cannot be was refused before."""
    document.edit(f"Rename {old} to {new}", document.project.rename_block(old, new))

"""Muting: a node steps aside and lets its first input through.

What flows in flows out, so a muted node fits wherever it keeps the shape. A muted loss or
metric is left out. Data, noise and the ends of a graph have nothing to let through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from netbuilder.graph import Block, Edge, Graph, GraphError, Node
from netbuilder.layers.declare import ports
from netbuilder.layers.spec import REGISTRY, Layer, Role


class Through(Layer, abstract=True):
    """Stands for a muted node that could not be declared; what flows in flows out."""

    title, family = "Muted", "Reshape"


_WHY_NOT: Mapping[Role, str] = {
    "data": "it is where everything starts",
    "noise": "nothing flows into it",
    "input": "it is a port of the block",
    "output": "it only names a result",
}


def role_of(node: Node) -> Role:
    """Role of a node; one of an unknown kind, or a block, counts as a layer."""
    return REGISTRY[node.kind].role if node.kind in REGISTRY else "layer"


def mute_refusal(node: Node) -> str | None:
    """Why a node cannot be muted, as one sentence; None if it can."""
    if (why := _WHY_NOT.get(role_of(node))) is None:
        return None
    return f"{' '.join(node.title.split()) or node.id} cannot be muted, because {why}."


def is_silent(node: Node) -> bool:
    """Whether a node is muted, and is of a kind that can be."""
    return node.muted and mute_refusal(node) is None


def muted(graph: Graph, node_ids: Iterable[str], on: bool = True) -> Graph:
    """With these nodes muted, or all of them computing again. Raises GraphError."""
    nodes = [graph[node_id] for node_id in node_ids]
    for node in nodes if on else ():
        if (why := mute_refusal(node)) is not None:
            raise GraphError(why)
    changed = [replace(node, muted=on) for node in nodes if node.muted != on]
    return graph.put(*changed) if changed else graph


def passage(
    graph: Graph, node: Node, blocks: Mapping[str, Block]
) -> tuple[str | None, Edge | None, str | None]:
    """The way through a muted node: its first input port, the wire there, its first output.

    A part that does not exist is None; a loss and a metric let nothing out.
    """
    entering, leaving = ports(node, graph, blocks)
    port = entering[0].name if entering else None
    wire = next((e for e in graph.incoming[node.id] if e.target_port == port), None)
    out = leaving[0] if leaving and role_of(node) == "layer" else None
    return port, wire, out

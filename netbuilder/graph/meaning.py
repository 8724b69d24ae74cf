"""Whether two projects say the same network, however it is drawn."""

from __future__ import annotations

from dataclasses import fields, replace

from netbuilder.graph.model import Graph
from netbuilder.graph.project import Project


def same_meaning(one: Project, other: Project) -> bool:
    """Whether they differ at most in where things stand on the main canvas, or in what is searched.

    Blocks count as different if anything about them is: their ports are ordered by place.
    """
    return _same_network(one.graph, other.graph) and all(
        getattr(one, f.name) == getattr(other, f.name)
        for f in fields(Project)
        if f.name not in ("graph", "search")
    )


def _same_network(one: Graph, other: Graph) -> bool:
    if one.edges != other.edges or list(one.nodes) != list(other.nodes):
        return False
    pairs = zip(one.nodes.values(), other.nodes.values(), strict=True)
    return all(
        a is b or a == replace(b, position=a.position, collapsed=a.collapsed) for a, b in pairs
    )

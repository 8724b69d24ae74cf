"""Making and taking apart blocks as people do it: only what may be in a block gets in.

>>> project, instance = group(project, (), ["conv2d_1", "relu_1"], "Stage")
>>> project, nodes = ungroup(project, (), instance)
"""

from __future__ import annotations

from collections.abc import Iterable

from netbuilder.graph import Graph, GraphError, Node, Project
from netbuilder.graph.grouping import OpenEnds, grouped
from netbuilder.graph.ungrouping import ungrouped
from netbuilder.layers.declare import ports
from netbuilder.layers.muting import role_of
from netbuilder.layers.spec import REGISTRY, Layer


def group(
    project: Project,
    place: tuple[str, ...],
    node_ids: Iterable[str],
    name: str = "",
    frame_ids: Iterable[str] = (),
) -> tuple[Project, str]:
    """With these nodes and frames as a new block; returns the project and the instance's id.

    Where no wire at all comes in, inputs that need one become ports, and where none goes
    out, loose ends do. Raises GraphError: see `netbuilder.graph.grouping.grouped`, and for
    nodes that a block cannot hold.
    """
    graph, chosen = project.graph_at(place), set(node_ids)
    nodes = [node for node in graph if node.id in chosen]
    for node in nodes:
        if (role := role_of(node)) == "layer":
            continue
        if place and role in ("input", "output"):
            raise GraphError(f"{node.id} is a port of the block {place[-1]}: leave it out.")
        raise GraphError(
            f"{node.id} stays where it is: a block holds only what lies between its inputs and "
            "outputs, no data, noise, losses, metrics or results."
        )
    ends = _open_ends(project, graph, nodes)
    return grouped(
        project, place, chosen, name, frame_ids, ends, lambda node: learns(project, node)
    )


def ungroup(
    project: Project, place: tuple[str, ...], instance_id: str, keep: bool = False
) -> tuple[Project, tuple[str, ...]]:
    """With an instance taken apart; returns the ids of its nodes too.

    The opposite of `group`. A block that no instance is left of goes unless `keep`. Raises
    GraphError.
    """
    return ungrouped(project, place, instance_id, keep, lambda node: learns(project, node))


def learns(project: Project, node: Node) -> bool:
    """Whether nodes of this kind can have weights; an unknown kind is believed to."""
    if node.block is not None:
        block = project.blocks.get(node.block)
        inside = project.blocks_inside(node.block)
        return block is not None and any(
            learns(project, n) for name in (node.block, *inside) for n in _plain(project, name)
        )
    kind = REGISTRY.get(node.kind)
    return kind is None or kind.weights is not Layer.weights


def _plain(project: Project, block: str) -> Iterable[Node]:
    return (
        (n for n in project.blocks[block].graph if n.block is None)
        if (block in project.blocks)
        else ()
    )


def _open_ends(project: Project, graph: Graph, nodes: list[Node]) -> OpenEnds:
    chosen = {node.id for node in nodes}
    entering: list[tuple[str, str]] = []
    leaving: list[tuple[str, str]] = []
    if not any(e.source not in chosen for i in chosen for e in graph.incoming[i]):
        for node in nodes:
            fed = {edge.target_port for edge in graph.incoming[node.id]}
            entering += [
                (node.id, port.name)
                for port in ports(node, graph, project.blocks)[0]
                if not port.optional and port.name not in fed
            ]
    if not any(e.target not in chosen for i in chosen for e in graph.outgoing[i]):
        for node in nodes:
            outputs = ports(node, graph, project.blocks)[1]
            if outputs and not graph.outgoing[node.id]:
                leaving.append((node.id, outputs[0]))
    return OpenEnds(tuple(entering), tuple(leaving))

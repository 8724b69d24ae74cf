"""Nodes that use another node's weights: in the code, one attribute called twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netbuilder.compiler.report import NodeInfo, Path
from netbuilder.graph import Graph, Node
from netbuilder.layers import BlockInstance, TensorSpec

Infos = Mapping[Path, NodeInfo]


def share_root(graph: Graph, node: Node) -> Node | None:
    """The node whose weights a node uses in the end, or None if there is no such node."""
    seen = {node.id}
    while node.share is not None:
        if node.share not in graph or node.share in seen:
            return None
        seen.add(node.share)
        node = graph[node.share]
    return node


def positional(layer: Any, inputs: Mapping[str, tuple[TensorSpec, ...]]) -> tuple[Any, ...]:
    """Specs in the order of the ports, as the rules of a declaration take them."""
    return tuple(
        inputs.get(port.name, ()) if port.many else next(iter(inputs.get(port.name, ())), None)
        for port in layer.input_ports()
    )


def refused(graph: Graph, node: Node, infos: Infos, path: Path) -> str | None:
    """Why a node that was inferred cannot use the weights it names; None if it can."""
    owner = share_root(graph, node)
    if owner is None:
        return f"It shares the weights of {node.share}, which does not exist."
    if owner.kind != node.kind:
        return f"It shares the weights of {owner.id}, which is of another kind."
    ours, theirs = infos[(*path, node.id)], infos.get((*path, owner.id))
    if theirs is None:
        return f"It shares the weights of {owner.id}, which are not known: mend {owner.id} first."
    mine = dict(_weights(ours, infos, (*path, node.id)))
    its = dict(_weights(theirs, infos, (*path, owner.id)))
    for place in its | mine:
        if its.get(place) != mine.get(place):
            what = ".".join(part for part in place if not part.isdigit())
            a, b = (str(shapes.get(place, "missing")) for shapes in (its, mine))
            return (
                f"It shares the weights of {owner.id}, whose {what} is {a}; here it would be {b}."
            )
    if list(_calls(ours, infos, (*path, node.id))) != list(
        _calls(theirs, infos, (*path, owner.id))
    ):
        return (
            f"It shares the weights of {owner.id}, but is set up in another way: give both the "
            "same parameters."
        )
    return None


def _inside(info: NodeInfo, infos: Infos, path: Path) -> Iterator[tuple[Path, NodeInfo]]:
    """A layer itself, or the layers of a block in every repetition, by their place in it."""
    layer = info.layer
    if not isinstance(layer, BlockInstance):
        yield (), info
        return
    for repetition in range(layer.repeat):
        name = f"{path[-1]}[{repetition}]" if layer.repeat > 1 else path[-1]
        for node_id in layer.block.graph.nodes:
            below = (*path[:-1], name, node_id)
            if below in infos:
                for place, found in _inside(infos[below], infos, below):
                    yield (str(repetition), node_id, *place), found


def _weights(info: NodeInfo, infos: Infos, path: Path) -> Iterator[tuple[Path, tuple[int, ...]]]:
    for place, found in _inside(info, infos, path):
        for name, shape in found.weights.items():
            yield (*place, name), tuple(int(n) for n in shape)


def _calls(info: NodeInfo, infos: Infos, path: Path) -> Iterator[tuple[Path, str]]:
    """What the code does for a node: equal for nodes that can be one attribute."""
    for place, found in _inside(info, infos, path):
        if found.layer.role == "layer":
            call = found.layer.call(*positional(found.layer, found.inputs))
            # Functions of the node itself are written where it stands, not in the attribute.
            if place or call.is_module:
                yield place, repr(call)

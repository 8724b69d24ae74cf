"""One graph with what is known of its nodes: where a remedy is looked for.

A change is tried by the rules of the layers alone, from where it is made to where it stops
making a difference, so a remedy that is offered works and breaks nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netbuilder.compiler.report import NodeInfo
from netbuilder.compiler.rule import inferred
from netbuilder.graph import Block, Edge, Graph, Node
from netbuilder.graph.order import descendants, topological
from netbuilder.layers import (
    BlockInstance,
    Layer,
    ParamError,
    ShapeError,
    TensorSpec,
    UnknownKind,
    declare,
)

Key = tuple[str, str]


@dataclass(frozen=True)
class Site:
    """A graph, the block it belongs to (None: the top), and the infos of its sound nodes."""

    graph: Graph
    block: str | None
    infos: Mapping[str, NodeInfo]
    blocks: Mapping[str, Block]

    def layer(self, node: Node) -> Layer | None:
        """The declaration of a node; None if it cannot be tried by its own rule."""
        info = self.infos.get(node.id)
        try:
            layer = info.layer if info is not None else declare(node, self.blocks)
        except (ParamError, UnknownKind):
            return None
        muted = info.muted if info is not None else node.muted
        return None if muted or isinstance(layer, BlockInstance) else layer

    def spec(self, edge: Edge) -> TensorSpec | None:
        """What flows along a wire, if it is known."""
        info = self.infos.get(edge.source)
        return info.outputs.get(edge.source_port) if info is not None else None

    def outcome(
        self, node: Node, layer: Layer, instead: Mapping[Edge | Key, TensorSpec] | None = None
    ) -> Mapping[str, TensorSpec] | None:
        """What would leave a node if these wires or ports carried something else.

        None if its rule objects, or not all of its inputs are known.
        """
        instead = instead or {}
        arriving: dict[str, tuple[TensorSpec, ...]] = {p.name: () for p in layer.input_ports()}
        for edge in self.graph.incoming[node.id]:
            key = (edge.source, edge.source_port)
            spec = instead.get(edge) or instead.get(key) or self.spec(edge)
            if spec is None or edge.target_port not in arriving:
                return None
            arriving[edge.target_port] = (*arriving[edge.target_port], spec)
        if any(not arriving[p.name] and not p.optional for p in layer.input_ports()):
            return None
        try:
            return inferred(layer, arriving).outputs
        except (ShapeError, ValueError):
            return None

    def consequences(self, node: Node, layer: Layer) -> dict[Edge | Key, TensorSpec] | None:
        """Everything that would flow otherwise if `node` were `layer`.

        None if that breaks something that is sound now.
        """
        changed: dict[Edge | Key, TensorSpec] = {}
        depend = descendants(self.graph, [node.id])
        for node_id in topological(self.graph):
            if node_id not in depend or node_id not in self.infos:
                continue
            fed = ((e.source, e.source_port) in changed for e in self.graph.incoming[node_id])
            if node_id != node.id and not any(fed):
                continue
            here = layer if node_id == node.id else self.layer(self.graph[node_id])
            if here is None:
                return None  # a block or a muted node: what follows is not known
            found = self.outcome(self.graph[node_id], here, changed)
            if found is None:
                return None
            for port, spec in found.items():
                if spec != self.infos[node_id].outputs.get(port):
                    changed[node_id, port] = spec
        return changed

    def with_params(self, node: Node, **values: object) -> Layer | None:
        """The declaration of a node with other values; None if one is not allowed."""
        layer = self.layer(node)
        if layer is None or node.share is not None or any(n.share == node.id for n in self.graph):
            return None  # weights that are shared would no longer be of one shape
        known = {p.name: p for p in layer.params()}
        if any(_is_expression(node.params.get(name)) for name in values):
            return None  # a parameter of the block decides it
        try:
            own = {name: getattr(layer, name) for name in known}
            return layer.from_params(own | {n: known[n].checked(v) for n, v in values.items()})
        except (KeyError, AttributeError, ParamError):
            return None

    def back_from(self, edge: Edge, axis: int) -> Iterator[Node]:
        """From a wire against the flow, as long as one axis keeps its size on the way."""
        seen: set[str] = set()
        while (info := self.infos.get(edge.source)) is not None and edge.source not in seen:
            seen.add(edge.source)
            yield self.graph[edge.source]
            incoming, spec = self.graph.incoming[edge.source], info.outputs.get(edge.source_port)
            if len(incoming) != 1 or spec is None or info.layer.role != "layer":
                return
            before = self.spec(incoming[0])
            if before is None or before.axes != spec.axes or before.axes <= abs(axis):
                return
            if before.shape[axis] != spec.shape[axis]:
                return
            (edge,) = incoming


def _is_expression(value: object) -> bool:
    return isinstance(value, str) and value.startswith("=")

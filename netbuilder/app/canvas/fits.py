"""Whether a wire may be, and if not why, in one sentence. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netbuilder.app.canvas.node_face import arriving_at, declared
from netbuilder.compiler.report import Check, NodeInfo
from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.graph.order import ancestors, descendants, path
from netbuilder.layers import BlockInstance, Flow, Layer, Port, ShapeError, TensorSpec, ports

#: How each kind of data is called in a sentence.
WORDS: Mapping[Flow, str] = {
    "image": "an image (4 axes)",
    "sequence": "a sequence (3 axes)",
    "vector": "a vector (2 axes)",
    "label": "labels or tokens (whole numbers)",
    "loss": "a single number",
    "any": "data of another form",
}


@dataclass(frozen=True)
class Refusal:
    """Why not. A `firm` one never yields; otherwise Alt wires anyway and a problem shows it."""

    message: str
    firm: bool = True


class Fitting:
    """Answers for one graph, remembering what all its ports have in common."""

    def __init__(self, project: Project, place: tuple[str, ...], check: Check) -> None:
        self.project, self.place, self.check = project, place, check
        self.graph = project.graph_at(place)
        self.infos: Mapping[str, NodeInfo] = check.inside(place[-1] if place else None)
        self._around: dict[tuple[str, bool], set[str]] = {}

    def layer(self, node: Node) -> Layer | None:
        """The declaration of a node."""
        info = self.infos.get(node.id)
        return info.layer if info is not None and info.layer else declared(node, self.project)

    def spec(self, node_id: str, port: str) -> TensorSpec | None:
        """What leaves an output port, if it is known."""
        info = self.infos.get(node_id)
        return info.outputs.get(port) if info is not None else None

    def port(self, node_id: str, name: str, graph: Graph | None = None) -> Port | None:
        """An input port by its name."""
        graph = graph or self.graph
        takes, _ = ports(graph[node_id], graph, self.project.blocks)
        return next((p for p in takes if p.name == name), None)

    def refusal(self, edge: Edge, without: frozenset[Edge] = frozenset()) -> Refusal | None:
        """Why this wire cannot be drawn, or None; wires in `without` count as taken off."""
        graph = self.graph.remove(edges=without) if without else self.graph
        if edge in graph.edges:
            return Refusal("This wire is already there.")
        if edge.source == edge.target:
            return Refusal("A node cannot feed itself: this would close a loop.")
        if self._upstream(edge.source, without, graph, edge.target):
            way = [self.name(i, graph) for i in path(graph, edge.target, edge.source)]
            return Refusal(f"This wire would close a loop: {' → '.join([*way, way[0]])}.")
        return self.rule(edge, graph)

    def _upstream(self, node_id: str, without: frozenset[Edge], graph: Graph, target: str) -> bool:
        """Whether `target` lies before `node_id`, so that a wire back would close a loop."""
        if without:
            return target in ancestors(graph, [node_id])
        key = (node_id, False)
        if key not in self._around:
            self._around[key] = ancestors(graph, [node_id])
        return target in self._around[key]

    def below(self, node_id: str) -> set[str]:
        """Everything that depends on a node, itself included."""
        key = (node_id, True)
        if key not in self._around:
            self._around[key] = descendants(self.graph, [node_id])
        return self._around[key]

    def rule(self, edge: Edge, graph: Graph | None = None) -> Refusal | None:
        """What the target's declaration says against this wire in `graph`, or None."""
        graph = graph or self.graph
        node = graph[edge.target]
        port = self.port(edge.target, edge.target_port, graph)
        if port is None:
            return Refusal(f"{self.name(node.id, graph)} has no port {edge.target_port}.")
        spec = self.spec(edge.source, edge.source_port)
        layer = self.layer(node)
        if spec is None or layer is None:
            return None
        if port.takes and spec.flow not in port.takes:
            wanted = " or ".join(WORDS[flow] for flow in port.takes)
            carried = f"this wire carries {WORDS[spec.flow]}"
            return Refusal(f"{self.name(node.id, graph)} takes {wanted}; {carried}.", firm=False)
        arriving = arriving_at(node.id, graph, self.infos)
        own = (*arriving.get(port.name, ()), spec) if port.many else (spec,)
        return self.shapes(layer, {**arriving, port.name: own})

    def shapes(
        self, layer: Layer, arriving: Mapping[str, tuple[TensorSpec, ...]]
    ) -> Refusal | None:
        """What the shape rule of a layer says against what arrives, as far as it can tell."""
        error = shape_error(layer, arriving)
        return Refusal(str(error), firm=False) if error is not None else None

    def name(self, node_id: str, graph: Graph | None = None) -> str:
        """How a node is called on the canvas."""
        node = (graph or self.graph)[node_id]
        layer = self.layer(node)
        return node.title or (layer.title if layer is not None else node.id)


def shape_error(layer: Layer, arriving: Mapping[str, tuple[TensorSpec, ...]]) -> ShapeError | None:
    """The objection of a layer's own rule; None also while a port it needs is still free."""
    if isinstance(layer, BlockInstance) or layer.role == "input":
        return None
    specs: list[object] = []
    for port in layer.input_ports():
        there = arriving.get(port.name, ())
        if port.many:
            specs.append(there)
        elif there:
            specs.append(there[0])
        elif port.optional:
            default = arriving.get(port.default, ())
            specs.append(default[0] if default else None)
        else:
            return None
    try:
        layer.infer(*specs)
    except ShapeError as error:
        many = any(p.many and len(arriving.get(p.name, ())) < 2 for p in layer.input_ports())
        # With one wire at a port for several there is nothing yet to compare.
        return None if many else error
    except ValueError:
        return None  # something else is wrong with it, which its own problem says
    return None

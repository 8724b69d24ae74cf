"""Walks the graph in order and finds what flows along every wire.

What the rule of one layer says is in ``rule.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from netbuilder.compiler.muting import thinned
from netbuilder.compiler.naming import shortened
from netbuilder.compiler.param_remedies import param_remedies
from netbuilder.compiler.remedies import mute, unshare, unwire
from netbuilder.compiler.report import NodeInfo, Path, Problem
from netbuilder.compiler.rule import Specs, inferred
from netbuilder.compiler.sharing import positional as positional
from netbuilder.compiler.sharing import refused, share_root
from netbuilder.graph import Edge, Graph, Node, Project, Value
from netbuilder.graph.order import ancestors, cycle, topological
from netbuilder.layers import (
    BlockInstance,
    Layer,
    ParamError,
    ShapeError,
    TensorSpec,
    UnknownKind,
    declare,
)
from netbuilder.layers.muting import Through, is_silent, passage, role_of
from netbuilder.layers.roles import DataError

Known = TypeVar("Known")  # whatever is known of a wire
#: Nodes with all blocks opened: more would keep the window waiting, and no one reads them.
MOST_NODES = 20_000
_NOT_IN_BLOCKS = ("data", "noise", "loss", "metric")


@dataclass(frozen=True)
class Trouble:
    """What a remedy is looked for, once all shapes are known: problem number `index`.

    inputs, error: what the rule of the layer objected to; without an error, nothing is
    connected to `port`.
    """

    index: int
    graph: Graph
    path: Path
    node: Node
    layer: Layer
    port: str | None = None
    inputs: Mapping[str, tuple[TensorSpec, ...]] = field(default_factory=dict)
    error: ShapeError | None = None


@dataclass
class Walk:
    """What one pass over a project gathers."""

    project: Project
    nodes: dict[Path, NodeInfo] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    block: str | None = None  # whose graph is being walked
    troubles: list[Trouble] = field(default_factory=list)
    _told: set[tuple[str, str, str | None, str | None]] = field(default_factory=set)
    _opened: int = 0  # nodes inside blocks so far

    def top(self) -> None:
        """Walk the top graph and, through their instances, the blocks."""
        self.graph(self.project.graph, (), {}, {})

    def graph(
        self,
        graph: Graph,
        path: Path,
        scope: Mapping[str, Value],
        arriving: Mapping[str, TensorSpec],
    ) -> dict[str, TensorSpec]:
        """Walk one graph; returns what arrives at its Output nodes, by their names."""
        graph = self._without_cycles(graph)
        silent = [node.id for node in graph if is_silent(node)]
        heard = graph
        if silent:
            heard = thinned(graph, self.project.blocks)
            graph = graph.disinherit(silent)
        needed = ancestors(heard, ends(heard))
        specs: dict[tuple[str, str], TensorSpec] = {}
        leaving: dict[str, TensorSpec] = {}
        failed: set[str] = set()
        for node_id in topological(graph):
            node, before = graph[node_id], len(self.problems)
            info = self._node(graph, node, path, scope, arriving, specs, failed)
            if info is None:
                failed.add(node_id)
                if node_id not in needed and not path:
                    self._soften(before)
                continue
            self.nodes[(*path, node_id)] = info
            for port, spec in info.outputs.items():
                specs[node_id, port] = spec
            if node.kind == "output":
                (leaving[node.port],) = info.inputs["x"]
        # An owner of weights may come after the node that shares them, so at the end.
        for node in graph:
            if node.share is not None and node.id not in silent and (*path, node.id) in self.nodes:
                before, why = len(self.problems), refused(graph, node, self.nodes, path)
                if why is not None:
                    self._problem(why, node, fixes=(unshare(self.block, node.id),))
                if node.id not in needed and not path:
                    self._soften(before)
        return leaving

    def _soften(self, since: int) -> None:
        """What nothing depends on may be unfinished: it warns, and is left out of the code."""
        for i in range(since, len(self.problems)):
            p = self.problems[i]
            # Where something needed has the same trouble inside a block, it is told again.
            self._told.discard((p.message, p.node or "", p.block, p.port))
            self.problems[i] = Problem(
                p.message, p.node, p.block, "warning", p.param, p.port, p.fixes
            )

    def _without_cycles(self, graph: Graph) -> Graph:
        while loop := cycle(graph):
            way = " → ".join([*loop, loop[0]])
            closing = [e for e in graph.edges if e.source == loop[-1] and e.target == loop[0]]
            self.problems.append(
                Problem(
                    f"These wires form a loop, so no order of computing exists: {way}. "
                    "Remove one of them.",
                    loop[0],
                    self.block,
                    fixes=(unwire(self.block, closing),),
                )
            )
            graph = graph.remove(edges=closing)
        return graph

    def _node(
        self,
        graph: Graph,
        node: Node,
        path: Path,
        scope: Mapping[str, Value],
        arriving: Mapping[str, TensorSpec],
        specs: Mapping[tuple[str, str], TensorSpec],
        failed: set[str],
    ) -> NodeInfo | None:
        if is_silent(node):
            return self._muted(graph, node, path, scope, specs, failed)
        try:
            layer = declare(node, self.project.blocks, scope)
        except ParamError as error:
            fixes = param_remedies(node, error, self.project.blocks, scope, self.block)
            return self._problem(str(error), node, param=error.param, fixes=fixes)
        except UnknownKind as error:
            way = (mute(self.block, node.id),) if graph.incoming[node.id] else ()
            return self._problem(str(error), node, fixes=way)
        if layer.role == "input":
            return self._input(layer, node, path, arriving)
        if path and layer.role in _NOT_IN_BLOCKS:
            return self._problem(
                f"{layer.title} belongs on the main canvas: a block holds only what lies between "
                "its inputs and outputs.",
                node,
            )
        inputs = self._inputs(graph, node, layer, path, specs, failed)
        if inputs is None:
            return None
        try:
            if isinstance(layer, BlockInstance):
                info = self._instance(layer, node, path, inputs)
                if info is None:
                    return None
            else:
                info = inferred(layer, inputs)
        except ShapeError as error:
            trouble = Trouble(-1, graph, path, node, layer, error.port, inputs, error)
            return self._problem(str(error), node, trouble, port=error.port)
        except (ParamError, DataError) as error:
            param = getattr(error, "param", None) or ("path" if hasattr(layer, "path") else None)
            return self._problem(str(error), node, param=param)
        return info if node.share is None else replace(info, parameters=0)

    def _muted(
        self,
        graph: Graph,
        node: Node,
        path: Path,
        scope: Mapping[str, Value],
        specs: Mapping[tuple[str, str], TensorSpec],
        failed: set[str],
    ) -> NodeInfo | None:
        """What a muted node lets through, whatever may be wrong with the node itself."""
        try:
            layer = declare(node, self.project.blocks, scope)
        except (ParamError, UnknownKind):
            layer = Through()
        port, wire, out = passage(graph, node, self.project.blocks)
        read = dict.fromkeys(edge.source_port for edge in graph.outgoing[node.id])
        for other in read:
            if other != out:
                return self._problem(
                    f"Muted, it lets nothing out of {other}: unmute it.",
                    node,
                    fixes=(mute(self.block, node.id, on=False),),
                )
        if not read and wire is None:
            return NodeInfo(layer, muted=True)
        if port is None or wire is None:
            where = f"is connected to {port}" if port else "flows into it"
            fixes = (mute(self.block, node.id, on=False),)
            trouble = Trouble(-1, graph, path, node, layer, port) if port else None
            return self._problem(
                f"Muted, it lets its input through, but nothing {where}.",
                node,
                trouble,
                fixes=fixes,
            )
        if wire.source in failed:
            return None
        spec = specs.get((wire.source, wire.source_port))
        if spec is None:
            return self._no_port(node, wire)
        through = {} if out is None else {out: spec}
        return NodeInfo(layer, {port: (spec,)}, through, muted=True)

    def _no_port(self, node: Node, edge: Edge) -> NodeInfo | None:
        return self._problem(
            f"A wire comes from the port {edge.source_port} of {edge.source}, which "
            "does not exist. Remove the wire or draw it again.",
            node,
            port=edge.target_port,
            fixes=(unwire(self.block, [edge]),),
        )

    def _problem(
        self, message: str, node: Node, trouble: Trouble | None = None, **details: Any
    ) -> NodeInfo | None:
        """Note a problem; returns None, which is what a node in trouble yields."""
        key = (message, node.id, self.block, details.get("port"))
        if key not in self._told:  # once for a block placed several times
            self._told.add(key)
            if trouble is not None:
                self.troubles.append(replace(trouble, index=len(self.problems)))
            self.problems.append(Problem(message, node.id, self.block, **details))
        return None

    def _input(
        self, layer: Layer, node: Node, path: Path, arriving: Mapping[str, TensorSpec]
    ) -> NodeInfo | None:
        name = node.port
        if not path:
            return self._problem(
                "An Input is a port of a block; at the top put a Data node instead.", node
            )
        return NodeInfo(layer, {}, {"y": arriving[name]}) if name in arriving else None

    def _inputs(
        self,
        graph: Graph,
        node: Node,
        layer: Layer,
        path: Path,
        specs: Mapping[tuple[str, str], TensorSpec],
        failed: set[str],
    ) -> dict[str, tuple[TensorSpec, ...]] | None:
        """Specs by input port; None if something is missing here or upstream."""
        ports = {port.name: port for port in layer.input_ports()}
        arriving: dict[str, list[Edge]] = {name: [] for name in ports}
        sound = True
        for edge in graph.incoming[node.id]:
            if edge.target_port not in ports:
                self._stray(
                    node,
                    layer,
                    [e for e in graph.incoming[node.id] if e.target_port == edge.target_port],
                )
                sound = False
            elif edge.source not in failed and (edge.source, edge.source_port) not in specs:
                self._no_port(node, edge)
                sound = False
            else:
                arriving[edge.target_port].append(edge)
        found: dict[str, tuple[TensorSpec, ...]] = {}
        for name, port in ports.items():
            edges = arriving[name]
            if not edges and not port.optional:
                if sound:
                    where = f"input {name}" if len(ports) > 1 else "input"
                    self._problem(
                        f"Nothing is connected to the {where} of {node.title or layer.title}.",
                        node,
                        Trouble(-1, graph, path, node, layer, name),
                        port=name,
                    )
                sound = False
            elif len(edges) > 1 and not port.many:
                self._problem(
                    f"The input {name} takes one wire, {len(edges)} end here. Remove the others.",
                    node,
                    port=name,
                    fixes=(unwire(self.block, edges[:-1]),),
                )
                sound = False
            elif any(edge.source in failed for edge in edges):
                sound = False  # the cause is named where it lies
            else:
                found[name] = tuple(specs[e.source, e.source_port] for e in edges)
        return found if sound else None

    def _stray(self, node: Node, layer: Layer, edges: Sequence[Edge]) -> None:
        """Wires end at a port that the node does not have; told once for all of them."""
        known = ", ".join(shortened(port.name) for port in layer.input_ports()[:8]) or "none"
        self._problem(
            f"A wire ends at the port {shortened(edges[0].target_port)}, but {layer.title} has "
            f"only: {known}. Remove the wire or connect it to another port.",
            node,
            fixes=(unwire(self.block, edges),),
        )

    def _instance(
        self, layer: BlockInstance, node: Node, path: Path, inputs: Specs
    ) -> NodeInfo | None:
        """Walk into a block, once for each repetition."""
        block = layer.block
        if (why := self._unopenable(layer)) is not None:
            return self._problem(why, node)
        outer, self.block = self.block, block.name
        try:
            arriving = {name: specs[0] for name, specs in inputs.items() if specs}
            parameters = multiply_adds = 0
            leaving: dict[str, TensorSpec] = {}
            heard = thinned(block.graph, self.project.blocks)
            counted = ancestors(heard, ends(heard))
            for repetition in range(layer.repeat):
                inner = (*path, f"{node.id}[{repetition}]" if layer.repeat > 1 else node.id)
                leaving = self.graph(block.graph, inner, layer.scope, arriving)
                if set(leaving) != set(layer.output_ports()):
                    return None  # the cause is named inside the block
                for node_id in counted | owners(block.graph, counted):
                    if (info := self.nodes.get((*inner, node_id))) is not None:
                        parameters += info.parameters
                        multiply_adds += info.multiply_adds if node_id in counted else 0
                arriving = chained(layer, arriving, leaving)
        finally:
            self.block = outer
        return NodeInfo(layer, inputs, leaving, {}, parameters, multiply_adds)

    def _unopenable(self, layer: BlockInstance) -> str | None:
        """Why a block cannot be placed anywhere; None if it can."""
        block = layer.block
        if block.name in self.project.blocks_inside(block.name):
            return f"The block {block.name} contains itself: take it out of its own graph."
        for kind in ("input", "output"):
            names = block.ports(kind)
            twice = next((n for n in names if names.count(n) > 1), None)
            if twice is not None:
                return f"The block {block.name} has two {kind}s called {twice}: rename one."
        if not layer.output_ports():
            return f"The block {block.name} has no Output inside it."
        self._opened += len(block.graph) * layer.repeat
        if self._opened > MOST_NODES:
            return (
                f"With all blocks opened there are more than {MOST_NODES:,} nodes: lower how often "
                f"{block.name} repeats."
            )
        return None


def chained(
    layer: BlockInstance, arriving: Mapping[str, Known], leaving: Mapping[str, Known]
) -> dict[str, Known]:
    """What arrives at the next repetition: outputs feed the inputs in order, others stay."""
    names = [port.name for port in layer.input_ports()]
    return dict(arriving) | dict(zip(names, leaving.values(), strict=False))


def ends(graph: Graph) -> list[str]:
    """Nodes for whose sake a graph is computed: outputs, losses, metrics."""
    roles = ("output", "loss", "metric")
    return [n.id for n in graph if role_of(n) in roles and not is_silent(n)]


def owners(graph: Graph, node_ids: Iterable[str]) -> set[str]:
    """Nodes whose weights these use."""
    found = (share_root(graph, graph[node_id]) for node_id in node_ids)
    return {node.id for node in found if node is not None}

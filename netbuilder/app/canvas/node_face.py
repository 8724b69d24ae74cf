"""What a node shows, as a value: made from the graph and from what the compiler says.

An item keeps its face and repaints only when a new one differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from netbuilder.compiler.report import NodeInfo, Problem
from netbuilder.graph import Graph, Node, Project
from netbuilder.layers import (
    REGISTRY,
    BlockInstance,
    Flow,
    Layer,
    ParamError,
    Port,
    TensorSpec,
    UnknownKind,
    declare,
    ports,
)

Severity = Literal["error", "warning"]
NOT_KNOWN = "shape not known"
NO_SHAPE = "no shape"


@dataclass(frozen=True, slots=True)
class PortFace:
    """One port: its name, what flows through it, and whether a wire ends there."""

    name: str
    flow: Flow
    connected: bool
    many: bool = False
    specs: tuple[TensorSpec, ...] = ()

    @property
    def tip(self) -> str:
        """What is told of it under the pointer: shapes and types."""
        return _tip(self.name, self.specs)


@dataclass(frozen=True, slots=True)
class NodeFace:
    """Everything that is painted of a node but its state under the pointer."""

    title: str
    family: str
    flow: Flow
    summary: str
    shape: str
    narrow_shape: str
    inputs: tuple[PortFace, ...]
    outputs: tuple[PortFace, ...]
    caption: str
    role: str = "layer"
    problem: Severity | None = None
    repeat: int = 1
    block: bool = False
    unknown: str = ""
    shared: str = ""
    plain_title: str = ""
    muted: bool = False
    collapsed: bool = False
    frozen: bool = False


def number(n: int) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{n:,}".replace(",", "\u202f")


def arriving_at(
    node_id: str, graph: Graph, infos: Mapping[str, NodeInfo]
) -> dict[str, tuple[TensorSpec, ...]]:
    """What comes in at each port, also at a node that the compiler could not finish."""
    found: dict[str, tuple[TensorSpec, ...]] = {}
    for edge in graph.incoming.get(node_id, ()):
        info = infos.get(edge.source)
        spec = info.outputs.get(edge.source_port) if info is not None else None
        if spec is not None:
            found[edge.target_port] = (*found.get(edge.target_port, ()), spec)
    return found


def make_face(
    node: Node,
    graph: Graph,
    project: Project,
    infos: Mapping[str, NodeInfo],
    problems: Sequence[Problem],
    trimmed: bool = False,
) -> NodeFace:
    """The face of `node`; `infos` and `problems` are what the compiler says of its graph.

    trimmed: ports without a wire are left out, but for the first on a side that has none.
    """
    info = infos.get(node.id)
    layer = info.layer if info is not None else declared(node, project)
    if layer is None:
        takes, gives = ports(node, graph, project.blocks)
    else:
        takes, gives = layer.input_ports(), layer.output_ports()
    wired_in = {e.target_port for e in graph.incoming.get(node.id, ())}
    wired_out = {e.source_port for e in graph.outgoing.get(node.id, ())}
    arriving = arriving_at(node.id, graph, infos)
    leaving = info.outputs if info is not None else {}

    inputs = []
    for port in takes:
        specs = arriving.get(port.name, ())
        flow: Flow = specs[0].flow if specs else port.takes[0] if len(port.takes) == 1 else "any"
        inputs.append(PortFace(port.name, flow, port.name in wired_in, port.many, specs))
    outputs = []
    for name in gives:
        spec = leaving.get(name)
        flow = (
            spec.flow if spec is not None else "loss" if layer and layer.role == "loss" else "any"
        )
        outputs.append(PortFace(name, flow, name in wired_out, True, (spec,) if spec else ()))

    if trimmed:
        inputs, outputs = _used(inputs), _used(outputs)
    severities = {problem.severity for problem in problems}
    problem: Severity | None = (
        "error" if "error" in severities else "warning" if severities else None
    )
    shown = _shown_spec(takes, gives, arriving, leaving)
    unknown = layer is None and node.kind not in REGISTRY and node.block not in project.blocks
    text = shown.text() if shown is not None else ""
    parameters = f" · {number(info.parameters)}" if info is not None and info.parameters else ""
    return NodeFace(
        title=node.title or _title(node, layer),
        family="unknown" if unknown else _family(node, layer),
        flow=(outputs or inputs)[0].flow if outputs or inputs else "any",
        summary=node.kind if unknown else layer.summary() if layer is not None else "",
        shape=text or (NO_SHAPE if problem == "error" else NOT_KNOWN),
        narrow_shape=text.replace(" ", ""),
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        caption=node.id + parameters,
        role=layer.role if layer is not None else "layer",
        problem=problem,
        repeat=layer.repeat if isinstance(layer, BlockInstance) else 1,
        block=node.block is not None,
        unknown=node.kind if unknown else "",
        shared=node.share or "",
        plain_title=_title(node, layer),
        muted=node.muted,
        collapsed=node.collapsed,
        frozen=node.id in project.frozen and graph is project.graph,
    )


def _used(faces: list[PortFace]) -> list[PortFace]:
    return [face for face in faces if face.connected] or faces[:1]


def declared(node: Node, project: Project) -> Layer | None:
    """The declaration of a node, or None if its kind or a parameter of it is not known."""
    try:
        return declare(node, project.blocks)
    except (ParamError, UnknownKind):
        return None


def _title(node: Node, layer: Layer | None) -> str:
    if layer is not None:
        return layer.title
    if node.kind in REGISTRY:
        return REGISTRY[node.kind].title
    return node.block or node.kind.rpartition(".")[2]


def _family(node: Node, layer: Layer | None) -> str:
    if node.block is not None:
        return "Blocks"
    return layer.family if layer is not None else REGISTRY[node.kind].family


def _shown_spec(
    takes: Sequence[Port],
    gives: Sequence[str],
    arriving: Mapping[str, tuple[TensorSpec, ...]],
    leaving: Mapping[str, TensorSpec],
) -> TensorSpec | None:
    """What leaves the first output; of a node without outputs, what arrives first."""
    for name in gives:
        return leaving.get(name)
    for port in takes:
        specs = arriving.get(port.name)
        if specs:
            return specs[0]
    return None


def _tip(name: str, specs: Sequence[TensorSpec]) -> str:
    if not specs:
        return f"{name}: nothing known yet"
    lines = []
    for spec in specs:
        classes = f", {spec.classes} values" if spec.classes else ""
        lines.append(f"{name}: {spec.text()} ({spec.dtype}{classes})")
    return "\n".join(lines)

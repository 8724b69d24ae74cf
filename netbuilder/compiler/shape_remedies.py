"""What would make the shapes at a node fit: tried by the rules before it is offered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from netbuilder.compiler.branches import matched
from netbuilder.compiler.naming import shortened
from netbuilder.compiler.remedies import become, bypass, insert, set_params, wire
from netbuilder.compiler.report import Fix
from netbuilder.compiler.site import Site
from netbuilder.graph import Edge, Node, Value
from netbuilder.layers import REGISTRY, Layer, ShapeError, TensorSpec
from netbuilder.layers.sizes import by

#: As many remedies as a callout and a menu can show.
MOST = 4
#: Layers without weights that turn one arrangement into another, the likeliest first.
_BETWEEN = (
    "flatten", "to_tokens", "global_avg_pool", "mean_pool", "last_step", "transpose", "embedding",
    "padding_mask",
)  # fmt: skip
#: Losses and metrics of a prediction and a target, by what they are asked first.
_COMPARING = ("cross_entropy", "mse", "bce_with_logits", "accuracy", "r2", "binary_accuracy")
#: Layers of which one can do without where what comes in is already wanted.
_ARRANGING = (*_BETWEEN, "reshape", "softmax")
#: Parameters that decide how wide the output of a layer is, with the axis they decide.
WIDTHS = ("out_features", "out_channels", "embedding_dim", "hidden_size")


def shape_remedies(
    site: Site,
    node: Node,
    layer: Layer,
    inputs: Mapping[str, Sequence[TensorSpec]],
    error: ShapeError,
) -> tuple[Fix, ...]:
    """Fixes for what the rule of a node objects to; the likeliest first."""
    port = error.port or next(iter(inputs), None)
    edges = [e for e in site.graph.incoming[node.id] if e.target_port == port]
    found: dict[str, Fix] = {}
    for fix in _all(site, node, layer, edges, error):
        found.setdefault(fix.label, fix)
        if len(found) == MOST:
            break
    return tuple(found.values())


def _all(
    site: Site, node: Node, layer: Layer, edges: Sequence[Edge], error: ShapeError
) -> Iterator[Fix]:
    if error.remedy == "padding":
        yield from _own(site, node, layer, {"padding": "same"}, "Use padding same")
    yield from _own(site, node, layer, error.params)
    if error.width is not None and edges:
        yield from _widened(site, node, layer, edges[0], error.width)
    if error.remedy in ("project_skip", "match"):
        yield from matched(site, node, layer, edges, project=error.remedy == "project_skip")
    for edge in edges:
        yield from _inserted(site, node, layer, edge, error)
    if layer.role in ("loss", "metric"):
        yield from _judged_otherwise(site, node, layer)
    for edge in site.graph.incoming[node.id]:
        yield from _another_field(site, node, layer, edge)
    if node.kind in _ARRANGING:
        yield from _left_out(site, node)


def _own(
    site: Site, node: Node, layer: Layer, values: Mapping[str, Value], label: str = ""
) -> Iterator[Fix]:
    """Other values of the node itself."""
    made = site.with_params(node, **values) if values else None
    if made is not None and site.outcome(node, made) is not None:
        names = {p.name: p.label for p in layer.params()}
        words = " and ".join(f"{names[n].lower()} to {_shown(v)}" for n, v in values.items())
        yield set_params(label or f"Set {words}", site.block, node.id, **values)


def _shown(value: Value) -> str:
    if isinstance(value, tuple):
        return "×".join(map(str, value)).replace("-", "−")
    if isinstance(value, bool) or value is None:
        return {True: "on", False: "off", None: "nothing"}[value]
    return (f"{value:g}" if isinstance(value, float) else str(value)).replace("-", "−")


def _widened(site: Site, node: Node, layer: Layer, edge: Edge, width: int) -> Iterator[Fix]:
    """The layer that decides how wide the wire is, made as wide as is wanted."""
    spec = site.spec(edge)
    axis = 1 if spec is not None and spec.axes == 4 else -1
    for maker in site.back_from(edge, axis):
        for name in WIDTHS:
            made = site.with_params(maker, **{name: width})
            changed = site.consequences(maker, made) if made is not None else None
            if changed and site.outcome(node, layer, changed) is not None:
                label = f"Give {shortened(maker.id)} {width} {_counted(name, width)}"
                yield set_params(label, site.block, maker.id, **{name: width})
                return


def _counted(name: str, n: int) -> str:
    word = "channel" if name == "out_channels" else "output"
    return word if n == 1 else f"{word}s"


def _inserted(site: Site, node: Node, layer: Layer, edge: Edge, error: ShapeError) -> Iterator[Fix]:
    """A node put into a wire that leads from what arrives to what is wanted."""
    spec = site.spec(edge)
    if spec is None:
        return
    named = error.remedy
    if named in _BETWEEN and named in REGISTRY:
        yield insert(f"Insert {REGISTRY[named].title}", site.block, edge, named)
    if named in _BETWEEN or error.params or error.width is not None:
        return  # the rule itself says what is wrong
    trials: list[tuple[str, dict[str, Value]]] = [(kind, {}) for kind in _BETWEEN]
    trials += [("reshape", {"sizes": sizes}) for sizes in _sizes(spec)]
    for kind, params in trials:
        step = REGISTRY[kind].from_params(params)
        after = _through(step, spec)
        if after is not None and site.outcome(node, layer, {edge: after}) is not None:
            to = f" to {by(params['sizes'])}" if params else ""  # type: ignore[arg-type]
            yield insert(f"Insert {step.title}{to}", site.block, edge, kind, **params)


def _through(step: Layer, spec: TensorSpec) -> TensorSpec | None:
    (port, *_) = step.input_ports()
    if port.takes and spec.flow not in port.takes:
        return None
    try:
        found = step.infer(spec)
    except (ValueError, IndexError):
        return None
    return found if isinstance(found, TensorSpec) else next(iter(found.values()))


def _sizes(spec: TensorSpec) -> Iterator[tuple[int, ...]]:
    """How a row of values may be laid out: as a square picture, or as a sequence."""
    if spec.axes == 2 and spec.dtype == "float32":
        n = int(spec.shape[1])
        side = math.isqrt(n)
        if side * side == n:
            yield 1, side, side
        yield n, 1, 1
        yield n, 1
        yield 1, n


def _judged_otherwise(site: Site, node: Node, layer: Layer) -> Iterator[Fix]:
    """Another loss, or metric, that takes what arrives here."""
    edges = site.graph.incoming[node.id]
    ports = [p.name for p in layer.input_ports()]
    if len(edges) != 2 or [len([e for e in edges if e.target_port == p]) for p in ports] != [1, 1]:
        return
    specs = [site.spec(e) for p in ports for e in edges if e.target_port == p]
    for kind in _COMPARING:
        other = REGISTRY[kind]()
        if other.role != layer.role or kind == node.kind or None in specs:
            continue
        try:
            other.infer(*specs)
        except ValueError:
            continue
        yield become(f"Use {other.title} instead", site.block, node.id, kind)
        return


def _another_field(site: Site, node: Node, layer: Layer, edge: Edge) -> Iterator[Fix]:
    """Where a wire comes from the data: the one other field that fits."""
    info = site.infos.get(edge.source)
    if info is None or info.layer.role != "data":
        return
    fitting = [
        port
        for port, spec in info.outputs.items()
        if port != edge.source_port and site.outcome(node, layer, {edge: spec}) is not None
    ]
    if len(fitting) == 1:
        new = Edge(edge.source, fitting[0], edge.target, edge.target_port)
        yield wire(f"Connect {fitting[0]} instead", site.block, new)


def _left_out(site: Site, node: Node) -> Iterator[Fix]:
    """Without the node, if all that follow take what comes in."""
    incoming, outgoing = site.graph.incoming[node.id], site.graph.outgoing[node.id]
    spec = site.spec(incoming[0]) if len(incoming) == 1 else None
    if spec is None or not outgoing:
        return
    for edge in outgoing:
        follower = site.graph[edge.target]
        layer = site.layer(follower)
        if layer is None or site.outcome(follower, layer, {edge: spec}) is None:
            return
    yield bypass(f"Remove {shortened(node.id)}", site.block, node.id)

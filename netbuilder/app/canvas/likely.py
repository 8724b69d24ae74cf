"""What usually comes next: shares counted from networks, and from the project itself. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from netbuilder.app.canvas.fits import Fitting, shape_error
from netbuilder.app.canvas.ports import PortRef
from netbuilder.graph import Node
from netbuilder.layers import REGISTRY, TensorSpec, count
from netbuilder.layers.following import FOLLOWING
from netbuilder.layers.muting import role_of
from netbuilder.layers.suiting import suiting

#: How many wires of the project the counted shares weigh as much as.
WEIGHT = 6.0
#: What judges or names a result is far less likely where no result arrives.
BEFORE_THE_END = 0.05
#: How common a kind counts at least; data sets follow nothing, and so were never counted.
_RARE = 0.05
#: Where it does arrive, what ends a network comes first, in this order.
_ENDS = {"loss": 3.0, "output": 2.0, "metric": 1.0}


def likelihoods(fitting: Fitting, origin: PortRef) -> dict[str, float]:
    """By kind, how likely it is at the free end of a wire; kinds not listed are not."""
    node = fitting.graph[origin.node]
    counted = _following(node.kind) if origin.output else _before(node.kind, origin.port)
    own = neighbours(fitting, node, origin.output)
    wires, everywhere = sum(own.values()), commonness()
    found = {
        # Of two that follow as often, the one that is more common anywhere comes first.
        kind: (WEIGHT * counted.get(kind, 0.0) + own[kind]) / (WEIGHT + wires)
        + 1e-6 * everywhere.get(kind, 0.0)
        for kind in sorted({*counted, *own})
    }
    if not origin.output:
        return found
    return _at_the_end(found, fitting, origin) | dict(_metrics(fitting, origin))


@cache
def commonness() -> dict[str, float]:
    """How often each kind follows another, from 0 to 1 for the most common one."""
    total: Counter[str] = Counter()
    for shares in FOLLOWING.values():
        total.update(shares)
    most = max(total.values())
    return {kind: times / most for kind, times in total.items()}


def _following(kind: str) -> dict[str, float]:
    """Shares of what follows a kind; of one that was never seen, of its family."""
    if kind in FOLLOWING:
        return {then: share / 100 for then, share in FOLLOWING[kind].items()}
    family = REGISTRY[kind].family if kind in REGISTRY else ""
    alike = [FOLLOWING[k] for k in FOLLOWING if REGISTRY[k].family == family]
    found: dict[str, float] = {}
    for shares in alike:
        for then, share in shares.items():
            found[then] = found.get(then, 0.0) + share / 100 / len(alike)
    return found


def _before(kind: str, port: str) -> dict[str, float]:
    """How much of what stands before a kind is of each other kind.

    A kind that is rare itself stands before anything seldom, however sure what follows it is.
    At the first port of a loss or metric, which judges what the network says, no data set is
    counted: those wires go to the true answer.
    """
    common = commonness()
    shares = {
        first: then[kind] * max(common.get(first, 0.0), _RARE)
        for first, then in FOLLOWING.items()
        if kind in then
    }
    layer = REGISTRY.get(kind)
    if layer is not None and layer.role in ("loss", "metric") and port == layer.inputs[0].name:
        shares = {k: share for k, share in shares.items() if REGISTRY[k].role != "data"}
    total = sum(shares.values())
    return {first: share / total for first, share in shares.items()}


def neighbours(fitting: Fitting, node: Node, forward: bool) -> Counter[str]:
    """How often each kind stands beside nodes of this kind in the project."""
    counts: Counter[str] = Counter()
    graphs = [fitting.project.graph, *(b.graph for b in fitting.project.blocks.values())]
    for graph in graphs:
        for edge in graph.edges:
            here, there = (edge.source, edge.target) if forward else (edge.target, edge.source)
            if here in graph and there in graph and graph[here].kind == node.kind:
                counts[graph[there].kind] += 1
    return counts


# --- the end of a network ------------------------------------------------------------------


def _at_the_end(found: Mapping[str, float], fitting: Fitting, origin: PortRef) -> dict[str, float]:
    """Losses, outputs and metrics come first behind the last scores, and late elsewhere."""
    spec = fitting.spec(origin.node, origin.port)
    targets = dict(_targets(fitting))
    target = role_of(fitting.graph[origin.node]) == "data" and spec in targets.values()
    if spec is None or not targets or target:
        return dict(found)  # what is to be predicted goes to losses anyway
    there = {role_of(fitting.graph[e.target]) for e in fitting.graph.outgoing[origin.node]}
    result = dict(found)
    for kind, cls in REGISTRY.items():
        if cls.role not in _ENDS:
            continue
        judged = [
            FOLLOWING.get(data, {}).get(kind, 0) / 100
            for data, target in targets.items()
            if _scores(spec, target) and (cls.role == "output" or _judges(kind, spec, target))
        ]
        usual = max(judged, default=0.0) + found.get(kind, 0.0)
        if judged and usual and cls.role not in there:
            result[kind] = _ENDS[cls.role] + usual
        elif kind in result:
            result[kind] *= BEFORE_THE_END
    return result


def _metrics(fitting: Fitting, origin: PortRef) -> Iterator[tuple[str, float]]:
    """Metrics that suit the loss which judges this wire, the most usual first.

    They come before all else once the result has its Output, and behind that until then.
    """
    there = [e for e in fitting.graph.outgoing[origin.node] if e.source_port == origin.port]
    readers = {fitting.graph[e.target].kind for e in there}
    usual = _ENDS["loss"] + 1 if "output" in readers else _ENDS["metric"]
    spec = fitting.spec(origin.node, origin.port)
    for edge in there:
        loss = fitting.graph[edge.target]
        others = [e for e in fitting.graph.incoming[loss.id] if e.target_port != edge.target_port]
        if role_of(loss) != "loss" or spec is None or len(others) > 1:
            continue
        target = fitting.spec(others[0].source, others[0].source_port) if others else None
        new = [k for k in suiting(loss.kind, spec, target) if k not in readers]
        for place, kind in enumerate(new):
            yield kind, usual - place * 0.01


def _targets(fitting: Fitting) -> Iterator[tuple[str, TensorSpec]]:
    """By kind of data, what they give to be predicted: labels, and numbers one a sample."""
    for info in fitting.infos.values():
        if info.layer.role == "data":
            for spec in info.outputs.values():
                if spec.classes is not None or count(spec.shape) == 1:
                    yield info.layer.kind, spec


def _scores(spec: TensorSpec, target: TensorSpec) -> bool:
    """Whether this is as wide as what is to be predicted: the last scores."""
    if spec.dtype != "float32" or not spec.shape:
        return False
    if target.classes is None:
        return spec.shape in (target.shape, (*target.shape, 1))
    return spec.shape == (*target.shape, target.classes)


def _judges(kind: str, spec: TensorSpec, target: TensorSpec) -> bool:
    layer = REGISTRY[kind]()
    names = [p.name for p in layer.input_ports()]
    if len(names) != 2:
        return False
    return shape_error(layer, {names[0]: (spec,), names[1]: (target,)}) is None

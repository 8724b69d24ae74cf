"""The rule of one layer applied to what flows in: shapes, weights, costs.

Rules are pure, so their results are remembered by (declaration, what flows in): after an edit
only what really changed is computed again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from netbuilder import trusted
from netbuilder.compiler.report import NodeInfo
from netbuilder.compiler.sharing import positional
from netbuilder.layers import Layer, ShapeError, TensorSpec
from netbuilder.layers.initial import beginnings
from netbuilder.layers.trial import NotTried

#: What arrives, by input port.
Specs = Mapping[str, tuple[TensorSpec, ...]]
_memo: dict[object, NodeInfo | ShapeError] = {}
_MEMO_LIMIT = 20_000


def inferred(layer: Layer, inputs: Specs) -> NodeInfo:
    """The rules of one layer applied, remembered. Raises ShapeError."""
    if layer.foreign:
        trusted.require(layer.foreign)
    key = (layer, tuple((n, tuple(_key(s) for s in specs)) for n, specs in inputs.items()))
    known = _memo.get(key) if layer.role != "data" else None
    if known is None:
        if len(_memo) > _MEMO_LIMIT:
            _memo.clear()
        try:
            known = _infer(layer, inputs)
        except NotTried:
            raise  # soon there is an answer
        except ShapeError as error:
            known = error
        _memo[key] = known
    if isinstance(known, ShapeError):
        raise known.with_traceback(None)
    return known


def _key(spec: TensorSpec) -> tuple[object, ...]:
    # Named and plain axes of one size are equal as ints but must not be mixed up.
    return (spec, str(spec.shape))


def _infer(layer: Layer, inputs: Specs) -> NodeInfo:
    specs = positional(layer, inputs)
    found = layer.infer(*specs)
    outputs = {layer.output_ports()[0]: found} if isinstance(found, TensorSpec) else dict(found)
    for spec in outputs.values():
        if any(int(n) < 1 for n in spec.shape):
            raise ShapeError(f"Nothing would be left: the result would be {spec.text()}.")
    weights = dict(layer.weights(*specs))
    beginnings(layer, weights)  # which may object
    first = next(iter(outputs.values()), None)
    work = layer.work(first, *specs) if first is not None and first.shape else {}
    cost = sum(map(math.prod, work.values()))
    parameters = sum(math.prod(int(n) for n in shape) for shape in weights.values())
    return NodeInfo(layer, inputs, outputs, weights, parameters, cost, work)

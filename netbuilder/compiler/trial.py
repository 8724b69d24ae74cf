"""A declaration tried out in torch without data: what comes out, and what it would cost."""

from __future__ import annotations

import functools
import importlib
import operator
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from netbuilder.layers import B, Call, Dim, In, Layer, Shape, TensorSpec
from netbuilder.layers.trial import Trial

if TYPE_CHECKING:
    from torch import Tensor

_INFIX = {"+": operator.add, "-": operator.sub, "*": operator.mul, "@": operator.matmul}
_OWNERS = {"nn": "torch.nn", "F": "torch.nn.functional"}
#: Samples in a trial.
_BATCH = 2


def attempt(layer: Layer, specs: tuple[TensorSpec, ...]) -> Trial:
    """Run it on torch's meta device; an axis that grows with a named one is that one."""
    from torch.utils.flop_counter import FlopCounterMode

    named = {n.name: n for spec in specs for n in spec.shape if isinstance(n, Dim)}
    base = {name: (int(n) - n.offset) // n.factor for name, n in {"B": B, **named}.items()}
    first = {**base, "B": _BATCH}
    names = sorted(first)
    try:
        with FlopCounterMode(display=False) as counter:
            outputs, weights = _run(layer, specs, first)
        larger = [_run(layer, specs, {**first, name: first[name] + 1})[0] for name in names]
    except Exception as error:  # whatever torch raises is told in its own words
        return Trial(refusal=_told(layer, error))
    found = {}
    for i, (port, result) in enumerate(zip(layer.output_ports(), outputs, strict=False)):
        dtype = str(result.dtype).removeprefix("torch.")
        if dtype not in ("float32", "int64", "bool"):
            return Trial(refusal=f"{layer.title} would give {dtype}, which no wire carries.")
        others = [tuple(run[i].shape) for run in larger]
        grown = [[run[at] - n for run in others] for at, n in enumerate(result.shape)]
        shape = (
            _axis(n, dict(zip(names, by, strict=True)), first, base)
            for n, by in zip(result.shape, grown, strict=True)
        )
        found[port] = TensorSpec(tuple(shape), dtype)  # type: ignore[arg-type]
    adds = counter.get_total_flops() // 2 // _BATCH
    return Trial(found, weights, adds)


def _axis(
    n: int, grew: Mapping[str, int], sizes: Mapping[str, int], base: Mapping[str, int]
) -> int:
    """A size that grows with exactly one named axis is a multiple of it, and so much more."""
    by = {name: more for name, more in grew.items() if more}
    if len(by) != 1:
        return n
    ((name, factor),) = by.items()
    offset = n - factor * sizes[name]
    return Dim(name, base[name], factor, offset)


def _run(
    layer: Layer, specs: tuple[TensorSpec, ...], sizes: Mapping[str, int]
) -> tuple[list[Tensor], dict[str, Shape]]:
    import torch

    with torch.device("meta"), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ports = {
            port.name: torch.zeros(
                [_size(n, sizes) for n in spec.shape],
                dtype=getattr(torch, spec.dtype),
            )
            for port, spec in zip(layer.input_ports(), specs, strict=True)
        }
        call = layer.call(*specs)
        made = _value(call, ports)
        weights: dict[str, Shape] = {}
        if call.is_module:
            made.eval()
            weights = {name: tuple(w.shape) for name, w in made.named_parameters()}
            made = _value(layer.applied(frozenset(layer.output_ports())), {**ports, "self": made})
    results = list(made) if isinstance(made, tuple | list) else [made]
    return results, weights


def _size(n: int, sizes: Mapping[str, int]) -> int:
    return n.factor * sizes[n.name] + n.offset if isinstance(n, Dim) else n


def _value(value: Any, values: Mapping[str, Any]) -> Any:
    """What a call as data gives."""
    match value:
        case In(port):
            return values[port]
        case list() | tuple():
            return type(value)(_value(item, values) for item in value)
        case Call(target, args, kwargs):
            found = [_value(arg, values) for arg in args]
            named = {name: _value(arg, values) for name, arg in kwargs.items()}
            if target in _INFIX:
                return functools.reduce(_INFIX[target], found)
            if target.startswith("."):
                return getattr(found[0], target[1:])(*found[1:], **named)
            if target == "self":
                return values["self"](*found, **named)
            owner, _, name = target.rpartition(".")
            module = importlib.import_module(_OWNERS.get(owner, owner))
            return getattr(module, name)(*found, **named)
    return value


def _told(layer: Layer, error: Exception) -> str:
    """Torch's reason, as one sentence."""
    said = " ".join(str(error).split()) or type(error).__name__
    said = said.split(". ")[0].rstrip(". ")
    said = said if len(said) <= 180 else said[:180].rsplit(" ", 1)[0] + " …"
    return f"torch refuses {layer.summary() or layer.title}: {said}."

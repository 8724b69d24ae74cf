"""A declaration tried out in torch without data: what comes out, and what it would cost."""

from __future__ import annotations

import functools
import importlib
import operator
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from netbuilder import trusted
from netbuilder.layers import B, Call, Dim, In, Layer, Shape, TensorSpec
from netbuilder.layers.trial import Arriving, Trial

if TYPE_CHECKING:
    from torch import Tensor

_INFIX = {"+": operator.add, "-": operator.sub, "*": operator.mul, "@": operator.matmul}
_OWNERS = {"nn": "torch.nn", "F": "torch.nn.functional"}
#: Samples in a trial.
_BATCH = 2


def attempt(layer: Layer, specs: Arriving) -> Trial:
    """Run it on torch's meta device; an axis that grows with a named one is that one.

    Code of a person must be trusted (Untrusted is raised) and has limited time.
    """
    from netbuilder.compiler import own_trial

    if own_trial.is_own(layer):
        if layer.foreign:
            trusted.require(layer.foreign)
        return own_trial.attempted(layer, functools.partial(_found, layer, specs))
    try:
        return _found(layer, specs)
    except Exception as error:  # whatever torch raises is told in its own words
        return Trial(refusal=_told(layer, error))


def _found(layer: Layer, specs: Arriving, device: str = "meta") -> Trial:
    from torch.utils.flop_counter import FlopCounterMode

    named = {n.name: n for spec in _each(specs) for n in spec.shape if isinstance(n, Dim)}
    base = {name: (int(n) - n.offset) // n.factor for name, n in {"B": B, **named}.items()}
    first = {**base, "B": _BATCH}
    names = sorted(first)
    with FlopCounterMode(display=False) as counter:
        outputs, weights = _run(layer, specs, first, device)
    larger = [_run(layer, specs, {**first, name: first[name] + 1}, device)[0] for name in names]
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


def _each(specs: Arriving) -> Iterator[TensorSpec]:
    for spec in specs:
        if isinstance(spec, tuple):
            yield from spec
        elif spec is not None:
            yield spec


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
    layer: Layer, specs: Arriving, sizes: Mapping[str, int], device: str
) -> tuple[list[Tensor], dict[str, Shape]]:
    import torch

    from netbuilder.compiler import own_trial

    with torch.device(device), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ports: dict[str, list[Any]] = {
            port.name: [
                torch.zeros([_size(n, sizes) for n in spec.shape], dtype=getattr(torch, spec.dtype))
                for spec in _each((given,))
            ]
            for port, given in zip(layer.input_ports(), specs, strict=True)
        }
        call = layer.call(*specs)
        if own_trial.is_own(layer):
            ports["own"] = [own_trial.defined(layer)]
        made = _value(call, ports)
        weights: dict[str, Shape] = {}
        if call.is_module:
            own_trial.module(made)
            made.eval()
            weights = {name: tuple(w.shape) for name, w in made.named_parameters()}
            applied = layer.applied(frozenset(layer.output_ports()), *specs)
            made = _value(applied, {**ports, "self": [made]})
        own_trial.results(layer, made)
    results = list(made) if isinstance(made, tuple | list) else [made]
    return results, weights


def _size(n: int, sizes: Mapping[str, int]) -> int:
    return n.factor * sizes[n.name] + n.offset if isinstance(n, Dim) else n


def _value(value: Any, values: Mapping[str, list[Any]]) -> Any:
    """What a call as data gives, where `values` has what arrives at each port."""
    match value:
        case In(port):
            return values[port][0]
        case list() | tuple():
            return type(value)(_spread(value, values))
        case Call(target, args, kwargs):
            named = {name: _value(arg, values) for name, arg in kwargs.items()}
            if target == "expression":
                return values["own"][0](**named)
            found = _spread(args, values)
            if target in _INFIX:
                return functools.reduce(_INFIX[target], found)
            if target.startswith("."):
                return getattr(found[0], target[1:])(*found[1:], **named)
            if target == "self":
                return values["self"][0](*found, **named)
            owner, _, name = target.rpartition(".")
            if owner == "custom":
                return values["own"][0](*found, **named)
            module = importlib.import_module(_OWNERS.get(owner, owner))
            return getattr(module, name)(*found, **named)
    return value


def _spread(args: Any, values: Mapping[str, list[Any]]) -> list[Any]:
    found: list[Any] = []
    for arg in args:
        found += values[arg.port] if isinstance(arg, In) else [_value(arg, values)]
    return found


def _told(layer: Layer, error: Exception) -> str:
    """Torch's reason, as one sentence."""
    return f"torch refuses {layer.summary() or layer.title}: {reason(error)}."


def reason(error: BaseException) -> str:
    """What an exception says, in one line of moderate length."""
    said = " ".join(str(error).split()) or type(error).__name__
    said = said.split(". ")[0].rstrip(". ")
    return said if len(said) <= 180 else said[:180].rsplit(" ", 1)[0] + " …"

"""Which literal of a call is which parameter, found by changing parameters and looking.

No table of layers: a declaration is asked for its call again with one parameter, or one
size of what arrives, set to another value. Calls are pure data, so asking costs
microseconds, and a new layer is understood without a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netbuilder.compiler.rendering import Name
from netbuilder.layers import B, Call, In, Layer, Param, TensorSpec

#: Where in a call: positions of arguments and names of keywords, from the outside in.
Loc = tuple[int | str, ...]
Calling = Callable[[Layer, tuple[Any, ...]], Call]
_ENOUGH = 4
_FAILURES = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
_OTHERS: Mapping[str, tuple[Any, ...]] = {"int": (7,), "float": (0.37,), "ints": ((7,),)}


@dataclass(frozen=True)
class Binding:
    """A parameter that a literal shows as it is; `item` if it shows one entry of a list."""

    param: Param
    item: int | None = None


@dataclass(frozen=True)
class Cause:
    """What a literal depends on that it does not simply show.

    params: those it is computed from. ports: inputs whose shape it follows.
    """

    params: tuple[Param, ...] = ()
    ports: tuple[str, ...] = ()


def called(layer: Layer, specs: tuple[Any, ...]) -> Call:
    """The call of a layer; that of noise as the compiler completes it."""
    if layer.role == "noise":
        call = layer.call()
        return Call(call.target, (In("batch"), *call.args), call.kwargs)
    return layer.call(*specs)


def applied(layer: Layer, specs: tuple[Any, ...]) -> Call:
    """How the module of a layer is applied when every output is used."""
    return layer.applied(frozenset(layer.output_ports()), *specs)


def leaves(call: Call) -> dict[Loc, Any]:
    """Every literal of a call by its place; a list of plain values counts as one."""
    return dict(_leaves(call, ()))


def _leaves(value: Any, loc: Loc) -> Iterator[tuple[Loc, Any]]:
    match value:
        case Call(_, args, kwargs):
            for i, arg in enumerate(args):
                yield from _leaves(arg, (*loc, i))
            for name, arg in kwargs.items():
                yield from _leaves(arg, (*loc, name))
        case In() | Name():
            return
        case tuple() | list() if not all(_plain(v) for v in value):
            for i, item in enumerate(value):
                yield from _leaves(item, (*loc, i))
        case _:
            yield loc, value


def _plain(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))


def bindings(layer: Layer, specs: tuple[Any, ...], calling: Calling = called) -> dict[Loc, Binding]:
    """By place, the parameter that each literal shows; others are left out."""
    found: dict[Loc, Binding] = {}
    try:
        before = leaves(calling(layer, specs))
    except _FAILURES:
        return found
    for param in layer.params():
        value = getattr(layer, param.name)
        several = isinstance(value, tuple) and len(value) > 1
        for item in (*(range(len(value)) if several else ()), None):
            for loc in _shown(layer, specs, calling, before, param, item):
                found.setdefault(loc, Binding(param, item))
    return found


def _shown(
    layer: Layer,
    specs: tuple[Any, ...],
    calling: Calling,
    before: Mapping[Loc, Any],
    param: Param,
    item: int | None,
) -> list[Loc]:
    """Places that hold the parameter, or this entry of it, now and after every change."""
    value = getattr(layer, param.name)
    part = value if item is None else value[item]
    open_ = [loc for loc, leaf in before.items() if _same(leaf, part)]
    if not open_:
        return []
    kept: set[Loc] = set()
    for other in others(param, value, item):
        after = _again(layer, specs, calling, param.name, other)
        if after is None:
            continue
        wanted = other if item is None else other[item]
        for loc in list(open_):
            if loc not in after:
                # A keyword that is only written where it is not the default: evidence if
                # nothing else went with it.
                if not isinstance(loc[-1], int) and _without(before, loc) == after:
                    kept.add(loc)
            elif _same(after[loc], wanted):
                kept.add(loc)
            else:
                open_.remove(loc)
    return [loc for loc in open_ if loc in kept]


def _without(before: Mapping[Loc, Any], loc: Loc) -> dict[Loc, Any]:
    return {other: leaf for other, leaf in before.items() if other != loc}


def _again(
    layer: Layer, specs: tuple[Any, ...], calling: Calling, name: str, value: Any
) -> dict[Loc, Any] | None:
    try:
        return leaves(calling(replace(layer, **{name: value}), specs))  # type: ignore[type-var]
    except _FAILURES:
        return None


def others(param: Param, value: Any, item: int | None = None) -> list[Any]:
    """A few other values that the declaration accepts, near the present one."""
    tried: list[Any] = []
    if param.type == "bool":
        tried = [not value]
    elif param.type == "choice":
        tried = [choice for choice in param.choices if choice != value]
    elif param.type in ("text", "path", "code"):
        tried = [f"{value or 'x'}_{n}" for n in (1, 2)]
    elif value is None:
        tried = list(_OTHERS.get(param.type, ()))
    elif param.type == "ints":
        for changed in zip(*(_numbers(float(v), whole=True) for v in value), strict=True):
            if item is None:
                tried.append(tuple(changed))
            else:
                tried.append((*value[:item], changed[item], *value[item + 1 :]))
    else:
        tried = _numbers(value, whole=param.type == "int")
    found: list[Any] = []
    for other in tried:
        try:
            accepted = param.checked(other)
        except ValueError:
            continue
        if accepted != value and accepted not in found:
            found.append(accepted)
    return found[:_ENOUGH]


def _numbers(value: float, whole: bool) -> list[Any]:
    if whole:
        n = int(value)
        return [n + 2, 2 * n, n + 1, 3 * n, n - 2, n - 1, 1, 0, 2, 3]
    return [value / 2 + 0.013, value * 0.75 + 0.11, value * 2 + 1, value / 3, value - 0.07, -value]


def _same(leaf: Any, value: Any) -> bool:
    """Whether a literal is a value, one number for all axes being the same as each."""
    a, b = _compact(leaf), _compact(value)
    return type(a) is type(b) and bool(a == b)


def _compact(value: Any) -> Any:
    if isinstance(value, (tuple, list)):
        return value[0] if len(set(value)) == 1 else tuple(value)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


# --- what else a literal depends on ---------------------------------------------------------


def cause(layer: Layer, specs: tuple[Any, ...], loc: Loc, calling: Calling = called) -> Cause:
    """What changes the literal at a place of a call."""
    try:
        before = leaves(calling(layer, specs)).get(loc)
    except _FAILURES:
        return Cause()
    params = []
    for param in layer.params():
        for other in others(param, getattr(layer, param.name)):
            after = _again(layer, specs, calling, param.name, other)
            if after is not None and (loc not in after or after[loc] != before):
                params.append(param)
                break
    ports = []
    for i, port in enumerate(layer.input_ports()[: len(specs)]):
        for spec in _resized(specs[i]):
            try:
                after = leaves(calling(layer, (*specs[:i], spec, *specs[i + 1 :])))
            except _FAILURES:
                continue
            if after.get(loc, before) != before:
                ports.append(port.name)
                break
    return Cause(tuple(params), tuple(ports))


def _resized(arriving: Any) -> Iterator[Any]:
    """What arrives at a port with one axis, or the number of classes, other than it is."""
    if isinstance(arriving, tuple):
        for i, spec in enumerate(arriving):
            for other in _resized(spec):
                yield (*arriving[:i], other, *arriving[i + 1 :])
    elif isinstance(arriving, TensorSpec):
        for axis, n in enumerate(arriving.shape):
            if n is not B and not (axis == 0 and str(n) == str(B)):
                for size in (2 * n, n + 1):
                    yield arriving.with_shape(
                        *arriving.shape[:axis], size, *arriving.shape[axis + 1 :]
                    )
        if arriving.classes is not None:
            yield replace(arriving, classes=arriving.classes + 1)
        for shape in ((*arriving.shape, 3), arriving.shape[:-1]):
            yield arriving.with_shape(*shape)

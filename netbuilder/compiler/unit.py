"""One class of the generated code: a constructor and methods, before they become text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from netbuilder.compiler.body import Line
from netbuilder.compiler.naming import RESERVED, unused
from netbuilder.compiler.rendering import Name, rendered
from netbuilder.compiler.report import Path
from netbuilder.layers import Call

#: On what asks for gradients, wherever it is called.
RECORDING = "torch.enable_grad()"


@dataclass(frozen=True)
class Method:
    """A method: its parameters, what it says about itself, its lines, and what is put on it."""

    name: str
    params: tuple[str, ...]
    doc: str
    lines: tuple[Line, ...]
    decorator: str = ""


@dataclass(frozen=True)
class Built:
    """A block inside a constructor: one class instance for each repetition."""

    units: tuple[int, ...]
    sequential: bool


@dataclass
class Unit:
    """A class. `scope` and `arriving` say for which values and shapes it was made.

    init: attributes with what they are, and calls without a name that come after them.
    """

    base: str
    doc: str
    init: list[tuple[str, Call | Built, Path]] = field(default_factory=list)
    methods: list[Method] = field(default_factory=list)
    scope: Mapping[str, Any] = field(default_factory=dict)
    arriving: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass
class ClassText:
    """A class ready to be written, with the arguments each of its units needs."""

    name: str
    doc: str
    params: list[str]
    init: list[tuple[str, Call, Path]]
    methods: list[Method]
    arguments: dict[int, dict[str, Any]]  # by unit


def skeleton(value: Any, leaves: list[Any]) -> Any:
    """Structure of a call without its literals, which are appended to `leaves`."""
    match value:
        case Call(target, args, kwargs):
            inner = tuple(skeleton(a, leaves) for a in args)
            named = tuple((k, skeleton(v, leaves)) for k, v in sorted(kwargs.items()))
            return ("call", target, inner, named)
        case tuple() | list():
            return (type(value).__name__, *(skeleton(v, leaves) for v in value))
    leaves.append(value)
    return ("leaf",)


def filled(value: Any, leaves: list[Any]) -> Any:
    """The call again, its literals taken from `leaves` in the same order."""
    match value:
        case Call(target, args, kwargs):
            inner = tuple(filled(a, leaves) for a in args)
            named = {k: filled(v, leaves) for k, v in sorted(kwargs.items())}
            return Call(target, inner, {k: named[k] for k in kwargs})
        case tuple():
            return tuple(filled(v, leaves) for v in value)
        case list():
            return [filled(v, leaves) for v in value]
    return leaves.pop(0)


def merged(units: Mapping[int, Unit], taken: set[str]) -> list[ClassText]:
    """Classes for all units of one block: those of one structure become one class.

    Numbers in which they differ become parameters of the constructor, named after the
    block's own parameter or the axis that has the same values.
    """
    groups: dict[Any, list[int]] = {}
    leaves: dict[int, list[Any]] = {}
    for key, unit in units.items():
        found: list[Any] = []
        init = tuple((attr, skeleton(call, found)) for attr, call, _ in unit.init)
        text = tuple((m.name, m.params, tuple(line.text for line in m.lines)) for m in unit.methods)
        groups.setdefault((init, text), []).append(key)
        leaves[key] = found
    classes = []
    for keys in groups.values():
        first = units[keys[0]]
        name = unused(first.base, taken)
        taken.add(name)
        slots, arguments = _slots([units[k] for k in keys], [leaves[k] for k in keys])
        remaining = list(slots)
        init_lines = [(attr, filled(call, remaining), path) for attr, call, path in first.init]
        params = list(dict.fromkeys(n for a in arguments[:1] for n in a))
        methods = [
            _common_shapes([units[k].methods[i] for k in keys]) for i in range(len(first.methods))
        ]
        classes.append(
            ClassText(
                name,
                first.doc,
                params,
                init_lines,
                methods,
                dict(zip(keys, arguments, strict=True)),
            )
        )
    return classes


def _slots(
    units: Sequence[Unit], leaves: Sequence[list[Any]]
) -> tuple[list[Any], list[dict[str, Any]]]:
    """For each literal: itself if all agree, else a parameter; and each unit's arguments."""
    slots: list[Any] = []
    by_values: dict[str, str] = {}
    arguments: list[dict[str, Any]] = [{} for _ in units]
    for values in zip(*leaves, strict=True):
        if all(v == values[0] and type(v) is type(values[0]) for v in values):
            slots.append(values[0])
            continue
        key = repr(values)
        if key not in by_values:
            by_values[key] = unused(_meaning(units, values), {*by_values.values(), *RESERVED})
            for argument, value in zip(arguments, values, strict=True):
                argument[by_values[key]] = value
        slots.append(Name(by_values[key]))
    return slots, arguments


def _meaning(units: Sequence[Unit], values: Sequence[Any]) -> str:
    for name in units[0].scope:
        if all(u.scope[name] == v for u, v in zip(units, values, strict=True)):
            return name
    for port, shape in units[0].arriving.items():
        for axis in range(1, len(shape)):
            same = all(
                len(u.arriving[port]) > axis and int(u.arriving[port][axis]) == v
                for u, v in zip(units, values, strict=True)
            )
            if same:
                return "in_channels" if axis == 1 and len(shape) == 4 else "in_features"
    return "size"


def _common_shapes(methods: Sequence[Method]) -> Method:
    """A method whose shape comments hold for every unit."""
    first = methods[0]
    lines = tuple(
        line if all(m.lines[i].shape == line.shape for m in methods) else Line(line.text, line.path)
        for i, line in enumerate(first.lines)
    )
    return replace(first, lines=lines)


def class_lines(text: ClassText) -> list[Line]:
    """The class as lines of a module."""
    lines = [Line(f"class {text.name}(nn.Module):")]
    if text.doc:
        lines += [Line(f'    """{text.doc}"""'), Line("")]
    params = "".join(f", {p}" for p in text.params)
    lines += [Line(f"    def __init__(self{params}):"), Line("        super().__init__()")]
    for attr, call, path in text.init:
        left = f"self.{attr} = " if attr else ""
        lines += _wrapped(f"        {left}{rendered(call, {})}", path)
    for method in text.methods:
        lines.append(Line(""))
        if method.decorator:
            lines.append(Line(f"    @{method.decorator}"))
        lines += [Line(f"    def {method.name}({', '.join(('self', *method.params))}):")]
        if method.doc:
            lines.append(Line(f'        """{method.doc}"""'))
        for line in method.lines:
            lines += _wrapped(f"        {line.text}", line.path, line.shape)
    return lines


def _wrapped(text: str, path: Path | None, shape: str = "") -> list[Line]:
    """One line, with the shape at its end where there is room."""
    if shape and len(text) <= 78:
        text = f"{text.ljust(44)}  # {shape}"
    return [Line(text, path)]


def constructed(call: Call | Built, made: Mapping[int, Call]) -> Call:
    """The construction of a block instance, now that its classes have names."""
    if isinstance(call, Call):
        return call
    parts = [made[n] for n in call.units]
    if len(parts) == 1:
        return parts[0]
    same = all(p == parts[0] for p in parts)
    inner: tuple[object, ...] = (Call("repeat", (parts[0], len(parts))),) if same else tuple(parts)
    if call.sequential:
        return Call("nn.Sequential", inner)
    return Call("nn.ModuleList", (list(inner),))

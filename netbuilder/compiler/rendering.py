"""Calls as data become Python text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netbuilder.compiler.expression import inlined
from netbuilder.layers import Call, In

_INFIX = {"+", "-", "*", "/", "@"}
#: Names of the values that arrive at each port.
Names = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Name:
    """A name in the generated text, such as a parameter of a constructor."""

    text: str


def rendered(value: Any, ports: Names, attribute: str = "self", nested: bool = False) -> str:
    """Python text of a value or call; `attribute` is what a call of ``self`` applies."""
    match value:
        case Name(text):
            return text
        case In(port):
            return ", ".join(ports[port])
        case Call(target, args, kwargs):
            return _call(target, args, kwargs, ports, attribute, nested)
        case tuple() | list():
            inner = ", ".join(_items(tuple(value), ports, attribute))
            if isinstance(value, list):
                return f"[{inner}]"
            return f"({inner},)" if len(value) == 1 else f"({inner})"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case bool() | None:
            return repr(value)
        case int():
            return str(int(value))  # a named axis prints as its number
        case float():
            return _float(value)
    raise TypeError(f"cannot write {value!r} as Python")


def _float(value: float) -> str:
    if value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    return repr(value)


def _items(args: tuple[Any, ...], ports: Names, attribute: str, infix: bool = False) -> list[str]:
    found: list[str] = []
    for arg in args:
        if isinstance(arg, In):
            found.extend(ports[arg.port])
        else:
            found.append(rendered(arg, ports, attribute, nested=infix))
    return found


def _call(
    target: str,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    ports: Names,
    attribute: str,
    nested: bool,
) -> str:
    if target == "repeat":
        inner, times = args
        return f"*({rendered(inner, ports)} for _ in range({rendered(times, ports)}))"
    if target in _INFIX:
        text = f" {target} ".join(_items(args, ports, attribute, infix=True))
        return f"({text})" if nested else text
    if target == "expression":
        (text,) = args
        return inlined(text, {k: rendered(v, ports, attribute) for k, v in kwargs.items()})
    items = _items(args, ports, attribute, infix=target.startswith("."))
    if target == "=":
        return items[0]
    named = [f"{k}={rendered(v, ports, attribute)}" for k, v in kwargs.items()]
    if target.startswith("."):
        return f"{items[0]}{target}({', '.join(items[1:] + named)})"
    name = attribute if target == "self" else target.removeprefix("netbuilder.nn.")
    return f"{name}({', '.join(items + named)})"

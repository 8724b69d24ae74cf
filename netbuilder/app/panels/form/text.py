"""Between what a person types in a field and the value of a parameter.

A list of sizes is written ``3 × 3`` and read from ``3``, ``3x3``, ``3, 3`` or ``3 3``. A
text that begins with ``=`` is an expression over the parameters of the block around.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from netbuilder.graph import GraphError, Value
from netbuilder.graph.expression import evaluate, is_expression
from netbuilder.layers import Param, ParamError

Scope = Mapping[str, Value]
"""Parameters of the block around and their values; empty in the top graph."""

_SIZES = re.compile(r"\s*[x×*,;]\s*|\s+", re.IGNORECASE)
_LISTED = re.compile(r"\s*[×;,]\s*")
_GROUPED = re.compile(r"(?<=\d)[\s_\u2009\u202f\u00a0](?=\d{3}(?!\d))")


def shown(param: Param, value: Value) -> str:
    """A value as it stands in the field; empty for one that is left out."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return " × ".join(_plain(item) for item in value)
    return _plain(value)


def read(param: Param, text: str, scope: Scope) -> Value:
    """The value that a text means, checked. Raises ParamError with one sentence."""
    if param.type == "code":
        return _checked(param, text)
    if param.type in ("text", "path", "choice"):
        # A text may well begin with "=", but the declaration reads it as an expression.
        if is_expression(text):
            _expression(param, text, scope)
        return _checked(param, None if param.optional and not text.strip() else text)
    text = text.strip()
    if not text:
        if param.optional:
            return None
        raise ParamError(param.name, f"{param.label} needs a value.")
    if param.type == "ints":
        return _sizes(param, text, scope)
    if is_expression(text):
        _checked(param, _expression(param, text, scope))
        return text
    return _checked(param, _number(text))


def stepped(param: Param, value: Value, steps: int) -> Value:
    """The value after pressing an arrow `steps` times, within the range."""
    if isinstance(value, tuple):
        return tuple(stepped(param, item, steps) for item in value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    moved: float
    if param.type == "float":
        # One step is one unit of the first significant digit: 0.001, 0.5, 20.
        size = 10.0 ** _exponent(value, down=steps < 0)
        moved = round(value + steps * size, 12)
    else:
        moved = value + steps
    if param.min is not None:
        moved = max(moved, param.min)
    if param.max is not None:
        moved = min(moved, param.max)
    return float(moved) if param.type == "float" else int(moved)


def _exponent(value: float, down: bool) -> int:
    magnitude = abs(value)
    if magnitude == 0:
        return -1
    exponent = int(f"{magnitude:e}".partition("e")[2])
    # From 0.1 down the next value is 0.09, not 0.
    at_power = down and f"{magnitude:.6e}".startswith("1.000000")
    return exponent - 1 if at_power else exponent


def _sizes(param: Param, text: str, scope: Scope) -> Value:
    if "=" not in text:
        pieces = [p for p in _SIZES.split(text) if p]
        return _checked(param, tuple(_number(p) for p in pieces))
    if text.startswith("="):
        try:
            _checked(param, _expression(param, text, scope))
        except ParamError:
            if len(_LISTED.split(text)) == 1:
                raise
        else:
            return text
    pieces = [p for p in _LISTED.split(text) if p]
    known = [_expression(param, p, scope) if is_expression(p) else _number(p) for p in pieces]
    _checked(param, tuple(known))
    return tuple(p if is_expression(p) else int(k) for p, k in zip(pieces, known, strict=True))  # type: ignore[arg-type]


def _expression(param: Param, text: str, scope: Scope) -> Value:
    try:
        return evaluate(text, scope)
    except GraphError as error:
        if not scope and re.search(r"[A-Za-z_]\w*", re.sub(r"\b(min|max|round)\b", "", text)):
            raise ParamError(
                param.name, "Names can be used only inside a block that has such parameters."
            ) from None
        raise ParamError(param.name, str(error)) from None


def _checked(param: Param, value: Value) -> Value:
    checked: Value = param.checked(value)
    return checked


def _number(text: str) -> Value:
    """A number where the text is one, else the text, which the declaration refuses."""
    plain = _GROUPED.sub("", text).replace("−", "-")
    try:
        return int(plain)
    except ValueError:
        pass
    try:
        return float(plain)
    except ValueError:
        return text


def _plain(value: Value) -> str:
    if isinstance(value, float) and not isinstance(value, bool):
        return f"{value:.10g}"
    return str(value)

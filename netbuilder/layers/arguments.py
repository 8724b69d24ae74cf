"""Arguments of a call as a person writes them: ``kernel_size=3, bias=False``."""

from __future__ import annotations

import ast
from typing import Any

from netbuilder.layers.spec import ParamError


def read(text: str) -> dict[str, Any]:
    """``a=1, b=(2, 3)`` as a dict. Raises ParamError; nothing is executed."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        assert isinstance(call, ast.Call)
        assert not call.args
        assert all(word.arg for word in call.keywords)
        return {str(word.arg): _frozen(ast.literal_eval(word.value)) for word in call.keywords}
    except (SyntaxError, ValueError, AssertionError, RecursionError, MemoryError):
        raise ParamError(
            "arguments",
            "Arguments are written as name=value with commas between: stride=2, bias=False.",
        ) from None


def _frozen(value: Any) -> Any:
    """Of plain values, those that a declaration can hold."""
    if isinstance(value, list | tuple):
        return tuple(_frozen(item) for item in value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise ValueError(value)

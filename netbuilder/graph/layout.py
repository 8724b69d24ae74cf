"""JSON laid out for reading and for line-by-line comparison.

One node a line while it fits, one edge a line; whatever is short stays on its line.
"""

from __future__ import annotations

import json
from typing import Any

_WIDTH = 100
#: Made once: a large file is tens of thousands of short texts.
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
#: What is always opened, so that a new node or edge is one new line.
_OPEN = frozenset(
    {"graph", "nodes", "edges", "frames", "bends", "blocks", "training", "optimisers", "space"}
)


def laid_out(raw: dict[str, Any]) -> str:
    """`raw` as JSON with a final newline. Raises ValueError or TypeError if it cannot be."""
    return "".join((*_pieces(raw, 0, 0, opened=True), "\n"))


def flat(value: Any) -> str:
    """`value` as JSON on one line."""
    text = _ENCODER.encode(value)
    try:
        text.encode()
    except UnicodeEncodeError:  # half a surrogate pair is no character, and no UTF-8
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _pieces(value: Any, depth: int, before: int, opened: bool = False) -> list[str]:
    """`value` in pieces; `before` is how many characters stand before it on its line."""
    if not isinstance(value, (dict, list)) or not value:
        return [flat(value)]
    if not opened and not (isinstance(value, dict) and _OPEN & value.keys()):
        line = flat(value)
        if len(line) + before < _WIDTH:
            return [line]
    inner, outer = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    pieces: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            pieces += [",", inner] if pieces else ["{", inner]
            name = f"{flat(key)}: "
            taken = 2 * (depth + 1) + len(name)
            pieces += [name, *_pieces(item, depth + 1, taken, key in _OPEN)]
        return [*pieces, outer, "}"]
    for item in value:
        pieces += [",", inner] if pieces else ["[", inner]
        pieces += _pieces(item, depth + 1, 2 * (depth + 1))
    return [*pieces, outer, "]"]

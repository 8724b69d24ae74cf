"""Short forms: only the keywords that differ, only the parameters that matter."""

from __future__ import annotations

from typing import Any

from netbuilder.layers.sizes import compact
from netbuilder.layers.spec import Layer

#: Characters that fit on a node.
WIDTH = 19


def changed(layer: Layer, *names: str) -> dict[str, Any]:
    """Those of these parameters that differ from their defaults, as keywords for torch.

    Declared defaults equal torch's, so generated code stays as short as code by hand.
    """
    found: dict[str, Any] = {}
    for param in layer.params():
        if param.name in names:
            value, default = getattr(layer, param.name), param.default
            if param.type == "ints":
                value, default = compact(value), compact(default)
            if value != default:
                found[param.name] = value
    return found


def brief(*parts: object) -> str:
    """Parts with a dot between them; the last ones are dropped if they do not fit."""
    shown = [text for part in parts if (text := str(part))]
    while shown and len(" · ".join(shown)) > WIDTH:
        shown.pop()
    return " · ".join(shown)

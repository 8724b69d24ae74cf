"""How a number of parameters or of multiply-adds comes about, step by step."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import groupby

from netbuilder.layers.shape import Shape

_NUMBERED = re.compile(r"(?P<layer>\w+\.\d+)\.(?P<rest>.+)")
#: Narrow, and no line breaks at it.
_THIN = "\u202f"
#: An equals sign that stays with what follows.
_IS = "=\u00a0"


def derived(products: Mapping[str, Shape]) -> tuple[str, ...]:
    """One line for each product, ``weight: 32 · 16 · 3 · 3 = 4 608``, then their sum.

    products: by name, the factors of each, such as the shapes of the learned tensors
    (`Layer.weights`) or what is multiplied (`Layer.work`). Equal ones in a row become one line,
    and those of equal layers that are numbered, ``layers.0.weight``, are told once.
    """
    lines, parts = [], []
    products = _folded(products)
    for factors, alike in groupby(products, key=lambda name: tuple(map(int, products[name]))):
        names = list(alike)
        told = (*((len(names),) if len(names) > 1 else ()), *factors)
        parts.append(math.prod(told))
        steps = f"{' · '.join(map(_grouped, told))} {_IS}" if len(told) > 1 else ""
        lines.append(f"{_together(names)}: {steps}{_grouped(parts[-1])}")
    if len(parts) > 1:
        lines.append(f"{' + '.join(map(_grouped, parts))} {_IS}{_grouped(sum(parts))}")
    return tuple(lines)


def _folded(products: Mapping[str, Shape]) -> Mapping[str, Shape]:
    """Of layers that are all alike the first, with their number as a factor of each product."""
    layers: dict[str, dict[str, Shape]] = {}
    for name, factors in products.items():
        found = _NUMBERED.match(name)
        if found is None:
            return products
        layers.setdefault(found["layer"], {})[found["rest"]] = factors
    alike = list(layers.values())
    if not alike or any(layer != alike[0] for layer in alike):
        return products
    count = (len(alike),) if len(alike) > 1 else ()
    return {name: (*count, *factors) for name, factors in alike[0].items()}


def _together(names: list[str]) -> str:
    """Two names, or the first and the last of more."""
    return ", ".join(names) if len(names) < 3 else f"{names[0]} … {names[-1]}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", _THIN)

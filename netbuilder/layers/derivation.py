"""How a number of parameters or of multiply-adds comes about, step by step."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import groupby

from netbuilder.layers.shape import Shape

#: Narrow, and no line breaks at it.
_THIN = "\u202f"
#: An equals sign that stays with what follows.
_IS = "=\u00a0"


def derived(products: Mapping[str, Shape]) -> tuple[str, ...]:
    """One line for each product, ``weight: 32 · 16 · 3 · 3 = 4 608``, then their sum.

    products: by name, the factors of each, such as the shapes of the learned tensors
    (`Layer.weights`) or what is multiplied (`Layer.work`). Equal ones in a row become one line.
    """
    lines, parts = [], []
    for factors, alike in groupby(products, key=lambda name: tuple(map(int, products[name]))):
        names = list(alike)
        told = (*((len(names),) if len(names) > 1 else ()), *factors)
        parts.append(math.prod(told))
        steps = f"{' · '.join(map(_grouped, told))} {_IS}" if len(told) > 1 else ""
        lines.append(f"{_together(names)}: {steps}{_grouped(parts[-1])}")
    if len(parts) > 1:
        lines.append(f"{' + '.join(map(_grouped, parts))} {_IS}{_grouped(sum(parts))}")
    return tuple(lines)


def _together(names: list[str]) -> str:
    """Two names, or the first and the last of more."""
    return ", ".join(names) if len(names) < 3 else f"{names[0]} … {names[-1]}"


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", _THIN)

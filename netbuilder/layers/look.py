"""How far one value looks into what arrives: what the receptive field is counted from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Look:
    """Along one axis of a result: which axis of the input it follows, and how.

    span: how many neighbours of the input one value depends on. step: how far apart in the
    input two neighbouring values look; below 1 where the axis grows.
    """

    axis: int
    span: int = 1
    step: Fraction = Fraction(1)


#: By axis of the result; of an axis that is missing every value looks everywhere.
Looks = Mapping[int, Look]


def pointwise(arriving: Any) -> Looks:
    """Each value depends on the one in its place. A port for several wires counts as its first."""
    x = arriving[0] if isinstance(arriving, tuple) else arriving
    return {axis: Look(axis) for axis in range(1, x.axes)}


def sliding(spans: Sequence[int], steps: Sequence[int | Fraction]) -> Looks:
    """A window over every axis behind the channels, which it mixes."""
    pairs = zip(spans, steps, strict=True)
    return {i: Look(i, span, Fraction(step)) for i, (span, step) in enumerate(pairs, start=2)}

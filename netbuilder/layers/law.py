"""By which law first weights are drawn: a density that can be shown. Needs no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from netbuilder.layers.late import Floats, np
from netbuilder.layers.shape import Shape


@dataclass(frozen=True, slots=True)
class Law:
    """How one number of a tensor is drawn.

    scale: half the width of `uniform`, σ of `normal`, the value of `constant`, the radius of
    the `sphere` on which rows of `axes` numbers lie (what orthogonal weights are).
    """

    form: Literal["uniform", "normal", "constant", "sphere"]
    scale: float
    axes: int = 0

    @property
    def deviation(self) -> float:
        """σ."""
        if self.form == "normal":
            return abs(self.scale)
        if self.form == "uniform":
            return abs(self.scale) / math.sqrt(3)
        return abs(self.scale) / math.sqrt(self.axes) if self.form == "sphere" else 0.0

    @property
    def spread(self) -> bool:
        """Whether the numbers differ at all, so that there is a density to draw."""
        return self.deviation > 0 and (self.form != "sphere" or self.axes > 1)

    @property
    def reach(self) -> float:
        """How far from 0 the density is worth drawing."""
        if self.form == "uniform":
            return 1.25 * abs(self.scale)
        if self.form == "sphere" and self.axes < 12:
            return 1.1 * abs(self.scale)
        return 4 * self.deviation

    def density(self, x: Floats) -> Floats:
        """Density at `x`; its integral is 1."""
        if self.form == "normal":
            z = x / self.scale
            return np.exp(-0.5 * z**2) / (abs(self.scale) * math.sqrt(2 * math.pi))
        inside = np.abs(x) < abs(self.scale)
        if self.form == "uniform":
            return np.where(inside, 0.5 / abs(self.scale), 0.0)
        # One coordinate of a point drawn evenly from a sphere of so many axes.
        half = 0.5 * (self.axes - 3)
        log_area = math.lgamma(0.5 * self.axes) - math.lgamma(0.5 * (self.axes - 1))
        rest = np.where(inside, 1 - (x / self.scale) ** 2, 1.0)
        found = np.exp(log_area + half * np.log(rest)) / (math.sqrt(math.pi) * abs(self.scale))
        return np.where(inside, found, 0.0)

    def text(self) -> str:
        """In words: ``uniform within ±0.0417``."""
        if self.form == "constant" or not self.spread:
            return f"all {self.scale:.3g}"
        if self.form == "uniform":
            return f"uniform within ±{abs(self.scale):.3g}"
        if self.form == "normal":
            return f"normal, σ = {abs(self.scale):.3g}"
        return f"orthogonal, σ = {self.deviation:.3g}"


class Begins:
    """What a declaration adds whose weights torch does not draw as those of a Linear layer."""

    def begins(self, name: str, shape: Shape) -> Law | None:
        """The law of a weight left to torch; None if it is not known."""
        raise TypeError(f"{type(self).__name__} does not say how its weights begin")


class BeginsAtOne(Begins):
    """What norms share: they begin by changing nothing."""

    def begins(self, name: str, shape: Shape) -> Law | None:
        return Law("constant", 1.0)


def fans(shape: Shape) -> tuple[int, int]:
    """How many numbers arrive at one output, and leave one input, as torch counts them."""
    places = math.prod(int(n) for n in shape[2:])
    return int(shape[1]) * places, int(shape[0]) * places


def usual(shape: Shape) -> Law:
    """How torch draws a matrix or kernel: Kaiming uniform with a = √5, which is ±1/√fan-in."""
    if len(shape) < 2:
        return Law("constant", 1.0)
    return Law("uniform", 1 / math.sqrt(fans(shape)[0]))

"""Functions of one number that can be drawn, with their derivative. Needs no torch."""

from __future__ import annotations

from typing import ClassVar

from netbuilder.layers.late import Floats, np


class Curved:
    """What a declaration adds to be drawn: a function of one number and its slope.

    across: what runs along the axis. span: the part of the axis that is worth seeing.
    """

    across: ClassVar[str] = "x"
    span: ClassVar[tuple[float, float]] = (-4.0, 4.0)

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        """Values and derivative at `x`, by the formula. At a kink the slope is that of torch."""
        raise TypeError(f"{type(self).__name__} draws no curve")


def drawn(layer: Curved, points: int = 201) -> tuple[Floats, Floats, Floats]:
    """Places, values and derivative over the whole span."""
    x = np.linspace(*layer.span, points)
    return (x, *layer.curve(x))


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + e⁻ˣ), without overflow at either end."""
    return 0.5 * (1 + np.tanh(0.5 * x))


def softplus(x: Floats) -> Floats:
    """log(1 + eˣ), without overflow."""
    return np.logaddexp(0.0, x)

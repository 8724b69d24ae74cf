"""Loss surfaces over one or two weights, each declared once.

Every formula is written in operators and in functions that numpy and torch share, so the
picture and the gradients come from the same line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: From weights, one argument each, and the module that has `cos` and `exp`, to the loss.
Formula = Callable[..., Any]


@dataclass(frozen=True)
class Surface:
    """A loss over one or two weights.

    area: (least, greatest) of each weight that is drawn. start: where racers begin unless
    another place is chosen. minima: the lowest points. rate: a learning rate at which plain
    gradient descent does well. teaches: what is to be seen, in one sentence. tex: the
    formula, as mathtext writes it.
    """

    name: str
    title: str
    tex: str
    teaches: str
    formula: Formula
    area: tuple[tuple[float, float], ...]
    start: tuple[float, ...]
    minima: tuple[tuple[float, ...], ...]
    rate: float
    cites: str = ""

    @property
    def weights(self) -> int:
        """One or two."""
        return len(self.area)

    def __call__(self, *weights: Any, of: Any = np) -> Any:
        """The loss at these weights; of: the module that has `cos` and `exp`."""
        return self.formula(*weights, of)

    def grid(self, points: int) -> tuple[tuple[Floats, ...], Floats]:
        """Axes with `points` places each, and the loss there: (points,) or (y, x)."""
        axes = tuple(np.linspace(low, high, points) for low, high in self.area)
        values = self(*(np.meshgrid(*axes) if self.weights == 2 else axes))
        return axes, np.asarray(values, np.float64)


_ALL = (
    Surface(
        "parabola", "Parabola", r"$w^2 / 2$",
        "A rate below 1 creeps, at 1 one step arrives, above 2 it diverges.",
        lambda w, of: w * w / 2, ((-4.0, 4.0),), (-3.5,), ((0.0,),), 0.1,
        "IDL, gradient descent",
    ),
    Surface(
        "two_valleys", "Two valleys", r"$w^4/4 - w^2 + w/4$",
        "Where you begin decides which valley you end in; momentum may carry you across.",
        lambda w, of: w**4 / 4 - w**2 + w / 4, ((-2.4, 2.4),), (2.2,),
        ((-1.473,),), 0.05, "DLM, gradient descent",
    ),
    Surface(
        "ripples", "Ripples", r"$w^2/20 + 1 - \cos(3w)$",
        "Many shallow minima: plain gradient descent stops in the first one.",
        lambda w, of: w * w / 20 + 1 - of.cos(3 * w), ((-6.0, 6.0),), (5.2,), ((0.0,),), 0.05,
        "DLM, gradient descent",
    ),
    Surface(
        "ravine", "Ravine", r"$(w_1^2 + 25\,w_2^2) / 2$",
        "Steep one way, flat the other: gradient descent zigzags, Adam scales each weight.",
        lambda a, b, of: (a * a + 25 * b * b) / 2, ((-5.0, 5.0), (-2.5, 2.5)), (-4.5, 1.5),
        ((0.0, 0.0),), 0.03, "APS360, week 2",
    ),
    Surface(
        "saddle", "Saddle", r"$(w_1^2 - w_2^2)/2 + w_2^4/4$",
        "At the middle the gradient is 0 though it is no minimum: who leaves it first?",
        lambda a, b, of: (a * a - b * b) / 2 + b**4 / 4, ((-2.5, 2.5), (-2.0, 2.0)),
        (2.0, 0.001), ((0.0, 1.0), (0.0, -1.0)), 0.1, "DLM, gradient descent",
    ),
    Surface(
        "rosenbrock", "Banana valley", r"$(1 - w_1)^2 + 100\,(w_2 - w_1^2)^2$",
        "The valley is found at once, its lowest point hardly ever.",
        lambda a, b, of: (1 - a) ** 2 + 100 * (b - a * a) ** 2, ((-2.0, 2.0), (-1.0, 3.0)),
        (-1.2, 1.0), ((1.0, 1.0),), 0.001, "Rosenbrock 1960",
    ),
    Surface(
        "himmelblau", "Four valleys", r"$(w_1^2 + w_2 - 11)^2 + (w_1 + w_2^2 - 7)^2$",
        "Four minima, equally deep: the beginning and the optimiser decide which.",
        lambda a, b, of: (a * a + b - 11) ** 2 + (a + b * b - 7) ** 2,
        ((-5.0, 5.0), (-5.0, 5.0)), (0.0, 0.0),
        ((3.0, 2.0), (-2.805118, 3.131312), (-3.779310, -3.283186), (3.584428, -1.848126)),
        0.01, "Himmelblau 1972",
    ),
    Surface(
        "plateau", "Plateau", r"$1 - e^{-(w_1^2 + w_2^2)/2}$",
        "Far out the gradient vanishes: only who scales by its size goes on.",
        lambda a, b, of: 1 - of.exp(-(a * a + b * b) / 2), ((-5.0, 5.0), (-5.0, 5.0)),
        (-3.0, 2.0), ((0.0, 0.0),), 0.5, "DLM, gradient descent",
    ),
)  # fmt: skip

#: Every surface by its name.
SURFACES: Mapping[str, Surface] = {s.name: s for s in _ALL}

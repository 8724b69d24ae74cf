"""Several optimisers set off from one place on one surface; each step of each is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from netbuilder.graph import Optimiser
from netbuilder.playground.surfaces import SURFACES, Surface
from netbuilder.training import algorithms
from netbuilder.training.settings import algorithm, checked

Floats = npt.NDArray[np.float64]
#: What lies farther out than this many times the drawn area is no longer drawn.
_FAR = 1e3


class RaceError(ValueError):
    """A race that cannot be run, as one plain sentence."""


@dataclass(frozen=True)
class Racer:
    """Where one optimiser went.

    path: (steps + 1, weights). losses: (steps + 1,). A racer that diverges stops where it
    left the surface far behind. note: one sentence if it did, or could not race at all.
    """

    name: str
    path: Floats
    losses: Floats
    note: str = ""


def race(
    surface: str,
    optimisers: Sequence[Optimiser],
    start: Sequence[float] | None = None,
    steps: int = 100,
    noise: float = 0.0,
    seed: int = 0,
) -> list[Racer]:
    """The paths of all of them, in order.

    start: a place for every weight (default: the surface's). noise: deviation of what is
    added to each gradient, as mini-batches do; the same numbers for every racer.
    Raises RaceError for what is not on the map, SettingError for a setting out of range.
    """
    if surface not in SURFACES:
        raise RaceError(f"There is no surface {surface}; choose {', '.join(SURFACES)}.")
    chosen = SURFACES[surface]
    begin = tuple(chosen.start if start is None else start)
    if len(begin) != chosen.weights or not np.isfinite(begin).all():
        raise RaceError(f"{chosen.title} has {chosen.weights} weights; start at as many numbers.")
    if not 1 <= steps <= 100_000:
        raise RaceError("A race takes 1 to 100 000 steps.")
    if not 0 <= noise < 1e6:
        raise RaceError("The noise is a deviation of at least 0.")
    random = np.random.default_rng(seed).standard_normal((steps, chosen.weights)) * noise
    return [_ran(chosen, optimiser, begin, steps, random) for optimiser in optimisers]


def _ran(
    surface: Surface, optimiser: Optimiser, begin: Sequence[float], steps: int, noise: Floats
) -> Racer:
    # One tensor of float64: what is to be seen is the optimiser, not rounding.
    weights = torch.nn.Parameter(torch.tensor(begin, dtype=torch.float64))
    declared = algorithm(optimiser.algorithm)
    checked(optimiser.algorithm, optimiser.settings)
    at = np.asarray(begin, np.float64)
    path, losses = [at], [float(surface(*at))]
    if getattr(declared, "matrices", False):
        note = f"{declared.title} moves matrices of weights, and this is a point."
        return Racer(optimiser.name, np.stack(path), np.array(losses), note)
    made = algorithms.build(optimiser, [weights], torch.device("cpu"))
    limits = [_FAR * max(abs(low), abs(high)) for low, high in surface.area]
    note = ""
    for step in range(steps):

        def closure(push: Floats = noise[step]) -> torch.Tensor:
            made.zero_grad()
            loss: torch.Tensor = surface(*weights, of=torch)
            if not torch.is_grad_enabled():
                return loss
            if declared.name != "newton":  # it differentiates twice by itself
                loss.backward()  # type: ignore[no-untyped-call]
                assert weights.grad is not None
                weights.grad += torch.from_numpy(push)
            return loss

        if getattr(declared, "closure", False):
            made.step(closure)  # type: ignore[arg-type]
        else:
            with torch.enable_grad():
                closure()
            made.step()
        at = weights.detach().numpy().copy()
        if not all(abs(w) < limit for w, limit in zip(at, limits, strict=True)):
            note = f"It diverged at step {step + 1}; lower its learning rate."
            break
        path.append(at)
        losses.append(float(surface(*at)))
    return Racer(optimiser.name, np.stack(path), np.array(losses), note)


def summary(surface: str, racers: Sequence[Racer]) -> Mapping[str, float]:
    """By racer, how far it ended from the nearest of the lowest points."""
    minima = np.asarray(SURFACES[surface].minima)  # (minima, weights)
    return {r.name: float(np.linalg.norm(minima - r.path[-1], axis=1).min()) for r in racers}

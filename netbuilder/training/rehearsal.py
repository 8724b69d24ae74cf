"""Short trainings of a fresh network that leave nothing behind: which rate, can it learn.

Both make the very steps of a run, all optimisers in turn. Whoever calls them sees to the
random numbers (`netbuilder.training.random.apart`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from netbuilder.compiler import generate
from netbuilder.compiler.build import build
from netbuilder.data import Fields
from netbuilder.graph import Project
from netbuilder.training import fitting, turns
from netbuilder.training.failure import TrainingError
from netbuilder.training.feed import Feed
from netbuilder.training.speed.choosing import LastLoss

Floats = npt.NDArray[np.float64]
#: Rates of a sweep, and how far above its least the loss may rise before it ends.
LOW, HIGH, STEPS, RISES = 1e-6, 10.0, 120, 4.0
#: Share of the old value in the smoothed loss of a sweep.
_KEPT = 0.9
#: One batch counts as learned when its loss fell to this share of where it began.
LEARNED = 0.05


@dataclass(frozen=True)
class Sweep:
    """Losses at rates that grow from step to step, after Smith 2017.

    losses: of each batch; smoothed: with those before. suggestion: the rate at which the
    smoothed loss falls most steeply, None if it never falls. sentence: for the person.
    """

    rates: Floats
    losses: Floats
    smoothed: Floats
    suggestion: float | None
    sentence: str


@dataclass(frozen=True)
class OneBatch:
    """Whether a network can learn a single batch by heart.

    losses: of each step. learned: whether the last is next to nothing. sentence: what it means.
    """

    losses: Floats
    learned: bool
    sentence: str


def sweep(
    project: Project,
    optimiser: str | None = None,
    steps: int = STEPS,
    data: Mapping[str, Fields] | None = None,
) -> Sweep:
    """Try rates from 1e-6 to 10 on a fresh network, one batch each.

    optimiser: whose rate (default: the first); others keep theirs. Ends early where the loss
    is far above its least or no number. Raises the one-sentence errors of a run.
    """
    rehearsal = _Rehearsal(project, data)
    chosen = next((t for t in rehearsal.turns if t.name == optimiser), None)
    if chosen is None:
        if optimiser is not None:
            known = ", ".join(t.name for t in rehearsal.turns)
            raise TrainingError(f"There is no optimiser {optimiser}; this project has {known}.")
        chosen = rehearsal.turns[0]
    rates = np.geomspace(LOW, HIGH, steps)
    losses: list[float] = []
    smoothed: list[float] = []
    mean = 0.0
    batches = rehearsal.batches()
    for place, rate in enumerate(rates):
        chosen.set_rate(float(rate))
        loss = rehearsal.step(next(batches), chosen.column)
        if not math.isfinite(loss):
            break
        mean = _KEPT * mean + (1 - _KEPT) * loss
        losses.append(loss)
        smoothed.append(mean / (1 - _KEPT ** (place + 1)))
        if place > steps // 10 and _risen(smoothed):
            break
    tried = rates[: len(losses)]
    best = _steepest(tried, np.array(losses), np.array(smoothed))
    if best is None:
        said = "The loss falls at none of these rates: look for a problem on the canvas."
    else:
        said = f"The loss falls fastest at about {best:.1g}."
    return Sweep(tried, np.array(losses), np.array(smoothed), best, said)


def _risen(smoothed: list[float]) -> bool:
    least, span = min(smoothed), max(abs(smoothed[0] - min(smoothed)), 0.05 * abs(smoothed[0]))
    return smoothed[-1] > max(smoothed[0], least) + RISES * span


def _steepest(rates: Floats, losses: Floats, smoothed: Floats) -> float | None:
    """The rate at which half of the fall is behind it: there it is steepest, and single
    batches, which may be easier than others, do not decide."""
    tenth = len(rates) // 10
    if not tenth:
        return None
    begin, end = float(losses[:tenth].mean()), int(np.argmin(smoothed))
    least = float(smoothed[end])
    if begin - least < 0.1 * abs(begin):
        return None
    at = int(np.argmax(smoothed[: end + 1] <= (begin + least) / 2))
    return float(f"{rates[at]:.1g}")


def one_batch(
    project: Project, steps: int = 300, data: Mapping[str, Fields] | None = None
) -> OneBatch:
    """Train a fresh network on the first batch alone, again and again (IDL, practical advice).

    A network that cannot learn a handful of samples by heart has a mistake somewhere, or
    too small a rate. Raises the one-sentence errors of a run.
    """
    rehearsal = _Rehearsal(project, data)
    batch = next(rehearsal.batches())
    losses: list[float] = []
    for _ in range(steps):
        losses.append(rehearsal.step(batch, 0))
        if not math.isfinite(losses[-1]):
            return OneBatch(
                np.array(losses), False,
                f"The loss is no number any more after {len(losses)} steps: lower the rate.",
            )  # fmt: skip
        if len(losses) > 5 and max(losses[-5:]) < LEARNED * abs(losses[0]):
            break
    begin, end = losses[0], float(np.mean(losses[-5:]))
    learned = end < LEARNED * abs(begin)
    fell = f"from {begin:.3g} to {end:.3g} in {len(losses)} steps"
    if learned:
        said = f"It can learn: the loss of one batch of {_rows(batch)} fell {fell}."
    elif end < 0.7 * begin:
        said = (
            f"The loss of one batch fell {fell}, and not to nothing: a larger network, less "
            "dropout or a higher rate could learn it by heart; some losses never reach 0."
        )
    else:
        said = (
            f"The loss of one batch hardly fell, {fell}: the learning rate is far off, or "
            "something is wired wrongly, such as labels that do not belong to the inputs."
        )
    return OneBatch(np.array(losses), learned, said)


def _rows(batch: Mapping[str, Tensor]) -> int:
    return len(next(iter(batch.values())))


class _Rehearsal:
    """A fresh network on the CPU with its data and its optimisers, at constant rates."""

    def __init__(self, project: Project, data: Mapping[str, Fields] | None) -> None:
        source = generate(project)
        if not source.objectives:
            raise TrainingError("Nothing is minimised; add a loss and wire it.")
        device = torch.device("cpu")
        self._feed = Feed(project, source, device, data)
        torch.manual_seed(project.training.seed)
        model = build(source)
        fitting.fit(model, source, self._feed)
        model.train()
        self.turns = turns.made(model, source.objectives, device)

    def batches(self) -> Iterator[Mapping[str, Tensor]]:
        """Training batches without end, epoch after epoch."""
        number = 0
        while True:
            number += 1
            yield from self._feed.epoch(number)

    def step(self, batch: Mapping[str, Tensor], column: int) -> float:
        """One turn of every optimiser; the loss of the one in a column."""
        found = 0.0
        for turn in self.turns:
            last = LastLoss()
            turn.run(batch, last)  # type: ignore[arg-type]
            if turn.column == column:
                found = last.value
        return found

"""Training a run once more from its record, and whether it gives the same bits."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from netbuilder.training.control import Control, Live
from netbuilder.training.events import Event, Failed, Finished, Started, Steps
from netbuilder.training.loop import train
from netbuilder.training.run import Run, RunError

THREADS = "OMP_NUM_THREADS"


@dataclass(frozen=True)
class Repeated:
    """How the losses of a repeated run compare with those recorded.

    compared: losses of both. first: step of the first that differs, None if all are the same
    to the last bit. largest: the largest difference. folder: of the new run.
    """

    compared: int
    first: int | None
    largest: float
    folder: Path

    @property
    def identical(self) -> bool:
        """Whether something was compared and every bit is the same."""
        return self.compared > 0 and self.first is None

    @property
    def sentence(self) -> str:
        """For the person."""
        if not self.compared:
            return "The run has no losses on record, so there is nothing to compare."
        if self.identical:
            return f"All {self.compared:,} losses are the same to the last bit."
        return (
            f"From step {self.first:,} on the losses differ, by {self.largest:.3g} at most. Other "
            "versions, another processor, a graphics card or settings changed on resuming do that."
        )


class Rehearsed(Control):
    """Sets the learning rates that a person set by hand, at the steps at which they did."""

    def __init__(self, rates: list[tuple[int, str, float]], begin: dict[str, float]) -> None:
        super().__init__()
        self._due: dict[int, dict[str, float]] = {}
        for step, name, rate in rates:
            if step or begin.get(name) != rate:
                self._due.setdefault(step, {})[name] = rate
        self._step = -1
        self.pending = bool(self._due)

    def take_rates(self) -> dict[str, float]:
        """Asked once before each step while there are rates to come."""
        self._step += 1
        return {**self._due.pop(self._step, {}), **super().take_rates()}

    def answer(self, live: Live) -> None:
        super().answer(live)
        self.pending = self.pending or bool(self._due)


def repeat(run: Run, folder: Path | None = None) -> Iterator[Event | Repeated]:
    """Train the project of a run anew with its seed and threads; the last value is `Repeated`.

    As many steps as it took are repeated. Raises RunError, RecordError or FileError before
    anything starts; a run that fails ends with its Failed.
    """
    project = run.project()
    with run.record() as record:
        recorded, rates = record.losses(), record.rates()
    steps = max((int(s[-1]) + 1 for s, _ in recorded.values() if len(s)), default=0)
    if not steps:
        raise RunError(f"{run.id} has no losses on record, so there is nothing to repeat.")
    declared = {
        o.name: float(rate)
        for o in project.training.optimisers
        if isinstance(rate := o.settings.get("lr"), (int, float))
    }
    control = Rehearsed(rates, declared)
    threads = run.environment.get("threads")
    compared, first, largest = 0, None, 0.0
    at = Path()
    with _threads(threads):
        for event in train(project, folder=folder, control=control):
            yield event
            match event:
                case Started():
                    at = Path(event.folder)
                case Steps():
                    for name, values in event.losses.items():
                        if name not in recorded:
                            continue
                        count, place, most = _compared(recorded[name], event.first, values)
                        compared, largest = compared + count, max(largest, most)
                        if place is not None:
                            first = place if first is None else min(first, place)
                    if event.last + 1 >= steps:
                        control.stop()  # the run that is repeated was stopped, too
                case Failed():
                    return
                case Finished():
                    at = Path(event.folder)
                case _:
                    pass
    yield Repeated(compared, first, largest, at)


def _compared(
    recorded: tuple[np.ndarray, np.ndarray], first: int, values: np.ndarray
) -> tuple[int, int | None, float]:
    """How many losses both have, the step of the first that differs, the largest difference."""
    steps, losses = recorded
    low, high = np.searchsorted(steps, [first, first + len(values)])
    kept, new = losses[low:high], np.asarray(values, np.float32)[steps[low:high] - first]
    other = np.flatnonzero(kept.view(np.uint32) != new.view(np.uint32))
    if not other.size:
        return len(kept), None, 0.0
    with np.errstate(invalid="ignore"):
        most = float(np.nanmax(np.abs(kept[other].astype(np.float64) - new[other])))
    return len(kept), int(steps[low + other[0]]), most if math.isfinite(most) else math.inf


class _threads:
    """As many threads as a run had, for a new one."""

    def __init__(self, count: object) -> None:
        self._count = count if isinstance(count, int) and count > 0 else None

    def __enter__(self) -> None:
        import torch

        self._before, self._variable = torch.get_num_threads(), os.environ.get(THREADS)
        if self._count is not None:
            os.environ[THREADS] = str(self._count)  # then `use_threads` leaves them alone
            torch.set_num_threads(self._count)

    def __exit__(self, *exception: object) -> None:
        import torch

        torch.set_num_threads(self._before)
        if self._variable is None:
            os.environ.pop(THREADS, None)
        else:
            os.environ[THREADS] = self._variable

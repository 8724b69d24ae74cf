"""What training tells whoever listens: frozen values, plain numbers, no live tensors.

The loop is a generator of these; the engine passes them on, the window and the terminal
draw them. `step` counts iterations from 0 over the whole run; epochs count from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Started:
    """A run begins, or goes on at `step`."""

    run: str  # id of the run, also the name of its folder
    folder: str
    epochs: int
    steps_per_epoch: int
    batch_size: int
    device: str
    seed: int
    parameters: int
    objectives: tuple[str, ...]
    rows: Mapping[str, int]  # rows of each split: train, validation, test
    step: int = 0
    plan: str = ""  # how a step is computed, such as "bf16 · channels-last"
    gain: float = 1.0  # of that over plain eager steps, as measured; 1 for none


@dataclass(frozen=True)
class Steps:
    """Losses of the steps since the last such event, at most about 20 times a second.

    An objective whose optimiser does not run in every step repeats its last value.
    """

    first: int  # step of the first value
    epoch: int
    losses: Mapping[str, Floats]  # by objective, one value a step
    samples_per_second: float
    seconds_left: float
    learning_rates: Mapping[str, float] = field(default_factory=dict)  # in force, by optimiser

    @property
    def last(self) -> int:
        return self.first + max((len(v) for v in self.losses.values()), default=0) - 1


@dataclass(frozen=True)
class EpochDone:
    """An epoch ended and the validation split was measured."""

    epoch: int
    step: int
    train: Mapping[str, float]  # by objective: mean loss of the epoch
    validation: Mapping[str, float]  # by objective and by metric name
    tables: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)  # confusion
    learning_rates: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    best: bool = False


@dataclass(frozen=True)
class Paused:
    """Training waits at `step`."""

    step: int


@dataclass(frozen=True)
class Resumed:
    """Training goes on from `step`."""

    step: int


@dataclass(frozen=True)
class RateChanged:
    """From `step` on an optimiser works at another learning rate.

    base: with this rate a run would begin to be at `value` now; under a schedule another one.
    """

    step: int
    optimiser: str
    value: float
    base: float


@dataclass(frozen=True)
class PlanChanged:
    """From `step` on steps are computed in another way, `gain` times as fast as plain ones."""

    step: int
    plan: str
    gain: float


@dataclass(frozen=True)
class Skipped:
    """Files or rows that cannot be read were left out; the run goes on without them."""

    step: int
    bad: tuple[tuple[str, str], ...]  # name and reason of those that are new, at most 100
    count: int  # of all so far

    @property
    def message(self) -> str:
        """One sentence."""
        name, reason = self.bad[0]
        more = f" and {self.count - 1:,} more" if self.count > 1 else ""
        return f"{name}{more} cannot be used and {'are' if more else 'is'} left out: {reason}."


@dataclass(frozen=True)
class Read:
    """`done` of `total` files of a data set are read; told where the first reading takes long."""

    what: str  # such as "images of cats"
    done: int
    total: int

    @property
    def message(self) -> str:
        """A few words."""
        return f"Reading {self.what}: {self.done:,} of {self.total:,}"


@dataclass(frozen=True)
class Refused:
    """Something asked of the run cannot be done; one sentence. The run goes on."""

    message: str
    step: int


@dataclass(frozen=True)
class Finished:
    """The run ended by itself or was stopped; `test` is measured once, with best weights.

    reason: one sentence if it ended before its last epoch by itself. best_epoch: whose
    weights were kept; 0 if none was judged.
    """

    run: str
    folder: str
    stopped: bool
    step: int
    epoch: int
    test: Mapping[str, float]
    tables: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    seconds: float = 0.0
    reason: str = ""
    best_epoch: int = 0


@dataclass(frozen=True)
class Failed:
    """The run ended by a fault: one sentence, where, and what to do.

    run: "" if none had begun. batch_size: one that may fit, where memory was not enough; else 0.
    spoilt: the process can compute no more on its device; only a new one can.
    """

    message: str
    node: str | None = None
    run: str = ""
    step: int = 0
    batch_size: int = 0
    spoilt: bool = False


Event = (
    Started
    | Steps
    | EpochDone
    | Paused
    | Resumed
    | RateChanged
    | PlanChanged
    | Read
    | Refused
    | Skipped
    | Finished
    | Failed
)

"""What a run has reported so far, kept for drawing. Knows nothing of Qt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netbuilder.app.panels.train.extremes import MOST, extremes, thinned
from netbuilder.app.panels.train.pyramid import Pyramid, grown
from netbuilder.app.panels.train.smoothing import Smoothing
from netbuilder.graph.atomic import FileError
from netbuilder.training.diagnosis import Diagnosis, diagnose
from netbuilder.training.events import EpochDone, Event, Failed, Finished, Started, Steps
from netbuilder.training.run import Run

Table = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float64]


class LossCurve:
    """The loss of one objective at every step, as it is and smoothed."""

    def __init__(self, span: float) -> None:
        self.raw, self.smooth = Pyramid(), Pyramid()
        self._smoothing = Smoothing(span)

    def put(self, first: int, values: npt.ArrayLike) -> None:
        """Take the values of steps from `first` on; steps known already are replaced."""
        size = len(self.raw)
        if first < size:
            self.raw.truncate(first)
            self.smooth.truncate(first)
            self._smoothing.state = self.smooth.at(first - 1) if first else math.nan
        elif first > size:
            self.raw.append(np.full(first - size, np.nan))
            self.smooth.append(np.full(first - size, np.nan))
        self.raw.append(values)
        self.smooth.append(self._smoothing(values))

    @property
    def latest(self) -> float:
        """The latest smoothed value."""
        return self.smooth.last()


class Figure:
    """One number an epoch; of very many those that draw the same curve.

    A short epoch may take a few milliseconds, and a run hours.
    """

    def __init__(self, epochs: npt.ArrayLike = (), values: npt.ArrayLike = ()) -> None:
        """epochs: in order, with a value for each."""
        known = np.array(values, np.float64)
        self._size = len(known)
        self._epochs = grown(np.array(epochs, np.int32), self._size + 64)
        self._values = grown(known, self._size + 64)

    @property
    def epochs(self) -> npt.NDArray[np.int32]:
        """The epochs that have a value, in order."""
        return self._epochs[: self._size]

    @property
    def values(self) -> Floats:
        """The value of each."""
        return self._values[: self._size]

    def put(self, epoch: int, value: float) -> None:
        """Take the value of an epoch; later ones that are known are forgotten."""
        while self._size and self._epochs[self._size - 1] >= epoch:
            self._size -= 1
        if self._size > MOST:
            self._thin()
        if self._size == len(self._values):
            self._epochs = grown(self._epochs, 2 * self._size)
            self._values = grown(self._values, 2 * self._size)
        self._epochs[self._size], self._values[self._size] = epoch, value
        self._size += 1

    def _thin(self) -> None:
        kept = thinned(self.epochs, self.values)
        self._size = len(kept)
        self._epochs[: self._size] = self._epochs[kept]
        self._values[: self._size] = self._values[kept]

    def view(self, columns: int) -> tuple[Floats, Floats]:
        """Epochs and values to draw on `columns` pixels: of each stretch least, greatest, last."""
        stretch = self._size // max(columns, 1)
        if stretch < 4:
            return self.epochs.astype(np.float64), self.values
        places = extremes(self.values, stretch)
        return self.epochs[places].astype(np.float64), self.values[places]

    @property
    def sight(self) -> str:
        """What of it is drawn, in little: another one where that has changed."""
        return repr((self._size, *self.epochs[-1:], *self.values[-1:]))

    @property
    def latest(self) -> float:
        """The latest value that is a number, NaN without one."""
        return next((float(v) for v in self.values[::-1] if math.isfinite(v)), math.nan)


@dataclass(frozen=True)
class Divergence:
    """Where the loss of an objective stopped being a number."""

    step: int
    objective: str


class History:
    """A run as its events told it; `apply` takes the next one.

    revision grows with every change that a picture may show.
    """

    def __init__(
        self, epochs: int = 0, steps_per_epoch: int = 1, objectives: Sequence[str] = ()
    ) -> None:
        self.epochs, self.steps_per_epoch = epochs, max(steps_per_epoch, 1)
        self.objectives = tuple(objectives)
        # The eye wants about a hundred bends over a whole run, however long it is.
        span = min(max(epochs * self.steps_per_epoch / 100, 4.0), 500.0)
        self.losses = {name: LossCurve(span) for name in self.objectives}
        self.validation: dict[str, Figure] = {}
        self.training: dict[str, Figure] = {}
        self.tables: dict[str, Table] = {}
        self.tables_of = ""
        self.test: dict[str, float] = {}
        self.divergence: Divergence | None = None
        self.run = ""
        self.folder = ""
        self.seed: int | None = None
        self.step = 0
        self.epoch = 0
        self.failure = ""
        self.ending = ""
        self.ended = False
        self.revision = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to draw yet."""
        return not any(len(c.raw) for c in self.losses.values()) and not self.validation

    @property
    def metrics(self) -> tuple[str, ...]:
        """Names of figures that are no objective, in the order they came."""
        known = dict.fromkeys((*self.validation, *self.training))
        return tuple(name for name in known if name not in self.losses)

    def figure(self, name: str) -> Figure | None:
        """That of the validation split, or of training where only that has it."""
        return self.validation.get(name) or self.training.get(name)

    @property
    def diagnosis(self) -> Diagnosis | None:
        """What the losses by epoch show, where one objective says how well it goes."""
        if len(self.objectives) != 1 or self.failure:
            return None
        name = self.objectives[0]
        if name not in self.training or name not in self.validation:
            return None
        training, validation = self.training[name], self.validation[name]
        if np.array_equal(training.epochs, validation.epochs):
            return diagnose(training.values, validation.values, self.ended)
        # Of very many epochs each keeps its own.
        _, mine, theirs = np.intersect1d(training.epochs, validation.epochs, True, True)
        return diagnose(training.values[mine], validation.values[theirs], self.ended)

    def in_epochs(self, steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Steps as places on an axis of epochs: the first epoch ends at 1."""
        return (steps + 1.0) / self.steps_per_epoch

    def apply(self, event: Event) -> None:
        """Take the next event. A `Started` of the same run goes on with it."""
        match event:
            case Started():
                self._start(event)
            case Steps():
                self._steps(event.first, event.losses)
            case EpochDone():
                self.epoch, self.step = event.epoch, event.step
                for name, value in event.train.items():
                    self.training.setdefault(name, Figure()).put(event.epoch, float(value))
                for name, value in event.validation.items():
                    self.validation.setdefault(name, Figure()).put(event.epoch, float(value))
                if event.tables:
                    self.tables, self.tables_of = dict(event.tables), "validation"
            case Finished():
                self.ended = True
                self.test = {k: float(v) for k, v in event.test.items()}
                self.ending = ending(event.reason, self.test)
            case Failed():
                self.ended = True
                self.failure = event.message
            case _:
                return
        self.revision += 1

    def _start(self, event: Started) -> None:
        goes_on = bool(event.run) and event.run == self.run and event.step > 0
        if not goes_on:
            revision = self.revision
            self.__init__(event.epochs, event.steps_per_epoch, event.objectives)  # type: ignore[misc]
            self.revision = revision
        self.epochs, self.ended, self.failure = event.epochs, False, ""
        self.ending = ""
        self.divergence = None
        self.run, self.folder, self.seed = event.run, event.folder, event.seed

    def _steps(self, first: int, losses: Mapping[str, npt.ArrayLike]) -> None:
        for name, values in losses.items():
            array = np.asarray(values, np.float64)
            if name in self.losses:
                self.losses[name].put(first, array)
            bad = np.flatnonzero(~np.isfinite(array))
            if bad.size and self.divergence is None:
                self.divergence = Divergence(first + int(bad[0]), name)
            self.step = max(self.step, first + len(array) - 1)

    @classmethod
    def of_run(cls, folder: str | Path) -> History:
        """What the record of a run in its folder holds. Raises RunError or RecordError."""
        run = Run(Path(folder))
        facts = run.environment
        with run.record() as record:
            losses = record.losses()
            figures, tables = record.figures("validation"), record.tables("validation")
            means = record.figures("train")
            test = {name: value for name, (_, value) in record.latest("test").items()}
            reason = record.facts().get("reason", "")
        longest = max((int(steps[-1]) + 1 for steps, _ in losses.values()), default=0)
        done = max((int(epochs[-1]) for epochs, _ in figures.values()), default=0)
        known = int(facts.get("steps_per_epoch", 0) or 0)
        try:
            planned = run.project().training.epochs
        except FileError:
            planned = done  # the figures can be shown without the project
        history = cls(
            max(planned, done),
            known or (round(longest / done) if done else max(longest, 1)),
            tuple(losses),
        )
        history.run, history.folder, history.epoch = run.id, str(folder), done
        seed = facts.get("seed")
        history.seed = int(seed) if isinstance(seed, int) else None
        for name, (steps, values) in losses.items():
            history._steps(int(steps[0]) if len(steps) else 0, {name: values})
        for kept, read in ((history.validation, figures), (history.training, means)):
            for name, points in read.items():
                kept[name] = Figure(*points)
        history.tables, history.tables_of = tables, "validation" if tables else ""
        history.test, history.ended, history.revision = test, True, 1
        history.ending = ending(reason, test)
        return history


def ending(reason: str, test: Mapping[str, float]) -> str:
    """Why a run ended early, and that the test split has been used."""
    used = "The test split was used once, at the end, with the weights that were kept."
    return " ".join(part for part in (reason, used if test else "") if part)

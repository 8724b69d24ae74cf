"""A run that another process trains, followed by its record: the same events, a moment later."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np

from netbuilder.graph.atomic import FileError
from netbuilder.training.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Paused,
    Skipped,
    Started,
    Steps,
)
from netbuilder.training.presence import afar, present
from netbuilder.training.record import Figures, Record
from netbuilder.training.run import Run

#: A run on another machine whose record stood still so long is taken to have ended, unless its
#: lock is seen here.
QUIET_S = 120.0


class Follower:
    """`poll` reads what is new. Raises RunError or RecordError, as a run that is opened does.

    A run whose process dies without a word ends with a `Failed` that says so.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.over = False
        self._record: Record | None = None
        self._started: Started | None = None
        self._step, self._epoch = 0, 0
        self._state = ""
        self._skipped, self._named = 0, set[str]()
        self._pace: tuple[float, int] | None = None
        self._speed = 0.0
        self._changed, self._changed_at = 0.0, -math.inf

    def close(self) -> None:
        """Close the record."""
        if self._record is not None:
            self._record.close()
            self._record = None

    def poll(self) -> list[Event]:
        """What happened since the last call, in order."""
        if self.over:
            return []
        # Asked before the record is read: what it wrote before it went is then seen.
        alive = present(self.run.folder) or self._grows()
        if self._record is None:
            self._record = self.run.record()
        facts = self._record.facts()
        found: list[Event] = []
        if self._started is None:
            self._started = self._begun()
            found.append(self._started)
        found += self._steps(self._record)
        found += self._epochs(self._record)
        found += self._left_out(self._record)
        state = facts.get("state", "")
        if state != self._state and state == "paused":
            found.append(Paused(self._step))
        self._state = state
        if not alive or (afar(self.run.folder) and state in ("finished", "stopped", "failed")):
            self.over = True
            found.append(self._end(self._record, facts))
            self.close()
        return found

    def _grows(self) -> bool:
        """Whether the record of a run on another machine was written to not long ago."""
        if not afar(self.run.folder):
            return False
        try:
            changed = (self.run.folder / "run.sqlite").stat().st_mtime
        except OSError:
            return False
        if changed != self._changed:  # clocks of two machines differ, so only that it changes
            self._changed, self._changed_at = changed, time.monotonic()
        return time.monotonic() - self._changed_at < QUIET_S

    def _begun(self) -> Started:
        facts = self.run.environment
        try:
            training = self.run.project().training
            epochs, batch, seed = training.epochs, training.batch_size, training.seed
        except FileError:
            epochs, batch, seed = 1, 1, 0
        assert self._record is not None
        rates = dict.fromkeys(name for _, name, _ in self._record.rates())
        return Started(
            run=self.run.id,
            folder=str(self.run.folder),
            epochs=epochs,
            steps_per_epoch=max(int(facts.get("steps_per_epoch", 1) or 1), 1),
            batch_size=batch,
            device=str(facts.get("device", "")),
            seed=seed,
            parameters=int(facts.get("parameters", 0) or 0),
            objectives=tuple(rates) or ("main",),
            rows=facts.get("rows", {}) or {},
        )

    def _steps(self, record: Record) -> Iterator[Event]:
        losses = record.losses(since=self._step)
        if not losses or self._started is None:
            return
        first = min(int(steps[0]) for steps, _ in losses.values() if len(steps))
        last = max(int(steps[-1]) for steps, _ in losses.values() if len(steps))
        now = time.monotonic()
        if self._pace is not None and now > self._pace[0]:
            self._speed = (last - self._pace[1]) / (now - self._pace[0])
        self._pace, self._step = (now, last), last + 1
        left = self._started.epochs * self._started.steps_per_epoch - self._step
        yield Steps(
            first,
            last // self._started.steps_per_epoch + 1,
            {name: np.asarray(values, np.float32) for name, (_, values) in losses.items()},
            self._speed * self._started.batch_size,
            max(left, 0) / self._speed if self._speed > 0 else math.inf,
        )

    def _left_out(self, record: Record) -> Iterator[Event]:
        """What could not be read since the last look."""
        named, count = record.bad()
        if count > self._skipped:
            new = tuple(bad for bad in named if bad[0] not in self._named)
            self._skipped = count
            self._named |= {name for name, _ in new}
            yield Skipped(self._step, new or tuple(named[-1:]), count)

    def _epochs(self, record: Record) -> Iterator[Event]:
        # Only what came since: short epochs make a long record.
        train = _by_epoch(record.figures("train", self._epoch + 1))
        validation = _by_epoch(record.figures("validation", self._epoch + 1))
        tables = record.tables("validation") if train else {}
        last = max(train, default=0)
        for epoch, figures in sorted(train.items()):
            self._epoch = epoch
            yield EpochDone(
                epoch,
                epoch * (self._started.steps_per_epoch if self._started else 1),
                figures,
                validation.get(epoch, {}),
                tables if epoch == last else {},
            )

    def _end(self, record: Record, facts: dict[str, str]) -> Event:
        state = facts.get("state", "")
        if state in ("finished", "stopped"):
            test = {name: value for name, (_, value) in record.latest("test").items()}
            return Finished(
                self.run.id, str(self.run.folder), state == "stopped", self._step, self._epoch,
                test, record.tables("test"), float(facts.get("seconds", 0) or 0),
            )  # fmt: skip
        if state == "failed":
            return Failed(facts.get("message", "The run failed."), None, self.run.id, self._step)
        return Failed(
            f"The process that trained {self.run.id} ended; the run can go on from its last "
            "checkpoint.", None, self.run.id, self._step,
        )  # fmt: skip


def follow(run: Run, interval: float = 0.25) -> Iterator[Event]:
    """Events of a run until it ends; `interval` seconds between two looks."""
    follower = Follower(run)
    try:
        while True:
            yield from follower.poll()
            if follower.over:
                return
            time.sleep(interval)
    finally:
        follower.close()


def _by_epoch(figures: Figures) -> dict[int, dict[str, float]]:
    found: dict[int, dict[str, float]] = {}
    for name, (epochs, values) in figures.items():
        for epoch, value in zip(epochs.tolist(), values.tolist(), strict=True):
            found.setdefault(epoch, {})[name] = value
    return found

"""Working at a study: one trial after the other is trained, reported and ended."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from netbuilder.data import Fields
from netbuilder.graph import Value
from netbuilder.layers import ParamError
from netbuilder.training import labels
from netbuilder.training.assigning import UnknownName
from netbuilder.training.control import Control
from netbuilder.training.events import EpochDone, Failed, Finished, Started
from netbuilder.training.loop import train
from netbuilder.training.run import Run
from netbuilder.training.settings import SettingError
from netbuilder.tuning.claiming import Worker, give_back, release_lost, values_of
from netbuilder.tuning.events import State, TrialBegun, TrialEnded, TrialReported, TuningEvent
from netbuilder.tuning.study import Study

#: Seconds between looks whether somebody stopped the study.
_LOOK_S = 0.5
STOPPED = "Stopped by hand; it is done again when the search goes on."


def work(study: Study, data: Mapping[str, Fields] | None = None) -> Iterator[TuningEvent]:
    """Take trials until none waits or the study is stopped.

    Leaving the loop, or an interruption, gives the trial in progress back.
    """
    with Worker() as worker:
        release_lost(study)
        while not study.facts().get("stopped"):
            trial = worker.claim(study)
            if trial is None:
                return
            yield from _Trial(study, trial, data).events()


class _Trial:
    """One trial as it is trained."""

    def __init__(self, study: Study, trial: Any, data: Mapping[str, Fields] | None) -> None:
        self.study, self.trial, self.data = study, trial, data
        self.number = int(trial.number)
        self.values: dict[str, Value] = values_of(study, trial)
        self.control = Control()
        self.best: float | None = None
        self.run, self.epoch = "", 0
        self._began = time.monotonic()
        self._looked = 0.0
        self._ended = False

    def events(self) -> Iterator[TuningEvent]:
        """Train it; a fault ends the trial, not the search."""
        try:
            yield TrialBegun(self.number, self.values)
            try:
                project = self.study.project_with(self.values)
            except (UnknownName, SettingError, ParamError) as error:
                yield self._end("failed", str(error))
                return
            for event in train(project, control=self.control, data=self.data):
                yield from self._took(event)
        finally:
            if not self._ended:  # whoever listened went away
                give_back(self.study, self.number, STOPPED, "stopped")

    def _took(self, event: object) -> Iterator[TuningEvent]:
        if isinstance(event, Started):
            self.run = event.run
            self.trial.set_user_attr("run", event.run)
            text = ", ".join(f"{name}={value}" for name, value in self.values.items())
            with contextlib.suppress(OSError, ValueError):
                labels.write(
                    Path(event.folder),
                    labels.Labels((self.study.name,), f"Trial {self.number} of the study "
                                  f"{self.study.name}: {text}"),
                )  # fmt: skip
        elif isinstance(event, EpochDone):
            yield from self._epoch(event)
        elif isinstance(event, Finished):
            yield self._finished(event)
        elif isinstance(event, Failed):
            where = f"{event.node}: " if event.node else ""
            yield self._end("failed", where + event.message)

    def _epoch(self, event: EpochDone) -> Iterator[TuningEvent]:
        value = self.study.figure.value(event.validation, event.train)
        self.epoch = event.epoch
        if value is not None:
            if self.study.figure.better(value, self.best):
                self.best = value
            self.trial.report(value, event.epoch)
            yield TrialReported(self.number, event.epoch, value)
            if event.epoch < self.study.project.training.epochs and self.trial.should_prune():
                self._pruned = True
                self.control.abandon()
        now = time.monotonic()
        if now - self._looked > _LOOK_S:
            self._looked = now
            if self.study.facts().get("stopped"):
                self._stopped = True
                self.control.abandon()

    _pruned = _stopped = False

    def _finished(self, event: Finished) -> TrialEnded:
        if self._pruned:
            message = f"Given up after epoch {self.epoch}: trials before it were better by then."
            with contextlib.suppress(ValueError), Run(Path(event.folder)).record(True) as record:
                record.info(reason=message)
            return self._end("pruned", message)
        if self._stopped:
            return self._end("stopped", STOPPED)
        if self.best is None:
            return self._end("failed", f"{self.study.figure.name} was not measured, so the trial "
                             "cannot be compared.")  # fmt: skip
        return self._end("complete", event.reason)

    def _end(self, state: State, message: str) -> TrialEnded:
        from optuna.trial import TrialState

        self._ended = True
        seconds = time.monotonic() - self._began
        if state == "stopped":
            give_back(self.study, self.number, message, "stopped")
        else:
            for name, value in {"message": message, "seconds": seconds}.items():
                self.trial.set_user_attr(name, value)
            states = {
                "complete": TrialState.COMPLETE,
                "pruned": TrialState.PRUNED,
                "failed": TrialState.FAIL,
            }
            value = self.best if state == "complete" else None
            self.trial.study.tell(self.trial, value, states[state])
        return TrialEnded(
            self.number, state, self.best, self.values, message, self.run, self.epoch, seconds
        )

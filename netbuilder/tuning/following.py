"""A study as others work at it: what changed in its storage, as the same events."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from typing import Any

from netbuilder.tuning.claiming import release_lost
from netbuilder.tuning.events import (
    State,
    StudyBegun,
    StudyEnded,
    TrialBegun,
    TrialEnded,
    TrialReported,
    TuningEvent,
)
from netbuilder.tuning.study import Study

POLL_S = 0.3
#: With trials left and none running for so long, nobody works at a study.
_IDLE_S = 15.0
#: Before the first trial processes load what they train with, which takes long on a busy machine.
_BEGIN_S = 90.0
_STATES: dict[str, State] = {
    "WAITING": "waiting", "RUNNING": "running", "COMPLETE": "complete", "PRUNED": "pruned",
    "FAIL": "failed",
}  # fmt: skip


def begun(study: Study) -> StudyBegun:
    """What is to be told first."""
    trials = study.trials()
    again = sum("instead_of" in t.user_attrs for t in trials)
    return StudyBegun(
        study=study.name,
        storage=study.where,
        project=study.project.name,
        names=tuple(d.name for d in study.dimensions),
        method=study.project.search.method,
        metric=study.figure.name,
        higher=study.figure.higher,
        trials=len(trials) - again,
        done=sum(trial.state.is_finished() for trial in trials) - again,
    )


def ended(study: Study, stopped: bool = False) -> StudyEnded:
    """What is to be told last: the best trial, and what mattered."""
    best = study.best()
    if best is None:
        return StudyEnded(study.name, None, None, stopped=stopped)
    return StudyEnded(
        study.name,
        best.number,
        best.value,
        study.values_of(best),
        study.importances(),
        stopped,
    )


def trial_ended(study: Study, trial: Any) -> TrialEnded:
    """A finished trial as its storage tells of it."""
    attributes = trial.user_attrs
    reported = {epoch: v for epoch, v in trial.intermediate_values.items() if math.isfinite(v)}
    pick = max if study.figure.higher else min
    value = trial.value if trial.state.name == "COMPLETE" else None
    if value is None and reported:
        value = pick(reported.values())
    return TrialEnded(
        trial.number,
        attributes.get("ended", _STATES[trial.state.name]),
        value,
        study.values_of(trial),
        attributes.get("message", ""),
        attributes.get("run", ""),
        max(reported, default=0),
        float(attributes.get("seconds", 0.0)),
    )


def changes(study: Study, told: dict[int, tuple[str, int]]) -> Iterator[TuningEvent]:
    """What is new since `told`, which is brought up to date: state and epoch by trial."""
    for trial in study.trials():
        state = _STATES[trial.state.name]
        epoch = max(trial.intermediate_values, default=0)
        before, at = told.get(trial.number, ("waiting", 0))
        if (state, epoch) == (before, at) or state == "waiting":
            continue
        chosen = len(trial.params) == len(study.dimensions)
        if state == "running" and not chosen:
            continue  # taken this moment; its values follow
        told[trial.number] = (state, epoch)
        if before == "waiting":
            run = trial.user_attrs.get("run", "")
            yield TrialBegun(trial.number, study.values_of(trial), run)
        if state == "running":
            if epoch > at:
                yield TrialReported(trial.number, epoch, trial.intermediate_values[epoch])
        else:
            yield trial_ended(study, trial)


def follow(
    study: Study, working: Callable[[], bool] | None = None, poll: float = POLL_S
) -> Iterator[TuningEvent]:
    """Tell of all its trials, those of before at first, until none waits or runs.

    working: whether anybody still works at it; once nobody does, it ends. By default that is
    seen from the trials: none has been running for a while.
    """
    _filled(study)
    yield begun(study)
    told: dict[int, tuple[str, int]] = {}
    active = time.monotonic()
    while True:
        patience = _IDLE_S if told else _BEGIN_S
        alive = working() if working is not None else time.monotonic() - active < patience
        release_lost(study)
        yield from changes(study, told)
        states = [trial.state.name for trial in study.trials()]
        stopped = bool(study.facts().get("stopped"))
        running = "RUNNING" in states
        active = time.monotonic() if running else active
        if not running and ("WAITING" not in states or stopped):
            break
        if not alive:
            break
        time.sleep(poll)
    yield ended(study, stopped or "WAITING" in states)


def _filled(study: Study) -> None:
    """Whoever makes a study puts its trials there one by one; wait for the last of them."""
    end = time.monotonic() + _IDLE_S
    while time.monotonic() < end:
        there = sum("instead_of" not in t.user_attrs for t in study.trials())
        if 0 < study.budget <= there:
            return
        time.sleep(POLL_S)

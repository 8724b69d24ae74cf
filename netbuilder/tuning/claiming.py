"""Taking the next trial of a study, by one process only; and trials whose process has ended."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import time
from datetime import datetime
from types import TracebackType
from typing import IO, Any

from netbuilder import folders
from netbuilder.graph.lock import try_lock
from netbuilder.tuning.sampling import choose, decoded
from netbuilder.tuning.study import Study

#: Between taking a trial and signing it lies an instant; after so long there was none.
_UNSIGNED_S = 60.0


class Worker:
    """A process that works at studies, as others see it: alive while it holds its file."""

    def __init__(self) -> None:
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._file: IO[str] | None = None

    def __enter__(self) -> Worker:
        self._file = _lock_of(self.name).open("a+", encoding="utf-8")
        try_lock(self._file)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
        _lock_of(self.name).unlink(missing_ok=True)

    def claim(self, study: Study) -> Any | None:
        """The next trial that waits, with its values chosen; None if none is left."""
        from optuna.exceptions import UpdateFinishedTrialError
        from optuna.trial import Trial, TrialState

        from netbuilder.tuning.storage import quiet

        for waiting in study.trials():
            if waiting.state != TrialState.WAITING:
                continue
            trial_id = study.storage.get_trial_id_from_study_id_trial_number(
                study.storage.get_study_id_from_name(study.name), waiting.number
            )
            try:
                if not study.storage.set_trial_state_values(trial_id, TrialState.RUNNING):
                    continue  # another process was a moment sooner
            except UpdateFinishedTrialError:
                continue
            for key, value in {"worker": self.name, "host": socket.gethostname()}.items():
                study.storage.set_trial_user_attr(trial_id, key, value)
            with quiet():
                # As `Study.ask` makes it, which would also take one beyond the budget.
                trial = Trial(study.optuna(waiting), trial_id)
                for dimension in study.dimensions:
                    choose(trial, dimension)
            return trial
        return None


def values_of(study: Study, trial: Any) -> dict[str, Any]:
    """The values that were chosen for a trial that is running."""
    return {d.name: decoded(d, trial.params[d.name]) for d in study.dimensions}


def release_lost(study: Study) -> int:
    """Trials whose process ended without a word fail, and others take their place.

    Only those of this machine can be told from trials that go on. Returns how many.
    """
    from optuna.trial import TrialState

    lost = 0
    for trial in study.trials():
        if trial.state == TrialState.RUNNING and _gone(trial):
            lost += give_back(study, trial.number, "Its process ended before the run did.")
    return lost


def give_back(study: Study, number: int, message: str, state: str = "failed") -> bool:
    """End a trial without a result and let another be done in its place.

    False if another process has ended it.
    """
    from optuna.exceptions import UpdateFinishedTrialError
    from optuna.trial import TrialState

    storage = study.storage
    study_id = storage.get_study_id_from_name(study.name)
    trial_id = storage.get_trial_id_from_study_id_trial_number(study_id, number)
    attributes = storage.get_trial_user_attrs(trial_id)
    with contextlib.suppress(UpdateFinishedTrialError):
        for name, value in {"message": message, "ended": state, "until": time.time()}.items():
            storage.set_trial_user_attr(trial_id, name, value)
        if storage.set_trial_state_values(trial_id, TrialState.FAIL):
            original = attributes.get("instead_of", number)
            study.optuna().enqueue_trial({}, user_attrs={"instead_of": original})
            return True
    return False


def _gone(trial: Any) -> bool:
    attributes = trial.user_attrs
    if "worker" not in attributes:
        began = trial.datetime_start
        return began is not None and (datetime.now() - began).total_seconds() > _UNSIGNED_S
    if attributes.get("host") != socket.gethostname():
        return False
    path = _lock_of(attributes["worker"])
    if not path.exists():
        return True
    with path.open("a+", encoding="utf-8") as file:
        return try_lock(file)


def _lock_of(worker: str) -> Any:
    folder = folders.studies() / "workers"
    folder.mkdir(exist_ok=True)
    return folder / f"{worker}.lock"

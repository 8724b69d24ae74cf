"""A study: one search for the best values, kept in a storage that several processes share.

Its budget is a row of trials that wait; whoever works takes the next one, which the storage
gives to one process only. So any number of processes do as many trials as were asked for, and
a grid is done exactly once: the combination follows from the number of the trial.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from netbuilder.graph import Project, Search, Value
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import FileError
from netbuilder.tuning.failure import TuningError
from netbuilder.tuning.figure import Figure, figure_of
from netbuilder.tuning.sampling import decoded, pruner_of, sampler_of
from netbuilder.tuning.space import Dimension, dimensions, grid, with_values
from netbuilder.tuning.storage import (
    NAME,
    checked_name,
    journal_of,
    quiet,
    storage_of,
    without_password,
)


@dataclass(frozen=True)
class Study:
    """An open study. Reading asks the storage each time."""

    name: str
    url: str
    project: Project
    figure: Figure
    storage: Any  # of Optuna

    @cached_property
    def dimensions(self) -> tuple[Dimension, ...]:
        """What is searched."""
        return dimensions(self.project)

    @cached_property
    def combinations(self) -> tuple[dict[str, Value], ...]:
        """Of a grid: values by number of trial."""
        return grid(self.dimensions) if self.project.search.method == "grid" else ()

    def optuna(self, trial: Any | None = None) -> Any:
        """The study in Optuna's terms, with the sampler for a trial."""
        import optuna

        seed, number = self.project.training.seed, trial.number if trial is not None else 0
        values = self.combinations[self.place(trial)] if trial and self.combinations else {}
        with quiet():
            return optuna.load_study(
                study_name=self.name,
                storage=self.storage,
                sampler=sampler_of(
                    self.project.search.method, self.dimensions, values, seed, number
                ),
                pruner=pruner_of(self.project.search.pruning, self.project.training.epochs),
            )

    @property
    def where(self) -> str:
        """Where others join it."""
        return without_password(self.url) if self.url else str(journal_of(self.name))

    @cached_property
    def _id(self) -> int:
        return int(self.storage.get_study_id_from_name(self.name))

    def facts(self) -> Mapping[str, Any]:
        """What was kept with it: trials, stopped."""
        return dict(self.storage.get_study_user_attrs(self._id))

    def set_fact(self, name: str, value: Any) -> None:
        """Keep a plain value with it, for all processes."""
        self.storage.set_study_user_attr(self._id, name, value)

    @property
    def budget(self) -> int:
        """How many trials it is to have."""
        return int(self.facts().get("trials", 0))

    def trials(self) -> list[Any]:
        """All its trials as Optuna keeps them, those not begun among them."""
        found = self.storage.get_all_trials(self._id, deepcopy=False)
        again = [t for t in found if "instead_of" in t.user_attrs]
        # Two that joined at once may both have put trials there; who comes later is not meant.
        meant = [t for t in found if "instead_of" not in t.user_attrs][: self.budget]
        return sorted((*meant, *again), key=lambda t: t.number)

    def place(self, trial: Any) -> int:
        """Which of the trials that were asked for it is, or stands in the place of; from 0."""
        number = trial.user_attrs.get("instead_of", trial.number)
        asked = [t.number for t in self.trials() if "instead_of" not in t.user_attrs]
        return asked.index(number)

    def values_of(self, trial: Any) -> dict[str, Value]:
        """The values of a trial, in the order of the space."""
        params = trial.params
        return {d.name: decoded(d, params[d.name]) for d in self.dimensions if d.name in params}

    def best(self) -> Any | None:
        """The best complete trial, or None."""
        done = [t for t in self.trials() if t.state.name == "COMPLETE"]
        return min(done, key=lambda t: -t.value if self.figure.higher else t.value, default=None)

    def project_with(self, values: Mapping[str, Value]) -> Project:
        """What a trial with these values trains: epochs are judged by the figure that compares.

        Raises UnknownName, SettingError or ParamError.
        """
        project = with_values(self.project, values)
        training = project.training
        if self.project.search.metric:  # the best epoch is the best of the same figure
            direction = "higher" if self.figure.higher else "lower"
            training = training.with_part(
                "early_stopping", metric=self.figure.name, direction=direction
            )
        return replace(project, training=training)

    def best_project(self, number: int | None = None) -> Project:
        """What a trial trained, by default the best, with nothing marked to be searched.

        Raises TuningError.
        """
        if number is None:
            trial = self.best()
            if trial is None:
                raise TuningError(f"No trial of {self.name} is complete yet.")
        else:
            trial = next((t for t in self.trials() if t.number == number and t.params), None)
            if trial is None:
                raise TuningError(f"{self.name} has no trial {number}.")
        found = self.project_with(self.values_of(trial))
        return replace(found, name=f"{found.name}_trial_{trial.number}", search=Search())

    def importances(self) -> dict[str, float]:
        """How much of the spread of the figure each parameter explains, by fANOVA, 0 to 1.

        {} where too little was tried to tell. Hutter et al. 2014.
        """
        done = [t for t in self.trials() if t.state.name == "COMPLETE"]
        several = [
            d.name for d in self.dimensions if len({repr(t.params.get(d.name)) for t in done}) > 1
        ]
        if len(done) < 4 or len({t.value for t in done}) < 2 or not several:
            return {}
        from optuna.importance import FanovaImportanceEvaluator, get_param_importances

        with quiet():
            found = get_param_importances(
                self.optuna(), evaluator=FanovaImportanceEvaluator(seed=0), params=several
            )
        return {name: float(share) for name, share in found.items()}

    def extend(self, trials: int) -> None:
        """Let it have at least so many trials in all; a grid has as many as it has."""
        total = len(self.combinations) or max(trials, self.budget)
        if total > self.budget:
            self.set_fact("trials", total)
        optuna = self.optuna()
        there = self.storage.get_all_trials(self._id, deepcopy=False)
        missing = total - sum("instead_of" not in t.user_attrs for t in there)
        for _ in range(missing):
            optuna.enqueue_trial({})


def created(
    project: Project, name: str | None = None, url: str = "", trials: int | None = None
) -> Study:
    """A new study of a project, or the one that is already there of the same search.

    name: of the study; without one, that of the project, with a number if another search has it.
    trials: in all; by default as the project says. Raises TuningError.
    """
    dimensions(project)
    if project.search.method == "grid":
        grid(dimensions(project))
    figure = figure_of(project)
    base = name or re.sub(r"[^A-Za-z0-9_.-]+", "_", project.name).strip("_.-")[:30] or "study"
    tried, count = checked_name(base), 1
    while (there := _found(tried, url)) is not None and not _same(there.project, project):
        if name is not None:
            raise TuningError(
                f"The study {name} searches another project or space; choose another name "
                "with --study."
            )
        count += 1
        tried = f"{base}-{count}"
    study = there or _made(tried, url, project, figure)
    study.extend(project.search.trials if trials is None else trials)
    study.set_fact("stopped", False)
    return study


def joined(name: str, url: str = "") -> Study:
    """A study that is there. Raises TuningError."""
    found = _found(name, url)
    if found is None:
        where = "there" if url else "in your folder"
        raise TuningError(f"There is no study {name} {where}; netbuilder tune --list lists them.")
    return found


def _found(name: str, url: str) -> Study | None:
    if not NAME.match(name) or (not url and not journal_of(name).exists()):
        return None
    storage = storage_of(name, url)
    try:
        attributes = storage.get_study_user_attrs(storage.get_study_id_from_name(name))
    except KeyError:
        return None
    try:
        project = project_file.loads(attributes["project"], name).project
    except (KeyError, FileError) as error:
        raise TuningError(f"The study {name} holds no project that can be read: {error}") from None
    return Study(name, url, project, Figure(**attributes["figure"]), storage)


def _made(name: str, url: str, project: Project, figure: Figure) -> Study:
    import optuna

    storage = storage_of(name, url)
    direction = "maximize" if figure.higher else "minimize"
    with quiet():
        try:
            made = optuna.create_study(storage=storage, study_name=name, direction=direction)
        except optuna.exceptions.DuplicatedStudyError:  # another process was a moment sooner
            made = None
    if made is None:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            try:
                found = _found(name, url)
            except TuningError:
                found = None
            if found is not None:
                return found
            time.sleep(0.05)
        raise TuningError(f"The study {name} is being made by another process; try again.")
    made.set_user_attr("figure", {"name": figure.name, "higher": figure.higher})
    made.set_user_attr("trials", 0)
    made.set_user_attr("project", project_file.dumps(project))
    return Study(name, url, project, figure, storage)


def _same(one: Project, other: Project) -> bool:
    """Whether two searches are the same, whatever number of trials they were to have."""
    first, second = (
        project_file.dumps(replace(p, search=replace(p.search, trials=1))) for p in (one, other)
    )
    return first == second

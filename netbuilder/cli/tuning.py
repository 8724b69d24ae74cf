"""``netbuilder tune``: search, join, follow and end a study; the best trial as a project."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from netbuilder.api import save
from netbuilder.cli import output
from netbuilder.cli.errors import Failure, InputError
from netbuilder.cli.projects import opened
from netbuilder.cli.settings import changed
from netbuilder.graph import Project
from netbuilder.tuning.events import (
    StudyBegun,
    StudyEnded,
    TrialBegun,
    TrialEnded,
    TrialReported,
    TuningEvent,
)
from netbuilder.tuning.space import with_search

#: So many trials stand in the table at the end.
_SHOWN = 10


def search(
    path: Path | None,
    join: str | None,
    space: list[str],
    settings: list[str],
    given: dict[str, Any],
    study: str | None,
    storage: str,
    jobs: int,
    json: bool,
    to: Path | None = None,
    helping: bool = False,
) -> None:
    """Make or join a study and work at it; at the end write the best trial as a project.

    helping: as one of several processes, so that a study that was stopped stays so. Raises
    Failure if no trial could be completed.
    """
    from netbuilder.tuning.study import created, joined
    from netbuilder.tuning.tune import at_work

    values = {name: value for name, value in given.items() if value is not None}
    if join is not None:
        if path is not None or space or values.keys() - {"trials"}:
            raise InputError("--join takes the project and the space of the study; leave them out.")
        here = joined(join, storage)
        if "trials" in values:
            here.extend(values["trials"])
        if not helping:
            here.set_fact("stopped", False)
    elif path is None:
        raise InputError("Name a project to search, or a study to join: --join STUDY.")
    else:
        project = _declared(changed(opened(path), settings), space, values)
        with output.waiting("Making the study"):
            here = created(project, study, storage)
    _told(at_work(here, jobs), json, here.name, jobs)
    if to is not None:
        save(here.best_project(), to)
        if not json:
            output.written(to)


def _declared(project: Project, space: list[str], values: dict[str, Any]) -> Project:
    return replace(project, search=replace(with_search(project.search, space), **values))


def follow(name: str, storage: str, json: bool) -> None:
    """Tell what others do at a study, until nothing of it is left."""
    from netbuilder.tuning.following import follow as run
    from netbuilder.tuning.study import joined

    _told(run(joined(name, storage)), json, name, 1, mine=False)


def stop(name: str, storage: str) -> None:
    """End the trials in progress, wherever they are trained."""
    from netbuilder.tuning.tune import stop as run

    run(name, storage)
    output.text(f"{name} ends after the epoch in progress; --join {name} goes on with it.")


def best(name: str, storage: str, trial: int | None, to: Path | None, json: bool) -> None:
    """Write the best trial, or another, as a project; without a file, tell its values."""
    from netbuilder.tuning.following import trial_ended
    from netbuilder.tuning.study import joined

    study = joined(name, storage)
    project = study.best_project(trial)
    if to is not None:
        save(project, to)
        output.written(to)
        return
    wanted = study.best() if trial is None else next(t for t in study.trials() if t.number == trial)
    told = trial_ended(study, wanted)
    if json:
        output.document(told)
    else:
        output.text(f"Trial {told.number}: {_values(told)}; {study.figure.name} {told.value:.4g}")


def listed(storage: str, json: bool) -> None:
    """All studies of the person's folder, or of a database."""
    from netbuilder.tuning.storage import studies
    from netbuilder.tuning.study import joined

    rows = []
    for name in studies(storage):
        study = joined(name, storage)
        trials, top = study.trials(), study.best()
        rows.append(
            {
                "study": name,
                "project": study.project.name,
                "trials": len(trials),
                "done": sum(t.state.is_finished() for t in trials),
                "metric": study.figure.name,
                "best": None if top is None else top.value,
            }
        )
    if json:
        output.document(rows)
    else:
        output.table("", list(rows[0]) if rows else ["study"], [
            ["" if v is None else f"{v:.4g}" if isinstance(v, float) else str(v)
             for v in row.values()] for row in rows
        ])  # fmt: skip


def _told(
    events: Iterator[TuningEvent], json: bool, name: str, jobs: int, mine: bool = True
) -> None:
    tell = _Lines() if json else _Progress(jobs)
    ended: list[TrialEnded] = []
    try:
        for event in events:
            tell(event)
            if isinstance(event, TrialEnded):
                ended.append(event)
    except KeyboardInterrupt:
        if isinstance(events, Generator):
            events.close()  # the trial in progress is given back
        tell.close()
        if mine:
            sys.stderr.write(f"Stopped; go on with netbuilder tune --join {name}.\n")
        sys.exit(130)
    except BrokenPipeError:
        if isinstance(events, Generator):
            with suppress(Exception):
                events.close()
        raise
    tell.close()
    if mine and ended and all(event.state == "failed" for event in ended):
        raise Failure(f"Every trial failed; the last one said: {ended[-1].message}")


class _Lines:
    """One JSON event a line."""

    def __call__(self, event: TuningEvent) -> None:
        output.line({"event": type(event).__name__, **output.plain(event)})

    def close(self) -> None:
        pass


class _Progress:
    """A bar with the time left, a line for each trial, and a table of the best."""

    def __init__(self, jobs: int) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Left

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Left())
        # Trials take long, so the speed is that of the last hour, not of the last half minute.
        self.progress = Progress(*columns, transient=True, speed_estimate_period=3600)
        self.task = self.progress.add_task("searching")
        self.trials: list[TrialEnded] = []
        self.best: float | None = None
        self.begun: StudyBegun | None = None
        self.jobs = jobs

    def __call__(self, event: TuningEvent) -> None:
        if isinstance(event, StudyBegun):
            self.begun = event
            self.progress.start()
            self.progress.update(self.task, total=event.trials, completed=event.done)
            self._print(
                f"{event.study}: {event.trials} trials of {', '.join(event.names)} by "
                f"{event.method}, compared by {event.metric}; {event.storage}"
            )
        elif isinstance(event, TrialBegun):
            self.progress.update(self.task, description=f"trial {event.number}")
        elif isinstance(event, TrialReported) and self.begun is not None:
            words = (
                f"trial {event.number}  epoch {event.epoch}  {self.begun.metric} {event.value:.4g}"
            )
            self.progress.update(self.task, description=words)
        elif isinstance(event, TrialEnded):
            self._ended(event)
        elif isinstance(event, StudyEnded):
            self.close()
            self._table(event)

    def _ended(self, event: TrialEnded) -> None:
        self.trials.append(event)
        higher = self.begun is not None and self.begun.higher
        mark = ""
        if event.state == "complete" and event.value is not None:
            better = self.best is None or (
                event.value > self.best if higher else event.value < self.best
            )
            self.best, mark = (event.value, "  best") if better else (self.best, "")
        value = "" if event.value is None else f"  {event.value:.4g}"
        why = f"  {event.message}" if event.state in ("failed", "stopped") else ""
        self._print(f"{event.number:>4}  {event.state}{value}  {_values(event)}{mark}{why}")
        self.progress.advance(self.task)

    def _print(self, text: str) -> None:
        self.progress.console.print(text, highlight=False, soft_wrap=True, markup=False)

    def _table(self, event: StudyEnded) -> None:
        higher = self.begun is not None and self.begun.higher
        metric = self.begun.metric if self.begun is not None else "value"
        done = [t for t in self.trials if t.state == "complete" and t.value is not None]
        done.sort(key=lambda t: -t.value if higher else t.value)  # type: ignore[operator, arg-type, return-value]
        if done:
            names = list(done[0].values)
            rows = [
                [str(t.number), f"{t.value:.4g}", *(_shown(t.values[n]) for n in names), t.run]
                for t in done[:_SHOWN]
            ]
            output.table("", ["trial", metric, *names, "run"], rows)
        if event.importances:
            shares = ", ".join(f"{n} {share:.0%}" for n, share in event.importances.items())
            output.text(f"What mattered: {shares}.")
        if event.best is not None:
            output.text(f"netbuilder tune --best {event.study} -o best.netbuilder writes trial "
                        f"{event.best} as a project.")  # fmt: skip

    def close(self) -> None:
        if self.progress.live.is_started:
            self.progress.stop()


def _values(event: TrialEnded) -> str:
    return "  ".join(f"{name}={_shown(value)}" for name, value in event.values.items())


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)

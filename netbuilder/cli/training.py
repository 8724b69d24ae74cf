"""``netbuilder train``: the same loop as in the window, with a progress bar."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from netbuilder.cli import output
from netbuilder.cli.errors import Failure, InputError
from netbuilder.cli.projects import opened
from netbuilder.cli.settings import changed
from netbuilder.compiler import generate
from netbuilder.data.reading import heard_by
from netbuilder.graph import Project
from netbuilder.training.diagnosis import diagnose
from netbuilder.training.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Read,
    Skipped,
    Started,
    Steps,
)
from netbuilder.training.parts import check_parts
from netbuilder.training.schedules import checked_schedule
from netbuilder.training.settings import checked

#: So many files that cannot be read are named in one go.
_NAMED = 10
Happened = TypeVar("Happened")
DEVICES = ("auto", "cpu", "cuda")


def run(
    path: Path | None,
    epochs: int | None,
    device: str | None,
    seed: int | None,
    settings: list[str],
    resume: str | None,
    folder: Path | None,
    json: bool,
) -> None:
    """Train and tell; raises Failure if the run failed."""
    from netbuilder.training.loop import train
    from netbuilder.training.run import open_run
    from netbuilder.training.together.place import place
    from netbuilder.training.together.taking_up import begun

    here = place()
    if resume == "auto":
        if folder is None:
            raise InputError("--resume auto goes on with the run in --folder; name the folder.")
        at = begun(folder)
    else:
        at = open_run(resume).folder if resume else None
    if path is None and at is None:
        raise InputError("Name a project to train, or a run to go on with: --resume RUN.")
    project = opened(path) if path is not None else open_run(str(at)).project()
    project = prepared(project, epochs, device, seed, settings)
    events = train(project, folder=folder, resume=at)
    tell = teller(json) if here is None or here.leads else _Silent()
    failed: Failed | None = None
    try:
        for event in reading_told(events, tell):
            tell(event)
            failed = event if isinstance(event, Failed) else failed
    except KeyboardInterrupt:
        if isinstance(events, Generator):
            events.close()  # the loop saves its last checkpoint on the way out
        tell.close()
        sys.stderr.write("Stopped; go on with --resume.\n")
        sys.exit(130)
    tell.close()
    if failed is not None:
        where = f"{failed.node}: " if failed.node else ""
        raise Failure(where + failed.message)


def prepared(
    project: Project, epochs: int | None, device: str | None, seed: int | None, settings: list[str]
) -> Project:
    """The project as the command line changes it, made sure that it can be trained."""
    project = _adjusted(changed(project, settings), epochs, device, seed)
    _usable(project)
    return project


class _Silent:
    """Of several processes that train one run, only the first speaks."""

    def __call__(self, event: Event) -> None:
        pass

    def close(self) -> None:
        pass


def reading_told(events: Iterator[Happened], tell: Callable[[Event], None]) -> Iterator[Happened]:
    """The events of a run; before the first of them tell how far its data is read."""
    with heard_by(lambda what, done, total: tell(Read(what, done, total))):
        yield from events


def teller(json: bool) -> _Lines | _Progress:
    """What tells the events of a run, for programs or for people."""
    return _Lines() if json else _Progress()


def _usable(project: Project) -> None:
    """Refuse before anything starts. Raises CompileError, SettingError or InputError."""
    if project.training.device not in DEVICES:
        raise InputError(f"--device is {', '.join(DEVICES)}, not {project.training.device}.")
    for optimiser in project.training.optimisers:
        checked(optimiser.algorithm, optimiser.settings)
        checked_schedule(optimiser.schedule)
    check_parts(project.training)
    generate(project)


def _adjusted(
    project: Project, epochs: int | None, device: str | None, seed: int | None
) -> Project:
    given = {"epochs": epochs, "device": device, "seed": seed}
    values = {name: value for name, value in given.items() if value is not None}
    return replace(project, training=replace(project.training, **values))  # type: ignore[arg-type]


class _Lines:
    """One JSON event a line."""

    def __call__(self, event: Event) -> None:
        output.line({"event": type(event).__name__, **output.plain(event)})

    def close(self) -> None:
        pass


class _Progress:
    """A bar with time left, and a line for each epoch."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn as Left

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Left())
        self.progress = Progress(*columns, transient=True)
        self.task = self.progress.add_task("starting")
        self.means: dict[str, list[float]] = {}
        self.held: dict[str, list[float]] = {}

    def __call__(self, event: Event) -> None:
        if isinstance(event, Read):
            self.progress.start()
            self.progress.update(
                self.task,
                total=event.total,
                completed=event.done,
                description=f"reading {event.what}",
            )
        elif isinstance(event, Started):
            self.progress.start()
            total = event.epochs * event.steps_per_epoch
            self.progress.update(self.task, total=total, completed=event.step)
            self.progress.console.print(
                f"{event.parameters:,} parameters on {event.device}; {event.folder}",
                highlight=False, soft_wrap=True,
            )  # fmt: skip
        elif isinstance(event, Steps):
            losses = "  ".join(f"{n} {v[-1]:.4g}" for n, v in event.losses.items() if len(v))
            self.progress.update(
                self.task, completed=event.last + 1, description=f"epoch {event.epoch}  {losses}"
            )
        elif isinstance(event, EpochDone):
            for kept, given in ((self.means, event.train), (self.held, event.validation)):
                for name, value in given.items():
                    kept.setdefault(name, []).append(value)
            train = "  ".join(f"{n} {v:.4g}" for n, v in event.train.items())
            held = "  ".join(f"{n} {v:.4g}" for n, v in event.validation.items())
            mark = "  best" if event.best else ""
            self.progress.console.print(
                f"epoch {event.epoch:>3}  train {train}  validation {held}{mark}",
                highlight=False, soft_wrap=True,
            )  # fmt: skip
        elif isinstance(event, Skipped):
            for name, reason in event.bad[:_NAMED]:
                self.progress.console.print(
                    f"left out: {name}: {reason}", highlight=False, soft_wrap=True, markup=False
                )
            self.progress.console.print(f"{event.count:,} cannot be used and are left out.")
        elif isinstance(event, Finished):
            if len(self.means) == 1 and (name := next(iter(self.means))) in self.held:
                found = diagnose(self.means[name], self.held[name], True)
                if found is not None:
                    self.progress.console.print(found.sentence, highlight=False, soft_wrap=True)
            if event.reason:
                self.progress.console.print(event.reason, highlight=False, soft_wrap=True)
            test = "  ".join(f"{n} {v:.4g}" for n, v in event.test.items())
            self.progress.console.print(
                f"Finished after {event.seconds:.1f} s."
                + (f" Test split, measured once: {test}" if test else ""),
                highlight=False, soft_wrap=True,
            )  # fmt: skip

    def close(self) -> None:
        if self.progress.live.is_started:  # else it would print an empty line
            self.progress.stop()

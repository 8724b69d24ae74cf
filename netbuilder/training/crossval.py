"""Several runs of one project on other rows: cross-validation, and an ensemble by bagging."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.compiler import generate
from netbuilder.compiler.build import build
from netbuilder.data import Fields
from netbuilder.graph import Project
from netbuilder.training import checkpoint, devices, random
from netbuilder.training.evaluate import Evaluator
from netbuilder.training.events import EpochDone, Event, Failed, Finished
from netbuilder.training.failure import TrainingError
from netbuilder.training.feed import Feed
from netbuilder.training.loop import train
from netbuilder.training.run import Run


@dataclass(frozen=True)
class FoldDone:
    """One of several runs has ended. number: from 1, of `count`. folder: of its run.

    figures: of the validation rows at the best epoch, by name.
    """

    number: int
    count: int
    folder: str
    figures: Mapping[str, float]


@dataclass(frozen=True)
class Spread:
    """A figure over several runs: mean and sample deviation (0 of a single run)."""

    mean: float
    deviation: float


def cross_validate(
    project: Project,
    folds: int = 5,
    *,
    folder: Path | None = None,
    data: Mapping[str, Fields] | None = None,
    tell: Callable[[Event], None] = lambda event: None,
) -> Iterator[FoldDone]:
    """Train once for each fold, validate on it, and yield its figures (Stone 1974).

    The rows held back for testing are in no fold and stay unused. Rows are folded as the
    project splits them: classes in proportion, groups together, or never looking ahead.
    folder: holds a folder ``fold_1`` … for each run; None: among the person's runs. tell: gets
    every event of every run. Raises TrainingError with one sentence if a run fails.
    """
    for number in range(1, folds + 1):
        training = replace(project.training, folds=folds, fold=number)
        where = folder / f"fold_{number}" if folder is not None else None
        yield _run(replace(project, training=training), number, folds, where, data, tell)


def spread(results: Sequence[FoldDone]) -> dict[str, Spread]:
    """Mean and deviation of every figure that all runs have."""
    names = [n for n in results[0].figures if all(n in r.figures for r in results)]
    values = {name: [r.figures[name] for r in results] for name in names}
    return {n: Spread(fmean(v), stdev(v) if len(v) > 1 else 0.0) for n, v in values.items()}


class Ensemble(nn.Module):
    """Several models of one project as one: the mean of what they return.

    With one input it is exported like a single model. `source` is that of its members.
    """

    def __init__(self, members: Sequence[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        self.source: Any = members[0].source

    # The first input by itself: exporters bind axes of variable size by parameter.
    def forward(self, x: Tensor, *more: Tensor) -> Any:
        made = [member(x, *more) for member in self.members]
        if not isinstance(made[0], tuple):
            return torch.stack(made).mean(0)
        return tuple(torch.stack(several).mean(0) for several in zip(*made, strict=True))


@dataclass(frozen=True)
class Bagged:
    """An ensemble; members: test figures of each of its models alone, test: its own."""

    model: Ensemble
    runs: tuple[FoldDone, ...]
    members: tuple[Mapping[str, float], ...]
    test: Mapping[str, float]


def bag(
    project: Project,
    models: int = 5,
    *,
    folder: Path | None = None,
    data: Mapping[str, Fields] | None = None,
    tell: Callable[[Event], None] = lambda event: None,
) -> Bagged:
    """Train models on bootstrap samples of the training rows and average what they return.

    Each has also weights, and an order of its rows, of its own; validation and test rows are
    the same for all (Breiman, Bagging predictors, 1996). Raises TrainingError if a run fails, or
    if losses and metrics are not computed from the outputs alone.
    """
    source = generate(project)
    if not averaged(source.text):
        raise TrainingError(
            "What these models return cannot be averaged: let every loss and metric start from "
            "an Output node."
        )
    runs = []
    for number in range(1, models + 1):
        training = replace(project.training, resample=number)
        where = folder / f"model_{number}" if folder is not None else None
        made = replace(project, training=training)
        runs.append(_run(made, number, models, where, data, tell))
    device = devices.choose(project.training.device)
    feed = Feed(project, source, device, data)
    evaluator = Evaluator(project, source, device, project.training.seed)
    members: list[nn.Module] = []
    for done in runs:
        with random.apart(device, project.training.seed):
            member = build(source).to(device)
        run = Run(Path(done.folder))
        checkpoint.load_model(member, checkpoint.read(run.checkpoint or run.last))
        members.append(member.eval())
    alone = tuple(evaluator.measure(m, feed.measured("test")).scalars for m in members)
    ensemble = Ensemble(members)
    with random.apart(device, project.training.seed):
        judge = build(source).to(device)
    # Losses and metrics are those of the project; only what the model returns is the mean.
    setattr(judge, "forward", ensemble.forward)  # noqa: B010  (a method, for mypy)
    test = evaluator.measure(judge, feed.measured("test")).scalars
    return Bagged(ensemble, tuple(runs), alone, test)


def averaged(text: str) -> bool:
    """Whether `measure` takes all it needs from what the model returns."""
    measure = text.rpartition("def measure(")[2]
    return "= self(" in measure and "self." not in measure


def _run(
    project: Project,
    number: int,
    count: int,
    folder: Path | None,
    data: Mapping[str, Fields] | None,
    tell: Callable[[Event], None],
) -> FoldDone:
    figures: Mapping[str, float] = {}
    finished: Finished | None = None
    for event in train(project, folder=folder, data=data):
        tell(event)
        if isinstance(event, EpochDone) and (event.best or not figures):
            figures = event.validation
        elif isinstance(event, Finished):
            finished = event
        elif isinstance(event, Failed):
            raise TrainingError(f"Run {number} of {count} failed: {event.message}")
    if finished is None or any(not math.isfinite(v) for v in figures.values()):
        raise TrainingError(f"Run {number} of {count} reached no figures.")
    return FoldDone(number, count, finished.folder, dict(figures))

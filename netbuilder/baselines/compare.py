"""Fits baselines on a project's training rows and measures them, and its network, on the rest."""

from __future__ import annotations

import importlib
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch

from netbuilder.baselines.declared import Baseline, BaselineError, choose
from netbuilder.baselines.task import Task, task_of
from netbuilder.compiler.build import build
from netbuilder.data import Fields
from netbuilder.graph import Project
from netbuilder.training import checkpoint
from netbuilder.training.evaluate import Evaluator
from netbuilder.training.feed import Feed
from netbuilder.training.run import Run, RunError

#: Training rows that a baseline sees at most; kernels of more take minutes.
ROWS = 10_000


@dataclass(frozen=True)
class Row:
    """One model of the table.

    figures: by part (train, validation, test), then by name: accuracy, or r2 and mae.
    seconds: of fitting. note: one sentence where there is something to know.
    """

    name: str
    title: str
    figures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    seconds: float = 0.0
    note: str = ""


def compare(
    project: Project,
    names: Sequence[str] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    run: Run | None = None,
    data: Mapping[str, Fields] | None = None,
    rows: int = ROWS,
) -> Iterator[Row]:
    """The rows of the table, as they are ready: the network of a run first, if one is given.

    names: of baselines (default: all). settings: by baseline. data: by data node, data
    sets to use instead of loading. rows: training rows for a baseline at most.
    Raises BaselineError, or one-sentence errors of compiler, data and run.
    """
    settings = settings or {}
    chosen = choose(names)
    for name in settings:
        choose([name])
    checked = {b.name: b.checked(settings.get(b.name, {})) for b in chosen}
    task = task_of(project if run is None else run.project(), data)
    if run is not None:
        yield network(task, run, data)
    for baseline in chosen:
        if baseline.target(task.classes):
            yield fitted(task, baseline, checked[baseline.name], rows)


def network(task: Task, run: Run, data: Mapping[str, Fields] | None = None) -> Row:
    """What the best weights of a run reach, by the same figures on the same rows."""
    path = run.checkpoint
    if path is None:
        raise RunError(f"The run {run.id} has no weights yet.")
    model = build(task.source)
    checkpoint.load_model(model, checkpoint.read(path))
    cpu = torch.device("cpu")
    feed = Feed(task.project, task.source, cpu, data)
    seed = task.project.training.seed
    # Only the metrics put beside the loss; the graph's own have names of their own.
    judged = replace(task.source, metrics=task.metrics)
    evaluator = Evaluator(task.project, judged, cpu, seed)
    known = ("accuracy", "r2", "mae")
    figures = {}
    for part in task.answers:
        measured = evaluator.measure(model, feed.measured(part)).scalars
        figures[part] = {name: value for name, value in measured.items() if name in known}
    return Row("network", "This network", figures)


def fitted(task: Task, baseline: Baseline, settings: Mapping[str, Any], rows: int = ROWS) -> Row:
    """One baseline, fitted on training rows alone. A failure is told in the row's note."""
    x, y = task.inputs["train"], task.answers["train"]
    notes = []
    if len(x) > rows:
        seed = task.project.training.seed
        taken = np.sort(np.random.default_rng(seed).choice(len(x), rows, replace=False))
        x, y = x[taken], y[taken]
        notes.append(f"Fitted on {rows} of {len(task.answers['train'])} rows.")
    begin = time.perf_counter()
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            model = _made(baseline, settings, task.classes).fit(x, y)
            figures = {
                part: _figures(model.predict(task.inputs[part]), answers, task.classes)
                for part, answers in task.answers.items()
            }
    except Exception as error:
        why = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        return Row(baseline.name, baseline.title, note=f"It could not be fitted: {why}.")
    if any("ConvergenceWarning" in str(w.category) for w in said):
        notes.append("It had not converged.")
    seconds = time.perf_counter() - begin
    return Row(baseline.name, baseline.title, figures, seconds, " ".join(notes))


def _made(baseline: Baseline, settings: Mapping[str, Any], classes: bool) -> Any:
    """The model of scikit-learn, standardising its inputs first where that is due."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    module, _, name = baseline.target(classes).partition(":")
    made = getattr(importlib.import_module(f"sklearn.{module}"), name)
    takes = made().get_params()
    arguments = {k: v for k, v in {**baseline.fixed, **settings}.items() if k in takes}
    model = made(**arguments)
    return make_pipeline(StandardScaler(), model) if baseline.scaled else model


def _figures(guess: Any, answers: Any, classes: bool) -> dict[str, float]:
    if classes:
        return {"accuracy": float(np.mean(guess == answers))}
    from sklearn.metrics import mean_absolute_error, r2_score

    return {
        "r2": float(r2_score(answers, guess)),
        "mae": float(mean_absolute_error(answers, guess)),
    }


__all__ = ["ROWS", "BaselineError", "Row", "compare", "fitted", "network"]

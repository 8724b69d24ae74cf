"""Runs as event files that TensorBoard reads: losses, figures, rates and hyperparameters."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from netbuilder.graph.atomic import FileError, reason
from netbuilder.graph.comparison import settings_by_name
from netbuilder.training.run import Run

#: Told how many of how many points are written.
Tell = Callable[[int, int], None]
_TOLD_EVERY = 5_000


def export_tensorboard(runs: Sequence[Run], folder: Path, tell: Tell | None = None) -> list[Path]:
    """Write a folder of events for each run below `folder`; returns these folders.

    Steps are counted as in the run; figures of an epoch stand at its last step. Raises
    FileError, RunError or RecordError with one sentence.
    """
    points = [_points(run) for run in runs]
    total, done = sum(len(found) for found in points), 0
    written = []
    for run, found in zip(runs, points, strict=True):
        target = folder / run.id
        try:
            target.mkdir(parents=True, exist_ok=True)
            for old in target.glob("events.out.tfevents.*"):
                old.unlink()  # written again, not twice
            for _ in _write(run, found, target):
                done += 1
                if tell is not None and (done % _TOLD_EVERY == 0 or done == total):
                    tell(done, total)
        except OSError as error:
            raise FileError(reason(error, target, "written")) from None
        written.append(target)
    return written


def _points(run: Run) -> list[tuple[str, int, float]]:
    """(tag, step, value) of everything the run reported."""
    found: list[tuple[str, int, float]] = []
    each = int(run.environment.get("steps_per_epoch", 0) or 0)
    with run.record() as record:
        for name, (steps, values) in record.losses().items():
            found += [
                (f"loss/{name}", s, v) for s, v in zip(steps.tolist(), values.tolist(), strict=True)
            ]
        for split in ("train", "validation", "test"):
            for name, points in record.epochs(split).items():
                found += [(f"{name}/{split}", e * each - 1 if each else e, v) for e, v in points]
        found += [(f"learning_rate/{name}", step, rate) for step, name, rate in record.rates()]
    return found


def _write(run: Run, points: list[tuple[str, int, float]], target: Path) -> Iterator[None]:
    logging.getLogger("tensorboardX").setLevel(logging.ERROR)
    from tensorboardX import SummaryWriter
    from tensorboardX.summary import hparams

    created = float(run.environment.get("created", 0.0) or 0.0)
    writer = SummaryWriter(str(target), write_to_disk=True)
    try:
        for tag, step, value in points:
            writer.add_scalar(tag, value, step, walltime=created or None)
            yield
        figures = {tag: value for tag, _, value in points if tag.endswith(("/test", "/validation"))}
        settings: dict[str, Any] = {
            name: value if isinstance(value, (bool, int, float, str)) else str(value)
            for name, value in settings_by_name(run.project().training).items()
        }
        finite = {tag: v for tag, v in figures.items() if math.isfinite(v)}
        if settings and finite:
            for summary in hparams(settings, finite):
                writer.file_writer.add_summary(summary)
    finally:
        writer.close()


def export_table(runs: Sequence[Run], folder: Path) -> list[Path]:
    """Write two CSV files for each run: losses by step, figures by epoch. Raises FileError."""
    from netbuilder.graph.atomic import atomic_write

    written = []
    for run in runs:
        with run.record() as record:
            losses = record.losses()
            epochs = {s: record.epochs(s) for s in ("train", "validation", "test")}
        target = folder / run.id
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(reason(error, target, "created")) from None
        lines = ["step,objective,loss"]
        for name, (steps, values) in losses.items():
            lines += [
                f"{s},{_cell(name)},{v!r}"
                for s, v in zip(steps.tolist(), np.asarray(values, float).tolist(), strict=True)
            ]
        atomic_write(target / "losses.csv", ("\n".join(lines) + "\n").encode())
        lines = ["epoch,split,figure,value"]
        for split, figures in epochs.items():
            for name, points in figures.items():
                lines += [f"{epoch},{split},{_cell(name)},{value!r}" for epoch, value in points]
        atomic_write(target / "figures.csv", ("\n".join(lines) + "\n").encode())
        written.append(target)
    return written


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(',"\n') else text

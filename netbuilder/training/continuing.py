"""What a run keeps of itself, and whether it can go on: what must be as it was when it began."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from netbuilder.graph import Training
from netbuilder.training import checkpoint, devices
from netbuilder.training.checkpoint import Checkpoint, CheckpointError
from netbuilder.training.failure import TrainingError
from netbuilder.training.run import Run, create, open_run, versions
from netbuilder.training.together import place
from netbuilder.training.together.shares import local

if TYPE_CHECKING:
    from netbuilder.training.session import Session


def fixed(training: Training, rows: int) -> dict[str, Any]:
    """What must not change under a run: the order and the place of every row."""
    t = training
    return {
        "batch size": t.batch_size,
        "seed": t.seed,
        "validation": t.validation,
        "test": t.test,
        "split": [t.split, t.split_by, t.folds, t.fold, t.resample],
        "number of rows": rows,
    }


def opened(resume: Path | None, now: Mapping[str, Any]) -> Checkpoint | None:
    """The last checkpoint of the run to resume; None before there was one.

    now: what `fixed` says. Raises TrainingError if it said otherwise when the run began,
    RunError, CheckpointError.
    """
    if resume is None:
        return None
    found = open_run(resume)
    if not found.last.exists():
        return None
    saved = checkpoint.read(found.last)
    try:
        for name, was in saved.values["fixed"].items():
            if now[name] != was:
                back = "bring the files back" if name == "number of rows" else "set it back"
                raise TrainingError(
                    f"The {name} changed from {was} to {now[name]} since this run began; "
                    f"{back}, or start a new run."
                )
    except (KeyError, TypeError):
        raise CheckpointError(f"{found.last} is no checkpoint of a run.") from None
    return saved


def values(session: Session) -> dict[str, Any]:
    """What a checkpoint holds beside tensors: plain values."""
    s = session
    return {
        "step": s.step,
        "epochs_done": s.epochs_done,
        "sums": s.losses.sums,
        "rows": s.losses.rows,
        "held": s.losses.held,
        "noise": {} if s.noise is None else s.noise.state(),
        "rates": s.rates,
        "settings": {t.name: [t.declared.algorithm, dict(t.declared.settings)] for t in s.turns},
        "best": s.judge.best,
        "best_epoch": s.judge.best_epoch,
        "figure": s.judge.figure,
        "judge": s.judge.state(),
        "averaged": 0 if s.average is None else int(s.average.n_averaged),
        "turns": {turn.name: turn.state() for turn in s.turns},
        "plan": s.plan.saved(),
        "fixed": fixed(s.training, s.feed.rows["train"]),
    }


def begun(session: Session, folder: Path | None, resume: Path | None) -> Run:
    """The run that goes on, or a new one with all that is needed to repeat it."""
    s = session
    if resume is not None:
        return open_run(resume)
    if not s.writes:
        assert s.team is not None
        return Run(Path(s.team.told("")))
    environment = {
        "seed": s.training.seed,
        "device": devices.title(s.device),
        "threads": torch.get_num_threads(),
        "deterministic": s.device.type == "cpu",
        "versions": versions(),
        "rows": s.feed.rows,
        "steps_per_epoch": s.feed.steps_per_epoch,
        "parameters": s.parameters,
        "speed": s.found.saved(),
        "streamed": s.feed.streams,
        "without": s.feed.without,
    }
    if s.team is None:
        return create(s.project, environment, folder)
    environment |= {"processes": s.team.place.size, "launch": place.launch()}
    environment["strategy"] = "fsdp" if s.split else "ddp"
    environment["parameters_held"] = sum(local(p).numel() for p in s.model.parameters())
    made = create(s.project, environment, folder)
    s.team.told(str(made.folder))
    return made

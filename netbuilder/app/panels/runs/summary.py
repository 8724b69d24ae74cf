"""What a list of runs says about each: read from its folder, without torch or Qt."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from netbuilder.app.panels.train.wording import figure, is_metric, number, plain
from netbuilder.training.record import RecordError
from netbuilder.training.run import Run, RunError


@dataclass(frozen=True)
class RunSummary:
    """One run in the words of a row. created: seconds since 1970, 0 if unknown."""

    folder: Path
    name: str
    created: float = 0.0
    epochs: int = 0
    best: str = ""
    test: str = ""
    device: str = ""
    state: str = "unknown"

    @property
    def id(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def when(self) -> str:
        """Day and time, in the person's own time zone."""
        if not self.created:
            return ""
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(self.created))

    @classmethod
    def of(cls, run: Run) -> RunSummary:
        """Read a run; what cannot be read is left empty, so that a damaged run is listed too."""
        try:
            facts = run.environment
        except RunError:
            return cls(run.folder, run.id, state="damaged")
        created = facts.get("created", 0)
        stem = cls(
            run.folder,
            str(facts.get("project", run.id)),
            float(created) if isinstance(created, (int, float)) else 0.0,
            device=str(facts.get("device", "")),
        )
        try:
            with run.record() as record:
                validation, test = record.epochs("validation"), record.epochs("test")
                trained = record.epochs("train")
                state = run.state_by(record.facts())
        except RecordError:
            return cls(stem.folder, stem.name, stem.created, device=stem.device, state="damaged")
        objectives = tuple(trained)
        return cls(
            stem.folder,
            stem.name,
            stem.created,
            max((points[-1][0] for points in validation.values() if points), default=0),
            _best(validation, objectives),
            _words({n: p[-1][1] for n, p in test.items()}, objectives),
            stem.device,
            state,
        )


Points = list[tuple[int, float]]


def _best(validation: Mapping[str, Points], objectives: tuple[str, ...]) -> str:
    """Figures of the epoch whose first objective was lowest."""
    name = next((n for n in objectives if n in validation), None)
    finite = [(v, e) for e, v in validation.get(name or "", []) if math.isfinite(v)]
    if not finite:
        return ""
    epoch = min(finite)[1]
    there = {n: v for n, points in validation.items() for e, v in points if e == epoch}
    return _words(there, objectives)


def _words(figures: Mapping[str, float], objectives: tuple[str, ...]) -> str:
    """The first metric and the first objective: ``accuracy 98.3 % · loss 0.033``."""
    metrics = [n for n in figures if n not in objectives and is_metric(n)]
    parts = [f"{plain(n)} {figure(n, figures[n])}" for n in metrics[:1]]
    named = [n for n in objectives if n in figures]
    alone = len(named) == 1
    parts += [f"{'loss' if alone else n} {number(figures[n])}" for n in named[:2]]
    return " · ".join(parts)

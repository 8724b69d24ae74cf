"""A run in the words of a row."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from netbuilder.app.panels.train.wording import figure, is_metric, number, plain
from netbuilder.training.overview import Overview, overview
from netbuilder.training.run import Run


@dataclass(frozen=True)
class RunSummary:
    """What a row says of a run."""

    overview: Overview

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self.overview.folder

    @property
    def id(self) -> str:
        """Name of the folder."""
        return self.overview.id

    @property
    def name(self) -> str:
        """Its project."""
        return self.overview.name

    @property
    def epochs(self) -> int:
        """Epochs that were measured."""
        return self.overview.epochs

    @property
    def device(self) -> str:
        """What computed."""
        return self.overview.device

    @property
    def state(self) -> str:
        """As `Run.state` says, or ``damaged``."""
        return self.overview.state

    @property
    def when(self) -> str:
        """Day and time, in the person's own time zone."""
        if not self.overview.created:
            return ""
        return time.strftime("%Y-%m-%d %H:%M", time.localtime(self.overview.created))

    @property
    def best(self) -> str:
        """Validation figures of the best epoch."""
        return _words(self.overview.best, self.overview.objectives)

    @property
    def test(self) -> str:
        """Figures of the test split."""
        return _words(self.overview.test, self.overview.objectives)

    @property
    def tags(self) -> str:
        """Its tags in one line."""
        return " ".join(f"#{tag}" for tag in self.overview.tags)

    def leading(self, split: str) -> str:
        """The figure that a column begins with, by the name that sorts by it."""
        figures = self.overview.best if split == "validation" else self.overview.test
        metrics = [n for n in figures if n not in self.overview.objectives and is_metric(n)]
        return f"{split}.{metrics[0]}" if metrics else f"{split}.loss"

    @classmethod
    def of(cls, run: Run) -> RunSummary:
        """Read a run; what cannot be read is left empty, so that a damaged run is listed too."""
        return cls(overview(run))


def _words(figures: Mapping[str, float], objectives: tuple[str, ...]) -> str:
    """The first metric and the first objective: ``accuracy 98.3 % · loss 0.033``."""
    metrics = [n for n in figures if n not in objectives and is_metric(n)]
    parts = [f"{plain(n)} {figure(n, figures[n])}" for n in metrics[:1]]
    named = [n for n in objectives if n in figures]
    alone = len(named) == 1
    parts += [f"{'loss' if alone else n} {number(figures[n])}" for n in named[:2]]
    return " · ".join(parts)

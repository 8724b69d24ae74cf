"""Runs of one project on other rows, queued together: folds of a cross-validation, or a bag."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Literal

from netbuilder.app.panels.train.wording import figure, plain
from netbuilder.graph import Project
from netbuilder.training.overview import overview
from netbuilder.training.run import Run

if TYPE_CHECKING:
    from netbuilder.app.panels.runs.queue import Queued

Kind = Literal["folds", "bag"]
TITLES: dict[Kind, str] = {"folds": "Cross-validation", "bag": "Bagging"}


def variants(project: Project, kind: Kind, count: int) -> list[tuple[str, Project]]:
    """A name and a project for each run; the rows are drawn as on the command line."""
    found = []
    for number in range(1, count + 1):
        if kind == "folds":
            label, changes = f"fold {number} of {count}", {"folds": count, "fold": number}
        else:
            label, changes = f"sample {number} of {count}", {"resample": number}
        training = replace(project.training, **changes)  # type: ignore[arg-type]
        found.append((label, replace(project, training=training)))
    return found


@dataclass
class Several:
    """Runs that belong together. seconds_left: of all of them, as far as it can be told."""

    kind: Kind
    items: list[Queued] = field(default_factory=list)
    seconds_left: float = math.nan

    @property
    def over(self) -> bool:
        """Whether none of them still waits or trains."""
        return all(item.state not in ("waiting", "running") for item in self.items)

    def told(self, elapsed: float, left: float) -> None:
        """The one that trains has taken and still takes so many seconds."""
        waiting = sum(item.state == "waiting" for item in self.items)
        self.seconds_left = left + waiting * (elapsed + left)

    def rows(self) -> list[tuple[str, str]]:
        """Each figure of the validation rows, and mean ± sample deviation over the runs."""
        done = [overview(Run(Path(i.folder))).best for i in self.items if i.state == "finished"]
        if not done:
            return []
        rows = []
        for name in (n for n in done[0] if all(n in best for best in done)):
            values = [best[name] for best in done]
            apart = figure(plain(name), stdev(values)) if len(values) > 1 else "–"
            rows.append((name, f"{figure(plain(name), fmean(values))} ± {apart}"))
        return rows

    @property
    def heading(self) -> str:
        """What the rows are about, and of how many runs."""
        done = sum(item.state == "finished" for item in self.items)
        lost = len(self.items) - done
        runs = f"{done} runs" if not lost else f"{done} of {len(self.items)} runs"
        return f"{TITLES[self.kind]}, {runs}: validation, best epoch, mean ± deviation"

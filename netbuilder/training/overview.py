"""What a list of runs says about each, as numbers: read from its folder, without torch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from netbuilder.training import labels
from netbuilder.training.noise_scale import FIGURE
from netbuilder.training.record import Record, RecordError
from netbuilder.training.run import Run, RunError


@dataclass(frozen=True)
class Overview:
    """One run in a row.

    created: seconds since 1970. epochs: measured ones. best: validation figures
    of the epoch whose first objective was lowest; test: of the test split. objectives: what
    it minimised. message: why it failed. reason: why it ended before its last epoch.
    """

    folder: Path
    name: str
    created: float = 0.0
    epochs: int = 0
    best: Mapping[str, float] = field(default_factory=dict)
    test: Mapping[str, float] = field(default_factory=dict)
    objectives: tuple[str, ...] = ()
    device: str = ""
    seed: int | None = None
    seconds: float = math.nan
    state: str = "unknown"
    message: str = ""
    reason: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""

    @property
    def id(self) -> str:
        """Name of the folder."""
        return self.folder.name

    def figure(self, name: str) -> float:
        """A figure by the name that a person types, NaN if this run has none of it.

        ``test.accuracy`` is of the test split, ``validation.accuracy`` and plain ``accuracy``
        of the best epoch; ``loss`` is the first objective; ``epochs``, ``seed`` and
        ``seconds`` are facts of the run.
        """
        facts = {"epochs": self.epochs, "seed": self.seed, "seconds": self.seconds}
        if (fact := facts.get(name)) is not None:
            return float(fact)
        split, dot, rest = name.partition(".")
        known = bool(dot) and split in ("test", "validation")
        figures, name = (self.test if split == "test" else self.best, rest) if known else (
            self.best or self.test, name,
        )  # fmt: skip
        if name == "loss" and name not in figures and self.objectives:
            name = self.objectives[0]
        if name in figures:
            return figures[name]
        # Two metric nodes of a kind are told apart: "accuracy (accuracy_2)".
        return next((v for n, v in figures.items() if n.partition(" (")[0] == name), math.nan)


def overview(run: Run) -> Overview:
    """Read a run; what cannot be read is left empty, so that a damaged run is listed too."""
    written = labels.read(run.folder)
    known: dict[str, object] = {"tags": written.tags, "note": written.note}
    try:
        facts = run.environment
    except RunError:
        at = _touched(run.folder)
        return Overview(
            run.folder, run.id, at, state="damaged", tags=written.tags, note=written.note
        )
    created, seed = facts.get("created"), facts.get("seed")
    stem = Overview(
        run.folder,
        str(facts.get("project", run.id)),
        float(created) if isinstance(created, (int, float)) else _touched(run.folder),
        device=str(facts.get("device", "")),
        seed=seed if isinstance(seed, int) else None,
        tags=written.tags,
        note=written.note,
    )
    try:
        with run.record() as record:
            objectives = tuple(n for n in record.named("train") if not n.startswith(FIGURE))
            latest, test = record.latest("validation"), record.latest("test")
            last = max((epoch for epoch, _ in latest.values()), default=0)
            best = _best(record, list(latest), objectives, last)
            said = record.facts()
    except RecordError:
        known = {**vars(stem), "state": "damaged"}
        return Overview(**known)  # type: ignore[arg-type]
    known = {
        **vars(stem),
        "epochs": last,
        "best": best,
        "test": {name: value for name, (_, value) in test.items()},
        "objectives": objectives,
        "seconds": _number(said.get("seconds", "")),
        "state": run.state_by(said),
        "message": said.get("message", ""),
        "reason": said.get("reason", ""),
    }
    return Overview(**known)  # type: ignore[arg-type]


def _best(
    record: Record, figures: Sequence[str], objectives: Sequence[str], last: int
) -> dict[str, float]:
    """Figures of the epoch whose first objective was lowest; of the last one without it."""
    name = next((n for n in objectives if n in figures), None)
    epoch = last if name is None else record.lowest("validation", name)
    found = {} if epoch is None else record.at(epoch)
    return {n: found[n] for n in figures if n in found}


def _touched(folder: Path) -> float:
    """When a run that does not say when it began was changed."""
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan

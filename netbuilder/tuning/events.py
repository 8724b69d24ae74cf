"""What a search tells whoever listens: frozen values, plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from netbuilder.graph import Value

#: ``stopped``: ended by hand; it is done again when the search goes on.
State = Literal["waiting", "running", "complete", "pruned", "failed", "stopped"]


@dataclass(frozen=True)
class StudyBegun:
    """A search begins, or is joined with `done` of its trials behind it."""

    study: str
    storage: str  # where others join it: the path of a file, or an address
    project: str
    names: tuple[str, ...]  # what is searched
    method: str
    metric: str  # the figure of the validation rows that is compared
    higher: bool
    trials: int
    done: int = 0


@dataclass(frozen=True)
class TrialBegun:
    """A run with these values begins; trials count from 0."""

    number: int
    values: Mapping[str, Value]
    run: str = ""


@dataclass(frozen=True)
class TrialReported:
    """The figure after an epoch."""

    number: int
    epoch: int
    value: float


@dataclass(frozen=True)
class TrialEnded:
    """value: of the best epoch; None where nothing was measured. message: why, in a sentence."""

    number: int
    state: State
    value: float | None
    values: Mapping[str, Value]
    message: str = ""
    run: str = ""
    epoch: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class StudyEnded:
    """Nothing is left to try, or it was stopped; best is the number of a trial, or None."""

    study: str
    best: int | None
    value: float | None
    values: Mapping[str, Value] = field(default_factory=dict)
    importances: Mapping[str, float] = field(default_factory=dict)
    stopped: bool = False


TuningEvent = StudyBegun | TrialBegun | TrialReported | TrialEnded | StudyEnded

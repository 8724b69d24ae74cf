"""Messages between the window and the engine process: frozen, typed, picklable values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netbuilder.graph import Project
from netbuilder.training.events import Event

# --- to the engine -------------------------------------------------------------------


@dataclass(frozen=True)
class Train:
    """Train this project; `resume` is the folder of a run to go on with."""

    project: Project
    resume: str | None = None


@dataclass(frozen=True)
class Pause:
    """Wait after the current step."""


@dataclass(frozen=True)
class Resume:
    """Go on after a pause."""


@dataclass(frozen=True)
class StepOnce:
    """Do one step, then wait."""


@dataclass(frozen=True)
class Stop:
    """End the run after the current step, or the epoch, keeping what it reached."""

    after_epoch: bool = False


@dataclass(frozen=True)
class LookAt:
    """Let the weights of a run of the past, by its folder, answer what is asked."""

    folder: str


@dataclass(frozen=True)
class SetLearningRate:
    """Change the rate of one optimiser from the next step on."""

    optimiser: str
    value: float


@dataclass(frozen=True)
class Ask:
    """A question; its `Answer` carries the same id. See ``engine/answers.py``.

    about: ``data``, ``predict``, ``saliency``, ``attention``, ``activations``,
    ``boundary``, ``samples``, ``export`` …
    """

    id: int
    about: str
    project: Project
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Quit:
    """End the process."""


Request = Train | LookAt | Pause | Resume | StepOnce | Stop | SetLearningRate | Ask | Quit

# --- from the engine -----------------------------------------------------------------


@dataclass(frozen=True)
class Ready:
    """The engine has loaded torch and can train."""

    torch: str
    devices: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """An event of the run in progress."""

    event: Event


@dataclass(frozen=True)
class Pulse:
    """The engine lives: told once a second.

    stalled: seconds that the step of a run takes so far; 0 if none is under way.
    """

    stalled: float = 0.0


@dataclass(frozen=True)
class Answer:
    """The answer to `Ask`: `result`, or `error` as one plain sentence.

    fatal: the engine ended while it computed this.
    """

    id: int
    result: Mapping[str, Any] | None = None
    error: str | None = None
    node: str | None = None
    fatal: bool = False


@dataclass(frozen=True)
class EngineDied:
    """The process is gone without having been asked to; written by the client.

    exitcode: below 0 the number of the signal that ended it. message: one sentence.
    """

    exitcode: int | None
    message: str


Reply = Ready | Told | Answer | Pulse | EngineDied

"""Which of several processes this one is, as torchrun says in its environment. No torch."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """One of `size` processes, counted from 0.

    local: its number on its machine, of `beside` there. restarts: how often all were begun anew.
    launch: what tells one start of torchrun from another, the same after a restart.
    """

    rank: int
    size: int
    local: int
    beside: int
    restarts: int
    launch: str

    @property
    def leads(self) -> bool:
        """Whether it is the one that writes and speaks."""
        return self.rank == 0


def place() -> Place | None:
    """Where this process stands; None if it trains alone."""
    size = _number("WORLD_SIZE", 1)
    if size < 2 or "RANK" not in os.environ:
        return None
    return Place(
        _number("RANK", 0),
        size,
        _number("LOCAL_RANK", 0),
        max(_number("LOCAL_WORLD_SIZE", 1), 1),
        _number("TORCHELASTIC_RESTART_COUNT", 0),
        launch(),
    )


def launch() -> str:
    """What tells this start of torchrun from others; an empty text without torchrun."""
    name = os.environ.get("TORCHELASTIC_RUN_ID", "")
    return f"{name}-{os.getppid()}" if name else ""


def _number(name: str, otherwise: int) -> int:
    text = os.environ.get(name, "")
    return int(text) if text.isdigit() else otherwise

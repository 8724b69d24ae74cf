"""How long a movement takes: short, or none when the person wants it still."""

from __future__ import annotations

from typing import Final

FRAME_MS: Final = 120
"""Framing and zooming to a selection."""

TOAST_MS: Final = 100
"""A toast coming in or going out."""

DOCK_MS: Final = 100
"""A dock collapsing."""

_reduced = False


def set_reduced(reduced: bool) -> None:
    """Make every movement instant (``View > Reduce motion``) or allow them again."""
    global _reduced
    _reduced = reduced


def reduced() -> bool:
    """Whether movements are instant."""
    return _reduced


def duration(milliseconds: int) -> int:
    """The given duration, or 0 while motion is reduced."""
    return 0 if _reduced else milliseconds

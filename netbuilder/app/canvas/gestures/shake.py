"""Feels whether what is held is being shaken."""

from __future__ import annotations

from collections import deque

from netbuilder.app.canvas.gestures.gesture import Pointer

#: A shake is this many turns, each after so many pixels, within so many milliseconds.
TURNS, WAY, LONGEST_MS = 4, 16, 1000


class _Axis:
    """Turns along one axis."""

    def __init__(self, at: int) -> None:
        self._extreme, self._forward = at, 0
        self._turns: deque[int] = deque(maxlen=TURNS)

    def move(self, at: int, time: int) -> bool:
        """Follow the pointer; whether this turn was the last that a shake takes."""
        away = at - self._extreme
        if away * self._forward > 0:
            self._extreme = at
        elif abs(away) >= WAY:
            if self._forward:
                self._turns.append(time)
            self._extreme, self._forward = at, 1 if away > 0 else -1
            return len(self._turns) == TURNS and time - self._turns[0] <= LONGEST_MS
        return False


class Shake:
    """Follows the pointer from a press on, across and up and down."""

    def __init__(self, press: Pointer) -> None:
        self._across, self._down = _Axis(press.at.x()), _Axis(press.at.y())

    def feel(self, pointer: Pointer) -> bool:
        """Whether the pointer has just turned for the last time that a shake takes."""
        across = self._across.move(pointer.at.x(), pointer.time)
        return self._down.move(pointer.at.y(), pointer.time) or across

"""A curve of any length that is drawn from a few thousand points.

Every level keeps the least and the greatest value of each stretch of the level below. Values
are only appended, so a redraw costs the same after a million steps as after a thousand. The
lowest levels forget what is older than `KEPT` of their stretches: memory grows with the logarithm
of the length, and what was forgotten is still drawn, a little coarser.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

FACTOR = 4
"""Stretches of one level that make a stretch of the next."""

KEPT = 1 << 14
"""Stretches of a level that are kept; up to twice as many before the older half goes."""

_FIRST_SIZE = 1024


class _Level:
    """Least and greatest values of stretches from `first` to `size`, in arrays that grow.

    single: values of one step, which are both.
    """

    def __init__(self, single: bool = False) -> None:
        self.first = self.size = 0
        self._low = np.empty(_FIRST_SIZE, np.float32)
        self._high = self._low if single else np.empty(_FIRST_SIZE, np.float32)

    def low(self, start: int, stop: int) -> Singles:
        """The least values of some stretches."""
        return self._low[start - self.first : stop - self.first]

    def high(self, start: int, stop: int) -> Singles:
        """The greatest values of some stretches."""
        return self._high[start - self.first : stop - self.first]

    def append(self, low: Singles, high: Singles) -> None:
        single = self._high is self._low
        held, needed = self.size - self.first, self.size - self.first + len(low)
        if needed > 2 * KEPT:
            # The latest few may not have been carried up yet.
            gone = max(min(held - FACTOR, needed - KEPT), 0)
            self.first, held, needed = self.first + gone, held - gone, needed - gone
            self._low = self._low[gone : gone + held].copy()
            self._high = self._low if single else self._high[gone : gone + held].copy()
        if needed > len(self._low):
            room = max(needed, min(2 * len(self._low), 2 * KEPT))
            self._low = grown(self._low[:held], room)
            self._high = self._low if single else grown(self._high[:held], room)
        self._low[held:needed] = low
        if not single:
            self._high[held:needed] = high
        self.size += len(low)

    def truncate(self, size: int) -> None:
        self.size = min(self.size, size)
        self.first = min(self.first, self.size)


def grown(values: np.ndarray[Any, Any], room: int) -> np.ndarray[Any, Any]:
    """An array with room for so many along its last axis; what is not written takes no memory."""
    larger = np.empty((*values.shape[:-1], room), values.dtype)
    larger[..., : values.shape[-1]] = values
    return larger


class Pyramid:
    """Values by position, 0 upwards. What is not a finite number leaves a gap."""

    def __init__(self) -> None:
        self._levels = [_Level(single=True)]

    def __len__(self) -> int:
        return self._levels[0].size

    def append(self, values: npt.ArrayLike) -> None:
        """Add values at the end."""
        new = np.array(values, np.float32).ravel()
        new[~np.isfinite(new)] = np.nan
        self._levels[0].append(new, new)
        self._raise()

    def truncate(self, size: int) -> None:
        """Forget everything from position `size` on (a resumed run goes over it again)."""
        for depth, level in enumerate(self._levels):
            level.truncate(size // FACTOR**depth)

    def at(self, position: int) -> float:
        """The value at a position, or the least near it; NaN where there is a gap."""
        for depth, level in enumerate(self._levels):
            place = position // FACTOR**depth
            if level.first <= place < level.size:
                return float(level.low(place, place + 1)[0])
        return float("nan")

    def last(self) -> float:
        """The latest value that is a number; NaN if there is none among the latest few."""
        level = self._levels[0]
        tail = level.low(max(level.size - 4096, level.first), level.size)
        finite = tail[~np.isnan(tail)]
        return float(finite[-1]) if finite.size else float("nan")

    def view(
        self, columns: int, start: float = 0.0, stop: float | None = None
    ) -> tuple[Floats, Floats]:
        """Positions and values to draw between `start` and `stop` on `columns` pixels.

        Two to eight points a column: least and greatest of each stretch, so that no peak
        is lost. Beyond the ends one stretch is added, for the line to leave the picture.
        """
        size = len(self)
        first = max(int(start) - 1, 0)
        end = size if stop is None else min(max(int(np.ceil(stop)) + 2, first), size)
        if end <= first:
            return np.empty(0), np.empty(0)
        depth = 0
        # The coarsest level that still has a stretch for every column.
        while depth + 1 < len(self._levels) and end - first >= columns * FACTOR ** (depth + 1):
            depth += 1
        # Of what is long past only coarse ones are left.
        while depth + 1 < len(self._levels) and self._levels[depth].first * FACTOR**depth > first:
            depth += 1
        xs, ys = list[Floats](), list[Floats]()
        at = first // FACTOR**depth * FACTOR**depth
        # What the coarse level has not covered yet comes from the finer ones.
        for level in range(depth, -1, -1):
            width = FACTOR**level
            a, b = at // width, min(self._levels[level].size, -(-end // width))
            a = max(a, self._levels[level].first)
            if b > a:
                x, y = self._stretch(level, a, b)
                xs.append(x)
                ys.append(y)
                at = b * width
            if at >= end:
                break
        return np.concatenate(xs), np.concatenate(ys)

    def _stretch(self, depth: int, a: int, b: int) -> tuple[Floats, Floats]:
        level, width = self._levels[depth], FACTOR**depth
        if depth == 0:
            return np.arange(a, b, dtype=np.float64), level.low(a, b).astype(np.float64)
        middle = (np.arange(a, b, dtype=np.float64) + 0.5) * width - 0.5
        y = np.empty(2 * (b - a))
        y[0::2], y[1::2] = level.low(a, b), level.high(a, b)
        return np.repeat(middle, 2), y

    def _raise(self) -> None:
        """Carry complete stretches up, level by level."""
        depth = 0
        while True:
            below = self._levels[depth]
            if depth + 1 == len(self._levels):
                if below.size < FACTOR:
                    return
                self._levels.append(_Level())
            above = self._levels[depth + 1]
            complete = below.size // FACTOR
            if complete <= above.size:
                return
            part = above.size * FACTOR, complete * FACTOR
            # fmin and fmax pass over gaps: a stretch is a gap only where all of it is one.
            low = np.fmin.reduce(below.low(*part).reshape(-1, FACTOR), axis=1)
            high = np.fmax.reduce(below.high(*part).reshape(-1, FACTOR), axis=1)
            above.append(low, high)
            depth += 1

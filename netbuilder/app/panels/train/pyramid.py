"""A curve of any length that is drawn from a few thousand points.

Every level keeps the least and the greatest value of each stretch of the level below. Values
are only appended, so a redraw costs the same after a million steps as after a thousand.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FACTOR = 4
"""Stretches of one level that make a stretch of the next."""

_FIRST_SIZE = 1024


class _Level:
    """Least and greatest values of stretches, in arrays that grow."""

    def __init__(self) -> None:
        self.size = 0
        self._low = np.empty(_FIRST_SIZE, np.float32)
        self._high = np.empty(_FIRST_SIZE, np.float32)

    @property
    def low(self) -> npt.NDArray[np.float32]:
        return self._low[: self.size]

    @property
    def high(self) -> npt.NDArray[np.float32]:
        return self._high[: self.size]

    def append(self, low: npt.NDArray[np.float32], high: npt.NDArray[np.float32]) -> None:
        needed = self.size + len(low)
        if needed > len(self._low):
            room = max(needed, 2 * len(self._low))
            self._low = np.concatenate([self.low, np.empty(room - self.size, np.float32)])
            self._high = np.concatenate([self.high, np.empty(room - self.size, np.float32)])
        self._low[self.size : needed] = low
        self._high[self.size : needed] = high
        self.size = needed


class Pyramid:
    """Values by position, 0 upwards. What is not a finite number leaves a gap."""

    def __init__(self) -> None:
        self._levels = [_Level()]

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
            level.size = min(level.size, size // FACTOR**depth)

    def at(self, position: int) -> float:
        """The value at a position; NaN where there is a gap."""
        return float(self._levels[0].low[position])

    def last(self) -> float:
        """The latest value that is a number; NaN if there is none among the latest few."""
        tail = self._levels[0].low[-4096:]
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
        xs, ys = list[Floats](), list[Floats]()
        at = first // FACTOR**depth * FACTOR**depth
        # What the coarse level has not covered yet comes from the finer ones.
        for level in range(depth, -1, -1):
            width = FACTOR**level
            a, b = at // width, min(self._levels[level].size, -(-end // width))
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
            return np.arange(a, b, dtype=np.float64), level.low[a:b].astype(np.float64)
        middle = (np.arange(a, b, dtype=np.float64) + 0.5) * width - 0.5
        y = np.empty(2 * (b - a))
        y[0::2], y[1::2] = level.low[a:b], level.high[a:b]
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
            part = slice(above.size * FACTOR, complete * FACTOR)
            # fmin and fmax pass over gaps: a stretch is a gap only where all of it is one.
            low = np.fmin.reduce(below.low[part].reshape(-1, FACTOR), axis=1)
            high = np.fmax.reduce(below.high[part].reshape(-1, FACTOR), axis=1)
            above.append(low, high)
            depth += 1

"""An exponential moving average that goes on where it stopped."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Smoothing:
    """s ← s + (x − s) / span, from the first value on; gaps keep what was there.

    span: about how many values the average looks back on, 1 or more.
    """

    def __init__(self, span: float) -> None:
        self._keep = 1.0 - 1.0 / max(span, 1.0)
        self.state = math.nan

    def __call__(self, values: npt.ArrayLike) -> Floats:
        """The averages after each of `values`, in one pass of array arithmetic."""
        x = np.asarray(values, np.float64).ravel()
        out = np.full(len(x), self.state)
        places = np.flatnonzero(np.isfinite(x))
        if not places.size:
            return out
        finite = x[places]
        averages = self._averages(finite)
        # Between two values stands the average after the first of them.
        latest = np.searchsorted(places, np.arange(len(x)), side="right") - 1
        known = latest >= 0
        out[known] = averages[latest[known]]
        self.state = float(averages[-1])
        return out

    def _averages(self, x: Floats) -> Floats:
        state = float(x[0]) if math.isnan(self.state) else self.state
        if self._keep == 0.0:
            return x.copy()
        # Longer blocks would divide by powers too small for a double.
        block = max(1, min(len(x), int(-13.0 / math.log(self._keep))))
        out = np.empty(len(x))
        for start in range(0, len(x), block):
            part = x[start : start + block]
            powers = self._keep ** np.arange(1, len(part) + 1)
            out[start : start + len(part)] = powers * (
                state + (1.0 - self._keep) * np.cumsum(part / powers)
            )
            state = float(out[start + len(part) - 1])
        return out

"""Which points of a long curve are kept: in each stretch the least, the greatest and the last."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

MOST = 1 << 13
"""So many points of a figure are kept in memory: several for each pixel of any screen."""


def extremes(values: npt.NDArray[np.floating], stretch: int) -> npt.NDArray[np.intp]:
    """Places of what draws the same curve, in order; those after the last whole stretch, too."""
    whole = len(values) // stretch * stretch
    parts = values[:whole].reshape(-1, stretch)
    at = np.arange(0, whole, stretch)
    # A gap is neither the least nor the greatest.
    low, high = np.nan_to_num(parts, nan=np.inf), np.nan_to_num(parts, nan=-np.inf)
    chosen = (at + low.argmin(1), at + high.argmax(1), at + stretch - 1)
    return np.unique(np.concatenate([*chosen, np.arange(whole, len(values))]))


def thinned(epochs: npt.NDArray[Any], values: npt.NDArray[np.floating]) -> npt.NDArray[np.intp]:
    """Places of the points to keep: all of up to `MOST`, else at most about half of that.

    Stretches are of epochs, not of points, so that what was thinned before stays as it is.
    """
    if len(values) <= MOST:
        return np.arange(len(values))
    width = 6.0 * float(epochs[-1] - epochs[0] + 1) / MOST
    stretch = ((epochs - epochs[0]) / width).astype(np.int64)
    ends = np.append(np.flatnonzero(np.diff(stretch)), len(values) - 1)
    begins = np.append(0, ends[:-1] + 1)
    lowest = np.lexsort((np.nan_to_num(values, nan=np.inf), stretch))[begins]
    highest = np.lexsort((np.nan_to_num(values, nan=-np.inf), stretch))[ends]
    return np.unique(np.concatenate([lowest, highest, ends]))

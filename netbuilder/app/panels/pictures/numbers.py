"""Samples as pictures: which arrays are pictures, and their numbers as bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]


def is_picture(shape: tuple[int, ...]) -> bool:
    """Whether a sample of this shape, (C, H, W), can be shown as it is."""
    return len(shape) == 3 and shape[0] in (1, 3) and min(shape[1:]) > 1


def grey(sample: Array) -> npt.NDArray[np.float32]:
    """(C, H, W) as one plane of brightness, 0 to 1."""
    plane = np.asarray(sample, np.float32)
    plane = plane.mean(0) if plane.ndim == 3 else plane
    return scaled(plane, *span(plane))


def span(values: Array) -> tuple[float, float]:
    """The range that is black to white: 0 to 1 where the numbers keep to it, else their own."""
    finite = np.asarray(values, np.float32)
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if low >= 0.0 and 0.25 < high <= 1.0:
        return 0.0, 1.0
    return (low, high) if high > low else (low, low + 1.0)


def scaled(values: Array, low: float, high: float) -> npt.NDArray[np.float32]:
    """Numbers so that `low` becomes 0 and `high` 1, cut off there; gaps become 0."""
    found = (np.asarray(values, np.float32) - low) / max(high - low, 1e-12)
    made: npt.NDArray[np.float32] = np.clip(np.nan_to_num(found), 0.0, 1.0).astype(np.float32)
    return made


def picture(sample: Array, low: float | None = None, high: float | None = None) -> Bytes:
    """(C, H, W) or (H, W) as grey H × W or coloured H × W × 3 bytes."""
    values = np.asarray(sample, np.float32)
    if low is None or high is None:
        low, high = span(values)
    made = np.rint(scaled(values, low, high) * 255).astype(np.uint8)
    if made.ndim == 3:
        made = made[0] if made.shape[0] == 1 else np.ascontiguousarray(made.transpose(1, 2, 0))
    return made


def probabilities(scores: Array) -> npt.NDArray[np.float64]:
    """Scores of classes, (C,) or (n, C), as shares that sum to 1; one logit is yes or no.

    Rows that are shares already stay as they are.
    """
    rows = np.atleast_2d(np.asarray(scores, np.float64))
    rows = np.nan_to_num(rows, nan=0.0, posinf=1e6, neginf=-1e6)
    inside = bool(((rows >= 0) & (rows <= 1)).all())
    if rows.shape[1] == 1:
        yes = rows if inside else 1.0 / (1.0 + np.exp(-np.clip(rows, -500, 500)))
        found = np.concatenate([1.0 - yes, yes], 1)
    elif inside and np.allclose(rows.sum(1), 1.0, atol=1e-4):
        found = rows
    else:
        powers = np.exp(rows - rows.max(1, keepdims=True))
        found = powers / powers.sum(1, keepdims=True)
    return found[0] if np.ndim(scores) == 1 else found

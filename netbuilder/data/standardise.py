"""Columns brought to mean 0 and deviation 1."""

from __future__ import annotations

import numpy as np

from netbuilder.data.fields import Array, Scale


def standardised(table: Array) -> tuple[Array, Scale]:
    """float32 columns with mean 0 and deviation 1, and how to get back.

    table: (rows, columns). A column that never changes becomes 0.
    """
    table = np.asarray(table, dtype=np.float64)
    mean = table.mean(axis=0)
    deviation = table.std(axis=0)
    # Rounding leaves a constant column of large numbers a deviation that means nothing.
    flat = deviation <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
    scale = Scale(mean, np.where(flat, 1.0, deviation))
    values = np.where(flat, 0.0, (table - mean) / scale.deviation)
    return values.astype(np.float32), scale

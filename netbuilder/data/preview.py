"""A look at a data set, small enough to send to the window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netbuilder.data.fields import Array, Fields
from netbuilder.data.lazy import Bad, read

#: Values looked at for range and mean; more would only be slower.
_LOOKED_AT = 5_000_000
_MOST_CLASSES = 1000
_MOST_NAMED = 100


@dataclass(frozen=True)
class FieldSummary:
    """One field: shape of a sample, type, range, mean, and how often each class occurs.

    counts is empty for numbers; class_names and columns are empty where there are none.
    """

    shape: tuple[int, ...]
    dtype: str
    minimum: float
    maximum: float
    mean: float
    deviation: float
    counts: tuple[int, ...] = ()
    class_names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Preview:
    """rows: of the whole set. indices: of the samples. samples: by field, (n, …).

    bad: name and reason of what cannot be read, the first of `bad_count`.
    """

    rows: int
    fields: Mapping[str, FieldSummary]
    indices: tuple[int, ...]
    samples: Mapping[str, Array]
    bad: tuple[tuple[str, str], ...] = ()
    bad_count: int = 0


def preview(fields: Fields, samples: int = 16) -> Preview:
    """Summary of a data set, with samples from evenly over its rows."""
    chosen = np.linspace(0, len(fields) - 1, min(samples, len(fields))).round().astype(np.int64)
    taken, bad = {}, dict[int, Bad]()
    for name, array in fields.arrays.items():
        taken[name], wrong = read(array, chosen)
        bad |= wrong
    fine = np.delete(np.arange(len(chosen)), list(bad))
    known = tuple(dict.fromkeys((*fields.bad, *bad.values())))
    return Preview(
        rows=len(fields),
        fields={name: _summary(fields, name) for name in fields.arrays},
        indices=tuple(int(i) for i in chosen[fine]),
        samples={name: array[fine] for name, array in taken.items()},
        bad=tuple((b.name, b.reason) for b in known[:_MOST_NAMED]),
        bad_count=len(known),
    )


def class_counts(fields: Fields, rows: npt.NDArray[np.int64]) -> tuple[int, ...]:
    """How often each class occurs in some rows; empty without one class for each row."""
    if fields.label is None:
        return ()
    label = fields[fields.label]
    if int(label.max()) >= _MOST_CLASSES or int(label.min()) < 0:
        return ()
    names = fields.class_names.get(fields.label, ())
    return tuple(
        int(n) for n in np.bincount(label[rows], minlength=max(len(names), label.max() + 1))
    )


def _summary(fields: Fields, name: str) -> FieldSummary:
    array = fields[name]
    every = max(1, array.size // _LOOKED_AT)
    seen, bad = read(array, np.arange(0, len(array), every))
    seen = np.delete(seen, list(bad), axis=0) if bad and len(bad) < len(seen) else seen
    counts: tuple[int, ...] = ()
    names = fields.class_names.get(name, ())
    if array.dtype.kind == "i" and int(seen.max()) < _MOST_CLASSES and int(seen.min()) >= 0:
        found = np.bincount(seen.ravel(), minlength=len(names))
        counts = tuple(int(n) for n in found)
    return FieldSummary(
        shape=tuple(array.shape[1:]),
        dtype=array.dtype.name,
        minimum=float(seen.min()),
        maximum=float(seen.max()),
        mean=float(seen.mean(dtype=np.float64)),
        deviation=float(seen.std(dtype=np.float64)),
        counts=counts,
        class_names=names,
        columns=fields.columns.get(name, ()),
    )

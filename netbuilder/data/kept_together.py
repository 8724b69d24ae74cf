"""Parts by a column of the data: rows of one group together, in the order of time, as written."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import numpy.typing as npt

from netbuilder.data.fields import Array, Fields
from netbuilder.data.split import Indices, Split, counts_of
from netbuilder.layers import DataError

#: What a person's own column may say, by the part that is meant.
_WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "val", "valid", "dev"),
    "test": ("test", "testing", "holdout"),
}


def by_group(fields: Fields, validation: float, test: float, seed: int, by: str) -> Split:
    """No value of `by` in two parts; sizes as near to the fractions as the groups allow.

    Groups are dealt largest first to the part that lacks most. Raises DataError for fewer
    groups than parts.
    """
    counts = counts_of(len(fields), validation, test)
    names = list(counts)
    part = dealt(fields.key(by), np.array(list(counts.values()), float), seed, by)
    return {name: np.flatnonzero(part == i) for i, name in enumerate(names)}


def dealt(values: Array, wanted: npt.NDArray[np.float64], seed: int, by: str) -> Indices:
    """For each row the number of its part, all rows of one value in the same.

    wanted: rows that each part should have. Raises DataError for fewer values than parts.
    """
    _, group, sizes = np.unique(values, return_inverse=True, return_counts=True)
    if len(sizes) < len(wanted):
        raise DataError(
            f"{by} has {len(sizes)} different values, too few for {len(wanted)} parts: split by "
            "another column, or into fewer parts."
        )
    # Groups of one size are in an order of chance; the largest go first and fit in best.
    order = np.random.default_rng(seed).permutation(len(sizes))
    order = order[np.argsort(-sizes[order], kind="stable")]
    lacking, empty = wanted.copy(), np.ones(len(wanted), bool)
    part_of = np.empty(len(sizes), dtype=np.int64)
    for i, one in enumerate(order):
        last = len(order) - i <= empty.sum()  # from here on every empty part needs one
        part = int(np.argmax(np.where(empty, lacking, -np.inf) if last else lacking))
        part_of[one], lacking[part], empty[part] = part, lacking[part] - sizes[one], False
    return np.asarray(part_of[group.ravel()])


def by_time(fields: Fields, validation: float, test: float, by: str) -> Split:
    """Cut in the order of `by`, the earliest to train on; one moment is never in two parts.

    Raises DataError if `by` holds neither numbers nor dates, or too few different ones.
    """
    moments = times(fields, by)
    order = np.argsort(moments, kind="stable")
    ordered = moments[order]
    rows: Split = {}
    begin, wanted = 0, 0
    counts = counts_of(len(fields), validation, test)
    for name, count in counts.items():
        wanted += count
        last = wanted == len(order)
        # Rows of the moment at the cut stay with those before it.
        end = len(order) if last else int(np.searchsorted(ordered, ordered[wanted - 1], "right"))
        if end <= begin:
            raise DataError(
                f"{by} has too few different moments for {len(counts)} parts: split by another "
                "column, or into fewer parts."
            )
        rows[name], begin = np.sort(order[begin:end]), end
    return rows


def times(fields: Fields, by: str) -> npt.NDArray[np.float64]:
    """A column as numbers that grow with time: numbers as they are, dates as seconds."""
    values = fields.key(by)
    if values.dtype.kind in "iufb":
        return values.astype(np.float64)
    found = np.empty(len(values))
    for i, text in enumerate(values):
        try:
            found[i] = _moment(str(text))
        except ValueError:
            raise DataError(
                f"Row {i + 1} of {by} is {str(text)[:40]!r}, neither a number nor a date such as "
                "2024-05-31 or 2024-05-31 16:30: mend it, or split by another column."
            ) from None
    return found


def _moment(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return (datetime.fromisoformat(text).replace(tzinfo=None) - datetime(1970, 1, 1)) / _SECOND


_SECOND = datetime(1970, 1, 1, 0, 0, 1) - datetime(1970, 1, 1)


def given(fields: Fields, by: str) -> Split:
    """As a column says: train, validation (val, valid, dev) or test, in any case.

    Raises DataError for any other word, and if no row is to train on.
    """
    values = fields.key(by)
    words = np.array([str(v).strip().lower() for v in values])
    rows: Split = {}
    known = np.zeros(len(words), bool)
    for part, names in _WORDS.items():
        there = np.isin(words, names)
        known |= there
        if there.any():
            rows[part] = np.flatnonzero(there)
    if not known.all():
        row = int(np.argmin(known))
        raise DataError(
            f"Row {row + 1} of {by} is {str(values[row])[:40]!r}: write train, validation or test."
        )
    if "train" not in rows:
        raise DataError(f"No row of {by} says train: there is nothing to train on.")
    return rows

"""Which rows train, which validate and which test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from netbuilder.data.fields import Fields
from netbuilder.layers import DataError

Indices = npt.NDArray[np.int64]
#: Row numbers by part: ``train``, ``validation``, ``test``; ascending, none in two parts.
Split = dict[str, Indices]


def split(
    fields: Fields,
    validation: float,
    test: float,
    seed: int,
    label: str | None = None,
    stratified: bool = True,
) -> Split:
    """Rows of each part; the same seed gives the same parts, and no part is empty.

    validation, test: fractions of the rows; a part whose fraction is 0 is left out.
    label: field whose classes all parts hold in equal proportion; None for the only field
    with one class a row, if there is one. stratified: whether classes are looked at at all.
    Rows in the order of time are cut by place, training first, and the rows that share
    content with both sides of a cut are left out.

    Raises DataError if the fractions leave nothing to train on, or for too few rows.
    """
    gap = fields.overlap or 0
    counts = counts_of(len(fields), validation, test, gap)
    if fields.overlap is not None:
        return _by_place(counts, gap)
    order = mixed(fields, (label or fields.label) if stratified else None, seed)
    # The parts held out come first: there every class is in its place, also a rare one.
    rows: Split = {}
    for name in reversed(counts):
        rows[name], order = np.sort(order[: counts[name]]), order[counts[name] :]
    return {name: rows[name] for name in counts}


def counts_of(rows: int, validation: float, test: float, gap: int = 0) -> dict[str, int]:
    """How many rows each part has, in the order train, validation, test; none has 0.

    gap: rows left out between two parts. Raises DataError as `split`.
    """
    fractions = {"train": 1.0 - validation - test, "validation": validation, "test": test}
    if not 0 <= validation < 1 or not 0 <= test < 1 or fractions["train"] < 1e-9:
        raise DataError(
            f"Validation {validation:g} and test {test:g} leave no rows to train on: "
            "each is at least 0, and together they are less than 1."
        )
    parts = [name for name, fraction in fractions.items() if fraction > 0]
    usable = rows - gap * (len(parts) - 1)
    if usable < len(parts):
        raise DataError(
            f"{rows} rows are too few for {len(parts)} parts"
            + (" without overlap" if gap else "")
            + ": take more data, or set validation and test to 0."
        )
    counts = {name: max(1, round(usable * fractions[name])) for name in parts[1:]}
    while sum(counts.values()) >= usable:
        counts[max(counts, key=lambda name: counts[name])] -= 1
    return {"train": usable - sum(counts.values()), **counts}


def _by_place(counts: Mapping[str, int], gap: int) -> Split:
    rows: Split = {}
    start = 0
    for name, count in counts.items():
        rows[name] = np.arange(start, start + count)
        start += count + gap
    return rows


def mixed(fields: Fields, label: str | None, seed: int) -> Indices:
    """All rows in an order of which every stretch holds the classes in proportion."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(fields))
    if label is None:
        return order
    classes = fields[label][order]
    place = np.empty(len(order))
    for value in np.unique(classes):
        members = np.flatnonzero(classes == value)
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    return order[np.lexsort((np.arange(len(order)), place))]

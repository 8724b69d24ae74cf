"""A data set in memory: one array a field, all with the same number of rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netbuilder.data.lazy import Bad, Lazy
from netbuilder.layers import DataError

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Scale:
    """How a field was standardised: raw = value · deviation + mean, column by column."""

    mean: npt.NDArray[np.float64]
    deviation: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fields:
    """Arrays by field name; row i of each belongs to sample i.

    arrays: float32, int64 or bool, rows first. class_names: of integer fields. columns:
    names of the columns of a table. scales: of standardised fields.
    keys: what is known of each row besides, such as a group, a date or its part; any type.
    overlap: None if the rows stand for themselves; else the rows are in the order of time
    and each shares content with this many rows after it.
    bad: what was left out because it cannot be read. A field may be `Lazy`, whose rows are
    read when they are asked for.
    without: the same with just those left out that are named, whatever else cannot be read by
    now, so that a run goes on with the rows it began with.

    Raises DataError if the lengths differ or a number is not finite.
    """

    arrays: Mapping[str, Array]
    class_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    scales: Mapping[str, Scale] = field(default_factory=dict)
    overlap: int | None = None
    keys: Mapping[str, Array] = field(default_factory=dict)
    bad: tuple[Bad, ...] = ()
    without: Callable[[Collection[str]], Fields] | None = None

    def __post_init__(self) -> None:
        lengths = {name: len(array) for name, array in self.arrays.items()}
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{name} {n}" for name, n in lengths.items())
            raise DataError(f"The fields of a data set differ in length: {listed} rows.")
        if not len(self):
            raise DataError("The data set has no rows: choose another in the Data node.")
        for name, array in self.arrays.items():
            if array.dtype.kind == "f" and not isinstance(array, Lazy):
                self._finite(name, array)

    def __len__(self) -> int:
        return len(next(iter(self.arrays.values()), ()))

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]

    @property
    def splits_by(self) -> tuple[str, ...]:
        """Names that `key` knows: keys, fields with one value a row, columns of tables."""
        single = [n for n, a in self.arrays.items() if a.ndim == 1]
        return tuple(
            dict.fromkeys([*self.keys, *single, *(c for n in self.columns.values() for c in n)])
        )

    def key(self, name: str) -> Array:
        """One value for each row, by which rows can be split. Raises DataError."""
        if name in self.keys:
            return self.keys[name]
        if name in self.arrays and self.arrays[name].ndim == 1:
            return self.arrays[name]
        for field_name, columns in self.columns.items():
            if name in columns:
                column: Array = self.arrays[field_name][:, columns.index(name)]
                return column
        known = ", ".join(self.splits_by[:12]) or "none"
        wanted = (
            f"There is no column {name} to split by" if name else "No column to split by is set"
        )
        raise DataError(f"{wanted}; this data set has {known}. Choose one in the Data panel.")

    @property
    def label(self) -> str | None:
        """The one field with a class for each row, or None if there is none or several."""
        found = [n for n, a in self.arrays.items() if a.ndim == 1 and a.dtype.kind == "i"]
        return found[0] if len(found) == 1 else None

    def _finite(self, name: str, array: Array) -> None:
        # The sum is finite unless a value is not (or the sum overflows): one fast pass.
        with np.errstate(all="ignore"):
            if np.isfinite(array.sum(dtype=np.float64)):
                return
        bad = np.argwhere(~np.isfinite(array))
        if not len(bad):
            return
        row, *place = (int(i) for i in bad[0])
        named = self.columns.get(name, ())
        column = named[place[0]] if len(place) == 1 and place[0] < len(named) else place
        where = f", column {column}" if place else ""
        raise DataError(
            f"The field {name} holds a value that is not a finite number in row {row + 1}{where}: "
            "mend it or leave this row out."
        )

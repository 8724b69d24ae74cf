"""Fields in .npy and .npz files, mapped into memory and converted row by row."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import cast

import numpy as np

from netbuilder.data.fields import Fields
from netbuilder.data.lazy import Array, Bad, Indices, Lazy, gather
from netbuilder.layers.array_file import opened
from netbuilder.layers.data_arrays import Column, NumpyFile


def numpy_file(layer: NumpyFile) -> Fields:
    """Every array by its field; what has one value a row is read, the rest stays in the file."""
    arrays: dict[str, Array] = {}
    for name, column in layer.columns().items():
        mapped = Mapped(column)
        # A whole column of single values is small, and rows are split and counted by it.
        single = len(column.stored.shape) == 1
        arrays[name] = mapped[:] if single else cast(Array, mapped)
    return Fields(arrays, class_names={n: layer.class_names(n) for n in arrays})


class Mapped(Lazy):
    """An array in a file."""

    def __init__(self, column: Column) -> None:
        self._column = column
        self._values = opened(column.file, column.stored)
        sizes = tuple(int(n) for n in column.spec.shape[1:])
        self.shape = (column.stored.shape[0], *sizes)
        self.dtype = np.dtype(column.spec.dtype)
        self._path = str(column.file)
        plain = not column.channel and len(self.shape) == len(column.stored.shape)
        #: Whether rows are as they lie in the file.
        self._plain = plain and self._values.dtype == self.dtype
        self._end = (column.stored.offset or 0) + column.stored.bytes

    def take(self, rows: Indices, out: Array) -> Mapping[int, Bad]:
        """Rows as they are needed; one with a value that is not finite cannot be used."""
        column = self._column
        if column.stored.offset is not None and self._is_cut():
            # To touch what is no longer there would end the process.
            return {i: Bad(column.file.name, "the file was cut off") for i in range(len(rows))}
        if self._plain:
            gather(self._values, rows, out)
        else:
            raw = self._values[rows]
            if column.channel == "last":
                raw = np.moveaxis(raw, -1, 1)
            with np.errstate(over="ignore"):  # too large for float32 is not finite below
                np.copyto(out, raw.reshape(out.shape), casting="unsafe")
        if column.scale:
            out /= np.float32(255)
        if self._values.dtype.kind != "f":
            return {}
        finite = np.isfinite(out)
        if finite.all():
            return {}
        name = column.file.name
        fine = finite.reshape(len(out), -1).all(axis=1)
        where = "a value is not a finite number"
        return {int(i): Bad(f"{name}, row {rows[i] + 1}", where) for i in np.flatnonzero(~fine)}

    def _is_cut(self) -> bool:
        try:
            return os.stat(self._path).st_size < self._end
        except OSError:
            return False  # deleted: what is mapped stays until it is let go

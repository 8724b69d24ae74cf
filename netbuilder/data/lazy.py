"""Fields whose rows are read when they are asked for, from files that may be large or broken."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from netbuilder.layers import DataError

Array = npt.NDArray[Any]
Indices = npt.NDArray[np.int64]
#: Bytes that are read in one piece where a whole field is.
PIECE = 1 << 26


@dataclass(frozen=True)
class Bad:
    """A row that cannot be used: the file (or row) by name, and why."""

    name: str
    reason: str


class Lazy(ABC):
    """Rows that lie elsewhere, by number; looks like an array as far as rows are indexed.

    shape, dtype: of the values as a model takes them, rows first.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    #: Whether a row takes so long that several threads should read.
    costly: ClassVar[bool] = False

    @abstractmethod
    def take(self, rows: Indices, out: Array) -> Mapping[int, Bad]:
        """Read rows into `out` (len(rows), …). Returns those that cannot be used, by place."""

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """Number of values."""
        return int(np.prod(self.shape, dtype=np.int64))

    @property
    def nbytes(self) -> int:
        """Bytes that all values would take in memory."""
        return self.size * self.dtype.itemsize

    def __getitem__(self, index: Any) -> Array:
        """Rows by number, slice or list. Raises DataError if one cannot be used."""
        single = isinstance(index, (int, np.integer))
        rows = np.arange(len(self))[index].reshape(-1)
        out = np.empty((len(rows), *self.shape[1:]), self.dtype)
        bad = self.take(rows, out)
        for one in bad.values():
            raise DataError(f"{one.name} cannot be used: {one.reason}.")
        return out[0] if single else out

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        read = self[:]
        return read if dtype is None else read.astype(dtype)


def read(array: Array, rows: Indices) -> tuple[Array, Mapping[int, Bad]]:
    """A copy of rows, and which of them (by place) cannot be used and hold anything."""
    if not isinstance(array, Lazy):
        return array[rows], {}
    out = np.zeros((len(rows), *array.shape[1:]), array.dtype)
    return out, array.take(rows, out)


def gather(array: Array, rows: Indices, out: Array) -> None:
    """Copy rows of an array in memory, or mapped into it."""
    if array.flags.c_contiguous:
        np.take(array, rows, axis=0, out=out, mode="clip")  # "raise" would copy once more
    else:
        out[...] = array[rows]  # np.take would copy all of it first


def within(array: Array, classes: int) -> bool:
    """Whether whole numbers are those of classes. Lazy ones were looked at before."""
    return isinstance(array, Lazy) or bool(array.min() >= 0 and array.max() < classes)


def in_pieces(rows: int, nbytes: int) -> list[slice]:
    """Slices of rows, each about `PIECE` bytes, that together are all of them."""
    step = max(1, PIECE * rows // max(nbytes, 1))
    return [slice(i, min(i + step, rows)) for i in range(0, rows, step)]

"""Arrays of NumPy as a data set: read from where they lie, however large they are."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from netbuilder.layers import array_file
from netbuilder.layers.array_file import Stored
from netbuilder.layers.roles import DataError, DataSet
from netbuilder.layers.shape import B, TensorSpec
from netbuilder.layers.spec import ParamError, param
from netbuilder.layers.text_file import stamp

#: How a picture lies in an array: as layers take it, colours last, or without an axis for them.
Picture = Literal["auto", "channels first", "channels last", "no channel"]
_MOST_CLASSES = 1000


@dataclass(frozen=True)
class Column:
    """One array as a field: where it lies and what is made of its values.

    channel: where the axis of colours is moved from or put, "" for as it is. scale: factor
    of bytes. spec: what arrives at the port.
    """

    file: Path
    stored: Stored
    spec: TensorSpec
    channel: Literal["", "last", "none"] = ""
    scale: bool = False


class NumpyFile(DataSet):
    """Arrays from a .npy or .npz file, each a field; row i of all belongs to sample i.

    Whole numbers with one value a row are classes, label (B,). Other numbers with one value
    a row are (B, 1). Bytes with several values a row are pictures and become 0 to 1. The file
    is mapped, not read: it may be larger than the memory.
    """

    kind, title = "numpy_file", "NumPy file"
    use = "Any arrays you can save with np.save or np.savez, also larger than the memory."
    mistakes = (
        "A .npy file holds one array: choose a second one with the labels, or save both with "
        "np.savez.",
        "Numbers far from 0 to 1 learn slowly: put a Normalise node behind them.",
    )
    cites = "NumPy enhancement proposal 1, A simple file format for arrays"
    loader = "netbuilder.data.arrays:numpy_file"

    path: str = param("", path=True, label="File", help="A .npy or .npz file.")
    labels: str = param(
        "", path=True, label="Labels", help="A second .npy file with one value for each row."
    )
    pictures: Picture = param(
        "auto",
        help="How pictures lie in the array. auto: bytes of three axes have no channel, of four "
        "with 1, 3 or 4 at the end have the channels last.",
    )
    scale: bool = param(True, label="Bytes to 0 to 1", help="Divide bytes by 255.")

    def file(self) -> Path | None:
        return Path(self.path).expanduser() if self.path else None

    def stamp(self) -> Hashable:
        """Of both files."""
        return tuple(stamp(file, largest=None) for file in self._files())

    def _files(self) -> tuple[Path, ...]:
        file = self.file()
        if file is None:
            raise DataError("No file is chosen yet: choose a NumPy file in the Data node.")
        return (file, Path(self.labels).expanduser()) if self.labels else (file,)

    def columns(self) -> dict[str, Column]:
        """Every array by the name of its field. Raises DataError or ParamError."""
        file, *second = self._files()
        found: dict[str, Column] = {}
        single = file.suffix.lower() != ".npz"
        for array in array_file.stored(file):
            name = self._named(file, array, found, single)
            found[name] = self._column(file, array)
        for labels in second:
            first, *more = array_file.stored(labels)
            if more or len(first.shape) not in (1, 2):
                raise ParamError(
                    "labels",
                    f"{labels.name} is to hold one array with one value a row; it holds "
                    + (f"{len(more) + 1} arrays." if more else f"one of {len(first.shape)} axes."),
                )
            column = self._column(labels, first)
            name = "label" if column.spec.classes else "target"
            found[name if name not in found else f"{name}_2"] = column
        lengths = {name: column.stored.shape[0] for name, column in found.items()}
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{name} {n:,}" for name, n in lengths.items())
            raise DataError(f"The arrays of {file.name} differ in length: {listed} rows.")
        return found

    def _named(self, file: Path, array: Stored, taken: Mapping[str, Column], single: bool) -> str:
        if not array.shape:
            raise DataError(f"The array {array.name} of {file.name} has no rows.")
        if array.dtype.kind not in "buif":
            raise DataError(
                f"The array {array.name} of {file.name} holds {array.dtype.name}, which is no "
                "number: save it as numbers."
            )
        name = "".join(c if c.isascii() and c.isalnum() else "_" for c in array.name)
        name = "values" if single else (name if name[:1].isalpha() else f"array_{name}")
        while name in taken:
            name += "_2"
        return name

    def _column(self, file: Path, array: Stored) -> Column:
        shape, kind = array.shape[1:], array.dtype.kind
        if kind in "bui" and not shape:
            low, high = array_file.bounds(file, array)
            if low >= 0 and high < _MOST_CLASSES:
                return Column(file, array, TensorSpec((B,), "int64", high + 1))
        if not shape:
            return Column(file, array, TensorSpec((B, 1)))
        if array.dtype.name == "uint8":
            return self._picture(file, array, scale=self.scale)
        if kind in "ui" and len(shape) <= 2:
            low, high = array_file.bounds(file, array)
            if low >= 0 and high < 1_000_000:
                return Column(file, array, TensorSpec((B, *shape), "int64", high + 1))
        return self._picture(file, array, scale=False)

    def _picture(self, file: Path, array: Stored, scale: bool) -> Column:
        shape, how = array.shape[1:], self.pictures
        if how == "auto" and array.dtype.name == "uint8":
            if len(shape) == 2:
                how = "no channel"
            elif len(shape) == 3 and shape[-1] in (1, 3, 4) and shape[0] not in (1, 3, 4):
                how = "channels last"
        if how == "no channel" and len(shape) == 2:
            return Column(file, array, TensorSpec((B, 1, *shape)), "none", scale)
        if how == "channels last" and len(shape) == 3:
            return Column(file, array, TensorSpec((B, shape[2], *shape[:2])), "last", scale)
        return Column(file, array, TensorSpec((B, *shape)), "", scale)

    def fields(self) -> Mapping[str, TensorSpec]:
        return {name: column.spec for name, column in self.columns().items()}

    def output_ports(self) -> tuple[str, ...]:
        """All that a file may have while it cannot be read, so that wires stay."""
        try:
            return tuple(self.fields())
        except (DataError, ParamError):
            return ("values", "label", "target", "x", "y")

    def summary(self) -> str:
        file = self.file()
        return file.stem[:19] if file else "no file"

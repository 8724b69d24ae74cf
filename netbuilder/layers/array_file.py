"""What a .npy or .npz file holds, from its headers; the values stay where they are.

Nothing of a file is ever unpickled: an array of Python objects is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import IO, Any

from netbuilder.layers.late import Array, np, zipfile
from netbuilder.layers.roles import DataError
from netbuilder.layers.text_file import stamp, unreadable

#: So many values are looked at in one piece.
_PIECE = 1 << 22
#: A compressed array has to be unpacked as a whole; larger ones are to be saved with np.savez.
_UNPACKED = 1 << 31
_FIXED = 30  # bytes of a zip entry's own header before its name


@dataclass(frozen=True, slots=True)
class Stored:
    """One array in a file: where its values begin, None if they are compressed."""

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool
    offset: int | None

    @property
    def bytes(self) -> int:
        """Bytes of all values."""
        return prod(self.shape) * self.dtype.itemsize


def stored(path: Path) -> tuple[Stored, ...]:
    """The arrays of a .npy or .npz file, remembered until it changes. Raises DataError."""
    return _stored(path, stamp(path, largest=None))


@lru_cache(maxsize=32)
def _stored(path: Path, stamp: tuple[int, int]) -> tuple[Stored, ...]:
    try:
        if zipfile.is_zipfile(path):
            found = _members(path)
        else:
            with path.open("rb") as file:
                found = [_header(file, "values", 0)]
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, EOFError, zipfile.BadZipFile, SyntaxError) as error:
        raise DataError(
            f"The file {path.name} is no NumPy file ({_plainly(error)}): save it with np.save or "
            "np.savez and choose it again."
        ) from None
    for array in found:
        if array.dtype.hasobject:
            raise DataError(
                f"The array {array.name} of {path.name} holds Python objects, which could run "
                "anything and are not opened: save it as numbers."
            )
        if array.offset is not None and array.offset + array.bytes > stamp[1]:
            raise cut_off(path)
    return tuple(found)


def cut_off(path: Path) -> DataError:
    """The file ends before its last value."""
    return DataError(
        f"The file {path.name} is cut off: it ends before its last value. Copy or save it again."
    )


def opened(path: Path, array: Stored) -> Array:
    """The values as they are in the file: a map of it, or unpacked if they are compressed.

    Raises DataError.
    """
    try:
        if array.offset is None:
            if array.bytes > _UNPACKED:
                raise DataError(
                    f"The array {array.name} of {path.name} is compressed and larger than "
                    f"{_UNPACKED >> 30} GB: save it with np.savez or np.save, so that it can be "
                    "read piece by piece."
                )
            with np.load(path, allow_pickle=False) as file:
                unpacked: Array = file[array.name]
                return unpacked
        if not array.bytes:
            return np.empty(array.shape, array.dtype)
        order: Any = "F" if array.fortran else "C"
        return np.memmap(path, array.dtype, "r", array.offset, array.shape, order)
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, zipfile.BadZipFile, EOFError):
        raise cut_off(path) from None


def bounds(path: Path, array: Stored) -> tuple[int, int]:
    """Least and greatest of whole numbers, remembered until the file changes."""
    return _bounds(path, array, stamp(path, largest=None))


@lru_cache(maxsize=64)
def _bounds(path: Path, array: Stored, stamp: tuple[int, int]) -> tuple[int, int]:
    values = opened(path, array)
    flat = values.reshape(-1, order="F" if array.fortran else "C")
    if not len(flat):
        return 0, 0
    pieces = [flat[i : i + _PIECE] for i in range(0, len(flat), _PIECE)]
    return min(int(p.min()) for p in pieces), max(int(p.max()) for p in pieces)


def _members(path: Path) -> list[Stored]:
    found = []
    with zipfile.ZipFile(path) as archive, path.open("rb") as plain:
        for info in archive.infolist():
            if not info.filename.endswith(".npy"):
                continue
            name = info.filename.removesuffix(".npy")
            with archive.open(info) as file:
                header = _header(file, name, 0)
            offset = None
            if info.compress_type == zipfile.ZIP_STORED and header.offset is not None:
                plain.seek(info.header_offset)
                own = plain.read(_FIXED)
                # The entry's own header may be longer than what the directory says of it.
                names, extra = (int.from_bytes(own[i : i + 2], "little") for i in (26, 28))
                offset = info.header_offset + _FIXED + names + extra + header.offset
            found.append(Stored(name, header.shape, header.dtype, header.fortran, offset))
    if not found:
        raise ValueError("it holds no arrays")
    return found


def _header(file: IO[bytes], name: str, begin: int) -> Stored:
    major, _ = np.lib.format.read_magic(file)
    read = (
        np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    )
    shape, fortran, dtype = read(file)
    return Stored(name, tuple(shape), dtype, bool(fortran), begin + file.tell())


def _plainly(error: Exception) -> str:
    return str(error).splitlines()[0].rstrip(".")[:80] if str(error) else "it ends too early"

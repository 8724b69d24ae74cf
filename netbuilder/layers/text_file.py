"""Reads a text file, and knows without reading it twice which characters it holds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from netbuilder.layers.roles import DataError

#: Reading more would keep the window waiting; no text that fits a small model is longer.
_LARGEST = 100_000_000


@dataclass(frozen=True, slots=True)
class Scan:
    """vocabulary: every character that occurs, in code-point order. length: of the text."""

    vocabulary: str
    length: int


def stamp(path: Path, largest: int | None = _LARGEST) -> tuple[int, int]:
    """Time of the last change and size; raises DataError if the file cannot be reached.

    largest: bytes beyond which a file is refused, None for no limit.
    """
    try:
        status = path.stat()
        if not path.is_file():
            raise DataError(f"{path} is a folder, not a file: choose a file in the Data node.")
    except FileNotFoundError:
        raise DataError(
            f"The file {path} is not there any more: choose it again in the Data node."
        ) from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from None
    if largest is not None and status.st_size > largest:
        raise DataError(
            f"The file {path.name} is larger than {largest // 1_000_000} MB: "
            "choose a smaller one in the Data node."
        )
    return status.st_mtime_ns, status.st_size


def unreadable(path: Path, error: Exception) -> DataError:
    """Why a file that is there cannot be read, in the system's words."""
    reason = getattr(error, "strerror", None) or str(error)
    return DataError(f"The file {path} cannot be read ({reason}): choose another in the Data node.")


def read(path: Path) -> str:
    """The whole text; a byte order mark is left out, line ends become ``\\n``.

    Raises DataError if the file is missing, unreadable, empty or not UTF-8.
    """
    stamp(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"The file {path.name} is not text in UTF-8 (byte {error.start + 1:,} fits no "
            "character): save it as UTF-8 and choose it again."
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None
    if not text:
        raise DataError(f"The file {path.name} is empty: choose another in the Data node.")
    return text


def scanned(path: Path) -> Scan:
    """Vocabulary and length of a text file, remembered until the file changes."""
    return _scanned(path, stamp(path))


@lru_cache(maxsize=32)
def _scanned(path: Path, stamp: tuple[int, int]) -> Scan:
    text = read(path)
    return Scan("".join(sorted(set(text))), len(text))

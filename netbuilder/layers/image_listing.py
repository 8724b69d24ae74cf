"""Which images lie in a folder, and of which class each is; none of them is opened."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from netbuilder.layers.roles import DataError
from netbuilder.layers.text_file import unreadable

#: Ends of the names of files that are taken for images.
SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"}
)


@dataclass(frozen=True)
class Listing:
    """files: names below the folder, with / between, class by class. label: class of each.

    classes: names of the sub-folders; () if the images lie in the folder itself.
    """

    classes: tuple[str, ...]
    files: tuple[str, ...]
    label: tuple[int, ...]


def stamp(folder: Path) -> Hashable:
    """Changes when a file or sub-folder comes or goes. Raises DataError if it is not there."""
    try:
        if not folder.is_dir():
            what = "is a file, not a folder" if folder.exists() else "is not there any more"
            raise DataError(f"The folder {folder} {what}: choose it again in the Data node.")
        own = folder.stat().st_mtime_ns
        return own, tuple((d.name, d.stat().st_mtime_ns) for d in _folders(folder))
    except OSError as error:
        raise unreadable(folder, error) from None


def content_stamp(folder: Path) -> Hashable:
    """Changes when an image is written over, too; 100,000 take about a second."""
    latest = size = 0
    for name in listed(folder).files:
        with contextlib.suppress(OSError):
            status = os.stat(folder / name)
            latest, size = max(latest, status.st_mtime_ns), size + status.st_size
    return latest, size


def listed(folder: Path) -> Listing:
    """The images of a folder, remembered until a file comes or goes. Raises DataError."""
    return _listed(folder, stamp(folder))


@lru_cache(maxsize=16)
def _listed(folder: Path, stamp: Hashable) -> Listing:
    classes, files, label = list[str](), list[str](), list[int]()
    for inside in _folders(folder):
        names = _images(folder / inside.name)
        if names:
            files += [f"{inside.name}/{name}" for name in names]
            label += [len(classes)] * len(names)
            classes.append(inside.name)
    if not files:
        files = _images(folder)
        label = [0] * len(files)
    if not files:
        raise DataError(
            f"The folder {folder.name} holds no images: put those of each class into a "
            "sub-folder with the name of the class."
        )
    return Listing(tuple(classes), tuple(files), tuple(label))


def holds_images(folder: Path) -> bool:
    """Whether a folder can be used as one of images."""
    try:
        return bool(listed(folder).files)
    except DataError:
        return False


def _folders(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        found = [e for e in entries if e.is_dir() and not e.name.startswith(".")]
    return sorted(found, key=lambda entry: _natural(entry.name))


def _images(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if not e.name.startswith(".")]
    except OSError as error:
        raise unreadable(folder, error) from None
    return sorted((n for n in names if os.path.splitext(n)[1].lower() in SUFFIXES), key=_natural)


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """2 before 10, as a person sorts."""
    parts = re.split(r"(\d+)", name.lower())
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts], name

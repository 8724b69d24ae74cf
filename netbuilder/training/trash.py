"""Runs that were deleted wait in a folder of their own, until they are brought back."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from pathlib import Path

from netbuilder.folders import home, runs
from netbuilder.graph.atomic import FileError, reason


def folder() -> Path:
    """Where deleted runs lie."""
    found = home() / "trash"
    with contextlib.suppress(OSError):  # whoever moves a run there is told
        found.mkdir(parents=True, exist_ok=True)
    return found


def discard(run: Path) -> Path:
    """Move the folder of a run to the trash; returns where it is now. Raises FileError."""
    target = folder() / run.name
    if target.exists():
        target = folder() / f"{run.name}-{secrets.token_hex(2)}"
    return _moved(run, target)


def discarded() -> list[Path]:
    """Deleted runs that can be brought back, the latest first."""
    found = [path for path in folder().glob("*") if (path / "run.json").is_file()]
    return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)


def restore(trashed: Path, name: str) -> Path:
    """Bring a run back under its name. Raises FileError if that is taken."""
    target = runs() / name
    if target.exists():
        raise FileError(f"There is another run called {name}; the deleted one lies in {trashed}.")
    return _moved(trashed, target)


def _moved(source: Path, target: Path) -> Path:
    try:
        shutil.move(source, target)
    except (OSError, shutil.Error) as error:
        if isinstance(error, OSError):
            raise FileError(reason(error, source, "moved")) from None
        raise FileError(f"{source} could not be moved: {error}.") from None
    return target

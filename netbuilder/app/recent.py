"""The projects opened or saved lately, latest first."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from netbuilder.folders import home
from netbuilder.graph.atomic import FileError, atomic_write

_MOST = 12


def recent() -> tuple[Path, ...]:
    """Recent project files that still exist."""
    try:
        listed = json.loads(_list().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    texts = [text for text in listed if isinstance(text, str)] if isinstance(listed, list) else []
    found = []
    for path in map(Path, texts):
        with contextlib.suppress(OSError, ValueError):
            if path.is_file():
                found.append(path)
    return tuple(found)


def remember(path: Path) -> None:
    """Put `path` first. A list that cannot be written is no reason to disturb anybody."""
    path = Path(path).absolute()
    paths = [path, *(other for other in recent() if other != path)][:_MOST]
    with contextlib.suppress(FileError):
        atomic_write(_list(), json.dumps([str(p) for p in paths], indent=2).encode())


def forget_all() -> None:
    """Empty the list."""
    with contextlib.suppress(OSError):
        _list().unlink(missing_ok=True)


def _list() -> Path:
    return home() / "recent.json"

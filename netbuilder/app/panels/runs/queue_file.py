"""What waits in a queue of runs, kept in the person's folder until it has been trained.

A file for each window, beside a lock that the system gives back when its process ends: so a new
window finds the files of windows that are gone, and leaves those of others alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from netbuilder import folders
from netbuilder.app.panels.runs.several import TITLES, Kind
from netbuilder.graph import Project
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import FileError, atomic_write
from netbuilder.graph.lock import try_lock

_SUFFIX, _LOCK, _DAMAGED = ".json", ".lock", ".damaged"


@dataclass(frozen=True)
class Entry:
    """A run of a queue. group: number of those it belongs to, None for one by itself.

    folder: of one that was begun, else "".
    """

    project: Project
    label: str = ""
    group: int | None = None
    folder: str = ""


class QueueFile:
    """Holds its file from the first entry to the last."""

    def __init__(self) -> None:
        self._name = f"{os.getpid()}-{secrets.token_hex(4)}{_SUFFIX}"
        self._lock: IO[str] | None = None
        self._written = ""
        self._texts: dict[int, tuple[Project, str]] = {}

    def write(self, entries: Sequence[Entry], groups: Sequence[Kind]) -> None:
        """Keep these instead of what was kept. Raises FileError; what was kept then stands."""
        if not entries:
            self._forget()
            return
        self._texts = {id(e.project): self._text(e.project) for e in entries}
        rows = [
            {
                "project": self._texts[id(e.project)][1],
                "label": e.label,
                "group": e.group,
                "folder": e.folder,
            }
            for e in entries
        ]
        text = json.dumps({"version": 1, "groups": list(groups), "entries": rows})
        if text != self._written:
            path = folders.queues() / self._name
            self._hold(path)
            atomic_write(path, text.encode())
            self._written = text

    def close(self) -> None:
        """The window closes: what is kept may be taken up by the next one."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _text(self, project: Project) -> tuple[Project, str]:
        known = self._texts.get(id(project))
        if known is not None and known[0] is project:
            return known
        return project, project_file.dumps(project)

    def _hold(self, path: Path) -> None:
        if self._lock is None:
            with contextlib.suppress(OSError):
                self._lock = path.with_suffix(_LOCK).open("a", encoding="utf-8")
                weakref.finalize(self, self._lock.close)
                try_lock(self._lock)

    def _forget(self) -> None:
        if self._written:
            _removed(folders.queues() / self._name)
        self._written, self._texts = "", {}
        self.close()


def left_behind() -> tuple[list[tuple[list[Entry], list[Kind]]], list[str]]:
    """What waited in windows that are gone: entries and the kinds of their groups, file by file.

    The files are gone then. Second, a sentence for each that could not be read; it is renamed.
    """
    found: list[tuple[list[Entry], list[Kind]]] = []
    trouble: list[str] = []
    for path in sorted(folders.queues().glob(f"*{_SUFFIX}"), key=_age):
        if _alive(path):
            continue
        try:
            found.append(_read(path))
        except (OSError, ValueError, TypeError, KeyError):
            kept = path.with_suffix(_DAMAGED)
            with contextlib.suppress(OSError):
                path.replace(kept)
            trouble.append(
                f"The queue of an earlier window cannot be read and is left out; it lies in {kept}."
            )
        _removed(path)
    return found, trouble


def _read(path: Path) -> tuple[list[Entry], list[Kind]]:
    raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
    groups: list[Kind] = [kind for kind in raw["groups"] if kind in TITLES]
    return list(_entries(raw["entries"], len(groups))), groups


def _entries(rows: Iterable[dict[str, Any]], groups: int) -> Iterable[Entry]:
    for row in rows:
        group = row["group"]
        if group is not None and not 0 <= int(group) < groups:
            raise ValueError(f"There is no group {group}.")
        try:
            project = project_file.loads(row["project"], "A run that waits").project
        except FileError as error:
            raise ValueError(str(error)) from error
        yield Entry(project, str(row["label"]), group, str(row["folder"]))


def _alive(path: Path) -> bool:
    lock = path.with_suffix(_LOCK)
    if not lock.exists():
        return False
    try:
        with lock.open("a", encoding="utf-8") as file:
            return not try_lock(file)
    except OSError:
        return True


def _age(path: Path) -> float:
    with contextlib.suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _removed(path: Path) -> None:
    for one in (path, path.with_suffix(_LOCK)):
        with contextlib.suppress(OSError):
            one.unlink(missing_ok=True)

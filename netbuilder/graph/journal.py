"""The journal of edits that are not saved yet, for the case that the program dies.

One file an open document, in the program's own folder (never a temporary one): JSON lines,
each a whole edit. A line reaches the system at once, so a crash of the program loses
nothing; `sync`, called once a second, brings it to the disk, so a power cut loses at most
that second. The file goes away only after a successful save or a clean close.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from netbuilder.folders import recovery
from netbuilder.graph.atomic import FileError, reason
from netbuilder.graph.difference import applied, difference
from netbuilder.graph.file import loads
from netbuilder.graph.layout import flat
from netbuilder.graph.lock import try_lock
from netbuilder.graph.project import Project
from netbuilder.graph.raw import raw_project

SUFFIX = ".journal"
#: After so many edits the whole project is written again, so replaying stays quick.
_WHOLE_EVERY = 200
#: If the last state cannot be read, so many before it are tried.
_TRIED = 50
_counter = itertools.count(1)


@dataclass(frozen=True)
class Leftover:
    """What a journal holds: the project as it was last, and where it belongs.

    document: its file, or None if it was never saved. edits: how many were not saved.
    modified: time of the last one, in seconds since 1970.
    """

    journal: Path
    document: Path | None
    project: Project
    edits: int
    modified: float


class Journal:
    """Written while a document has unsaved edits; no file exists before the first."""

    def __init__(self, document: Path | None = None, folder: Path | None = None) -> None:
        self.document = document
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._path: Path | None = None
        self._until_whole = 0
        self._unsynced = False

    @property
    def path(self) -> Path | None:
        """The journal's file, if there is one now."""
        return self._path

    @property
    def unsynced(self) -> bool:
        """Whether a power cut now would lose edits."""
        return self._unsynced

    def record(self, before: Project, after: Project) -> None:
        """Add one edit. Raises FileError; the next call then writes everything anew."""
        path = self._path or self._folder or recovery()
        try:
            file = self._opened()
            path = self._path or path
            whole = self._until_whole == 0
            entry = {"whole": raw_project(after)} if whole else {"edit": difference(before, after)}
            self._append(file, entry)
            self._until_whole = _WHOLE_EVERY if whole else self._until_whole - 1
            self._unsynced = True
        except OSError as error:
            self._until_whole = 0
            raise FileError(reason(error, path, "kept for recovery"), path, error.errno) from error
        except (ValueError, TypeError) as error:
            self._until_whole = 0
            message = f"The last edit of {after.name} cannot be kept for recovery: {error}."
            raise FileError(message, path) from error

    def sync(self) -> None:
        """Bring what was recorded to the disk. Raises FileError."""
        if self._file is None or not self._unsynced:
            return
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            path = self._path or recovery()
            raise FileError(reason(error, path, "kept for recovery"), path, error.errno) from error
        self._unsynced = False

    def clear(self, document: Path | None = None) -> None:
        """Forget the edits, because they were saved (in `document`) or given up."""
        if document is not None:
            self.document = document
        if self._file is not None:
            self._file.close()
        if self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)
        self._file = self._path = None
        self._until_whole, self._unsynced = 0, False

    def abandon(self) -> None:
        """Close the file and leave it for a later `leftovers`."""
        if self._file is not None:
            self._file.close()
        self._file = self._path = None
        self._until_whole, self._unsynced = 0, False

    def _opened(self) -> IO[bytes]:
        if self._file is not None:
            return self._file
        name = f"{os.getpid()}-{time.time_ns()}-{next(_counter)}{SUFFIX}"
        path = (self._folder or recovery()) / name
        file = path.open("x+b", buffering=0)
        # Another program that looks for leftovers may hold the lock for a moment.
        for _ in range(20):
            if try_lock(file):
                break
            time.sleep(0.01)
        where = None if self.document is None else str(Path(self.document).absolute())
        try:
            self._append(file, {"journal": 1, "pid": os.getpid(), "document": where})
        except OSError:  # without this line nobody would know whose edits the others are
            file.close()
            with contextlib.suppress(OSError):
                path.unlink()
            raise
        self._file, self._path, self._until_whole = file, path, 0
        return file

    def _append(self, file: IO[bytes], entry: dict[str, Any]) -> None:
        line = memoryview(f"{flat({'at': time.time(), **entry})}\n".encode())
        end = file.seek(0, os.SEEK_END)
        try:
            while line:
                line = line[file.write(line) or 0 :]
        except OSError:
            # Half a line would hide every later one.
            with contextlib.suppress(OSError):
                file.truncate(end)
            raise


def read(path: Path) -> Leftover:
    """What a journal holds, up to its last whole line. Raises FileError."""
    document: Path | None = None
    states: deque[tuple[dict[str, Any], float]] = deque(maxlen=_TRIED)
    edits = 0
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise FileError(reason(error, path, "recovered"), path, error.errno) from error
    for line in lines:
        try:
            entry = json.loads(line)
            if "journal" in entry:
                document = Path(entry["document"]) if entry["document"] else None
            elif "whole" in entry:
                states.append((entry["whole"], float(entry["at"])))
                edits += 1
            else:
                states.append((applied(states[-1][0], entry["edit"]), float(entry["at"])))
                edits += 1
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            break  # torn by the crash; what came before it stands
    while states:
        raw, modified = states.pop()
        with contextlib.suppress(ValueError, TypeError, RecursionError):
            project = loads(json.dumps(raw), path.name).project
            return Leftover(path, document, project, edits, modified)
        edits -= 1
    raise FileError(f"{path.name} holds no edit that can be recovered.", path)


def replay(path: Path) -> Project:
    """The project at the end of a journal. Raises FileError."""
    return read(path).project


def leftovers(folder: Path | None = None) -> tuple[Leftover, ...]:
    """Journals that no living process holds, latest first.

    One that cannot be read is left out, and kept.
    """
    found = []
    for path in (folder or recovery()).glob(f"*{SUFFIX}"):
        try:
            with path.open("r+b") as file:
                if not try_lock(file):
                    continue
            found.append(read(path))
        except (FileError, OSError):
            continue
    return tuple(sorted(found, key=lambda leftover: leftover.modified, reverse=True))


def discard(leftover: Leftover) -> None:
    """Remove a journal: it was recovered into another one, or is not wanted."""
    with contextlib.suppress(OSError):
        leftover.journal.unlink(missing_ok=True)

"""Files that are either the old one or the new one, never half of either.

Everything the program writes goes through here. The new content is written beside the
target, checked write by write, flushed to the disk, read back and compared; only then
does it take the target's name in one step. A power cut, a full disk or a killed process
at any moment leaves the old file as it was.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_CHUNK = 1 << 20
#: What another program that has the file open (a virus scanner, a synchroniser) causes.
_WINDOWS_BUSY = frozenset({5, 32, 33})
_PATIENCE_S = 2.5
_STALE_S = 3600.0
_ROOM = 1 << 16


class FileError(ValueError):
    """A file that could not be read or written, as one plain sentence for the person."""

    def __init__(self, message: str, path: Path | None = None, errno: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.errno = errno


def atomic_write(path: Path, data: bytes, backup: bool = False) -> None:
    """Put `data` at `path` in one step; `backup` keeps the old content as ``NAME.bak``.

    Raises FileError with one sentence; the old file is then untouched and nothing else
    is left behind.
    """
    path = _target(path)
    with _sentences(path):
        temporary = _new_name(path)
        try:
            _write(temporary, data, path)
            _verify(temporary, data)
            _take_place(temporary, path, backup)
        finally:
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_path(path: Path, backup: bool = False) -> Iterator[Path]:
    """For libraries that write to a path themselves: yields one beside `path`.

    What was written there takes `path`'s name when the block ends without an error.
    The path that is yielded has the same suffix. Raises FileError; errors of the library
    pass through, and either way the old file is untouched.
    """
    path = _target(path)
    with _sentences(path):
        temporary = _new_name(path)
        try:
            try:
                yield temporary
            except OSError:
                raise
            except Exception as error:
                # safetensors and torch report a full disk as errors of their own.
                if "os error 28" in str(error) or shutil.disk_usage(path.parent).free < _ROOM:
                    raise OSError(errno.ENOSPC, "no space") from error
                raise
            with temporary.open("r+b") as file:
                os.fsync(file.fileno())
            _adopt_mode(temporary, path)
            _take_place(temporary, path, backup)
        finally:
            temporary.unlink(missing_ok=True)


def reason(error: OSError, path: Path, deed: str = "saved") -> str:
    """One sentence for a failure at `path`: what, where, what to do."""
    name, folder = path.name, path.parent
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"The disk is full, so {name} was not {deed}; free some space and try again."
        case errno.EROFS:
            return f"{folder} is read-only, so {name} was not {deed}; choose another folder."
        case errno.EACCES | errno.EPERM:
            return (
                f"There is no permission to use {path}, so it was not {deed}; "
                "choose another place or change its permissions."
            )
        case errno.EISDIR:
            return f"{path} is a folder, so nothing was {deed}; choose the name of a file."
        case errno.ENOTDIR:
            return f"{folder} is not a folder, so {name} was not {deed}; choose another place."
        case errno.ENOENT:
            return f"{path} does not exist, so it was not {deed}; choose another place."
        case errno.ENAMETOOLONG:
            return f"The name {name[:40]}… is too long; choose a shorter one."
        case errno.EIO:
            return f"The disk reported an error, so {name} was not {deed}; try another disk."
    why = error.strerror or type(error).__name__
    return f"{path} was not {deed}: {why.lower()}."


@contextlib.contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileError(reason(error, path), path, error.errno) from error


def _target(path: Path) -> Path:
    """Where to write: a link is followed, so that it stays a link."""
    path = Path(os.path.realpath(path))
    with _sentences(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, "is a folder")
        if not path.parent.is_dir():
            if path.parent.exists():
                raise NotADirectoryError(errno.ENOTDIR, "not a folder")
            missing = f"The folder {path.parent} does not exist; choose another place."
            raise FileError(missing, path, errno.ENOENT)
        # Replacing would work in a writable folder, but the person protected this file.
        if path.exists() and not os.access(path, os.W_OK):
            raise FileError(
                f"{path} is write-protected; save under another name.", path, errno.EACCES
            )
    return path


def _new_name(path: Path) -> Path:
    """A free name in the same folder, so that taking the target's name is one step."""
    _sweep(path)
    return path.with_name(f".{path.name[:40]}.{secrets.token_hex(6)}.part{path.suffix[:12]}")


def _sweep(path: Path) -> None:
    """Remove what killed processes left of earlier attempts at the same file."""
    left = re.compile(re.escape(f".{path.name[:40]}.") + r"[0-9a-f]{12}\.part.{0,12}\Z")
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if left.match(entry.name) and time.time() - entry.stat().st_mtime > _STALE_S:
                os.unlink(entry.path)


def _write(temporary: Path, data: bytes, path: Path) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o666)
    try:
        rest = memoryview(data)
        while rest:
            written = os.write(descriptor, rest[:_CHUNK])
            if written <= 0:
                raise OSError(errno.ENOSPC, "short write")
            rest = rest[written:]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _adopt_mode(temporary, path)


def _adopt_mode(temporary: Path, path: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        mode = stat.S_IMODE(path.stat().st_mode)
        with contextlib.suppress(PermissionError):
            temporary.chmod(mode)


def _verify(temporary: Path, data: bytes) -> None:
    with temporary.open("rb") as file:
        if hashlib.file_digest(file, "sha256").digest() != hashlib.sha256(data).digest():
            raise OSError(errno.EIO, "read back something else than was written")


def _take_place(temporary: Path, path: Path, backup: bool) -> None:
    if backup and path.exists():
        # A backup that cannot be made (no room, no links) is no reason to refuse the save.
        with contextlib.suppress(OSError):
            _keep(path, path.with_name(f"{path.name}.bak"))
    _patiently(lambda: os.replace(temporary, path))
    _flush_folder(path.parent)


def _keep(path: Path, backup: Path) -> None:
    """A second name for (or a copy of) the old content; its own name stays in place."""
    temporary = _new_name(backup)
    try:
        try:
            os.link(path, temporary)
        except OSError:
            shutil.copy2(path, temporary)
        _patiently(lambda: os.replace(temporary, backup))
    finally:
        temporary.unlink(missing_ok=True)


def _patiently(step: Callable[[], None]) -> None:
    """Do `step`, again while another program on Windows has the file open."""
    end = time.monotonic() + _PATIENCE_S
    wait = 0.01
    while True:
        try:
            step()
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in _WINDOWS_BUSY or time.monotonic() > end:
                raise
        time.sleep(wait)
        wait = min(2 * wait, 0.25)


def _flush_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where the system offers that."""
    if os.name == "nt":
        return
    # The content is in place by now; some file systems cannot flush a folder.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

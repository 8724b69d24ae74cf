"""The process that trains a run, as other processes see it: whether it lives, and asking it to end.

A file in the folder of the run is locked while it trains. The system gives the lock back
whatever ends the process, so a run that was killed is told from one that goes on, and two
processes never train one run. What is asked of it lies in a second file, which is read ten
times a second beside the training and takes effect after the current step.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import threading
import time
from pathlib import Path
from typing import IO, Literal, Protocol, get_args

from netbuilder.graph.atomic import atomic_write, reason
from netbuilder.graph.lock import try_lock

#: What a run can be asked for: end after this step or this epoch, wait, go on.
Wish = Literal["stop", "stop after epoch", "pause", "resume"]

_LOCK, _REQUEST = "training.lock", "request"
_POLL_S = 0.1
#: Who only looks holds the lock for an instant; whoever wants to train tries for so long.
_PATIENCE_S = 0.5


class Busy(ValueError):
    """A run that this process cannot train, because another does: one plain sentence."""


class Steered(Protocol):
    """What a wish is passed on to; `control.Control` is one."""

    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def stop(self) -> None: ...
    def finish_epoch(self) -> None: ...


class Presence:
    """Held by whoever trains a run; nothing is held before `hold`."""

    def __init__(self, control: Steered) -> None:
        self._control = control
        self._file: IO[str] | None = None
        self._folder: Path | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def hold(self, folder: Path) -> None:
        """Say that this process trains the run in `folder`. Raises Busy if another does."""
        if self._file is not None:
            return
        try:
            file = (folder / _LOCK).open("a+", encoding="utf-8")
        except OSError as error:
            raise Busy(reason(error, folder / _LOCK, "written")) from None
        end = time.monotonic() + _PATIENCE_S
        while not try_lock(file):
            if time.monotonic() > end:
                file.close()
                raise Busy(
                    f"The run {folder.name} is trained by another process; stop that one first."
                )
            time.sleep(0.02)
        self._file, self._folder = file, folder
        with contextlib.suppress(OSError):  # only told to people who look into the file
            file.truncate(0)
            # Past the buffer: what a full disk did not take must not be tried again on closing.
            os.write(file.fileno(), f"{json.dumps(_facts())}\n".encode())
        (folder / _REQUEST).unlink(missing_ok=True)  # it was meant for the one before
        self._thread = threading.Thread(target=self._listen, name="requests", daemon=True)
        self._thread.start()

    def release(self) -> None:
        """The run no longer trains here."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _listen(self) -> None:
        assert self._folder is not None
        path = self._folder / _REQUEST
        while not self._over.wait(_POLL_S):
            try:
                wish = path.read_text("utf-8").strip()
                path.unlink()
            except (OSError, UnicodeDecodeError):
                continue
            if wish == "stop":
                self._control.stop()
            elif wish == "stop after epoch":
                self._control.finish_epoch()
            elif wish == "pause":
                self._control.pause()
            elif wish == "resume":
                self._control.resume()


def _facts() -> dict[str, object]:
    return {"process": os.getpid(), "host": platform.node(), "since": time.time()}


def afar(folder: Path) -> bool:
    """Whether a run was last trained on another machine, whose lock is not always seen here."""
    try:
        facts = json.loads((folder / _LOCK).read_text("utf-8"))
    except (OSError, ValueError):
        return False
    host = facts.get("host") if isinstance(facts, dict) else None
    return host is not None and host != platform.node()


def present(folder: Path) -> bool:
    """Whether a process that lives trains the run in `folder`."""
    for _ in range(3):  # another that only looks has the lock for an instant, too
        try:
            with (folder / _LOCK).open(encoding="utf-8") as file:
                if try_lock(file):
                    return False
        except OSError:  # no run has begun there
            return False
        time.sleep(0.003)
    return True


def ask(folder: Path, wish: Wish) -> bool:
    """Ask the process that trains a run; False if there is none. Raises FileError."""
    if wish not in get_args(Wish):
        raise ValueError(f"A run cannot be asked to {wish}.")
    if not present(folder):
        return False
    atomic_write(folder / _REQUEST, wish.encode())
    return True

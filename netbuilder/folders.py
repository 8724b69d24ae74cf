"""Where the program keeps runs, recovery journals and settings of the person.

The environment variable NETBUILDER_HOME moves all of it, for tests and shared machines.
A folder that is not there yet is made. Where that is not possible (a full disk, a home that may
only be read) it is named all the same: to look into it finds nothing, and whoever writes into it
says that it could not.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The program's data folder."""
    chosen = os.environ.get("NETBUILDER_HOME")
    return _made(Path(chosen) if chosen else Path(platformdirs.user_data_dir("netbuilder")))


def runs() -> Path:
    """Folder with one folder a run."""
    return _made(home() / "runs")


def recovery() -> Path:
    """Folder with the journals of unsaved edits."""
    return _made(home() / "recovery")


def studies() -> Path:
    """Folder with the journals of searches, each under the name of its study."""
    return _made(home() / "studies")


def queues() -> Path:
    """Folder with the runs that wait in the queue of a window, one file a window."""
    return _made(home() / "queues")


def trusted() -> Path:
    """Folder with the code that its person trusts, each under its SHA-256."""
    return _made(home() / "trusted")


def _made(folder: Path) -> Path:
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return folder

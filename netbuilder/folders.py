"""Where the program keeps runs, recovery journals and settings of the person.

The environment variable NETBUILDER_HOME moves all of it, for tests and shared machines.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def home() -> Path:
    """The program's data folder; it exists when this returns."""
    chosen = os.environ.get("NETBUILDER_HOME")
    folder = Path(chosen) if chosen else Path(platformdirs.user_data_dir("netbuilder"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def runs() -> Path:
    """Folder with one folder a run."""
    folder = home() / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def recovery() -> Path:
    """Folder with the journals of unsaved edits."""
    folder = home() / "recovery"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def studies() -> Path:
    """Folder with the journals of searches, each under the name of its study."""
    folder = home() / "studies"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def queues() -> Path:
    """Folder with the runs that wait in the queue of a window, one file a window."""
    folder = home() / "queues"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def trusted() -> Path:
    """Folder with the code that its person trusts, each under its SHA-256."""
    folder = home() / "trusted"
    folder.mkdir(parents=True, exist_ok=True)
    return folder

"""A run: one folder that keeps everything about one training.

runs/20250131-142501-digits_cnn/
    project.netbuilder        what was trained
    run.json                  seed, versions, device, threads, rows
    run.sqlite                losses, metrics, learning rates (see record.py)
    labels.json               what a person wrote about it (see labels.py)
    training.lock             held by the process that trains it (see presence.py)
    checkpoints/last.safetensors, best.safetensors
"""

from __future__ import annotations

import contextlib
import json
import platform
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

from netbuilder.folders import runs as runs_folder
from netbuilder.graph import Project
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import FileError, atomic_write, reason
from netbuilder.training.presence import present
from netbuilder.training.record import Record, RecordError


class RunError(ValueError):
    """A run that cannot be made, found or read, as one plain sentence."""


@dataclass(frozen=True)
class Run:
    """One run by its folder; reading is lazy, so a list of runs is quick."""

    folder: Path

    @property
    def id(self) -> str:
        """Name of the folder."""
        return self.folder.name

    @property
    def last(self) -> Path:
        """The latest checkpoint: what resuming goes on from."""
        return self.folder / "checkpoints" / "last.safetensors"

    @property
    def best(self) -> Path:
        """The checkpoint with the lowest validation objective."""
        return self.folder / "checkpoints" / "best.safetensors"

    @property
    def checkpoint(self) -> Path | None:
        """The best checkpoint if there is one, else the latest, else None."""
        return next((path for path in (self.best, self.last) if path.exists()), None)

    def project(self) -> Project:
        """What was trained. Raises netbuilder.graph.atomic.FileError."""
        return project_file.load(self.folder / "project.netbuilder").project

    @cached_property
    def environment(self) -> Mapping[str, Any]:
        """Seed, versions, device, threads, rows of the splits. Raises RunError."""
        try:
            values = json.loads((self.folder / "run.json").read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            raise RunError(f"{self.folder} has no readable run.json.") from None
        if not isinstance(values, dict):
            raise RunError(f"{self.folder} has no readable run.json.")
        return values

    def record(self, write: bool = False, afar: bool = False) -> Record:
        """The figures it reported; afar: other machines read it, too. Raises RecordError."""
        return Record(self.folder / "run.sqlite", write, afar)

    @property
    def state(self) -> str:
        """``running``, ``paused``, ``finished``, ``stopped``, ``failed``, or ``unknown``;

        ``interrupted`` if its process ended without a word: it can go on from its checkpoint.
        """
        try:
            with self.record() as record:
                return self.state_by(record.facts())
        except RecordError:
            return "unknown"

    def state_by(self, facts: Mapping[str, str]) -> str:
        """The state, from the facts of its record."""
        said = facts.get("state", "unknown")
        return "interrupted" if said in ("running", "paused") and not present(self.folder) else said


def create(project: Project, environment: Mapping[str, object], folder: Path | None = None) -> Run:
    """A new run folder, below the person's runs unless `folder` says where.

    Raises RunError or FileError with one sentence.
    """
    if folder is None:
        folder = free_folder(runs_folder(), project.name)
    elif (folder / "run.json").exists():
        raise RunError(f"{folder} already holds a run; resume it or choose another folder.")
    try:
        (folder / "checkpoints").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RunError(reason(error, folder, "created")) from None
    run = Run(folder)
    project_file.save(project, folder / "project.netbuilder")
    facts = {"created": time.time(), "project": project.name, **environment}
    atomic_write(folder / "run.json", (json.dumps(facts, indent=2) + "\n").encode())
    return run


def open_run(run: str | Path) -> Run:
    """A run by its id or by the path of its folder. Raises RunError."""
    for folder in (Path(run), runs_folder() / str(run)):
        if (folder / "run.json").is_file():
            return Run(folder.resolve())
    raise RunError(f"There is no run {run}; `netbuilder runs` lists them.")


def recorded_threads(folder: Path | None) -> object:
    """With how many threads a run began, if it is one that goes on and its record says so."""
    with contextlib.suppress(RunError):
        return open_run(folder).environment.get("threads") if folder else None
    return None


def recorded_without(folder: Path | None) -> dict[str, list[str]]:
    """What a run that goes on left out of its data when it began, by data node."""
    found: object = None
    with contextlib.suppress(RunError):
        found = open_run(folder).environment.get("without") if folder else None
    if not isinstance(found, dict):
        return {}
    return {str(n): [str(x) for x in xs] for n, xs in found.items() if isinstance(xs, list)}


def list_runs() -> list[Run]:
    """All runs in the person's folder, newest first."""
    found = [Run(f) for f in runs_folder().glob("*") if (f / "run.json").is_file()]
    return sorted(found, key=lambda run: run.id, reverse=True)


def versions() -> dict[str, str]:
    """Versions of what a result depends on."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in ("netbuilder", "torch", "numpy", "torchmetrics", "safetensors"):
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "source"
    return found


def free_folder(parent: Path, name: str) -> Path:
    """A new folder for a run, named by the time and its project. Raises RunError."""
    slug = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")[:40] or "run"
    stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{slug}"
    folder = parent / stem
    while True:
        try:
            folder.mkdir()
            return folder
        except FileExistsError:
            folder = parent / f"{stem}-{secrets.token_hex(2)}"
        except OSError as error:
            if not parent.is_dir():
                raise RunError(
                    f"The folder {parent} cannot be made, and runs are kept there; set "
                    "NETBUILDER_HOME to a folder that can be written."
                ) from None
            raise RunError(reason(error, folder, "created")) from None


__all__ = ["FileError", "Run", "RunError", "create", "list_runs", "open_run", "versions"]

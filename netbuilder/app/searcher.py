"""Searches as the window runs them: `netbuilder tune` in processes that outlive it.

One process works at the study, and the window reads what a second one tells of it, line by line.
So the window loads neither torch nor Optuna, and a search goes on when it is closed.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTemporaryDir, QTimer, Signal

from netbuilder import folders
from netbuilder.graph import Project
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import FileError, atomic_write
from netbuilder.layers.paths import anchored
from netbuilder.tuning.storage import VARIABLE, without_password

#: Until a study is there the process that makes it loads torch and checks the project.
_PATIENCE_S = 90.0
_RETRY_MS = 400


class Searcher(QObject):
    """Starts, follows and stops searches; knows one study at a time.

    url: of the database in which it lies, "" for the person's folder.
    """

    told = Signal(object)
    """An event of `netbuilder.tuning.events` as a plain dictionary."""
    trouble = Signal(str)
    fetched = Signal(object)
    """A trial as a project of its own."""
    missing = Signal(str)
    """Why there is none."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.study, self.url = "", ""
        self._fetching: QProcess | None = None
        self._follower: QProcess | None = None
        self._rest = b""
        self._heard = False
        self._until = 0.0
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(_RETRY_MS)
        self._retry.timeout.connect(self._listen)

    def latest(self, project: Project) -> tuple[str, str]:
        """Study of a project of this name that was worked at last, and its URL; or empty texts."""
        stem, folder = re.compile(rf"{re.escape(_stem(project))}(-[\d-]+)?\Z"), folders.studies()
        found = [(path.stat().st_mtime, path.stem, "") for path in folder.glob("*.journal")
                 if stem.match(path.stem)]  # fmt: skip
        for path in folder.glob("*.json"):  # begun by a window
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
                begun = json.loads(path.read_text("utf-8"))
                lies = begun["url"] or path.with_suffix(".journal").exists()
                if begun["project"] == project.name and lies:
                    found.append((path.stat().st_mtime, path.stem, str(begun["url"])))
        return max(found, default=(0.0, "", ""))[1:]

    def begin(self, project: Project, jobs: int = 1, url: str = "", study: str = "") -> None:
        """Search a project as it declares, under a new name; or work at the study of that name."""
        name = study or f"{_stem(project)}-{time.strftime('%m%d-%H%M%S')}"
        path = folders.studies() / f"{name}.netbuilder"
        kept = {"project": project.name, "url": without_password(url)}
        try:
            project_file.save(project, path)
            atomic_write(path.with_suffix(".json"), json.dumps(kept).encode())
        except FileError as error:
            self.trouble.emit(str(error))
            return
        self._work(name, [str(path), "--study", name, "--jobs", str(jobs)], url)

    def go_on(self, jobs: int = 1, url: str = "") -> None:
        """Go on with the study that was stopped."""
        self._work(self.study, ["--join", self.study, "--jobs", str(jobs)], url)

    def follow(self, study: str, url: str = "") -> None:
        """Tell what happens at a study, from its first trial on."""
        self.close()
        self.study, self.url, self._rest, self._heard = study, url, b"", False
        self._until = time.monotonic() + _PATIENCE_S
        self._listen()

    def stop(self) -> None:
        """End the trials in progress, wherever they are trained."""
        self._detached(["--stop", self.study])

    def fetch(self, number: int) -> None:
        """Tell, by `fetched`, what a trial trained as a project of its own."""
        if self._fetching is not None:
            return
        folder = QTemporaryDir()
        path = Path(folder.path()) / "trial.netbuilder"
        self._fetching = process = QProcess(self)
        process.setProcessEnvironment(self._environment())

        def take() -> None:
            said = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
            try:
                found = anchored(project_file.load(path).project, path.parent)
            except FileError as error:
                self.missing.emit(said.splitlines()[-1] if said else str(error))
            else:
                self.fetched.emit(found)
            folder.remove()
            process.deleteLater()
            self._fetching = None

        process.finished.connect(take)
        told = ["--best", self.study, "--trial", str(number), "-o", str(path)]
        process.start(sys.executable, ["-m", "netbuilder", "tune", *told])

    def close(self) -> None:
        """No longer listen; the search itself goes on."""
        self._retry.stop()
        if self._follower is not None:
            follower, self._follower = self._follower, None
            follower.blockSignals(True)
            follower.kill()
            follower.waitForFinished(2000)
        if self._fetching is not None:
            self._fetching.blockSignals(True)
            self._fetching.kill()
            self._fetching.waitForFinished(2000)
            self._fetching = None

    # --- processes -----------------------------------------------------------------------

    def _work(self, name: str, arguments: list[str], url: str) -> None:
        self.url = url
        self._log(name).unlink(missing_ok=True)
        self._detached([*arguments, "--json"], self._log(name))
        self.follow(name, url)

    def _environment(self) -> QProcessEnvironment:
        """Tells processes where the study lies: others can read arguments, and URLs passwords."""
        found = QProcessEnvironment.systemEnvironment()
        found.insert(VARIABLE, self.url)
        return found

    def _log(self, name: str) -> Path:
        return folders.studies() / f"{name}.log"

    def _detached(self, arguments: list[str], log: Path | None = None) -> None:
        process = QProcess()
        process.setProgram(sys.executable)
        process.setArguments(["-m", "netbuilder", "tune", *arguments])
        process.setProcessEnvironment(self._environment())
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(str(log) if log is not None else QProcess.nullDevice())
        if not process.startDetached():
            self.trouble.emit("The search could not be started: no further process could be made.")

    def _listen(self) -> None:
        process = QProcess(self)
        process.setProcessEnvironment(self._environment())
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._ended)
        self._follower = process
        process.start(
            sys.executable, ["-m", "netbuilder", "tune", "--follow", self.study, "--json"]
        )

    def _read(self) -> None:
        if self._follower is None:
            return
        *lines, self._rest = (self._rest + self._follower.readAllStandardOutput().data()).split(
            b"\n"
        )
        for line in lines:
            with contextlib.suppress(ValueError):
                event: Mapping[str, Any] = json.loads(line)
                self._heard = True
                self.told.emit(event)

    def _ended(self) -> None:
        self._read()
        if self._follower is not None:
            self._follower.deleteLater()
        self._follower = None
        if self._heard:
            return
        why = ""
        with contextlib.suppress(OSError):
            why = self._log(self.study).read_text("utf-8", "replace").strip()
        if why or time.monotonic() > self._until:
            self.trouble.emit(why.splitlines()[-1] if why else "The search did not begin.")
        else:
            self._retry.start()  # it is not there yet


def _stem(project: Project) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "_", project.name).strip("_")[:24] or "study"

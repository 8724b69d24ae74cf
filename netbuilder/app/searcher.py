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

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from netbuilder import folders
from netbuilder.graph import Project
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import FileError
from netbuilder.tuning.storage import studies

#: Until a study is there the process that makes it loads torch and checks the project.
_PATIENCE_S = 90.0
_RETRY_MS = 400


class Searcher(QObject):
    """Starts, follows and stops searches; knows one study at a time."""

    told = Signal(object)
    """An event of `netbuilder.tuning.events` as a plain dictionary."""
    trouble = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.study = ""
        self._follower: QProcess | None = None
        self._rest = b""
        self._heard = False
        self._until = 0.0
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(_RETRY_MS)
        self._retry.timeout.connect(self._listen)

    def latest(self, project: Project) -> str:
        """The study of a project of this name that was worked at last, or an empty text."""
        stem = re.compile(rf"{re.escape(_stem(project))}(-[\d-]+)?\Z")
        return next((name for name in studies() if stem.match(name)), "")

    def begin(self, project: Project, jobs: int = 1) -> None:
        """Search a project as it declares, under a new name."""
        name = f"{_stem(project)}-{time.strftime('%m%d-%H%M%S')}"
        path = folders.studies() / f"{name}.netbuilder"
        try:
            project_file.save(project, path)
        except FileError as error:
            self.trouble.emit(str(error))
            return
        self._work(name, [str(path), "--study", name, "--jobs", str(jobs)])

    def go_on(self, jobs: int = 1) -> None:
        """Go on with the study that was stopped."""
        self._work(self.study, ["--join", self.study, "--jobs", str(jobs)])

    def follow(self, study: str) -> None:
        """Tell what happens at a study, from its first trial on."""
        self.close()
        self.study, self._rest, self._heard = study, b"", False
        self._until = time.monotonic() + _PATIENCE_S
        self._listen()

    def stop(self) -> None:
        """End the trials in progress, wherever they are trained."""
        self._detached(["--stop", self.study])

    def close(self) -> None:
        """No longer listen; the search itself goes on."""
        self._retry.stop()
        if self._follower is not None:
            follower, self._follower = self._follower, None
            follower.blockSignals(True)
            follower.kill()
            follower.waitForFinished(2000)

    # --- processes -----------------------------------------------------------------------

    def _work(self, name: str, arguments: list[str]) -> None:
        self._log(name).unlink(missing_ok=True)
        self._detached([*arguments, "--json"], self._log(name))
        self.follow(name)

    def _log(self, name: str) -> Path:
        return folders.studies() / f"{name}.log"

    def _detached(self, arguments: list[str], log: Path | None = None) -> None:
        process = QProcess()
        process.setProgram(sys.executable)
        process.setArguments(["-m", "netbuilder", "tune", *arguments])
        process.setStandardOutputFile(QProcess.nullDevice())
        process.setStandardErrorFile(str(log) if log is not None else QProcess.nullDevice())
        if not process.startDetached():
            self.trouble.emit("The search could not be started: no further process could be made.")

    def _listen(self) -> None:
        process = QProcess(self)
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

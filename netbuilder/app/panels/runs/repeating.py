"""A run trained once more from its record, beside the window, and whether it gave the same bits."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, Signal


class Repeating(QObject):
    """`netbuilder runs repeat` in a process of its own, for one run at a time.

    The new run is in the list of runs as it trains, and can be stopped there.
    """

    progressed = Signal(int)
    """Percent of its steps."""
    done = Signal(bool, str)
    """Whether every bit is the same, and a sentence; also for one that could not be repeated."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.run = ""
        self._process: QProcess | None = None
        self._rest = b""
        self._steps = 1
        self._said: tuple[bool, str] | None = None

    @property
    def busy(self) -> bool:
        """Whether a run is being repeated."""
        return self._process is not None

    def start(self, folder: Path) -> None:
        """Repeat the run in a folder."""
        if self.busy:
            return
        self.run, self._rest, self._said, self._steps = folder.name, b"", None, 1
        self._process = process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._ended)
        process.start(sys.executable, ["-m", "netbuilder", "runs", "repeat", str(folder), "--json"])

    def close(self) -> None:
        """End it; the new run is one that was interrupted."""
        process, self._process = self._process, None
        if process is not None:
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(2000)

    def _read(self) -> None:
        if self._process is None:
            return
        text = self._rest + self._process.readAllStandardOutput().data()
        *lines, self._rest = text.split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError, KeyError):
                self._take(json.loads(line))

    def _take(self, event: Mapping[str, Any]) -> None:
        if event["event"] == "Started":
            self._steps = max(event["epochs"] * event["steps_per_epoch"], 1)
        elif event["event"] == "EpochDone":
            self.progressed.emit(min(100 * event["step"] // self._steps, 100))
        elif event["event"] == "Repeated":
            self._said = bool(event["identical"]), str(event["sentence"])

    def _ended(self) -> None:
        self._read()
        process, self._process = self._process, None
        if process is None:
            return
        if self._said is None:
            error = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip()
            why = error.splitlines()[-1] if error else "Its process ended without a word."
            self._said = False, why
        process.deleteLater()
        self.done.emit(*self._said)

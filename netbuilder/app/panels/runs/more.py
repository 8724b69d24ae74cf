"""What else can be done with runs: a menu at the end of the row of buttons."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QPushButton

from netbuilder.app.panels.runs.repeating import Repeating
from netbuilder.app.theme import icons, sizes
from netbuilder.app.widgets import Menu

if TYPE_CHECKING:
    from netbuilder.app.panels.runs.panel import RunsPanel


class More(QObject):
    """Its button and actions. `choose_folder` opens a dialog; tests put another in place."""

    _told = Signal(int, int)
    _written = Signal(str, str)

    def __init__(self, panel: RunsPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._pool = ThreadPoolExecutor(1, "export")
        self.choose_folder: Callable[[], str] = self._choose_folder
        self.button = QPushButton(icons.icon("more", size=16), "More")
        self.button.setFixedHeight(sizes.BUTTON_HEIGHT_SMALL + 2)
        self.menu = Menu(self.button)
        self.button.setMenu(self.menu)
        self.restore = self._add("Put its project in place of the open one", self._restore)
        self.ghost = self._add("Compare with the run in the Train panel", self._ghost)
        self.repeat = self._add("Repeat it, and compare every bit", self._repeat)
        self.repeating = Repeating(self)
        self.repeating.progressed.connect(lambda p: self.button.setText(f"Repeating {p} %"))
        self.repeating.done.connect(self._repeated)
        self.export = self._add("Write for TensorBoard…", self._export)
        self.menu.aboutToShow.connect(self._enable)
        self._told.connect(self._progress)
        self._written.connect(self._done)

    def _add(self, words: str, act: Callable[[], None]) -> QAction:
        action = self.menu.addAction(words)
        action.triggered.connect(lambda checked=False: act())
        return action

    def _enable(self) -> None:
        one = len(self._panel.selected()) == 1
        self.restore.setEnabled(one)
        self.ghost.setEnabled(one)
        self.repeat.setEnabled(one and not self.repeating.busy)

    def _restore(self) -> None:
        run = self._panel.chosen()
        if run is not None:
            self._panel.restore_wanted.emit(str(run.folder))

    def _ghost(self) -> None:
        history = self._panel.history()
        if history is not None:
            self._panel.ghost_wanted.emit(history)

    def _repeat(self) -> None:
        run = self._panel.chosen()
        if run is not None:
            self.button.setText("Repeating …")
            self.repeating.start(run.folder)
            self._panel.tell(f"{run.id} is trained once more, in a process of its own.")

    def _repeated(self, identical: bool, sentence: str) -> None:
        self.button.setText("More")
        self._panel.tell(f"{self.repeating.run}: {sentence}", "ok" if identical else "warning")
        self._panel.refresh()

    # --- TensorBoard ---------------------------------------------------------------------

    def _export(self) -> None:
        runs = [run.folder for run in self._panel.selected()]
        target = self.choose_folder() if runs else ""
        if target:
            self.button.setText("Writing …")
            self._pool.submit(self._write, runs, Path(target))

    def _write(self, runs: list[Path], target: Path) -> None:
        """In another process: what writes these files loads torch, which a window never does."""
        command = [sys.executable, "-m", "netbuilder", "runs", "export-tensorboard", "--json",
                   *map(str, runs), "-o", str(target)]  # fmt: skip
        writing = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
        )
        assert writing.stdout is not None
        with writing, contextlib.suppress(RuntimeError):  # the panel is gone
            for line in writing.stdout:
                told = json.loads(line)
                if "total" in told:
                    self._told.emit(told["done"], told["total"])
            trouble = writing.stderr.read() if writing.wait() and writing.stderr else ""
            self._written.emit(str(target), trouble.strip())

    def _progress(self, done: int, total: int) -> None:
        self.button.setText(f"Writing {100 * done // max(total, 1)} %")

    def _done(self, target: str, trouble: str) -> None:
        self.button.setText("More")
        self._panel.complain(trouble)
        if not trouble:
            self._panel.tell(f"Written; tensorboard --logdir {target} shows it.")

    def _choose_folder(self) -> str:
        return QFileDialog.getExistingDirectory(self._panel, "Folder for TensorBoard")

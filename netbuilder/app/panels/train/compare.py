"""The link that lays another run's curves behind those in sight."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint

from netbuilder.app.panels.train.history import History
from netbuilder.app.widgets import Link, Menu
from netbuilder.training.record import RecordError
from netbuilder.training.run import RunError, list_runs

COMPARE = "Compare with …"
#: So many of the latest runs are offered; the Runs panel has them all.
_OFFERED = 12


class Compare(Link):
    """Offers the latest runs in a menu; once one is shown, takes it away."""

    def __init__(self, then: Callable[[History | None], None]) -> None:
        super().__init__(COMPARE, self._press)
        self._then = then
        self._run = ""
        self.menu = Menu(self)
        self.setToolTip("Lay the curves of another run behind these")

    def show_ghost(self, run: str) -> None:
        """Say which run lies behind; "" for none."""
        self._run = run
        words = f"Without {run}" if run else COMPARE
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()

    def _press(self) -> None:
        if self._run:
            self._then(None)
            return
        self.menu.clear()
        runs = list_runs()[:_OFFERED]
        for run in runs:
            action = self.menu.addAction(run.id)
            action.triggered.connect(lambda checked=False, folder=run.folder: self._choose(folder))
        if not runs:
            self.menu.addAction("There are no runs yet").setEnabled(False)
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def _choose(self, folder: Path) -> None:
        try:
            self._then(History.of_run(folder))
        except (RunError, RecordError) as error:
            self.menu.addAction(str(error)).setEnabled(False)

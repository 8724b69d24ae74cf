"""The table of runs for a view; runs are read a few at a time, so the window stays quick."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from netbuilder.app.panels.runs.summary import RunSummary
from netbuilder.app.theme import colour, fonts
from netbuilder.training.run import Run, list_runs

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("Run", "When", "Epochs", "Best validation", "Test", "Device", "State")
#: Runs read in one go: about 10 ms.
_CHUNK = 8
_INK = {"failed": "error", "damaged": "error", "running": "ok", "paused": "warn"}


class RunsModel(QAbstractTableModel):
    """One row a run, newest first."""

    filled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RunSummary] = []
        self._queue: list[Run] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._read_some)

    def refresh(self) -> None:
        """Read the list of runs anew."""
        self._queue = list_runs()
        self._fresh: list[RunSummary] = []
        self._timer.start()

    def summary(self, row: int) -> RunSummary:
        """The run in a row."""
        return self._rows[row]

    def row_of(self, folder: str | Path) -> int:
        """Row of a run by its folder, -1 if it is not listed."""
        wanted = Path(folder).name
        return next((i for i, s in enumerate(self._rows) if s.id == wanted), -1)

    def _read_some(self) -> None:
        part, self._queue = self._queue[:_CHUNK], self._queue[_CHUNK:]
        self._fresh += [RunSummary.of(run) for run in part]
        if self._queue:
            return
        self._timer.stop()
        if self._fresh != self._rows:
            self.beginResetModel()
            self._rows = self._fresh
            self.endResetModel()
        self.filled.emit()

    # --- what a view asks ----------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of runs."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell."""
        if not index.isValid():
            return None
        run = self._rows[index.row()]
        texts = (run.name, run.when, str(run.epochs or ""), run.best, run.test, run.device,
                 run.state)  # fmt: skip
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return run.id
        if role == Qt.ItemDataRole.ForegroundRole:
            name = _INK.get(run.state, "text2") if index.column() == 6 else "text"
            return colour(name if index.column() in (0, 6) else "text2")
        if role == Qt.ItemDataRole.FontRole:
            return fonts.body() if index.column() == 0 else fonts.panel_mono()
        return None

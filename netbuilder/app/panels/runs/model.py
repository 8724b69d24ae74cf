"""The table of runs for a view; runs are read a few at a time, so the window stays quick."""

from __future__ import annotations

from collections.abc import Mapping
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

from netbuilder.app.panels.runs.looks import icon
from netbuilder.app.panels.runs.summary import RunSummary
from netbuilder.app.theme import colour, fonts
from netbuilder.training.run import Run, list_runs
from netbuilder.training.search import Search, sorted_runs

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("Run", "When", "Epochs", "Best validation", "Test", "Device", "State", "Tags")
_SORTED_BY = ("name", "created", "epochs", "validation", "test", "device", "state", "tags")
#: Runs read in one go: about 10 ms.
_CHUNK = 8
_INK = {
    "failed": "error", "damaged": "error", "running": "ok", "paused": "warn", "interrupted": "warn",
}  # fmt: skip


class RunsModel(QAbstractTableModel):
    """One row a run that fits the search, newest first until a column sorts them."""

    filled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[RunSummary] = []
        self._rows: list[RunSummary] = []
        self._queue: list[Run] = []
        self._wanted = Search()
        self._column, self._descending = 1, True
        self._places: Mapping[Path, int] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._read_some)

    @property
    def count(self) -> int:
        """Number of all runs, whatever is searched."""
        return len(self._all)

    def refresh(self) -> None:
        """Read the list of runs anew."""
        self._queue = list_runs()
        self._fresh: list[RunSummary] = []
        self._timer.start()

    def set_search(self, wanted: Search) -> None:
        """Keep the runs that fit."""
        self._wanted = wanted
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; those of figures go by their first figure."""
        self._column, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._arrange()

    def show_places(self, places: Mapping[Path, int]) -> None:
        """Show beside these runs how their curves look."""
        self._places = dict(places)
        if self._rows:
            ends = self.index(0, 0), self.index(len(self._rows) - 1, 0)
            self.dataChanged.emit(*ends, [Qt.ItemDataRole.DecorationRole])

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
        self._all = self._fresh
        self._arrange()
        self.filled.emit()

    def _arrange(self) -> None:
        name = _SORTED_BY[self._column]
        by = {s.id: s for s in self._all if self._wanted(s.overview)}
        if name in ("validation", "test"):
            name = next((s.leading(name) for s in by.values() if s.leading(name)), name)
        if name == "tags":
            rows = sorted(by.values(), key=lambda s: (not s.tags, s.tags))
            rows = rows[::-1] if self._descending else rows
        else:
            found = sorted_runs((s.overview for s in by.values()), name, self._descending)
            rows = [by[run.id] for run in found]
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

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
        run, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (run.name, run.when, str(run.epochs or ""), run.best, run.test, run.device,
                    run.state, run.tags)[column]  # fmt: skip
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            place = self._places.get(run.folder)
            return None if place is None else icon(place)
        if role == Qt.ItemDataRole.ToolTipRole:
            said = run.overview
            return "\n".join(text for text in (run.id, said.note, said.message) if text)
        if role == Qt.ItemDataRole.ForegroundRole:
            name = _INK.get(run.state, "text2") if column == 6 else "text"
            return colour(name if column in (0, 6) else "text2")
        if role == Qt.ItemDataRole.FontRole:
            return fonts.body() if column == 0 else fonts.panel_mono()
        return None

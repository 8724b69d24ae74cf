"""A search: what is searched and how, its trials as lines and rows, what mattered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.panels.marking import ask_range
from netbuilder.app.panels.train.parallel_plot import ParallelPlot
from netbuilder.app.panels.train.search_form import SearchForm
from netbuilder.app.panels.train.trials import Trials
from netbuilder.app.searcher import Searcher
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets import BarRows, Callout, ThemedLabel
from netbuilder.graph import Project
from netbuilder.tuning.space import with_values

NOTHING = (
    "Nothing is searched yet: right-click a parameter in the inspector, of a node or of training, "
    "and choose Search."
)


class SearchView(QWidget):
    """Follows one study; a new one begins from what the project declares."""

    project_wanted = Signal(object)
    """A trial as a project, to be opened by the window."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.searcher = Searcher(self)
        self.trials = Trials()
        self._brushed: tuple[int, ...] | None = None
        self._looked_for = ""
        self.callout = Callout("info", NOTHING)
        self.form = SearchForm()
        self.plot = ParallelPlot()
        self.table = QTableWidget(0, 0)
        self.importances = BarRows("What mattered")
        self.mattered = ThemedLabel("What mattered", "text2", fonts.caption())
        self._lay_out()
        self.searcher.told.connect(self.take)
        self.searcher.trouble.connect(lambda text: self._say("error", text))
        self.searcher.fetched.connect(self._opened)
        self.searcher.missing.connect(lambda text: self._say("warning", text))
        self.form.changed.connect(lambda name, value: self._set(**{name: value}))
        self.form.asked.connect(lambda name: ask_range(session.document, name, self))
        self.form.button.clicked.connect(self._pressed)
        self.table.cellDoubleClicked.connect(self._chosen)
        self.plot.brushed.connect(self._brush)

    def _lay_out(self) -> None:
        table = self.table
        table.setAccessibleName("Trials")
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setFrameShape(QTableWidget.Shape.NoFrame)
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(sizes.LIST_ROW)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addWidget(table, 1)
        right.addWidget(self.mattered)
        right.addWidget(self.importances)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self.form)
        row.addWidget(self.plot, 3)
        row.addLayout(right, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.callout)
        layout.addLayout(row, 1)

    # --- what the project declares ---------------------------------------------------------

    def refresh(self) -> None:
        """Show what is declared now, and the search of this project that was worked at last."""
        project = self._session.project
        self.form.show_search(project.search)
        if project.name != self._looked_for:
            self._looked_for = project.name
            study, url = self.searcher.latest(project)
            if study and not self.trials.running:
                self.trials = Trials()
                self.form.show_place(url, study if url else "")
                self.searcher.follow(study, url)
        self._draw()

    def wake(self) -> None:
        """Somebody looks now: what is told goes on by itself."""

    def _set(self, **changes: Any) -> None:
        project = self._session.project
        after = replace(project.search, **changes)
        if after != project.search:
            what = next(iter(changes))
            self._session.document.edit(f"Set {what} of the search", replace(project, search=after))

    # --- the search ------------------------------------------------------------------------

    def _pressed(self) -> None:
        if self.trials.running:
            self.searcher.stop()
            self._say("info", "Stopping after the epoch in progress …")
        elif not self.form.objects():
            stopped, count = self.trials.stopped, self.form.at_once
            url, study = self.form.place
            self.trials = Trials(running=True)
            if stopped:
                self.searcher.go_on(count, url)
            else:
                self.searcher.begin(self._session.project, count, url, study)
            self._draw()

    def take(self, event: Mapping[str, Any]) -> None:
        """Something was told of the study."""
        self.trials.apply(event)
        self._draw()

    def _say(self, kind: str, text: str) -> None:
        if kind == "error":
            self.trials.running = False
            self._draw()
        self.callout.set_message(kind, text)  # type: ignore[arg-type]

    def open(self, number: int) -> None:
        """Have a trial opened as a project of its own."""
        self.callout.set_message("info", f"Opening trial {number} …")
        self.searcher.fetch(number)

    def _opened(self, project: Project) -> None:
        self._draw()
        self.project_wanted.emit(project)

    def _chosen(self, line: int, _: int) -> None:
        if (item := self.table.item(line, 0)) is not None:
            self.open(int(item.text()))

    def use(self, number: int) -> None:
        """Give the project the values of a trial, as one step of its history."""
        values = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.trials.rows[number]["values"].items()
        }
        project = self._session.project
        try:
            after = with_values(project, values)
        except ValueError as error:
            self._say("warning", str(error))
            return
        self._session.document.edit(f"Take the values of trial {number}", after)

    # --- drawing ---------------------------------------------------------------------------

    def _draw(self) -> None:
        trials, space = self.trials, self._session.project.search.space
        button = self.form.button
        button.setText("Stop" if trials.running else "Go on" if trials.stopped else "Start")
        button.setEnabled(trials.running or bool(space))
        best = trials.best
        links: list[tuple[str, Any]] = []
        if best is not None:
            links = [
                ("Open the best trial", partial(self.open, best)),
                ("Take its values over", partial(self.use, best)),
            ]
        kind, text = trials.verdict()
        if text:
            self.callout.set_message(kind, text, links)  # type: ignore[arg-type]
        else:
            self.callout.set_message("info", NOTHING if not space else "Start searches.")
        self.plot.show_trials(trials.axes(), trials.lines(), best)
        self._fill()
        shares = list(trials.importances.items())
        self.importances.set_values(shares, 0 if shares else None)
        for part in (self.importances, self.mattered):
            part.setVisible(bool(shares))

    def _brush(self, numbers: tuple[int, ...] | None) -> None:
        self._brushed = numbers
        self._fill()

    def _fill(self) -> None:
        trials, table = self.trials, self.table
        rows = [r for r in trials.sorted() if self._brushed is None or r["number"] in self._brushed]
        table.setColumnCount(len(trials.names) + 4)
        heads = ["Trial", trials.metric, *trials.names, "State", ""]
        table.setHorizontalHeaderLabels(heads)
        table.setRowCount(len(rows))
        for line, row in enumerate(rows):
            values = [_shown(row["values"].get(name)) for name in trials.names]
            texts = [
                str(row["number"]),
                _shown(row["value"]),
                *values,
                row["state"],
                row["message"],
            ]
            for place, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setToolTip(text if place == len(texts) - 1 else "")
                if place < len(texts) - 2:
                    item.setFont(fonts.mono())
                table.setItem(line, place, item)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "x".join(map(str, value))
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)

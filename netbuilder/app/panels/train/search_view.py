"""A search: what is searched and how, its trials as lines and rows, what mattered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.panels.form import ChoiceField, FormRow, TextField
from netbuilder.app.panels.marking import ask_range, words
from netbuilder.app.panels.train.parallel_plot import ParallelPlot
from netbuilder.app.panels.train.trials import Trials
from netbuilder.app.searcher import Searcher
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets import BarRows, Callout, Link, ThemedLabel
from netbuilder.graph import Search
from netbuilder.tuning.space import METHODS, PRUNING, with_values

NOTHING = (
    "Nothing is searched yet: right-click a parameter in the inspector, of a node or of training, "
    "and choose Search."
)


class SearchView(QWidget):
    """Follows one study; a new one begins from what the project declares."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.searcher = Searcher(self)
        self.trials = Trials()
        self._brushed: tuple[int, ...] | None = None
        self._looked_for = ""
        self.callout = Callout("info", NOTHING)
        self.method = ChoiceField([(name, name) for name in METHODS])
        self.pruning = ChoiceField([(name, name) for name in PRUNING])
        self.count, self.figure, self.jobs = TextField(), TextField(), TextField()
        self.jobs.show_text("1")
        self.button = QPushButton("Start")
        self.space = QVBoxLayout()
        self.links: dict[str, Link] = {}
        self.plot = ParallelPlot()
        self.table = QTableWidget(0, 0)
        self.importances = BarRows("What mattered")
        self.mattered = ThemedLabel("What mattered", "text2", fonts.caption())
        self._lay_out()
        self.searcher.told.connect(self.take)
        self.searcher.trouble.connect(lambda text: self._say("error", text))
        self.method.chosen.connect(lambda value: self._set(method=value))
        self.pruning.chosen.connect(lambda value: self._set(pruning=value))
        self.count.finished.connect(self._counted)
        self.figure.finished.connect(lambda: self._set(metric=self.figure.text().strip()))
        self.button.clicked.connect(self._pressed)
        self.plot.brushed.connect(self._brush)

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(0)
        for label, control, help in (
            (
                "Method",
                self.method,
                "tpe learns from the trials before; grid tries every combination.",
            ),
            ("Trials", self.count, "Runs in all; a grid has as many as it has."),
            ("Metric", self.figure, "A figure of the validation rows; empty: the loss."),
            ("Pruning", self.pruning, "Gives hopeless trials up early."),
            ("At once", self.jobs, "Processes that train at the same time."),
        ):
            column.addWidget(FormRow(label, control, help))
        self.figure.setPlaceholderText("loss")
        column.addSpacing(4)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(8)
        column.addLayout(self.space)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(left)
        scroll.setFixedWidth(260)
        for part in (scroll.viewport(), left):
            part.setAutoFillBackground(False)
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
        row.addWidget(scroll)
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
        search = project.search
        self.method.show_value(search.method)
        self.pruning.show_value(search.pruning)
        self.count.show_text(str(search.trials))
        self.figure.show_text(search.metric, "loss")
        self._show_space(search)
        if project.name != self._looked_for:
            self._looked_for = project.name
            if not self.trials.running and (found := self.searcher.latest(project)):
                self.trials = Trials()
                self.searcher.follow(found)
        self._draw()

    def wake(self) -> None:
        """Somebody looks now: what is told goes on by itself."""

    def _show_space(self, search: Search) -> None:
        said = {name: f"{name}  {words(values)}" for name, values in search.space.items()}
        if {name: link.text() for name, link in self.links.items()} == said:
            return
        for link in self.links.values():
            link.hide()
            link.deleteLater()
        self.links = {}
        for name, text in said.items():
            link = Link(text, partial(self._ask, name), quiet=True)
            link.setToolTip("Change what it may choose")
            self.links[name] = link
            self.space.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _ask(self, name: str) -> None:
        ask_range(self._session.document, name, self)

    def _set(self, **changes: Any) -> None:
        project = self._session.project
        after = replace(project.search, **changes)
        if after != project.search:
            what = next(iter(changes))
            self._session.document.edit(f"Set {what} of the search", replace(project, search=after))

    def _counted(self) -> None:
        text = self.count.text().strip()
        if text.isdigit() and 0 < int(text) <= 100_000:
            self._set(trials=int(text))
        else:
            self.count.show_text(str(self._session.project.search.trials))

    # --- the search ------------------------------------------------------------------------

    def _pressed(self) -> None:
        jobs = self.jobs.text().strip()
        count = min(int(jobs), 64) if jobs.isdigit() and int(jobs) > 0 else 1
        if self.trials.running:
            self.searcher.stop()
            self._say("info", "Stopping after the epoch in progress …")
        elif self.trials.stopped:
            self.trials = Trials(running=True)
            self.searcher.go_on(count)
            self._draw()
        else:
            self.trials = Trials(running=True)
            self.searcher.begin(self._session.project, count)
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
        self.button.setText("Stop" if trials.running else "Go on" if trials.stopped else "Start")
        self.button.setEnabled(trials.running or bool(space))
        best = trials.best
        links: list[tuple[str, Any]] = []
        if best is not None:
            links = [("Open the best", partial(self.use, best))]
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

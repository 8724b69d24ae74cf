"""How a search is done: the fields of its view, those of the project and those of this window."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from netbuilder.app.panels.form import ChoiceField, FormRow, TextField
from netbuilder.app.panels.marking import words
from netbuilder.app.widgets import Link
from netbuilder.graph import Search
from netbuilder.tuning import TuningError
from netbuilder.tuning.space import METHODS, PRUNING
from netbuilder.tuning.storage import checked_name, checked_url

_MOST = 100_000
_MOST_AT_ONCE = 64


class SearchForm(QScrollArea):
    """Fields, the button and what is searched.

    changed(name, value): a field of the project's search. asked(name): how a parameter is searched.
    """

    changed = Signal(str, object)
    asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.method = ChoiceField([(name, name) for name in METHODS])
        self.pruning = ChoiceField([(name, name) for name in PRUNING])
        self.count, self.figure, self.jobs = TextField(), TextField(), TextField()
        self.storage, self.study = TextField(), TextField()
        self.jobs.show_text("1")
        self.button = QPushButton("Start")
        self.links: dict[str, Link] = {}
        self._space = QVBoxLayout()
        self._trials = 1
        self.rows: dict[str, FormRow] = {}
        self._lay_out()
        self.method.chosen.connect(lambda value: self.changed.emit("method", value))
        self.pruning.chosen.connect(lambda value: self.changed.emit("pruning", value))
        self.figure.finished.connect(
            lambda: self.changed.emit("metric", self.figure.text().strip())
        )
        self.count.finished.connect(self._counted)
        self.jobs.finished.connect(lambda: self.jobs.show_text(str(self.at_once)))
        for field in (self.storage, self.study):
            field.finished.connect(self.objects)

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(0)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(4)
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
            (
                "Storage",
                self.storage,
                "URL of a database that several machines share, such as "
                "postgresql://name@host/database or sqlite:///studies.db; empty: a journal in "
                "your folder. A password in it is kept nowhere.",
            ),
            (
                "Study",
                self.study,
                "Name of a study to work at together; empty: a new one.",
            ),
        ):
            self.rows[label] = FormRow(label, control, help)
            column.addWidget(self.rows[label])
        self.figure.setPlaceholderText("loss")
        self.show_place("", "")
        column.addSpacing(8)
        column.addLayout(self._space)
        column.addStretch(1)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(inside)
        self.setFixedWidth(260)
        for part in (self.viewport(), inside):
            part.setAutoFillBackground(False)

    # --- what stands in it -----------------------------------------------------------------

    @property
    def at_once(self) -> int:
        """How many processes are to train."""
        text = self.jobs.text().strip()
        return min(int(text), _MOST_AT_ONCE) if text.isdigit() and int(text) > 0 else 1

    @property
    def place(self) -> tuple[str, str]:
        """URL of the database and name of the study; both may be empty."""
        return self.storage.text().strip(), self.study.text().strip()

    def show_place(self, url: str, study: str) -> None:
        """Where a search that is found lies."""
        self.storage.show_text(url, "your folder")
        self.study.show_text(study, "a new one")

    def objects(self) -> bool:
        """Whether the storage or the study cannot be meant; then it is said beneath the field."""
        found = [
            _objection(checked_url, self.place[0]),
            _objection(checked_name, self.place[1] or "study"),
        ]
        for label, sentence in zip(("Storage", "Study"), found, strict=True):
            self.rows[label].say(sentence)
        return any(found)

    def show_search(self, search: Search) -> None:
        """What the project declares."""
        self._trials = search.trials
        self.method.show_value(search.method)
        self.pruning.show_value(search.pruning)
        self.count.show_text(str(search.trials))
        self.figure.show_text(search.metric, "loss")
        self._show_space({n: f"{n}  {words(values)}" for n, values in search.space.items()})

    def _show_space(self, said: Mapping[str, str]) -> None:
        if {name: link.text() for name, link in self.links.items()} == said:
            return
        for link in self.links.values():
            link.hide()
            link.deleteLater()
        self.links = {}
        for name, text in said.items():
            link = Link(text, partial(self.asked.emit, name), quiet=True)
            link.setToolTip("Change what it may choose")
            self.links[name] = link
            self._space.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)

    def _counted(self) -> None:
        text = self.count.text().strip()
        if text.isdigit() and 0 < int(text) <= _MOST:
            self.changed.emit("trials", int(text))
        else:
            self.count.show_text(str(self._trials))


def _objection(check: Callable[[str], object], text: str) -> str:
    try:
        check(text)
    except TuningError as error:
        return str(error)
    return ""

"""Marking a parameter to be searched: a small dialog that asks between which values."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.form import ChoiceField, FormRow, ParamForm, TextField, Toggle
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets import ThemedLabel
from netbuilder.graph import Project, Range
from netbuilder.training.assigning import UnknownName, declared
from netbuilder.tuning import TuningError
from netbuilder.tuning.space import objection, read_range, shown_range, suggested


def show_searched(form: ParamForm, project: Project, owner: str) -> None:
    """Mark the rows of a form whose parameters are searched; `owner` names what it is about."""
    for name, row in form.rows.items():
        show_row_searched(row, project, f"{owner}.{name}")


def show_row_searched(row: FormRow, project: Project, name: str) -> None:
    """Mark one row if the parameter `name` is searched."""
    values = project.search.space.get(name)
    row.show_searched("" if values is None else words(values))


def words(values: Range) -> str:
    """A range for people: ``8 to 128, log``."""
    if values.choices:
        return shown_range(values).replace(",", ", ")
    end = ", log" if values.log else f", step {values.step:g}" if values.step else ""
    return f"{values.low:g} to {values.high:g}{end}"


def ask_range(document: Document, name: str, parent: QWidget) -> RangeDialog | None:
    """Ask how a parameter is searched; the answer is one undo step."""
    try:
        dialog = RangeDialog(document, name, parent)
    except UnknownName as error:
        document.trouble.emit(str(error))
        return None
    dialog.open()
    return dialog


class RangeDialog(QDialog):
    """A range from low to high, or choices; what cannot be searched is said at once."""

    def __init__(self, document: Document, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._document, self.name = document, name
        project = document.project
        param = declared(project, name)
        marked = project.search.space.get(name)
        values = marked if marked is not None else suggested(project, name)
        self._numeric = param.type in ("int", "float")
        self.setWindowTitle(f"Search {param.label.lower()}")
        self.kind = ChoiceField([("a range", "range"), ("choices", "choices")])
        self.low, self.high, self.step = TextField(), TextField(), TextField()
        self.log = Toggle()
        self.choices = TextField()
        self.rows = {
            "kind": FormRow("Values", self.kind, "What a search may choose."),
            "low": FormRow("From", self.low, "The least value."),
            "high": FormRow("To", self.high, "The largest value."),
            "log": FormRow("Log scale", self.log, "As likely from 1 to 10 as from 10 to 100."),
            "step": FormRow("Step", self.step, "Only every so many from the least; empty: any."),
            "choices": FormRow("Choices", self.choices, "Such as adam, sgd or 16, 32, 64."),
        }
        self.message = ThemedLabel("", "error", fonts.caption(), wrap=True)
        self.accept_button = QPushButton("Search it")
        self.accept_button.setDefault(True)
        self.remove = QPushButton("Do not search")
        self.remove.setVisible(marked is not None)
        cancel = QPushButton("Cancel")
        buttons = QHBoxLayout()
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        pad = sizes.PANEL_PADDING
        layout.setContentsMargins(pad, pad, pad, pad)
        layout.setSpacing(0)
        layout.addWidget(ThemedLabel(name, "text2", fonts.mono()))
        for row in self.rows.values():
            layout.addWidget(row)
        layout.addWidget(self.message)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.setMinimumWidth(320)
        self._fill(values)
        self.kind.chosen.connect(lambda _: self._judge())
        self.log.chosen.connect(lambda _: self._judge())
        for field in (self.low, self.high, self.step, self.choices):
            field.typed.connect(lambda _: self._judge())
        cancel.clicked.connect(self.reject)
        self.remove.clicked.connect(lambda: self._put(None))
        self.accept_button.clicked.connect(self._accepted)
        self._judge()

    def _fill(self, values: Range) -> None:
        by_choice = bool(values.choices) or not self._numeric
        self.kind.show_value("choices" if by_choice else "range")
        if by_choice:
            self.choices.show_text(shown_range(values).replace(",", ", ") if values.choices else "")
        else:
            self.low.show_text(f"{values.low:g}")
            self.high.show_text(f"{values.high:g}")
            self.log.show_value(values.log)
            self.step.show_text(f"{values.step:g}" if values.step else "")

    def _text(self) -> str:
        if self.kind.currentData() == "choices":
            return self.choices.text().replace(" ", "")
        end = ":log" if self.log.isChecked() else f":{step}" if (step := self.step.text()) else ""
        return f"{self.low.text()}:{self.high.text()}{end}"

    def _judge(self) -> Range | None:
        """The range as it stands, or None with the reason shown."""
        chosen = self.kind.currentData() == "choices"
        for name, row in self.rows.items():
            row.setVisible(self._numeric if name == "kind" else (name == "choices") == chosen)
        self.rows["step"].setEnabled(not self.log.isChecked())
        values: Range | None = None
        try:
            values = read_range(self._text())
            why = objection(self._document.project, self.name, values)
            if chosen and not values.choices:
                why = "Write the choices, with commas between them."
        except TuningError as error:
            why = str(error)
        self.message.setText(why)
        self.accept_button.setEnabled(not why)
        return values if not why else None

    def _accepted(self) -> None:
        if (values := self._judge()) is not None:
            self._put(values)

    def _put(self, values: Range | None) -> None:
        project = self._document.project
        search = project.search.with_range(self.name, values)
        verb = "Search" if values is not None else "Do not search"
        self.accept()
        self._document.edit(f"{verb} {self.name}", replace(project, search=search))

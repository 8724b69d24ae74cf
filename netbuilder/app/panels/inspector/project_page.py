"""The page of the project, shown when nothing is selected."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.panels.form import Figures, FormRow, Section, TextField, grouped, rounded
from netbuilder.app.panels.inspector.header import Header
from netbuilder.app.panels.training_settings import TrainingSettings
from netbuilder.app.theme import fonts


class ProjectPage(QWidget):
    """Name, notes and totals of the project, and how it is trained."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._session = object()
        self.header = Header()
        self.name = TextField(mono=False)
        self.name_row = FormRow("Name", self.name, "Names the class in the generated code.")
        self.notes = Notes()
        top = Section(line=False)
        top.add(self.header, self.name_row, self.notes)
        self.totals = Figures()
        size = Section("Size")
        size.add(self.totals)
        self.training = TrainingSettings(document)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for part in (top, size, self.training):
            layout.addWidget(part)
        layout.addStretch(1)
        self.name.typed.connect(self._named)
        self.name.finished.connect(self._name_done)
        self.name.reverted.connect(lambda: self._show_name(force=True))
        self.notes.textChanged.connect(self._noted)
        self.notes.left.connect(self._new_session)

    def refresh(self) -> None:
        """Show what the document holds now; tells nobody."""
        project, check = self._document.project, self._document.check
        self.header.show_title("Project", "sitemap-outline", "text2", help=False)
        self._show_name()
        if project.notes != self.notes.toPlainText():
            self.notes.blockSignals(True)
            self.notes.setPlainText(project.notes)
            self.notes.blockSignals(False)
        self.totals.show_figures(
            [
                ("Nodes", grouped(len(project.graph))),
                ("Blocks", grouped(len(project.blocks))),
                ("Parameters", grouped(check.parameters)),
                ("Multiply-adds", rounded(check.multiply_adds)),
            ]
        )
        self.training.refresh()

    def _show_name(self, force: bool = False) -> None:
        name = self._document.project.name
        if force or (self.name.text().strip() != name and self.name_row.message.isHidden()):
            self.name.show_text(name)
            self.name_row.say("")

    def _named(self, text: str) -> None:
        name = text.strip()
        self.name_row.say("" if name else "A project needs a name.")
        if name and name != self._document.project.name:
            after = replace(self._document.project, name=name)
            self._document.edit("Rename the project", after, ("name", self._session))

    def _name_done(self) -> None:
        self._new_session()
        self._show_name()

    def _noted(self) -> None:
        after = replace(self._document.project, notes=self.notes.toPlainText())
        self._document.edit("Write notes", after, ("notes", self._session))

    def _new_session(self) -> None:
        self._session = object()


class Notes(QPlainTextEdit):
    """A few lines about the project."""

    left = Signal()
    """The person went elsewhere."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(fonts.body())
        self.setPlaceholderText("Notes: what this network is for, what was tried")
        self.setAccessibleName("Notes")
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setFixedHeight(72)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

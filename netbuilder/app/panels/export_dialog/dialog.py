"""The export dialog: what as, where to, which weights; then what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.document import Document
from netbuilder.app.panels.export_dialog.kinds import CHOICES, WEIGHTS, ExportKind
from netbuilder.app.panels.export_dialog.result_view import ResultView
from netbuilder.app.panels.export_dialog.staging import Staging
from netbuilder.app.panels.form import ChoiceField, TextField
from netbuilder.app.session import Session
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets import Callout, ThemedLabel
from netbuilder.engine.messages import Answer
from netbuilder.graph import Project
from netbuilder.graph.atomic import FileError

WIDTH = 560
KEY = "export"


class ExportDialog(QDialog):
    """Not modal: training and looking go on meanwhile. What was typed stays, whatever happens."""

    def __init__(
        self,
        document: Document,
        session: Session,
        parent: QWidget | None = None,
        kind: str = "code",
    ) -> None:
        super().__init__(parent)
        self._document, self._session = document, session
        self._staging: Staging | None = None
        self._own_name = True
        self._number = 0
        self.setWindowTitle("Export")
        self.kinds = QButtonGroup(self)
        self.path = TextField()
        self.browse_button = QPushButton("Browse …")
        self.weights = ChoiceField([(words, value) for words, value, _ in WEIGHTS])
        self.weights.setFont(fonts.body())
        self.weights.show_value("best")
        self.hint = ThemedLabel("", "text3", fonts.caption())
        self.replaces = ThemedLabel("", "warn", fonts.caption())
        self.callout = Callout("error", "")
        self.result_view = ResultView()
        self.busy = QProgressBar()
        self.doing = ThemedLabel("", "text2")
        self.export_button = QPushButton("Export")
        self.cancel_button = QPushButton("Close")
        self._lay_out()
        self._connect()
        self.choose_kind(kind)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)
        column.addWidget(ThemedLabel("Export as", "text", fonts.section()))
        # The constraint above lets the dialog grow with what it says; this keeps its width.
        column.addSpacerItem(QSpacerItem(WIDTH - 40, 0))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for row, choice in enumerate(CHOICES):
            button = QRadioButton(choice.title)
            button.setMinimumHeight(sizes.LIST_ROW)
            button.setAccessibleDescription(choice.good_for)
            self.kinds.addButton(button, row)
            words = ThemedLabel(choice.good_for, "text2")
            words.setWordWrap(True)
            grid.addWidget(button, row, 0)
            grid.addWidget(words, row, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(4)
        form.setColumnMinimumWidth(0, sizes.LABEL_COLUMN)
        form.setColumnStretch(1, 1)
        self._to = ThemedLabel("Write to", "text2")
        self._from = ThemedLabel("Weights", "text2")
        self._to.setBuddy(self.path)
        self._from.setBuddy(self.weights)
        self.path.setAccessibleName("Write to")
        self.weights.setAccessibleName("Weights")
        form.addWidget(self._to, 0, 0)
        form.addWidget(self.path, 0, 1)
        form.addWidget(self.browse_button, 0, 2)
        form.addWidget(self.replaces, 1, 1, 1, 2)
        form.addWidget(self._from, 2, 0)
        form.addWidget(self.weights, 2, 1, 1, 2)
        form.addWidget(self.hint, 3, 1, 1, 2)
        column.addLayout(form)
        column.addWidget(self.callout)
        column.addWidget(self.result_view)
        column.addStretch(1)
        column.addWidget(self.doing)
        column.addWidget(self.busy)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.export_button)
        column.addLayout(buttons)
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setFixedHeight(6)
        self.export_button.setDefault(True)
        self.cancel_button.setAutoDefault(False)
        self.browse_button.setAutoDefault(False)
        for part in (self.callout, self.result_view, self.busy, self.doing, self.replaces):
            part.hide()

    def _connect(self) -> None:
        self.kinds.idClicked.connect(lambda row: self.choose_kind(CHOICES[row].kind))
        self.path.typed.connect(self._typed)
        self.browse_button.clicked.connect(self._browse)
        self.weights.chosen.connect(lambda _: self._say_weights())
        self.export_button.clicked.connect(self.export)
        self.cancel_button.clicked.connect(self._cancel_or_close)
        self._session.engine_died.connect(self._lost)

    # --- what is chosen ------------------------------------------------------------------

    @property
    def kind(self) -> ExportKind:
        """What is exported as."""
        return CHOICES[max(self.kinds.checkedId(), 0)]

    @property
    def exporting(self) -> bool:
        """Whether an export is under way."""
        return self._staging is not None

    def choose_kind(self, kind: str) -> None:
        """Choose what to export as; a name that the person typed keeps its stem."""
        row = next((i for i, c in enumerate(CHOICES) if c.kind == kind), 0)
        before = self.path.text()
        self.kinds.button(row).setChecked(True)
        if self._own_name or not before:
            self.path.setText(str(self._proposal()))
        elif Path(before).suffix in {c.suffix for c in CHOICES}:
            self.path.setText(str(Path(before).with_suffix(self.kind.suffix)))
        self.weights.setEnabled(self.kind.needs_weights)
        self._from.setEnabled(self.kind.needs_weights)
        self._say_weights()
        self._look_at_target()

    def _proposal(self) -> Path:
        """Beside the file of the project, under its name."""
        file = self._document.path
        stem = file.stem if file is not None else self._document.project.name
        return (file.parent if file is not None else Path.home()) / f"{stem}{self.kind.suffix}"

    def choose_path(self, now: str) -> str:
        """Let the person choose a file; an empty text means none. Tests put another in place."""
        title, suffix = self.kind.title, self.kind.suffix
        return QFileDialog.getSaveFileName(self, "Export to", now, f"{title} (*{suffix})")[0]

    def _browse(self) -> None:
        chosen = self.choose_path(self.path.text())
        if chosen:
            path = Path(chosen)
            self.path.setText(str(path if path.suffix else path.with_suffix(self.kind.suffix)))
            self._typed(self.path.text())

    def _typed(self, text: str) -> None:
        self._own_name = not text
        self._look_at_target()

    def _look_at_target(self) -> None:
        text = self.path.text().strip()
        there = bool(text) and Path(text).expanduser().is_file()
        self.replaces.setText("There is a file of this name; it will be replaced.")
        self.replaces.setVisible(there and not self.exporting)
        self.export_button.setEnabled(bool(text) and not self.exporting)

    def _say_weights(self) -> None:
        said = {value: words for _, value, words in WEIGHTS}
        if not self.kind.needs_weights:
            self.hint.setText("Code carries no weights; export those beside it.")
        else:
            self.hint.setText(said.get(str(self.weights.currentData()), ""))

    # --- exporting -----------------------------------------------------------------------

    def export(self) -> None:
        """Ask the engine to write the file."""
        if self.exporting:
            return
        target = Path(self.path.text().strip()).expanduser().absolute()
        self.result_view.hide()
        self.callout.hide()
        if not target.parent.is_dir():
            self._refuse(f"There is no folder {target.parent}; choose another or make it first.")
            return
        try:
            staging = Staging(target)
        except FileError as error:
            self._refuse(str(error))
            return
        self._staging = staging
        self._number += 1
        # Weights fit the project they were trained with; code is of what is on the canvas.
        weights = self.kind.needs_weights
        project = self._session.project if weights else self._document.project
        number = self._number
        arguments: dict[str, Any] = {"to": self.kind.kind, "path": str(staging.path)}
        which = self.weights.currentData()
        if weights and which in ("best", "last"):
            arguments["which"] = which
            if self._session.run is not None:
                arguments["run"] = self._session.run
        self._show_busy(project, self.kind.title)
        self._session.ask(
            "export",
            arguments,
            lambda answer: self._answered(answer, staging, number),
            project=project,
            key=f"{KEY}-{id(self)}-{number}",
        )

    def cancel(self) -> None:
        """Give up the export under way: whatever the engine still writes is thrown away."""
        if self._staging is not None:
            self._staging = None
            self._number += 1
            self._show_idle()

    def _answered(self, answer: Answer, staging: Staging, number: int) -> None:
        if number != self._number or self._staging is not staging:
            staging.discard()
            return
        self._staging = None
        self._show_idle()
        if answer.result is None:
            staging.discard()
            told = not answer.node or answer.node in str(answer.error)
            self._refuse(str(answer.error) if told else f"{answer.node}: {answer.error}")
            return
        result = answer.result
        try:
            paths = staging.release([Path(p) for p in result["paths"]])
        except FileError as error:
            self._refuse(str(error))
            return
        sentence = str(result["sentence"])
        if (result.get("weights") or {}).get("origin") == "fresh":
            sentence += " Its weights are fresh: nothing was trained yet."
        self.result_view.show_result(
            sentence, paths, int(result["bytes"]), dict(result["differences"])
        )
        self.result_view.show()
        self.replaces.hide()  # it is the file that was just written

    def _lost(self, sentence: str) -> None:
        if self._staging is not None:
            self._staging.discard()
            self._staging = None
            self._number += 1
            self._show_idle()
            self._refuse(f"{sentence} Nothing was exported; try again.")

    def _refuse(self, sentence: str) -> None:
        self.callout.set_message("error", sentence)
        self.callout.show()

    def _show_busy(self, project: Project, title: str) -> None:
        self.doing.setText(f"Writing {project.name} as {title} …")
        for part in (self.busy, self.doing):
            part.show()
        self.cancel_button.setText("Cancel")
        self.replaces.hide()
        self.export_button.setEnabled(False)

    def _show_idle(self) -> None:
        for part in (self.busy, self.doing):
            part.hide()
        self.cancel_button.setText("Close")
        self._look_at_target()

    # --- closing -------------------------------------------------------------------------

    def _cancel_or_close(self) -> None:
        if self.exporting:
            self.cancel()
        else:
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape cancels an export first, then closes."""
        if event.key() == Qt.Key.Key_Escape:
            self._cancel_or_close()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """The project may have another name or file by now."""
        super().showEvent(event)
        self.choose_kind(self.kind.kind)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing gives up an export under way."""
        self.cancel()
        super().closeEvent(event)

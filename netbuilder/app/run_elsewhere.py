"""The dialog that writes how a run is started elsewhere, and follows its folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.document import Document
from netbuilder.app.panels.form import ChoiceField, TextField
from netbuilder.app.panels.form.toggle import Toggle
from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets import Callout, ThemedLabel
from netbuilder.app.widgets.callout import CalloutKind, LinkAction
from netbuilder.graph.atomic import FileError
from netbuilder.training.together.launching import (
    STRATEGIES,
    Launch,
    LaunchError,
    needs_trust,
    write,
)

WIDTH = 660
_STRATEGIES = {"ddp": "whole in each (DDP)", "fsdp": "split over them (FSDP)"}


class RunElsewhere(QDialog):
    """Not modal. `follow_wanted` names the folder of a run that another machine writes."""

    follow_wanted = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.setWindowTitle("Run elsewhere")
        self.resize(WIDTH, 600)
        self.way = ChoiceField([("torchrun", False), ("Slurm (sbatch)", True)])
        self.way.setFont(fonts.body())
        self.way.show_value(False)
        self.nodes, self.processes = _number(1, 1024, 1), _number(1, 256, 2)
        self.cores, self.minutes = _number(1, 256, 1), _number(0, 43200, 0)
        self.minutes.setSpecialValueText("of the cluster")
        self.restarts = _number(0, 100, 2)
        self.cards = Toggle()
        self.head = TextField()
        self.strategy = ChoiceField([(_STRATEGIES[name], name) for name in STRATEGIES])
        self.strategy.setFont(fonts.body())
        self.strategy.show_value(self._own_strategy)
        self.script = TextField()
        self.preview = QPlainTextEdit()
        self.browse_button = QPushButton("Browse …")
        self.copy_button = QPushButton("Copy the command")
        self.save_button = QPushButton("Save")
        self.follow_button = QPushButton("Follow a run …")
        self.close_button = QPushButton("Close")
        self.callout = Callout("error", "")
        self._lay_out()
        for number in (self.nodes, self.processes, self.cores, self.minutes, self.restarts):
            number.valueChanged.connect(self.refresh)
        self.way.currentIndexChanged.connect(self.refresh)
        self.strategy.currentIndexChanged.connect(self.refresh)
        self.cards.toggled.connect(self.refresh)
        self.head.typed.connect(self.refresh)
        self.browse_button.clicked.connect(self._browse)
        self.copy_button.clicked.connect(self._copy)
        self.save_button.clicked.connect(self._save)
        self.follow_button.clicked.connect(self._follow)
        self.close_button.clicked.connect(self.close)
        file = document.path
        beside = file.parent if file is not None else Path.home()
        self.script.setText(str(beside / f"{Launch(document.project.name).stem}.sh"))
        self.refresh()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(10)
        column.addWidget(ThemedLabel("One run on several processes or machines", "text",
                                     fonts.section()))  # fmt: skip
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, sizes.LABEL_COLUMN)
        grid.setColumnMinimumWidth(2, sizes.LABEL_COLUMN)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        rows = (
            ("Start with", self.way), ("Restarts", self.restarts),
            ("Machines", self.nodes), ("Processes on each", self.processes),
            ("Cores of each process", self.cores), ("Graphics card for each", self.cards),
            ("Time limit, minutes", self.minutes), ("Meet at", self.head),
            ("Weights", self.strategy),
        )  # fmt: skip
        self.labels: dict[QWidget, ThemedLabel] = {}
        for place, (words, field) in enumerate(rows):
            label = ThemedLabel(words, "text2")
            label.setBuddy(field)
            field.setAccessibleName(words)
            self.labels[field] = label
            grid.addWidget(label, place // 2, place % 2 * 2)
            grid.addWidget(field, place // 2, place % 2 * 2 + 1)
        self.head.show_text("", "one of them")
        column.addLayout(grid)
        self.preview.setReadOnly(True)
        self.preview.setFont(fonts.panel_mono())
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setAccessibleName("Script")
        column.addWidget(self.preview, 1)
        to = QHBoxLayout()
        label = ThemedLabel("Save as", "text2")
        label.setBuddy(self.script)
        self.script.setAccessibleName("Save as")
        to.addWidget(label)
        to.addWidget(self.script, 1)
        to.addWidget(self.browse_button)
        column.addLayout(to)
        column.addWidget(self.callout)
        self.callout.hide()
        buttons = QHBoxLayout()
        buttons.addWidget(self.follow_button)
        buttons.addStretch(1)
        for button in (self.close_button, self.copy_button, self.save_button):
            buttons.addWidget(button)
            button.setAutoDefault(False)
        self.browse_button.setAutoDefault(False)
        self.follow_button.setAutoDefault(False)
        self.save_button.setDefault(True)
        column.addLayout(buttons)

    # --- what is chosen ------------------------------------------------------------------

    @property
    def _own_strategy(self) -> str:
        """What the project itself says."""
        settings = self._document.project.training.settings.get("processes", {})
        return str(settings.get("strategy", STRATEGIES[0]))

    def launch(self) -> Launch:
        """What the fields say. Raises LaunchError."""
        slurm = bool(self.way.currentData())
        strategy = str(self.strategy.currentData())
        return Launch(
            self._document.project.name, slurm, self.nodes.value(), self.processes.value(),
            self.cores.value(), self.cards.isChecked(), self.minutes.value() if slurm else 0,
            self.restarts.value(), self.head.text().strip(),
            "" if strategy == self._own_strategy else strategy,
        )  # fmt: skip

    def refresh(self, *_: object) -> None:
        """Show the script for what is chosen."""
        slurm = bool(self.way.currentData())
        for field, of_use in ((self.minutes, slurm), (self.head, not slurm)):
            wanted = of_use and (field is self.minutes or self.nodes.value() > 1)
            field.setEnabled(wanted)
            self.labels[field].setEnabled(wanted)
        try:
            text = self.launch().text
        except LaunchError as error:
            self._say("error", str(error))
            text = ""
        else:
            self.callout.hide()
        self.preview.setPlainText(text)
        self.copy_button.setEnabled(bool(text))
        self.save_button.setEnabled(bool(text))

    # --- what is done --------------------------------------------------------------------

    def choose_file(self, now: str) -> str:
        """Let the person choose a file; an empty text means none. Tests put another in place."""
        return QFileDialog.getSaveFileName(self, "Save the script", now, "Script (*.sh)")[0]

    def choose_folder(self, now: str) -> str:
        """Let the person choose the folder of a run. Tests put another in place."""
        return QFileDialog.getExistingDirectory(self, "Folder of the run", now)

    def _browse(self) -> None:
        if chosen := self.choose_file(self.script.text()):
            self.script.setText(chosen)

    def _copy(self) -> None:
        launch = self.launch()
        QGuiApplication.clipboard().setText(launch.command)
        self._say("ok", f"Copied; it is for the folder with {launch.project}.")

    def _save(self) -> None:
        typed = self.script.text().strip()
        script = Path(typed).expanduser()
        project = self._document.project
        try:
            if not typed:
                raise LaunchError("Name a file for the script, such as job.sh.")
            launch = self.launch()
            missing = write(launch, project, script)
        except (LaunchError, FileError) as error:
            self._say("error", str(error))
            return
        said = f"Written, with {launch.project} beside it. The run will be in {launch.folder}."
        if missing:
            said += f" Must be at the same place there: {', '.join(missing)}."
        if needs_trust(project):
            said += f" Once on each machine: netbuilder trust {launch.project}."
        follow = script.absolute().parent / launch.folder
        self._say("ok", said, ("Follow it", lambda: self.follow_wanted.emit(str(follow))))

    def _follow(self) -> None:
        if chosen := self.choose_folder(str(Path(self.script.text()).parent)):
            self.follow_wanted.emit(chosen)

    def _say(self, kind: CalloutKind, text: str, *links: LinkAction) -> None:
        self.callout.set_message(kind, text, links)
        self.callout.show()


def _number(least: int, most: int, now: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(least, most)
    field.setValue(now)
    field.setFont(fonts.panel_mono())
    field.setFixedHeight(sizes.FIELD_HEIGHT)
    return field

"""The runs panel: what was trained before, with what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.panels.pictures.empty import Empty
from netbuilder.app.panels.runs.model import RunsModel
from netbuilder.app.panels.runs.summary import RunSummary
from netbuilder.app.panels.train.history import History
from netbuilder.app.session import Session
from netbuilder.app.theme import changed, icons, sizes
from netbuilder.app.widgets import Callout, ThemedLabel, Toasts
from netbuilder.graph.atomic import FileError
from netbuilder.training import trash
from netbuilder.training.events import Event, Failed, Finished, Started
from netbuilder.training.record import RecordError
from netbuilder.training.run import RunError


class RunsPanel(QWidget):
    """A table of runs. What opens a project or shows curves is left to the window."""

    curves_wanted = Signal(object)
    """The `History` of a run, for the train panel."""
    project_wanted = Signal(object)
    """Path of the project file that a run keeps."""
    resume_wanted = Signal(str)
    """Folder of a run to go on with."""

    def __init__(
        self, session: Session, toasts: Toasts | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._toasts = toasts if toasts is not None else Toasts(self)
        self.open_folder: Callable[[Path], None] = _show_in_desktop
        self.model = RunsModel(self)
        self.table = QTableView()
        self.table.setModel(self.model)
        self.count = ThemedLabel("", "text3")
        self.callout = Callout("error", "")
        self.empty = Empty("No runs yet.", "Every run is kept: its project, figures and weights.")
        self.curves_button = self._button("Show curves", "train", self.show_curves)
        self.resume_button = self._button("Go on training", "run", self.resume)
        self.project_button = self._button("Open its project", "open", self.open_project)
        self.folder_button = self._button("Open folder", "reference", self.open_run_folder)
        self.delete_button = self._button("Delete", "delete", self.delete)
        self._buttons = (self.curves_button, self.resume_button, self.project_button,
                         self.folder_button, self.delete_button)  # fmt: skip
        self._lay_out()
        self.model.modelReset.connect(self._filled)
        self.model.filled.connect(self._filled)
        self.table.selectionModel().selectionChanged.connect(self._enable)
        self.table.doubleClicked.connect(self.show_curves)
        session.events.connect(self._take)
        changed.connect(self.table.viewport().update)
        self._filled()

    def _button(self, words: str, icon: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(icons.icon(icon, size=16), words)
        button.setFixedHeight(sizes.BUTTON_HEIGHT_SMALL + 2)
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        table = self.table
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setFrameShape(QTableView.Shape.NoFrame)
        table.setTabKeyNavigation(False)
        table.setAccessibleName("Runs")
        table.verticalHeader().setVisible(False)
        table.verticalHeader().setDefaultSectionSize(sizes.LIST_ROW)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(sizes.PANEL_PADDING, 8, sizes.PANEL_PADDING, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.callout)
        layout.addWidget(table, 1)
        layout.addWidget(self.empty, 1)
        self.callout.hide()

    # --- what is chosen ------------------------------------------------------------------

    def chosen(self) -> RunSummary | None:
        """The run in the selected row."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.summary(rows[0].row()) if rows else None

    def choose(self, folder: str | Path) -> None:
        """Select a run by its folder."""
        row = self.model.row_of(folder)
        if row >= 0:
            self.table.selectRow(row)

    def refresh(self) -> None:
        """Read the runs anew."""
        self.model.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Runs may have come from the command line meanwhile."""
        super().showEvent(event)
        self.refresh()

    # --- commands ------------------------------------------------------------------------

    def show_curves(self) -> None:
        """Show the curves of the chosen run in the train panel."""
        run = self.chosen()
        if run is None:
            return
        try:
            history = History.of_run(run.folder)
        except (RunError, RecordError) as error:
            self._complain(str(error))
            return
        self._complain("")
        self.curves_wanted.emit(history)

    def resume(self) -> None:
        """Go on with the chosen run."""
        run = self.chosen()
        if run is not None:
            self.resume_wanted.emit(str(run.folder))

    def open_project(self) -> None:
        """Open the project as it was trained."""
        run = self.chosen()
        if run is not None:
            self.project_wanted.emit(run.folder / "project.netbuilder")

    def open_run_folder(self) -> None:
        """Show the files of the chosen run on the desktop."""
        run = self.chosen()
        if run is not None:
            self.open_folder(run.folder)

    def delete(self) -> None:
        """Move the chosen run to the trash; a toast brings it back."""
        run = self.chosen()
        if run is None:
            return
        if self._in_progress(run):
            self._complain("This run is in progress; stop it before you delete it.")
            return
        try:
            trashed = trash.discard(run.folder)
        except FileError as error:
            self._complain(str(error))
            return
        self._complain("")
        self._toasts.show(
            "info", f"{run.name} deleted", "Undo", lambda: self._restore(trashed, run.id)
        )
        self.refresh()

    def _restore(self, trashed: Path, name: str) -> None:
        try:
            trash.restore(trashed, name)
        except FileError as error:
            self._complain(str(error))
        self.refresh()

    # --- inside --------------------------------------------------------------------------

    def _in_progress(self, run: RunSummary) -> bool:
        busy = self._session.state in ("running", "paused")
        return busy and self._session.run is not None and Path(self._session.run).name == run.id

    def _complain(self, sentence: str) -> None:
        if sentence:
            self.callout.set_message("error", sentence)
        self.callout.setVisible(bool(sentence))

    def _filled(self) -> None:
        count = self.model.rowCount()
        self.empty.setVisible(count == 0)
        self.table.setVisible(count > 0)
        self.count.setText("" if not count else "1 run" if count == 1 else f"{count} runs")
        if count and self.chosen() is None:
            self.table.selectRow(0)
        self._enable()

    def _enable(self) -> None:
        run = self.chosen()
        for button in self._buttons:
            button.setEnabled(run is not None)
            button.setVisible(self.model.rowCount() > 0)
        idle = self._session.state not in ("running", "paused")
        self.resume_button.setEnabled(run is not None and run.state != "finished" and idle)

    def _take(self, events: Sequence[Event]) -> None:
        if any(isinstance(e, (Started, Finished, Failed)) for e in events) and self.isVisible():
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows curves, Delete deletes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.show_curves()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete()
        else:
            super().keyPressEvent(event)


def _show_in_desktop(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

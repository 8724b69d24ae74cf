"""The runs panel: what was trained before, what came of it, and how runs differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeyEvent, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from netbuilder.app.panels.pictures.empty import Empty
from netbuilder.app.panels.runs.details import Details
from netbuilder.app.panels.runs.looks import SIZE
from netbuilder.app.panels.runs.model import RunsModel
from netbuilder.app.panels.runs.more import More
from netbuilder.app.panels.runs.several import Kind
from netbuilder.app.panels.runs.summary import RunSummary
from netbuilder.app.panels.train.history import History
from netbuilder.app.session import Session
from netbuilder.app.theme import changed, icons, sizes
from netbuilder.app.widgets import Callout, ThemedLabel, ToastKind, Toasts
from netbuilder.graph.atomic import FileError
from netbuilder.training import presence, trash
from netbuilder.training.events import Event, Failed, Finished, Started
from netbuilder.training.record import RecordError
from netbuilder.training.run import RunError
from netbuilder.training.search import SearchError, search


class RunsPanel(QWidget):
    """A table of runs beside the curves of those that are selected.

    What opens a project or shows curves in the train panel is left to the window.
    """

    curves_wanted = Signal(object)
    """The `History` of a run, for the train panel."""
    ghost_wanted = Signal(object)
    """The `History` of a run, to lie behind the one in progress."""
    project_wanted = Signal(object)
    """Path of the project file that a run keeps."""
    restore_wanted = Signal(str)
    """Folder of a run whose project is to take the place of the open one."""
    resume_wanted = Signal(str)
    """Folder of a run to go on with."""
    follow_wanted = Signal(str)
    """Folder of a run that another process trains."""

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
        self.field = QLineEdit()
        self.count = ThemedLabel("", "text3")
        self.callout = Callout("error", "")
        self.empty = Empty("No runs yet.", "Every run is kept: its project, figures and weights.")
        self.details = Details(session)
        self.queue = self.details.queue
        self.curves_button = self._button("Show curves", "train", self.show_curves)
        self.resume_button = self._button("Go on training", "run", self.resume)
        self.stop_button = self._button("Stop", "stop", self.stop)
        self.project_button = self._button("Open its project", "open", self.open_project)
        self.folder_button = self._button("Open folder", "reference", self.open_run_folder)
        self.delete_button = self._button("Delete", "delete", self.delete)
        self.more = More(self)
        self._buttons = (self.curves_button, self.resume_button, self.stop_button,
                         self.project_button, self.folder_button, self.delete_button,
                         self.more.button)  # fmt: skip
        self._selected: tuple[str, ...] = ()
        self._lay_out()
        self.model.modelAboutToBeReset.connect(self._remember)
        self.model.modelReset.connect(self._filled)
        self.model.filled.connect(self._filled)
        self.table.selectionModel().selectionChanged.connect(self._choice_changed)
        self.table.doubleClicked.connect(self.show_curves)
        self.field.textChanged.connect(self._search)
        self.details.notes.written.connect(self.refresh)
        self.details.notes.trouble.connect(self._complain)
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
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setShowGrid(False)
        table.setIconSize(SIZE)
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
        header.setSortIndicator(1, Qt.SortOrder.DescendingOrder)
        table.setSortingEnabled(True)
        self.field.setPlaceholderText("Find: digits accuracy>0.9 #good state:finished")
        self.field.setAccessibleName("Find runs")
        self.field.setClearButtonEnabled(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.count)
        left = QWidget()
        inside = QVBoxLayout(left)
        inside.setContentsMargins(0, 0, 8, 0)
        inside.setSpacing(4)
        inside.addWidget(self.field)
        inside.addWidget(table, 1)
        self.parts = QSplitter(Qt.Orientation.Horizontal)
        self.parts.addWidget(left)
        self.parts.addWidget(self.details)
        self.parts.setChildrenCollapsible(False)
        self.parts.setSizes([560, 600])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(sizes.PANEL_PADDING, 8, sizes.PANEL_PADDING, 8)
        layout.setSpacing(8)
        layout.addLayout(row)
        layout.addWidget(self.callout)
        layout.addWidget(self.parts, 1)
        layout.addWidget(self.empty, 1)
        self.callout.hide()

    # --- what is chosen ------------------------------------------------------------------

    def chosen(self) -> RunSummary | None:
        """The run that commands for one are about: the current row if it is selected."""
        rows = [index.row() for index in self.table.selectionModel().selectedRows()]
        current = self.table.currentIndex().row()
        return self.model.summary(current if current in rows else rows[0]) if rows else None

    def selected(self) -> list[RunSummary]:
        """All selected runs, from the top."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.summary(row) for row in rows]

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

    def ask_several(self, kind: Kind) -> None:
        """Ask, beside the queue, how many runs on other rows there shall be."""
        self.details.turn_to("Queue")
        self.details.waiting.form.ask(kind)
        self._filled()

    def _search(self, text: str) -> None:
        try:
            wanted = search(text)
        except SearchError as error:
            self._complain(str(error))
            return
        self._complain("")
        self.model.set_search(wanted)
        self._count()

    # --- commands ------------------------------------------------------------------------

    def history(self) -> History | None:
        """What the chosen run reported; what is wrong with its record is said."""
        run = self.chosen()
        if run is None:
            return None
        try:
            found = History.of_run(run.folder)
        except (RunError, RecordError) as error:
            self._complain(str(error))
            return None
        self._complain("")
        return found

    def show_curves(self) -> None:
        """Show the curves of the chosen run in the train panel, as they grow if it trains."""
        run = self.chosen()
        if run is not None and self._elsewhere(run):
            self.follow_wanted.emit(str(run.folder))
        elif (history := self.history()) is not None:
            self.curves_wanted.emit(history)

    def resume(self) -> None:
        """Go on with the chosen run."""
        run = self.chosen()
        if run is not None:
            self.resume_wanted.emit(str(run.folder))

    def stop(self) -> None:
        """End the chosen run, here or in the process that trains it."""
        run = self.chosen()
        if run is None:
            return
        if self._in_progress(run):
            self._session.stop()
        else:
            presence.ask(run.folder, "stop")

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
        """Move the selected runs to the trash; a toast brings them back."""
        runs = self.selected()
        if any(self._in_progress(run) or presence.present(run.folder) for run in runs):
            self._complain("This run is in progress; stop it before you delete it.")
            return
        gone: list[tuple[Path, str]] = []
        trouble = ""
        for run in runs:
            try:
                gone.append((trash.discard(run.folder), run.id))
            except FileError as error:
                trouble = str(error)
        self._complain(trouble)
        if gone:
            words = f"{runs[0].name} deleted" if len(gone) == 1 else f"{len(gone)} runs deleted"
            self._toasts.show("info", words, "Undo", lambda: self._restore(gone))
        self.refresh()

    def _restore(self, gone: Sequence[tuple[Path, str]]) -> None:
        for trashed, name in gone:
            try:
                trash.restore(trashed, name)
            except FileError as error:
                self._complain(str(error))
        self.refresh()

    # --- inside --------------------------------------------------------------------------

    def _in_progress(self, run: RunSummary) -> bool:
        busy = self._session.state in ("running", "paused")
        return busy and self._session.run is not None and Path(self._session.run).name == run.id

    def _elsewhere(self, run: RunSummary) -> bool:
        return not self._in_progress(run) and presence.present(run.folder)

    def tell(self, sentence: str, kind: ToastKind = "info") -> None:
        """Something that went well, or is to be known."""
        self._toasts.show(kind, sentence)

    def close_down(self) -> None:
        """The window closes: what waits is kept, and processes of this panel end."""
        self.queue.close()
        self.more.repeating.close()

    def _complain(self, sentence: str) -> None:
        if sentence:
            self.callout.set_message("error", sentence)
        self.callout.setVisible(bool(sentence))

    complain = _complain

    def _remember(self) -> None:
        self._selected = tuple(run.id for run in self.selected())

    def _filled(self) -> None:
        any_run = self.model.count > 0
        shown = any_run or bool(self.queue.items) or not self.details.waiting.form.isHidden()
        self.empty.setVisible(not shown)
        self.parts.setVisible(shown)
        self._count()
        if self.model.rowCount() and self.chosen() is None:
            self._select_again()
        self._choice_changed()

    def _select_again(self) -> None:
        kept, self._selected = self._selected, ()
        rows = [row for run in kept if (row := self.model.row_of(run)) >= 0] or [0]
        self.table.setCurrentIndex(self.model.index(rows[0], 0))
        flags = QItemSelectionModel.SelectionFlag
        for row in rows:
            index = self.model.index(row, 0)
            self.table.selectionModel().select(index, flags.Select | flags.Rows)

    def _count(self) -> None:
        count, shown = self.model.count, self.model.rowCount()
        words = "" if not count else "1 run" if count == 1 else f"{count} runs"
        self.count.setText(f"{shown} of {words}" if shown != count else words)

    def _choice_changed(self, *_: object) -> None:
        run, runs = self.chosen(), self.selected()
        self.details.show_runs([one.folder for one in runs], run.folder if run else None)
        self.model.show_places(self.details.overlay.places)
        for button in self._buttons:
            button.setEnabled(run is not None)
            button.setVisible(self.model.count > 0)
        idle = self._session.state not in ("running", "paused")
        trains = run is not None and run.state in ("running", "paused")
        over = run is not None and run.state != "finished" and not trains
        self.resume_button.setEnabled(over and idle)
        self.resume_button.setVisible(self.model.count > 0 and not trains)
        self.stop_button.setVisible(trains)
        self.project_button.setEnabled(len(runs) == 1)

    def _take(self, events: Sequence[Event]) -> None:
        if any(isinstance(e, (Started, Finished, Failed)) for e in events) and self.isVisible():
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows curves, Delete deletes; both belong to the table."""
        typing = QApplication.focusWidget()
        if typing is not None and (typing is self.field or self.details.isAncestorOf(typing)):
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.show_curves()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete()
        else:
            super().keyPressEvent(event)


def _show_in_desktop(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

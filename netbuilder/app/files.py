"""New, open, save: nothing a person made is ever lost on the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from netbuilder import resources
from netbuilder.app.document import Document
from netbuilder.graph import Graph, Project
from netbuilder.graph import file as project_file
from netbuilder.graph.atomic import FileError

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

_FILTER = "NetBuilder projects (*.netbuilder)"


class Files(QObject):
    """What the File menu does to a document.

    `choose_open`, `choose_save` and `ask_to_save` open dialogs; tests put others in place.
    """

    def __init__(self, window: MainWindow, document: Document) -> None:
        super().__init__(window)
        self._window = window
        self.document = document
        self.choose_open = self._choose_open
        self.choose_save = self._choose_save
        self.ask_to_save = self._ask_to_save

    # --- opening -------------------------------------------------------------------------

    def new(self) -> None:
        """An empty project; unsaved edits of the one before stay recoverable."""
        self._leave(lambda: self.document.new(Project(graph=Graph())))

    def open(self) -> None:
        """Ask for a file and open it."""
        path = self.choose_open()
        if path:
            self.open_path(Path(path))

    def open_path(self, path: Path) -> bool:
        """Open a file; what is wrong with it is said, and the project before stays."""
        sentence = self.try_open(path)
        if sentence:
            self._window.say("error", sentence)
        return not sentence

    def try_open(self, path: Path) -> str:
        """Open a file, or one sentence about what is wrong with it."""
        try:
            self._leave(lambda: self.open_quietly(path))
        except FileError as error:
            return str(error)
        return ""

    def open_quietly(self, path: Path) -> None:
        """Open a file; raises FileError."""
        if path.absolute() in (*resources.examples(), *resources.published()):
            self.open_example(path.stem)
            return
        for warning in self.document.open(path):
            self._window.say("warning", warning)

    def open_copy(self, path: Path) -> bool:
        """Open what a run keeps, as a project without a file: the run stays as it was."""
        try:
            project = project_file.load(Path(path)).project
        except FileError as error:
            self._window.say("error", str(error))
            return False
        self.open_project(project)
        return True

    def open_project(self, project: Project) -> None:
        """Open a project that has no file."""
        if project != self.document.project:
            self._leave(lambda: self.document.new(project))

    def restore(self, folder: str) -> None:
        """Put the project of a run in place of the open one, as an edit that can be undone."""
        try:
            project = project_file.load(Path(folder) / "project.netbuilder").project
        except FileError as error:
            self._window.say("error", str(error))
            return
        self.document.edit(f"Project of {Path(folder).name}", project)
        self._window.canvas.frame_all()
        self._window.say("info", "This is what the run trained.", "Undo", self.document.undo)

    def open_example(self, name: str) -> None:
        """Open an example as a project without a file, so that it is never overwritten."""
        loaded = project_file.load(resources.example(name))
        self.document.new(loaded.project)

    def show_example(self, name: str) -> None:
        """Open an example from the menu."""
        self._leave(lambda: self.open_example(name))

    def show_network(self, name: str) -> None:
        """Open a published network as a project without a file."""
        from netbuilder.architectures import ARCHITECTURES

        self._leave(lambda: self.document.new(ARCHITECTURES[name]()))

    def _leave(self, go: object) -> None:
        """Go to another project; unsaved work of this one can be taken up again."""
        unsaved, title = not self.document.clean, self.document.title
        go()  # type: ignore[operator]
        if unsaved:
            self._window.say(
                "info",
                f"Unsaved changes of {title} are kept.",
                "Bring back",
                self._window.recovery.take_latest,
            )

    # --- saving --------------------------------------------------------------------------

    def save(self) -> bool:
        """Save to the project's file, asking for one if it has none."""
        if self.document.path is None:
            return self.save_as()
        return self._save_to(self.document.path)

    def save_as(self) -> bool:
        """Ask for a file and save to it."""
        suggestion = str(self.document.path or Path.cwd() / f"{self.document.title}.netbuilder")
        path = self.choose_save(suggestion)
        return self._save_to(Path(path)) if path else False

    def _save_to(self, path: Path) -> bool:
        try:
            self.document.save_as(path)
        except FileError as error:
            self._window.say("error", f"{error} Nothing is lost: save it elsewhere.")
            return False
        self._window.status.set_saved()
        return True

    def may_close(self) -> bool:
        """Whether the window may close: unsaved edits are saved, given up, or keep it open."""
        if self.document.clean:
            return True
        answer = self.ask_to_save(self.document.title)
        if answer == "save":
            return self.save()
        return answer == "discard"

    # --- dialogs -------------------------------------------------------------------------

    def _choose_open(self) -> str:
        parent: QWidget = self._window
        return QFileDialog.getOpenFileName(parent, "Open a project", "", _FILTER)[0]

    def _choose_save(self, suggestion: str) -> str:
        parent: QWidget = self._window
        return QFileDialog.getSaveFileName(parent, "Save the project", suggestion, _FILTER)[0]

    def _ask_to_save(self, title: str) -> str:
        box = QMessageBox(self._window)
        box.setWindowTitle("NetBuilder")
        box.setText(f"Save the changes to {title}?")
        save = box.addButton("Save", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Keep editing", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.exec()
        clicked = box.clickedButton()
        box.deleteLater()
        return "save" if clicked is save else "discard" if clicked is discard else "cancel"

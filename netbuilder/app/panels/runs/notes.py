"""Tags and a note of a run, written where one sees what came of it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QPlainTextEdit, QWidget

from netbuilder.graph.atomic import FileError
from netbuilder.training import labels
from netbuilder.training.labels import LabelError, Labels


class Notes(QWidget):
    """Keeps what is typed when a field is left, or another run is shown."""

    written = Signal()
    trouble = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._kept = Labels()
        self.tags = QLineEdit()
        self.tags.setPlaceholderText("Words to find it by, such as: good paper")
        self.note = QPlainTextEdit()
        self.note.setPlaceholderText("What to remember of this run")
        self.note.setTabChangesFocus(True)
        form = QFormLayout(self)
        form.setContentsMargins(0, 4, 0, 0)
        form.addRow("Tags", self.tags)
        form.addRow("Note", self.note)
        self.tags.editingFinished.connect(self.keep)
        self.note.installEventFilter(self)

    def show_run(self, folder: Path | None) -> None:
        """Another run; what was typed of the one before is kept first."""
        if folder == self._folder:
            return
        self.keep()
        self._folder = folder
        self._kept = labels.read(folder) if folder is not None else Labels()
        self.tags.setText(" ".join(self._kept.tags))
        self.note.setPlainText(self._kept.note)
        self.setEnabled(folder is not None)

    def keep(self) -> None:
        """Write what was typed, if it is something new."""
        tags = tuple(word.removeprefix("#") for word in self.tags.text().split())
        now = Labels(tags, self.note.toPlainText().strip())
        if self._folder is None or now == self._kept or not self._folder.is_dir():
            return
        try:
            labels.write(self._folder, now)
        except (FileError, LabelError) as error:
            self.trouble.emit(str(error))
            return
        self._kept = now
        self.trouble.emit("")
        self.written.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The note is kept when its field is left."""
        if watched is self.note and event.type() == QEvent.Type.FocusOut:
            self.keep()
        return False

"""The steps of the history in a list; a click goes there."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QUndoView, QVBoxLayout, QWidget

from netbuilder.app.document import Document
from netbuilder.app.theme import icons, sizes


class HistoryPanel(QWidget):
    """The undo stack of a document: what was done, where one is, and where the file is."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QUndoView(document.stack)
        self.list.setEmptyLabel("As it was opened")
        self.list.setCleanIcon(icons.icon("save"))
        self.list.setIconSize(QSize(sizes.NODE_MARK, sizes.NODE_MARK))
        self.list.setAccessibleName("History")
        self.list.setFrameShape(QUndoView.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list)

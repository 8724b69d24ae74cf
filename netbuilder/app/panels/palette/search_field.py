"""The field above the palette; arrows and Enter go on to the list while one types."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from netbuilder.app.theme import fonts, icons
from netbuilder.app.widgets import Chip

_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class SearchField(QLineEdit):
    """Typing searches, Enter takes the current row, Escape empties."""

    moved = Signal(QKeyEvent)
    """An arrow key that is meant for the list."""
    entered = Signal()

    def __init__(self, key: str = "Tab", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(26)
        self.setPlaceholderText("Search layers")
        self.setAccessibleName("Search layers")
        self.setFont(fonts.body())
        leading = QLineEdit.ActionPosition.LeadingPosition
        glass = self.addAction(icons.icon("search", "text2", 15), leading)
        glass.setText("Search")  # a reader comes by it
        self._hint = Chip(key, "key", parent=self)
        self._hint.resize(self._hint.sizeHint())
        self._hint.setVisible(bool(key))
        self.setToolTip("Search by name, kind or what a layer does")
        self.textChanged.connect(self._make_room)

    def _make_room(self) -> None:
        self._hint.setVisible(not self.text())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        hint = self._hint
        hint.move(self.width() - hint.width() - 5, (self.height() - hint.height()) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _MOVES:
            self.moved.emit(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

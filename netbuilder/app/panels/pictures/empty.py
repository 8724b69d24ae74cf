"""What stands where there is nothing to show yet: one sentence, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.app.theme import fonts
from netbuilder.app.widgets import ThemedLabel


class Empty(QWidget):
    """A sentence in the middle and a quieter one below it."""

    def __init__(self, sentence: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = ThemedLabel(sentence, "text", fonts.page())
        self._hint = ThemedLabel(hint, "text3", fonts.body())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(6)
        layout.addStretch(1)
        for label in (self._sentence, self._hint):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            layout.addWidget(label)
        layout.addStretch(1)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(sentence)

    def say(self, sentence: str, hint: str = "") -> None:
        """Say something else."""
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.setAccessibleName(sentence)

    def text(self) -> str:
        """What it says."""
        return self._sentence.text()

"""The heading of a section, with a quiet note at its right."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets.themed_label import ThemedLabel


class Heading(QWidget):
    """A line such as "Feature maps … 16 × 14 × 14"; more widgets can be added at the end."""

    def __init__(
        self, text: str, note: str = "", *, page: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._text = ThemedLabel(text, "text", fonts.page() if page else fonts.section())
        self._note = ThemedLabel(note, "text3", fonts.caption())
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(sizes.GAPS[1])
        self._row.addWidget(self._text)
        self._row.addStretch(1)
        self._row.addWidget(self._note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(text)

    def text(self) -> str:
        """The heading itself."""
        return self._text.text()

    def set_text(self, text: str) -> None:
        """Change the heading."""
        self._text.setText(text)
        self.setAccessibleName(text)

    def set_note(self, note: str) -> None:
        """Change the note at the right."""
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def add(self, widget: QWidget) -> None:
        """Put a widget after the note."""
        self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

"""A text field on the canvas: while it has the focus, keys are letters, not commands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class CanvasField(QLineEdit):
    """Keeps every key from the canvas's commands; says when the focus goes elsewhere."""

    left = Signal()
    #: A key that the field itself has no use for, such as Up or Esc.
    key = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.taken: frozenset[int] = frozenset()

    def event(self, event: QEvent) -> bool:
        """Claim each key before a shortcut does."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        # Tab would otherwise move the focus before it is seen as a key.
        if isinstance(event, QKeyEvent) and event.key() in self.taken:
            if event.type() == QEvent.Type.KeyPress:
                self.key.emit(event.key())
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()

"""Another name for a block of the person's own, typed where the old one stands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class NameField(QLineEdit):
    """Enter hands the name to `accept`, which returns why it cannot be, or an empty text.

    A refused name stays to be mended; Esc and a click elsewhere leave the old one.
    """

    def __init__(self, parent: QWidget, where: QRect, name: str, accept: Callable[[str], str]):
        super().__init__(name, parent)
        self._accept = accept
        self._over = False
        self.setGeometry(where)
        self.setMaxLength(60)
        self.setAccessibleName("Name of the block")
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def event(self, event: QEvent) -> bool:
        """While a name is typed every key is a letter, not a command."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self._accept(" ".join(self.text().split())):
                self._close()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._close()

    def _close(self) -> None:
        if not self._over:
            self._over = True
            parent = self.parentWidget()
            if self.hasFocus() and parent is not None:
                parent.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
            self.deleteLater()

"""A menu over something that has keys: while it is open, keys are the menu's own."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QMenu


class Menu(QMenu):
    """Keeps letters, figures and Del from the commands of what lies below."""

    def event(self, event: QEvent) -> bool:
        """Claim each key before a shortcut does."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

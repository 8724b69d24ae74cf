"""After a crash: what was not saved is offered, never forced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from netbuilder.app.document import Document

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow


class Recovery(QObject):
    """Offers the latest unsaved work in a message with one link."""

    def __init__(self, window: MainWindow, document: Document) -> None:
        super().__init__(window)
        self._window = window
        self._document = document

    def offer(self) -> None:
        """Say that there is unsaved work of a program that ended without saving."""
        found = Document.leftovers()
        if found:
            name = found[0].project.name
            more = f" and {len(found) - 1} more" if len(found) > 1 else ""
            self._window.say(
                "warning",
                f"Unsaved work of {name}{more} was found: NetBuilder did not close properly.",
                "Recover",
                self.take_latest,
            )

    def take_latest(self) -> None:
        """Continue with the latest unsaved work."""
        found = Document.leftovers()
        if found:
            self._document.recover(found[0])
            self._window.say("ok", f"Recovered {found[0].project.name}; save it to keep it.")
        else:
            self._window.say("info", "There is no unsaved work left to recover.")

"""While so much is drawn that the window cannot answer, it says so."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from netbuilder.app.document import Document
from netbuilder.app.widgets import Callout

_WIDTH = 360


class Busy(QObject):
    """A sentence in the middle of a widget and a waiting pointer, as long as it is true."""

    def __init__(self, document: Document, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self._note = Callout("info", "", (), over)
        self._note.setAutoFillBackground(True)
        self._note.hide()
        document.busy.connect(self._tell)

    def _tell(self, sentence: str) -> None:
        if not sentence:
            self._note.hide()
            QGuiApplication.restoreOverrideCursor()
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        self._note.set_message("info", sentence)
        self._note.resize(_WIDTH, self._note.heightForWidth(_WIDTH))
        middle = self._over.rect().center() - self._note.rect().center()
        self._note.move(middle)
        self._note.show()
        self._note.raise_()
        # No event is handled before the work is done, so it is painted here.
        self._note.repaint()

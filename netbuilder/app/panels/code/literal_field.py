"""A field over one literal of the code, and under it what is wrong with what was typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from netbuilder.app.theme import fonts, sizes
from netbuilder.app.widgets import Callout

_ROOM = 26
_LEAST, _NOTE = 64, 380


class LiteralField(QLineEdit):
    """Enter hands the text to `accept`, which answers with a sentence or "" if it is done.

    A sentence stays under the field; `finished` says that there is nothing more to do.
    """

    finished = Signal()

    def __init__(
        self, over: QWidget, box: QRect, text: str, accept: Callable[[str, bool], str]
    ) -> None:
        super().__init__(text, over)
        self._box, self._accept = box, accept
        self._warned: str | None = None
        self._done = False
        self.left_by_key = False
        """Whether it had the focus when it went, which somebody else must get now."""
        self.note = Callout("error", "", parent=over)
        self.note.hide()
        self.setFont(fonts.mono(12))
        self.textChanged.connect(self._settle)
        self.textEdited.connect(self._forget)
        self._settle()
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _settle(self) -> None:
        over = self.parentWidget()
        if over is None:
            return
        wanted = self.fontMetrics().horizontalAdvance(self.text()) + _ROOM
        width = min(max(wanted, self._box.width() + _ROOM, _LEAST), over.width())
        height = max(sizes.FIELD_HEIGHT, self._box.height() + 4)
        x = max(0, min(self._box.left() - _ROOM // 2, over.width() - width))
        self.setGeometry(x, self._box.center().y() - height // 2, width, height)

    def say(self, sentence: str, firm: bool = True) -> None:
        """Show what is wrong; "" takes it away."""
        self.note.setVisible(bool(sentence))
        self.setProperty("problem", "error" if sentence else None)
        self.setAccessibleDescription(sentence)
        self.update()
        over = self.parentWidget()
        if not sentence or over is None:
            return
        self.note.set_message("error" if firm else "warning", sentence)
        width = min(_NOTE, over.width() - 8)
        height = self.note.heightForWidth(width)
        below = self.geometry().bottom() + 4
        fits = below + height <= over.height()
        y = below if fits else self.geometry().top() - height - 4
        x = max(0, min(self.x(), over.width() - width - 4))
        self.note.setGeometry(x, max(0, y), width, height)
        self.note.raise_()

    def _forget(self) -> None:
        self._warned = None
        self.say("")

    def _commit(self, leaving: bool = False) -> None:
        if self._done:
            return
        text = self.text()
        sentence = self._accept(text, self._warned == text)
        if sentence and not leaving:
            self._warned = text
            self.say(sentence, firm="Enter again" not in sentence)
        else:
            self.close_quietly()

    def close_quietly(self) -> None:
        """Go away; nothing is applied any more."""
        if not self._done:
            self._done = True
            self.left_by_key = self.hasFocus()
            self.note.hide()
            self.hide()
            self.note.deleteLater()
            self.deleteLater()
            self.finished.emit()

    # --- keys ------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Every key is the field's own, whatever commands there are."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_quietly()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._commit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A menu, or another window, comes back to the field.
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self._commit(leaving=True)

"""Taking hold of a property by its label and carrying it to the block that is to have it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


class Carry(QObject):
    """Watches a label: a press and a move beyond the usual distance is a carry.

    Places are of the screen. The label keeps the pointer until the button is up, so the
    carry may go anywhere in the window; Esc ends it and nothing happens.
    """

    moved = Signal(QPoint)
    dropped = Signal(QPoint)
    ended = Signal()

    def __init__(self, label: QWidget) -> None:
        super().__init__(label)
        self._label = label
        self._from: QPoint | None = None
        self._going = self._able = False
        label.installEventFilter(self)

    def set_able(self, able: bool) -> None:
        """Whether the label can be taken hold of; the pointer then says so."""
        if able != self._able:
            self._able = able
            shape = Qt.CursorShape.OpenHandCursor if able else Qt.CursorShape.ArrowCursor
            self._label.setCursor(shape)

    @property
    def going(self) -> bool:
        """Whether the property is being carried now."""
        return self._going

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer over the label, and Esc wherever the focus is meanwhile."""
        if isinstance(event, QKeyEvent):
            if not self._going or event.key() != Qt.Key.Key_Escape:
                return False
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # no command has Esc now
            elif event.type() == QEvent.Type.KeyPress:
                self._end()
            return True
        if watched is not self._label or not isinstance(event, QMouseEvent):
            return False
        return self._pointer(event)

    def _pointer(self, event: QMouseEvent) -> bool:
        at = event.globalPosition().toPoint()
        if event.type() == QEvent.Type.MouseButtonPress:
            if self._able and event.button() == Qt.MouseButton.LeftButton:
                self._from = at
                return True
        elif event.type() == QEvent.Type.MouseMove and self._from is not None:
            far = (at - self._from).manhattanLength() >= QApplication.startDragDistance()
            if far and not self._going:
                self._begin()
            if self._going:
                self.moved.emit(at)
            return True
        elif event.type() == QEvent.Type.MouseButtonRelease and self._from is not None:
            if self._going:
                self._end()
                self.dropped.emit(at)
            self._from = None
            return True
        return False

    def _begin(self) -> None:
        self._going = True
        self._label.setCursor(Qt.CursorShape.ClosedHandCursor)
        if (app := QApplication.instance()) is not None:
            app.installEventFilter(self)

    def _end(self) -> None:
        self._going, self._from = False, None
        self._label.setCursor(Qt.CursorShape.OpenHandCursor)
        if (app := QApplication.instance()) is not None:
            app.removeEventFilter(self)
            # As a child of the label, which it goes on watching.
            self._label.installEventFilter(self)
        self.ended.emit()

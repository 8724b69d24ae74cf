"""Middle drag, or Space and drag: the paper moves with the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt

from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer


class PanGesture(Gesture):
    """Scrolls; it changes nothing that could be undone."""

    cursor = Qt.CursorShape.ClosedHandCursor
    scrolls = False

    def start(self) -> None:
        self._last = self.press.at
        self._moved = QPoint()

    def move(self, pointer: Pointer) -> None:
        step = pointer.at - self._last
        self._last = pointer.at
        self._moved += step
        self.view.scroll_by(-step.x(), -step.y())

    def cancel(self) -> None:
        self.view.scroll_by(self._moved.x(), self._moved.y())

"""What a gesture is: one class a kind, from press to release, or to Esc without a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

#: The pointer must move this far before a press becomes a drag.
THRESHOLD = 4


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, on the screen and in the scene, and which keys are held.

    time: when it came there, in milliseconds since some moment, where that is known.
    """

    at: QPoint
    scene: QPointF
    modifiers: Qt.KeyboardModifier
    time: int = 0

    def holds(self, key: Qt.KeyboardModifier) -> bool:
        """Whether a modifier key is held."""
        return bool(self.modifiers & key)


class Gesture:
    """Begins with a press, follows the pointer, and ends in one edit or in none."""

    cursor: Qt.CursorShape | None = None
    #: Whether the canvas scrolls when the pointer nears its border.
    scrolls = True

    def __init__(self, view: CanvasView, press: Pointer) -> None:
        self.view = view
        self.scene = view.canvas
        self.press = press

    def begun(self, pointer: Pointer) -> bool:
        """Whether the pointer is far enough from the press."""
        return (pointer.at - self.press.at).manhattanLength() >= THRESHOLD

    def start(self) -> None:
        """The button is down."""

    def move(self, pointer: Pointer) -> None:
        """The pointer moved, or a modifier key went down or up."""

    def finish(self, pointer: Pointer) -> None:
        """The button is up: commit what was shown as one edit."""

    def cancel(self) -> None:
        """Put everything back as it was before the press."""

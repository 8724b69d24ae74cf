"""When a focus ring is drawn: for who uses the keyboard, not after a click."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def by_keyboard(widget: QWidget) -> bool:
    """Whether a widget has the focus in a window that is used by keyboard."""
    attribute = Qt.WidgetAttribute.WA_KeyboardFocusChange
    return widget.hasFocus() and widget.window().testAttribute(attribute)

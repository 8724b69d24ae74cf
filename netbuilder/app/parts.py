"""F6 goes from part to part of the window: on the canvas Tab means something else."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def next_part(parts: Sequence[QWidget], step: int) -> None:
    """Give the focus to the part after the one that has it, or before it for a step of -1."""
    focus = QApplication.focusWidget()
    here = [i for i, part in enumerate(parts) if focus is not None and _holds(part, focus)]
    start = here[0] if here else -1 if step > 0 else 0
    for n in range(1, len(parts) + 1):
        widget = _first(parts[(start + n * step) % len(parts)])
        if widget is not None:
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            return


def _holds(part: QWidget, widget: QWidget) -> bool:
    return part is widget or part.isAncestorOf(widget)


def _first(part: QWidget) -> QWidget | None:
    """The first widget of a part that Tab would reach."""
    widget: QWidget | None = part
    while widget is not None:
        reachable = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if reachable and _holds(part, widget) and widget.isVisible() and widget.isEnabled():
            return widget
        widget = widget.nextInFocusChain()
        if widget is part:
            break
    return None

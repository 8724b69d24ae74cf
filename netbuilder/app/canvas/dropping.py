"""What may be dropped on the canvas: a kind from the palette, or files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QDropEvent

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

#: Carries the name of a kind in UTF-8.
KIND_MIME = "application/x-netbuilder-kind"


def welcome(data: QMimeData) -> bool:
    """Whether the canvas has a use for what is carried over it."""
    return data.hasFormat(KIND_MIME) or data.hasUrls()


def carry(view: CanvasView, event: QDropEvent) -> None:
    """Light the wire that what is carried would go into; with Alt it goes into none."""
    data, edge = event.mimeData(), None
    if data.hasFormat(KIND_MIME) and not _apart(event):
        edge = view.placing.would_enter(_kind(data), view.mapToScene(event.position().toPoint()))
    view.canvas.hover(None, None, edge)
    event.acceptProposedAction()


def drop(view: CanvasView, event: QDropEvent, offset: QPoint | None = None) -> None:
    """Place a kind where it fell, with Alt apart from the wire there; hand files on.

    offset: place in the view of the widget on which it fell.
    """
    at = view.mapToScene(event.position().toPoint() + (offset or QPoint()))
    data = event.mimeData()
    if data.hasFormat(KIND_MIME):
        view.canvas.hover(None, None, None)
        view.placing.drop(_kind(data), at, _apart(event))
        view.setFocus(Qt.FocusReason.OtherFocusReason)
    elif data.hasUrls():
        view.files_dropped.emit([url.toLocalFile() for url in data.urls()], at)
    event.acceptProposedAction()


def _kind(data: QMimeData) -> str:
    return bytes(data.data(KIND_MIME).data()).decode("utf-8", "replace")


def _apart(event: QDropEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)

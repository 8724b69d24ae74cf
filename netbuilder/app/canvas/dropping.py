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


def drop(view: CanvasView, event: QDropEvent, offset: QPoint | None = None) -> None:
    """Place a kind where it fell, with Alt apart from the wire there; hand files on.

    offset: place in the view of the widget on which it fell.
    """
    at = view.mapToScene(event.position().toPoint() + (offset or QPoint()))
    data = event.mimeData()
    if data.hasFormat(KIND_MIME):
        kind = bytes(data.data(KIND_MIME).data()).decode("utf-8", "replace")
        apart = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        view.placing.drop(kind, at, apart)
        view.setFocus(Qt.FocusReason.OtherFocusReason)
    elif data.hasUrls():
        view.files_dropped.emit([url.toLocalFile() for url in data.urls()], at)
    event.acceptProposedAction()

"""Tells a screen reader what happens on the canvas, while one is listening."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleEvent

from netbuilder.app.accessible.canvas_list import CanvasList, install
from netbuilder.app.canvas import CanvasView

Event = QAccessible.Event


class Announcer(QObject):
    """Follows one view: nodes that come and go, what is selected, names that change."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        install()
        self._view = view
        self._names: dict[str, str] = {}
        self._selected: tuple[str, ...] = ()
        #: Replaced where somebody wants to hear what is told.
        self.send: Callable[[QAccessibleEvent], None] = QAccessible.updateAccessibility
        view.canvas.selection_changed.connect(self._selection_changed)
        view.document.checked.connect(self._checked)
        view.place_changed.connect(self._checked)

    @property
    def listening(self) -> bool:
        """Whether anybody would hear it."""
        return QAccessible.isActive()

    def _list(self) -> CanvasList | None:
        found = QAccessible.queryAccessibleInterface(self._view)
        return found if isinstance(found, CanvasList) else None

    def _tell(self, event: QAccessible.Event, child: int = -1) -> None:
        told = QAccessibleEvent(self._view, event)
        if child >= 0:
            told.setChild(child)
        self.send(told)

    def _selection_changed(self) -> None:
        canvas = self._list() if self.listening else None
        if canvas is None:
            return
        before, self._selected = self._selected, self._view.selected
        for node_id in (i for i in before if i not in self._selected and i in canvas.places):
            self._tell(Event.SelectionRemove, canvas.places[node_id])
        for node_id in (i for i in self._selected if i not in before):
            self._tell(Event.SelectionAdd, canvas.places[node_id])
        current = canvas.current
        if current is not None and self._view.hasFocus():
            self._tell(Event.Focus, canvas.places[current])

    def _checked(self, *_: object) -> None:
        canvas = self._list() if self.listening else None
        if canvas is None:
            self._names = {}
            return
        before = self._names
        self._names = {i: canvas.entry(i).text(QAccessible.Text.Name) for i in canvas.places}
        if before.keys() != self._names.keys():
            self._tell(Event.ObjectReorder)
        for node_id, name in self._names.items():
            if before.get(node_id, name) != name:
                self._tell(Event.NameChanged, canvas.places[node_id])

"""One node in the list of a canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from weakref import ref

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import (
    QAccessible,
    QAccessibleActionInterface,
    QAccessibleInterface,
    QColor,
    QWindow,
)

from netbuilder.app.accessible.words import description_of, name_of

if TYPE_CHECKING:
    from netbuilder.app.accessible.canvas_list import CanvasList

Text = QAccessible.Text
#: A reader may hold an entry longer than its node lives; it then says that it is invalid.
_KEPT: list[NodeEntry] = []


class NodeEntry(QAccessibleInterface):
    """Says what a node is, where it is and whether it is selected; pressing selects it."""

    def __init__(self, canvas: CanvasList, node_id: str) -> None:
        super().__init__()
        self._canvas = ref(canvas)
        self.node_id = node_id
        self._actions = NodeActions(self)
        _KEPT.append(self)

    @property
    def canvas(self) -> CanvasList | None:
        """The list, while it and the node exist."""
        canvas = self._canvas()
        if canvas is None or not canvas.alive or self.node_id not in canvas.view.canvas.nodes:
            return None
        return canvas

    def isValid(self) -> bool:
        return self.canvas is not None

    def object(self) -> QObject:
        return cast(QObject, None)

    def window(self) -> QWindow:
        canvas = self.canvas
        handle = canvas.view.window().windowHandle() if canvas is not None else None
        return cast(QWindow, handle)

    def parent(self) -> QAccessibleInterface:
        return cast(QAccessibleInterface, self.canvas)

    def child(self, index: int) -> QAccessibleInterface:
        return cast(QAccessibleInterface, None)

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        return cast(QAccessibleInterface, None)

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def focusChild(self) -> QAccessibleInterface:
        return cast(QAccessibleInterface, None)

    def foregroundColor(self) -> QColor:
        return QColor()

    def backgroundColor(self) -> QColor:
        return QColor()

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def text(self, kind: QAccessible.Text) -> str:
        canvas = self.canvas
        if canvas is None:
            return ""
        scene = canvas.view.canvas
        face = scene.nodes[self.node_id].face
        if kind == Text.Name:
            return name_of(face, canvas.problems(self.node_id))
        if kind == Text.Description:
            return description_of(self.node_id, face, scene.graph)
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """The name is made of what the node is; F2 renames."""

    def rect(self) -> QRect:
        canvas = self.canvas
        return canvas.on_screen(self.node_id) if canvas is not None else QRect()

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        canvas = self.canvas
        if canvas is None:
            state.invalid = True  # type: ignore[assignment]
            return state
        view = canvas.view
        inside = (
            view.viewport()
            .rect()
            .intersects(view.mapFromScene(view.canvas.nodes[self.node_id].box).boundingRect())
        )
        flags = {
            "selectable": True,
            "focusable": True,
            "multiSelectable": True,
            "selected": self.node_id in view.selected,
            "focused": view.hasFocus() and canvas.current == self.node_id,
            "offscreen": not inside,
            "invisible": not view.isVisible(),
        }
        for name, on in flags.items():
            if on:
                setattr(state, name, True)
        return state

    def interface_cast(self, kind: QAccessible.InterfaceType) -> Any:
        return self._actions if kind == QAccessible.InterfaceType.ActionInterface else None


class NodeActions(QAccessibleActionInterface):
    """What a reader can do with a node."""

    def __init__(self, entry: NodeEntry) -> None:
        super().__init__()
        self._entry = ref(entry)

    def actionNames(self) -> list[str]:
        return [self.pressAction(), self.setFocusAction()]

    def localizedActionDescription(self, name: str) -> str:
        return "Selects the node" if name == self.pressAction() else "Goes to the node"

    def localizedActionName(self, name: str) -> str:
        return "Select" if name == self.pressAction() else "Go to"

    def doAction(self, name: str) -> None:
        entry = self._entry()
        canvas = entry.canvas if entry is not None else None
        if entry is None or canvas is None or name not in self.actionNames():
            return
        canvas.view.reveal(entry.node_id)
        if name == self.setFocusAction():
            canvas.view.setFocus()

    def keyBindingsForAction(self, name: str) -> list[str]:
        return []

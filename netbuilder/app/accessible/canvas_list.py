"""The canvas as a list of its nodes; by default a graphics view shows a reader nothing."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget
from shiboken6 import isValid

from netbuilder.app.accessible.node_entry import NodeEntry
from netbuilder.app.canvas import CanvasView
from netbuilder.app.canvas.breadcrumb import totals
from netbuilder.compiler.report import Problem

Text, Role = QAccessible.Text, QAccessible.Role
_DIRECT = Qt.FindChildOption.FindDirectChildrenOnly


class CanvasList(QAccessibleWidget):
    """First the nodes, in the order of the graph; then what lies over the canvas."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view, Role.List, "Canvas")
        self.view = view
        self._entries: dict[str, NodeEntry] = {}
        self._order: tuple[object, dict[str, int]] = (None, {})

    # --- nodes -----------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        """Whether the view is still there."""
        return isValid(self.view)

    @property
    def places(self) -> dict[str, int]:
        """By id, at which place of the list a node stands."""
        nodes = self.view.canvas.graph.nodes
        if self._order[0] is not nodes:
            self._order = (nodes, {node_id: i for i, node_id in enumerate(nodes)})
        return self._order[1]

    @property
    def current(self) -> str | None:
        """The node that the keyboard is on: the one that is selected, if it is the only one."""
        selected = self.view.selected
        return selected[0] if len(selected) == 1 else None

    def entry(self, node_id: str) -> NodeEntry:
        """The entry of a node, always the same one."""
        if node_id not in self._entries:
            self._entries[node_id] = NodeEntry(self, node_id)
        return self._entries[node_id]

    def problems(self, node_id: str) -> list[Problem]:
        """What the compiler has against a node."""
        scene = self.view.canvas
        block = scene.place[-1] if scene.place else None
        return [p for p in scene.check.problems if p.node == node_id and p.block == block]

    def on_screen(self, node_id: str) -> QRect:
        """Where a node is on the screen."""
        box = self.view.canvas.nodes[node_id].box
        area = self.view.mapFromScene(box).boundingRect()
        return QRect(self.view.viewport().mapToGlobal(area.topLeft()), area.size())

    # --- Qt --------------------------------------------------------------------------------

    def isValid(self) -> bool:
        return self.alive

    def _over(self) -> list[QWidget]:
        """Widgets on the canvas, such as the path or the search."""
        found = self.view.findChildren(QWidget, options=_DIRECT)
        own = self.view.viewport()
        return [w for w in found if w is not own and w.isVisible() and not _is_part(w)]

    def childCount(self) -> int:
        return len(self.places) + len(self._over())

    def child(self, index: int) -> QAccessibleInterface:
        ids = list(self.places)
        if 0 <= index < len(ids):
            return self.entry(ids[index])
        over = self._over()
        at = index - len(ids)
        inside = over[at] if 0 <= at < len(over) else None
        return cast(
            QAccessibleInterface,
            QAccessible.queryAccessibleInterface(inside) if inside is not None else None,
        )

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, NodeEntry):
            return self.places.get(child.node_id, -1)
        over = self._over()
        inside = child.object()
        if not isinstance(inside, QWidget) or inside not in over:
            return -1
        return len(self.places) + over.index(inside)

    def childAt(self, x: int, y: int) -> QAccessibleInterface:
        at = self.view.mapFromGlobal(QPoint(x, y))
        for widget in reversed(self._over()):
            if widget.geometry().contains(at):
                return QAccessible.queryAccessibleInterface(widget)
        pos = self.view.mapToScene(self.view.viewport().mapFromGlobal(QPoint(x, y)))
        node = self.view.canvas.node_at(pos)
        return cast(QAccessibleInterface, self.entry(node.node.id) if node is not None else None)

    def focusChild(self) -> QAccessibleInterface:
        current = self.current
        if current is not None and self.view.hasFocus():
            return self.entry(current)
        return super().focusChild()

    def text(self, kind: QAccessible.Text) -> str:
        if kind == Text.Name:
            return str(self.view.accessibleName())
        if kind == Text.Description:
            scene = self.view.canvas
            said = totals(scene.check, scene.place, len(scene.graph))
            return f"{self.view.accessibleDescription()}. {said}"
        return super().text(kind)


def _is_part(widget: QWidget) -> bool:
    return widget.objectName().startswith("qt_scrollarea")


def _made(name: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, CanvasView):
        return None
    known = getattr(thing, "accessible_list", None)
    if known is None or not isValid(known):
        known = CanvasList(thing)
        # Qt keeps no reference that Python can see; without this one it would be gone.
        thing.accessible_list = known  # type: ignore[attr-defined]
    return cast(CanvasList, known)


_installed = False


def install() -> None:
    """Let Qt ask for the list of a canvas; once is enough."""
    global _installed
    if not _installed:
        _installed = True
        QAccessible.installFactory(_made)

"""A property carried from the inspector onto the block around its node becomes its parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, Qt

from netbuilder.graph import GraphError
from netbuilder.layers.promotion import promote

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView


class Carried(Protocol):
    """What is carried; see the inspector."""

    @property
    def place(self) -> tuple[str, ...]: ...
    @property
    def ids(self) -> tuple[str, ...]: ...
    @property
    def param(self) -> str: ...
    @property
    def at(self) -> QPoint | None: ...
    @property
    def dropped(self) -> bool: ...


class Promoting:
    """Shows where a carried property may go, and takes it there."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view

    def carry(self, carried: Carried) -> None:
        """Follow what is carried over the canvas; let go on the block, it is one step."""
        view = self._view
        if carried.at is None:
            view.breadcrumb.invite(False)
            view.show_refusal("", QPoint())
            return
        at = view.mapFromGlobal(carried.at)
        block, why = self._target(carried, at)
        if carried.dropped:
            view.breadcrumb.invite(False)
            view.show_refusal("", at)
            view.setFocus(Qt.FocusReason.OtherFocusReason)
            if block:
                self._take(carried, block, at)
            elif why:
                view.note.offer(why, at, None)
            return
        view.breadcrumb.invite(True, len(view.place) if block else None)
        view.show_refusal(why, at)

    def _target(self, carried: Carried, at: QPoint) -> tuple[str, str]:
        """The block that would take it here, or "" and why not, or "" twice over nothing."""
        view = self._view
        around = carried.place[-1]
        part = view.breadcrumb.part_at(view.breadcrumb.mapFrom(view, at))
        if part is not None:
            if part == len(carried.place):
                return around, ""
            name = view.breadcrumb.names[part]
            return "", f"{carried.ids[0]} lies in {around}, not directly in {name}: drop it there."
        node = view.canvas.node_at(view.mapToScene(at)) if view.rect().contains(at) else None
        if node is None:
            return "", ""
        if node.node.block is None:
            return "", f"Drop it on {around} in the line at the top left."
        return "", f"{carried.ids[0]} lies in {around}, not in {node.node.block}: drop it there."

    def _take(self, carried: Carried, block: str, at: QPoint) -> None:
        document = self._view.document
        try:
            project, name = promote(document.project, block, carried.ids, carried.param)
        except GraphError as error:
            self._view.note.offer(str(error), at, None)
            return
        document.edit(f"Make {name} a parameter of {block}", project)

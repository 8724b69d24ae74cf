"""Edit the title of a node where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from netbuilder.app.canvas.edits import retitled
from netbuilder.app.canvas.text_field import CanvasField
from netbuilder.app.theme import fonts, sizes

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView


class RenameField(CanvasField):
    """Enter or a click elsewhere takes the new title, Esc keeps the old.

    Of a block without a title of its own it is the block's name, which all its instances
    have; one that cannot be is refused and stays to be mended.
    """

    def __init__(self, view: CanvasView, node_id: str) -> None:
        super().__init__(view)
        self._view, self._node_id = view, node_id
        self._done = False
        item = view.canvas.nodes[node_id]
        item.state.renaming = True
        item.update()
        box = item.box
        header = QRectF(box.left() + 24, box.top(), box.width() - 24, sizes.NODE_HEADER)
        place = view.mapFromScene(header).boundingRect()
        self.setGeometry(place.left(), place.center().y() - 12, max(place.width(), 120), 24)
        self.setFont(fonts.title())
        self.setText(item.face.title)
        self.setMaxLength(60)
        self.setAccessibleName(f"Title of {node_id}")
        self.taken = frozenset(
            (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
        )
        self.key.connect(self._key)
        self.left.connect(self.commit)
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Escape:
            self._close()
        elif why := self._taken():
            self._view.show_refusal(why, self.geometry().bottomLeft())
        else:
            self._close()

    def commit(self) -> None:
        """Take the title, as one step if it differs."""
        if not self._done:
            self._taken()
            self._close()

    def _taken(self) -> str:
        """Why the title cannot be, or an empty text once it is taken."""
        view, node_id, title = self._view, self._node_id, self.text()
        graph = view.canvas.graph
        if node_id not in graph:
            return ""
        face = view.canvas.nodes[node_id].face
        if " ".join(title.split()) == face.title:
            return ""
        if graph[node_id].block in view.document.project.blocks and not graph[node_id].title:
            return view.blocks.rename(node_id, title)
        view.edit("Rename", retitled(graph, node_id, title, face.plain_title))
        return ""

    def _close(self) -> None:
        if self._done:
            return
        self._done = True
        item = self._view.canvas.nodes.get(self._node_id)
        if item is not None:
            item.state.renaming = False
            item.update()
        self._view.renaming = None
        self._view.show_refusal("", self.geometry().bottomLeft())
        self.hide()
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()

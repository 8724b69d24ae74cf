"""Find nodes by their words: title, kind, id, shape or problem; Enter goes from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from netbuilder.app.canvas.overlay import Overlay
from netbuilder.app.canvas.text_field import CanvasField
from netbuilder.app.theme import fonts
from netbuilder.app.widgets import ThemedLabel

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

WIDTH, HEIGHT, TOP = 320, 36, 8


class FindBar(Overlay):
    """Lies at the top of the canvas while it is used."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.found: tuple[str, ...] = ()
        self._at = -1
        self.setAccessibleName("Find nodes")
        self.setAutoFillBackground(True)
        self.field = CanvasField(self)
        self.field.setPlaceholderText("Title, kind, shape or problem")
        self.field.setAccessibleName("Words to find")
        self.field.taken = frozenset(
            (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
        )
        self.count = ThemedLabel("", token="text2", font=fonts.caption())
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        self.field.textChanged.connect(self._search)
        self.field.key.connect(self._key)
        self.field.left.connect(self.hide)
        self.hide()

    def ask(self) -> None:
        """Show the bar with the words of the last time, ready to be replaced."""
        self.setGeometry((self._view.width() - WIDTH) // 2, TOP, WIDTH, HEIGHT)
        self.show()
        self.raise_()
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search()

    def _search(self, *_: object) -> None:
        words = self.field.text().lower().split()
        texts = {i: self._text(i) for i in self._view.canvas.nodes} if words else {}
        self.found = tuple(i for i, text in texts.items() if all(w in text for w in words))
        self._at = -1
        self._tell()

    def _text(self, node_id: str) -> str:
        scene = self._view.canvas
        face, node = scene.nodes[node_id].face, scene.graph[node_id]
        block = scene.place[-1] if scene.place else None
        said = [p.message for p in scene.check.problems if (p.node, p.block) == (node_id, block)]
        parts = (face.title, face.plain_title, face.family, node.kind, node_id, face.shape)
        return " ".join((*parts, face.narrow_shape, face.problem or "", *said)).lower()

    def _tell(self) -> None:
        total = len(self.found)
        if not self.field.text().split():
            self.count.setText("")
        elif self._at < 0:
            self.count.setText(f"{total} found" if total else "Nothing found")
        else:
            self.count.setText(f"{self._at + 1} of {total}")

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Escape:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
            return
        # What was found may be gone by now, by an undo from the menu.
        self.found = tuple(i for i in self.found if i in self._view.canvas.nodes)
        if self.found:
            self._at = (self._at + 1) % len(self.found)
            self._view.canvas.select([self.found[self._at]])
            self._view.frame_selection()
        self._tell()

"""A few words asked for in place: the title of a frame, the name of a new block."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt

from netbuilder.app.canvas.text_field import CanvasField
from netbuilder.app.theme import fonts

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

WIDTH, HEIGHT = 180, 24


class InlineField(CanvasField):
    """Enter hands the text to `accept`, which returns why it cannot be, or nothing.

    Esc hands on nothing; a click elsewhere does what Enter does, and if that is refused
    the field goes away. `done` is told in every case.
    """

    def __init__(
        self,
        view: CanvasView,
        where: QRectF,
        text: str,
        name: str,
        accept: Callable[[str], str],
        done: Callable[[], None],
        least: int = WIDTH,
    ) -> None:
        """Over the place `where` of the scene; it is at least `least` pixels wide."""
        super().__init__(view)
        self._view, self._accept, self._tell = view, accept, done
        self._over = False
        place = view.mapFromScene(where).boundingRect()
        x = min(max(place.left(), 4), max(4, view.width() - least - 4))
        y = min(max(place.top(), 4), max(4, view.height() - HEIGHT - 4))
        self.setGeometry(x, y, max(least, min(place.width(), 320)), HEIGHT)
        self.setFont(fonts.title())
        self.setText(text)
        self.setMaxLength(60)
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.taken = frozenset(
            (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
        )
        self.key.connect(self._key)
        self.left.connect(self._left)
        self.show()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Escape:
            self.close_quietly()
        elif not self._over:
            why = self._accept(" ".join(self.text().split()))
            if why:
                self._view.show_refusal(why, self.geometry().bottomLeft())
            else:
                self.close_quietly()

    def _left(self) -> None:
        if not self._over:
            self._accept(" ".join(self.text().split()))
            self.close_quietly()

    def close_quietly(self) -> None:
        """Go away and hand on nothing more."""
        if self._over:
            return
        self._over = True
        self._view.show_refusal("", self.geometry().bottomLeft())
        self._tell()
        self.hide()
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.deleteLater()

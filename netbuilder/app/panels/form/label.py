"""Words in a form; a dot after them says that a value was changed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from netbuilder.app.theme import colour
from netbuilder.app.widgets import ThemedLabel


class Label(ThemedLabel):
    """A themed label, quiet unless told otherwise, that can wrap and carry the dot."""

    def __init__(
        self,
        text: str = "",
        token: str = "text2",
        font: QFont | None = None,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, token, font, parent)
        self._dot = False
        self.setWordWrap(wrap)

    def set_dot(self, dot: bool) -> None:
        """Mark what the label names as changed from its default."""
        if dot != self._dot:
            self._dot = dot
            self.update()

    @property
    def dot(self) -> bool:
        """Whether the mark of a changed value is shown."""
        return self._dot

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._dot:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent"))
        x = min(self.fontMetrics().horizontalAdvance(self.text()) + 7.0, self.width() - 3.0)
        painter.drawEllipse(QPointF(x, self.height() / 2 + 0.5), 2.0, 2.0)

"""The foot of the search: what the chosen row does, and which keys there are."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from netbuilder.app.theme import colour, fonts

FOOT = 62


class SearchFoot(QWidget):
    """One sentence on the chosen row, and the keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedHeight(FOOT)
        self._words = ""

    def say(self, words: str) -> None:
        """Show another sentence."""
        self._words = words
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(colour("line"), 1))
        painter.drawLine(0, 0, self.width(), 0)
        painter.setFont(fonts.caption())
        painter.setPen(colour("text2"))
        flags = int(Qt.TextFlag.TextWordWrap)
        painter.drawText(QRectF(13, 6, self.width() - 26, 30), flags, self._words)
        x = 13.0
        for key, means in (("Enter", "place"), ("Esc", "close")):
            painter.setFont(fonts.mono(10))
            width = painter.fontMetrics().horizontalAdvance(key) + 10
            painter.setPen(QPen(colour("line_strong"), 1))
            painter.drawRoundedRect(QRectF(x + 0.5, 40.5, width, 15), 3, 3)
            painter.setPen(colour("text2"))
            painter.drawText(QRectF(x, 40, width, 16), Qt.AlignmentFlag.AlignCenter, key)
            painter.setFont(fonts.caption())
            painter.drawText(
                QRectF(x + width + 6, 40, 60, 16), Qt.AlignmentFlag.AlignVCenter, means
            )
            x += width + 56

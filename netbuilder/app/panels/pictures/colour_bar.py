"""A colour bar with words, for pictures that share one."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.app.theme import colour, fonts, theme
from netbuilder.app.theme.plots import table
from netbuilder.app.widgets import ColourBar
from netbuilder.app.widgets.image_view import BAR_HEIGHT, BAR_WIDTH, to_image

HEIGHT = 16


class ColourBarLine(QWidget):
    """The bar in a line of its own, its words at both ends."""

    def __init__(self, bar: ColourBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_bar(bar)
        theme.changed.connect(self.update)

    def show_bar(self, bar: ColourBar) -> None:
        """Show another map or other words."""
        self.bar = bar
        self.setAccessibleName(f"Colours from {bar.low} to {bar.high}")
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(BAR_WIDTH + 100, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """One line, narrow."""
        return QSize(100, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw words, bar, words."""
        painter = QPainter(self)
        font = fonts.ticks()
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(colour("text3"))
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        low = metrics.horizontalAdvance(self.bar.low)
        painter.drawText(QRectF(0, 0, low + 1, HEIGHT), middle, self.bar.low)
        strip = QRectF(low + 6, (HEIGHT - BAR_HEIGHT) / 2, BAR_WIDTH, BAR_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        # Not before: the first table of colours loads pyqtgraph, for which no window waits.
        painter.drawImage(strip, to_image(np.ascontiguousarray(table(self.bar.kind)[None])))
        end = QRectF(strip.right() + 6, 0, 120, HEIGHT)
        painter.drawText(end, middle, self.bar.high)

"""What lies over the canvas: its clicks must not fall through to the nodes below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QWidget


class Overlay(QFrame):
    """A widget on the view that keeps every event of the pointer to itself."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()


class PaintedOverlay(Overlay):
    """One that paints itself: kept as a picture, since it is laid on anew whenever the canvas
    below it moves. `redraw` is what makes it paint again."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._kept: QPixmap | None = None

    def draw(self, painter: QPainter) -> None:
        """Paint all of it, over nothing."""
        raise TypeError(f"{type(self).__name__} does not paint")

    def redraw(self) -> None:
        """What it shows has changed."""
        self._kept = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        size = self.size() * ratio
        if self._kept is None or self._kept.size() != size:
            kept = QPixmap(size)
            kept.setDevicePixelRatio(ratio)
            kept.fill(Qt.GlobalColor.transparent)
            painter = QPainter(kept)
            self.draw(painter)
            painter.end()
            self._kept = kept
        QPainter(self).drawPixmap(0, 0, self._kept)

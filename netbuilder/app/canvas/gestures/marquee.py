"""Drag over empty canvas: everything the rectangle touches is selected."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer
from netbuilder.app.theme import colour, translucent

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


class MarqueeGesture(Gesture):
    """Replaces the selection; Shift adds to it, Ctrl takes away."""

    def start(self) -> None:
        self._before = set(self.scene.selected), self.scene.chosen
        self._box: QGraphicsRectItem | None = None

    def move(self, pointer: Pointer) -> None:
        if self._box is None:
            if not self.begun(pointer):
                return
            pen = QPen(colour("accent"), 1)
            pen.setCosmetic(True)
            self._box = QGraphicsRectItem()
            self._box.setPen(pen)
            self._box.setBrush(QBrush(translucent("accent", 0.10)))
            self._box.setZValue(10)
            self.scene.addItem(self._box)
        rect = QRectF(self.press.scene, pointer.scene).normalized()
        self._box.setRect(rect)
        self._select(rect, pointer)

    def _select(self, rect: QRectF, pointer: Pointer) -> None:
        touched = {i for i, item in self.scene.nodes.items() if rect.intersects(item.box)}
        nodes, wires = self._before
        if pointer.holds(SHIFT):
            self.scene.select(nodes | touched, wires)
        elif pointer.holds(CTRL):
            self.scene.select(nodes - touched, wires)
        else:
            self.scene.select(touched)

    def finish(self, pointer: Pointer) -> None:
        if self._box is None:
            if not (pointer.holds(SHIFT) or pointer.holds(CTRL)):
                self.scene.select(())
            return
        self._clear()

    def cancel(self) -> None:
        self._clear()
        nodes, wires = self._before
        self.scene.select(nodes, wires)

    def _clear(self) -> None:
        if self._box is not None:
            self.scene.removeItem(self._box)
            self._box = None

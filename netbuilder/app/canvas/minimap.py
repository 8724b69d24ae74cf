"""The whole graph in a corner: click or drag to look elsewhere."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform

from netbuilder.app.canvas.ink import ink
from netbuilder.app.canvas.overlay import Overlay
from netbuilder.app.theme import colour, sizes, theme
from netbuilder.layers import Flow

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

MARGIN = 12
#: The map follows what is in sight in steps of so many units of the scene.
STEP = 160


class Minimap(Overlay):
    """Nodes in the colour of what flows from them, frames, and the part in sight."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self._boxes: tuple[QTransform, QPixmap] | None = None
        self.setFixedSize(*sizes.MINIMAP_SIZE)
        self.setAccessibleName("Minimap")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        view.canvas.laid_out.connect(self._changed)
        view.canvas.selection_changed.connect(self._changed)
        view.camera.changed.connect(self.update)
        theme.changed.connect(self._changed)

    def settle(self) -> None:
        """Stay in the lower left corner."""
        self.move(MARGIN, self._view.height() - self.height() - MARGIN)

    @property
    def to_map(self) -> QTransform:
        """From the scene to this widget: all nodes and what is in sight fit."""
        seen = _coarse(self._view.camera.seen)
        whole = self._view.canvas.bounds().adjusted(-40, -40, 40, 40)
        # What is in sight must not shrink the nodes to specks when one looks far away.
        whole = whole.united(seen.intersected(whole.adjusted(-1500, -1000, 1500, 1000)))
        whole = whole.adjusted(*(s * 0.03 * whole.width() for s in (-1, -1, 1, 1)))
        scale = min(
            self.width() / max(1.0, whole.width()), self.height() / max(1.0, whole.height())
        )
        scale = min(scale, 0.5)
        shift = QTransform.fromTranslate(-whole.center().x(), -whole.center().y())
        middle = QTransform.fromTranslate(self.width() / 2, self.height() / 2)
        return shift * QTransform.fromScale(scale, scale) * middle

    def _changed(self) -> None:
        self._boxes = None
        self.update()

    def _picture(self, to_map: QTransform) -> QPixmap:
        """Frames and nodes, painted once for each layout: a thousand take milliseconds."""
        if self._boxes is not None and self._boxes[0] == to_map:
            return self._boxes[1]
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(colour("canvas"))
        painter = QPainter(picture)
        own = ink()
        frames = self._view.canvas.frames
        for frame in sorted(frames.items.values(), key=lambda item: item.zValue()):
            fill, line = frame.shades()
            painter.setBrush(fill)
            painter.setPen(QPen(own.accent if frame.chosen else line, 1))
            painter.drawRect(to_map.mapRect(frame.box))
        by_flow: dict[Flow, list[QRectF]] = {}
        rings = []
        for item in self._view.canvas.nodes.values():
            box = to_map.mapRect(item.box)
            by_flow.setdefault(item.face.flow, []).append(box)
            if item.isSelected():
                rings.append(box)
        painter.setPen(Qt.PenStyle.NoPen)
        for flow, boxes in by_flow.items():
            painter.setBrush(own.far[flow])
            painter.drawRects(boxes)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(own.accent, 1.5))
        painter.drawRects(rings)
        painter.end()
        self._boxes = (to_map, picture)
        return picture

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        to_map = self.to_map
        painter.drawPixmap(0, 0, self._picture(to_map))
        painter.setPen(QPen(colour("text3"), 1))
        painter.drawRect(to_map.mapRect(self._view.camera.seen).adjusted(0, 0, -1, -1))
        painter.setPen(QPen(colour("line"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _look(self, event: QMouseEvent) -> None:
        inverse, _ = self.to_map.inverted()
        self._view.centerOn(inverse.map(QPointF(event.position())))
        self._view.camera.changed.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._look(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._look(event)


def _coarse(seen: QRectF) -> QRectF:
    """Outward to whole steps, so that the map stands still while one pans a little."""
    left, top = floor(seen.left() / STEP) * STEP, floor(seen.top() / STEP) * STEP
    right, bottom = ceil(seen.right() / STEP) * STEP, ceil(seen.bottom() / STEP) * STEP
    return QRectF(left, top, right - left, bottom - top)

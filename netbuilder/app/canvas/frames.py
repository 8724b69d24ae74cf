"""Frames behind the wires: titled areas that say what belongs together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.app.canvas.ink import ink, metrics, title_font
from netbuilder.app.theme import sizes
from netbuilder.graph import Graph
from netbuilder.graph.frame import Frame, Rect

if TYPE_CHECKING:
    from netbuilder.app.canvas.scene import CanvasScene

FRAME_Z = 0.0
#: Height of the strip at which a frame is held, and side of the corner that sizes it.
TITLE, CORNER = 28.0, 14.0
_TITLE_AT = QPointF(12, 17)
_TEXT_PX = 14  # of titles, on the screen, when zoomed far out


class FrameItem(QGraphicsItem):
    """Paints one frame; `frame` is the very object in the graph."""

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self.frame = frame
        self.chosen = False
        self.renaming = False
        self.rect = QRectF()
        self.setZValue(FRAME_Z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.place(frame.rect)

    def place(self, rect: Rect) -> None:
        """Show it somewhere, whatever the graph says."""
        x, y, width, height = rect
        self.prepareGeometryChange()
        self.setPos(x, y)
        self.rect = QRectF(0, 0, width, height)
        self.update()

    @property
    def box(self) -> QRectF:
        """Its area in the scene."""
        return self.rect.translated(self.pos())

    def shades(self) -> tuple[QColor, QColor]:
        """Colours of its area and of its border."""
        own = ink()
        tint = own.flow.get(self.frame.colour or "any", own.text3)  # type: ignore[call-overload]
        return _faint(tint, 0.07 if own.tokens.dark else 0.05), _faint(tint, 0.45)

    def boundingRect(self) -> QRectF:
        return self.rect.adjusted(-4, -4, 4, 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        own = ink()
        fill, line = self.shades()
        painter.setBrush(fill)
        painter.setPen(QPen(line, 1))
        painter.drawRoundedRect(self.rect, sizes.RADIUS_NODE, sizes.RADIUS_NODE)
        if self.chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(own.ring)
            ring = self.rect.adjusted(-3, -3, 3, 3)
            painter.drawRoundedRect(ring, sizes.SELECTION_RADIUS, sizes.SELECTION_RADIUS)
            painter.setPen(QPen(own.accent, 1.5))
            for away in (4, 8):
                corner = self.rect.bottomRight()
                painter.drawLine(corner - QPointF(away, 2), corner - QPointF(2, away))
        if not self.renaming:
            self._title(painter)

    def _title(self, painter: QPainter) -> None:
        scale = painter.worldTransform().m11()
        font, at = title_font(), _TITLE_AT
        if scale < sizes.BATCHED_BELOW:
            font = QFont(font)
            font.setPixelSize(max(1, round(_TEXT_PX / scale)))
            at = at / scale
        painter.setFont(font)
        painter.setPen(ink().text2)
        room = self.rect.width() - 2 * at.x()
        words = metrics(font).elidedText(self.frame.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(at, words)


class Frames:
    """The frames of a scene."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self.items: dict[str, FrameItem] = {}

    def sync(self, graph: Graph) -> None:
        """Show the frames of a graph."""
        for gone in self.items.keys() - graph.frames.keys():
            self._scene.removeItem(self.items.pop(gone))
        for frame in graph.frames.values():
            item = self.items.get(frame.id)
            if item is None:
                self.items[frame.id] = FrameItem(frame)
                self._scene.addItem(self.items[frame.id])
            elif item.frame is not frame:
                item.frame = frame
                item.place(frame.rect)
        # The smaller lies on top of the larger, in which it may stand.
        by_size = sorted(self.items.values(), key=lambda i: -i.rect.width() * i.rect.height())
        for i, item in enumerate(by_size):
            item.setZValue(FRAME_Z + i / (len(by_size) + 1))

    @property
    def chosen(self) -> tuple[str, ...]:
        """Ids of the selected frames."""
        return tuple(i for i, item in self.items.items() if item.chosen)

    def choose(self, frame_ids: Iterable[str]) -> None:
        """Select exactly these."""
        wanted = set(frame_ids)
        for frame_id, item in self.items.items():
            if item.chosen != (frame_id in wanted):
                item.chosen = not item.chosen
                item.update()

    def title_at(self, pos: QPointF) -> str | None:
        """The frame whose title is under a point."""
        return self._at(pos, lambda box: QRectF(box.left(), box.top(), box.width(), TITLE))

    def corner_at(self, pos: QPointF) -> str | None:
        """The frame whose lower right corner is under a point."""
        return self._at(
            pos, lambda box: QRectF(box.right() - CORNER, box.bottom() - CORNER, 18, 18)
        )

    def _at(self, pos: QPointF, area: Callable[[QRectF], QRectF]) -> str | None:
        found = [i for i in self.items.values() if area(i.box).contains(pos)]
        return max(found, key=lambda i: i.zValue()).frame.id if found else None

    def bounds(self) -> QRectF:
        """What holds all of them."""
        rect = QRectF()
        for item in self.items.values():
            rect = rect.united(item.box)
        return rect


def _faint(colour: QColor, alpha: float) -> QColor:
    own = QColor(colour)
    own.setAlphaF(alpha)
    return own

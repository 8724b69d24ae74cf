"""What the shapes and colours mean, and how large the picture is, along the lower border."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPen

from netbuilder.app.canvas.ink import FLOWS, advance, caption_font, ink
from netbuilder.app.canvas.overlay import PaintedOverlay
from netbuilder.app.canvas.ports import glyph
from netbuilder.app.theme import colour, fonts, icons, sizes, theme, translucent
from netbuilder.app.theme.tokens import KIND_DASH

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

HEIGHT, LINE = 24, 28
ZOOM_WIDTH = 112
LOWER = 12


class Legend(PaintedOverlay):
    """The kinds of data on this canvas; at the right, buttons for the scale."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view = view
        self.setAccessibleName("Legend and zoom")
        view.canvas.laid_out.connect(self.settle)
        view.camera.changed.connect(self._follow)
        self._scale = 0.0
        theme.changed.connect(self.redraw)

    @property
    def kinds(self) -> list[str]:
        """The kinds of data that flow here, in the order of the look."""
        there = {wire.flow for wire in self._view.canvas.wires.values()}
        return [flow for flow in FLOWS if flow in there and flow != "any"]

    def settle(self) -> None:
        """Stay at the lower right; drop the legend where there is no room for it."""
        width = sum(self._width(kind) for kind in self.kinds)
        room = self._view.width() - sizes.MINIMAP_SIZE[0] - 48 - ZOOM_WIDTH
        self._shown = self.kinds if width <= room else []
        width = sum(self._width(kind) for kind in self._shown) + ZOOM_WIDTH
        x, y = self._view.width() - width - LOWER, self._view.height() - HEIGHT - LOWER
        self.setGeometry(int(x), int(y), int(width), HEIGHT)
        self.redraw()

    @staticmethod
    def _width(kind: str) -> float:
        return LINE + 8 + advance(caption_font(), kind) + 18

    def _follow(self) -> None:
        """The camera has moved: only its scale is shown."""
        if self._view.camera.scale != self._scale:
            self._scale = self._view.camera.scale
            self.redraw()

    def draw(self, painter: QPainter) -> None:
        """Paint the kinds and the buttons."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent("canvas", 0.85))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        own, x, middle = ink(), 6.0, HEIGHT / 2
        for kind in self._shown:
            pen = QPen(own.flow[kind], 2)  # type: ignore[index]
            dash = KIND_DASH[kind]  # type: ignore[index]
            if dash:
                pen.setDashPattern([part / 2 for part in dash])
            painter.setPen(pen)
            painter.drawLine(QPointF(x, middle), QPointF(x + LINE, middle))
            painter.save()
            painter.translate(x + LINE / 2, middle)
            painter.fillPath(glyph(kind, 4.5), own.fill[kind])  # type: ignore[arg-type,index]
            painter.restore()
            painter.setFont(caption_font())
            painter.setPen(own.text2)
            words = QRectF(x + LINE + 8, 0, 100, HEIGHT)
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, kind)
            x += self._width(kind)
        self._paint_zoom(painter)

    def _zoom_parts(self) -> dict[str, QRectF]:
        left = self.width() - ZOOM_WIDTH
        return {
            "out": QRectF(left, 0, 24, HEIGHT),
            "reset": QRectF(left + 24, 0, 40, HEIGHT),
            "in": QRectF(left + 64, 0, 24, HEIGHT),
            "fit": QRectF(left + 88, 0, 24, HEIGHT),
        }

    def _paint_zoom(self, painter: QPainter) -> None:
        parts, ratio = self._zoom_parts(), self.devicePixelRatioF()
        for name, icon in (("out", "remove"), ("in", "add"), ("fit", "fit")):
            at = parts[name].center() - QPointF(8, 8)
            painter.drawPixmap(at, icons.pixmap(icon, "text2", 16, ratio))
        painter.setFont(fonts.panel_mono())
        painter.setPen(colour("text"))
        text = f"{round(self._view.camera.scale * 100)}%"
        painter.drawText(parts["reset"], Qt.AlignmentFlag.AlignCenter, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        actions = self._view.actions_by_name
        names = {"out": "zoom_out", "reset": "zoom_reset", "in": "zoom_in", "fit": "frame_all"}
        for name, rect in self._zoom_parts().items():
            if rect.contains(event.position()):
                actions[names[name]].trigger()
                return

"""The dots behind everything: a sheet of them, drawn when the scale changes, moved by panning."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap

from netbuilder.app.theme import sizes
from netbuilder.app.theme.tokens import Tokens


@lru_cache(maxsize=8)
def tile(tokens: Tokens, ratio: float) -> QPixmap:
    """One tile with a dot in the middle, sharp at `ratio` device pixels a logical one."""
    pixmap = QPixmap(round(sizes.DOT_PITCH * ratio), round(sizes.DOT_PITCH * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(tokens.canvas))
    painter = QPainter(pixmap)
    middle = (sizes.DOT_PITCH - sizes.DOT_SIZE) / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.grid))
    painter.drawEllipse(QRectF(middle, middle, sizes.DOT_SIZE, sizes.DOT_SIZE))
    painter.end()
    return pixmap


@lru_cache(maxsize=2)
def sheet(tokens: Tokens, ratio: float, scale: float, width: int, height: int) -> QPixmap:
    """Dots for `width` × `height` logical pixels and one pitch more, at this scale."""
    pitch = sizes.DOT_PITCH * scale
    size = (width + pitch + 1, height + pitch + 1)
    pixmap = QPixmap(round(size[0] * ratio), round(size[1] * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(tokens.canvas))
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(scale, scale)
    painter.fillRect(QRectF(0, 0, size[0] / scale, size[1] / scale), QBrush(tile(tokens, ratio)))
    painter.end()
    return pixmap


def draw_background(painter: QPainter, rect: QRectF, tokens: Tokens) -> None:
    """Paint canvas and dots into `rect`; below half size only the canvas."""
    place = painter.worldTransform()
    scale = place.m11()
    if scale < sizes.DOTS_VANISH_BELOW:
        painter.fillRect(rect, QColor(tokens.canvas))
        return
    device = painter.device()
    ratio = device.devicePixelRatioF()
    dots = sheet(tokens, ratio, scale, device.width(), device.height())
    pitch = sizes.DOT_PITCH * scale
    # On whole pixels, or the whole sheet would be interpolated.
    left, top = (round((at % pitch - pitch) * ratio) / ratio for at in (place.dx(), place.dy()))
    painter.save()
    painter.resetTransform()
    painter.drawPixmap(QPointF(left, top), dots)
    painter.restore()

"""The dots behind everything: one tile, repeated by Qt as the background brush."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
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


def draw_background(painter: QPainter, rect: QRectF, scale: float, tokens: Tokens) -> None:
    """Paint canvas and dots into `rect`; below half size only the canvas."""
    if scale < sizes.DOTS_VANISH_BELOW:
        painter.fillRect(rect, QColor(tokens.canvas))
        return
    brush = QBrush(tile(tokens, painter.device().devicePixelRatioF()))
    painter.fillRect(rect, brush)

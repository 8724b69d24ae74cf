"""A picture of numbers: whole pixels, a caption and a colour bar with words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from netbuilder.app.theme import colour, fonts, theme

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from netbuilder.app.theme.plots import PictureKind

CAPTION = 18
BAR_WIDTH = 96
BAR_HEIGHT = 6


@dataclass(frozen=True)
class ColourBar:
    """The words at the two ends of a map: "against … for", "0 … most"."""

    kind: PictureKind
    low: str
    high: str


class ImageView(QWidget):
    """Shows an array of bytes, grey or colour, never blurred when it is enlarged.

    ``pixelHovered`` and ``pixelClicked`` carry column and row of the array.
    """

    pixelHovered = Signal(int, int)
    pixelClicked = Signal(int, int)

    def __init__(self, caption: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self._bar: ColourBar | None = None
        self._bar_image = QImage()
        self._image = QImage()
        self._selected = False
        self._update_names()
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    # What is shown

    def set_image(self, array: NDArray[np.uint8]) -> None:
        """Show H × W (grey), H × W × 3 or H × W × 4 bytes; they are copied."""
        resized = (self._image.width(), self._image.height()) != array.shape[1::-1]
        self._image = to_image(array)
        if resized:
            self.updateGeometry()
        self.update()

    def clear(self) -> None:
        """Show no picture."""
        self._image = QImage()
        self.update()

    def set_caption(self, caption: str) -> None:
        """Change the words below."""
        self._caption = caption
        self._update_names()
        self.update()

    def set_colour_bar(self, bar: ColourBar | None) -> None:
        """Show what the colours mean, or nothing."""
        self._bar = bar
        if bar is not None:
            # Like NumPy itself not needed to open the window, which is to be quick.
            from netbuilder.app.theme.plots import table

            self._bar_image = to_image(table(bar.kind)[None])
        self._update_names()
        self.updateGeometry()
        self.update()

    def set_selected(self, selected: bool) -> None:
        """Draw the ring of a selected picture."""
        self._selected = selected
        self.update()

    def _update_names(self) -> None:
        words = f", from {self._bar.low} to {self._bar.high}" if self._bar is not None else ""
        self.setAccessibleName((self._caption or "Picture") + words)

    # Geometry

    def _below(self) -> int:
        return (CAPTION if self._caption else 0) + (CAPTION if self._bar is not None else 0)

    def scale(self) -> float:
        """How much the picture is enlarged: a whole number from 1 on, smaller as needed."""
        if self._image.isNull():
            return 1.0
        across = self.width() / self._image.width()
        down = max(self.height() - self._below(), 1) / self._image.height()
        fit = min(across, down)
        return float(int(fit)) if fit >= 1 else fit

    def image_rect(self) -> QRect:
        """Where the picture is: at the left and the top, so that captions line up."""
        scale = self.scale()
        return QRect(0, 0, round(self._image.width() * scale), round(self._image.height() * scale))

    def pixel_at(self, position: QPoint) -> tuple[int, int] | None:
        """Column and row of the array under a point of the widget."""
        if self._image.isNull() or not self.image_rect().contains(position):
            return None
        scale = self.scale()
        column, row = int(position.x() / scale), int(position.y() / scale)
        return min(column, self._image.width() - 1), min(row, self._image.height() - 1)

    def sizeHint(self) -> QSize:
        """Large enough to see single pixels, at most about 200."""
        if self._image.isNull():
            return QSize(112, 112 + self._below())
        times = max(1, 196 // max(self._image.width(), self._image.height()))
        return QSize(self._image.width() * times, self._image.height() * times + self._below())

    def minimumSizeHint(self) -> QSize:
        """A thumbnail."""
        return QSize(38, 38 + self._below())

    # Events

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which pixel is under the pointer."""
        pixel = self.pixel_at(event.position().toPoint())
        if pixel is not None:
            self.pixelHovered.emit(*pixel)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say which pixel was clicked."""
        pixel = self.pixel_at(event.position().toPoint())
        if pixel is not None and event.button() == Qt.MouseButton.LeftButton:
            self.pixelClicked.emit(*pixel)
        else:
            super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw picture, caption and colour bar."""
        painter = QPainter(self)
        area = self.image_rect()
        if self._image.isNull():
            area = QRect(0, 0, self.width(), max(self.height() - self._below(), 0))
            painter.fillRect(area, colour("hover"))
        else:
            smooth = self.scale() < 2
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(area, self._image)
        if self._selected:
            painter.setPen(colour("accent"))
            painter.drawRect(area.adjusted(0, 0, -1, -1))
            painter.drawRect(area.adjusted(1, 1, -2, -2))
        top = area.bottom() + 1
        if self._caption:
            self._draw_caption(painter, top)
            top += CAPTION
        if self._bar is not None:
            self._draw_bar(painter, self._bar, top)

    def _draw_caption(self, painter: QPainter, top: int) -> None:
        font = fonts.caption()
        painter.setFont(font)
        painter.setPen(colour("text3"))
        words = QFontMetrics(font).elidedText(
            self._caption, Qt.TextElideMode.ElideRight, self.width()
        )
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
        painter.drawText(QRect(0, top, self.width(), CAPTION), side, words)

    def _draw_bar(self, painter: QPainter, bar: ColourBar, top: int) -> None:
        font = fonts.ticks()
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(colour("text3"))
        low, high = (metrics.horizontalAdvance(words) for words in (bar.low, bar.high))
        width = max(min(BAR_WIDTH, self.width() - low - high - 12), 8)
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(0, top, low + 1, CAPTION), middle, bar.low)
        strip = QRectF(low + 6, top + (CAPTION - BAR_HEIGHT) / 2, width, BAR_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(strip, self._bar_image)
        end = int(strip.right()) + 6
        painter.drawText(QRect(end, top, high + 1, CAPTION), middle, bar.high)


def to_image(array: NDArray[Any]) -> QImage:
    """Bytes as an image that owns its memory."""
    import numpy as np

    formats = {1: QImage.Format.Format_Grayscale8, 3: QImage.Format.Format_RGB888}
    formats[4] = QImage.Format.Format_RGBA8888
    channels = 1 if array.ndim == 2 else array.shape[-1]
    if array.dtype != np.uint8 or array.ndim not in (2, 3) or channels not in formats:
        raise ValueError(
            "A picture is H × W, H × W × 3 or H × W × 4 bytes, "
            f"not {array.dtype} of shape {tuple(array.shape)}."
        )
    data = np.ascontiguousarray(array)
    height, width = data.shape[:2]
    # Qt does not keep the array alive, hence the copy.
    return QImage(data.data, width, height, width * channels, formats[channels]).copy()

"""Pictures side by side in whole pixels, as many rows as fit."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from netbuilder.app.panels.pictures.numbers import Bytes
from netbuilder.app.theme import colour, fonts, theme
from netbuilder.app.widgets.image_view import to_image

GAP = 6
CAPTION = 14


class PictureGrid(QWidget):
    """Equal pictures, each with a short caption below if it has one.

    columns: 0 chooses what makes the pictures largest. `clicked` carries the index.
    """

    clicked = Signal(int)
    clicked_at = Signal(int, int, int)
    """Index of a picture, column and row of the pixel that was clicked."""

    def __init__(
        self, name: str, *, columns: int = 0, largest: int = 64, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._images: list[QImage] = []
        self._captions: list[tuple[str, str]] = []
        self._columns, self._largest = columns, largest
        self._chosen: int | None = None
        self._mark: QRect | None = None
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def show_pictures(
        self, pictures: Sequence[Bytes], captions: Sequence[str | tuple[str, str]] = ()
    ) -> None:
        """Show pictures of one size. A caption may be a pair of words and token of colour."""
        resized = len(pictures) != len(self._images)
        self._images = [to_image(p) for p in pictures]
        self._captions = [c if isinstance(c, tuple) else (c, "text3") for c in captions]
        self.setAccessibleDescription(", ".join(words for words, _ in self._captions))
        if resized:
            self.updateGeometry()
        self.update()

    def set_chosen(self, index: int | None) -> None:
        """Ring one picture."""
        self._chosen = index
        self.update()

    def set_mark(self, mark: QRect | None) -> None:
        """Frame the same pixels in every picture."""
        self._mark = mark
        self.update()

    def image(self, index: int) -> QImage:
        """A picture as it is shown, not enlarged."""
        return self._images[index]

    def __len__(self) -> int:
        return len(self._images)

    # --- geometry ----------------------------------------------------------------------

    def _below(self) -> int:
        return CAPTION if self._captions else 0

    def arrangement(self) -> tuple[int, int]:
        """Columns and side of a picture for the present size."""
        count = len(self._images)
        if not count:
            return 1, self._largest
        choices = [self._columns] if self._columns else range(1, count + 1)
        best = (1, 0)
        for columns in choices:
            rows = -(-count // columns)
            across = (self.width() + GAP) // columns - GAP
            down = (self.height() + GAP) // rows - GAP - self._below()
            side = min(across, down, self._largest)
            if side > best[1]:
                best = (columns, side)
        return best[0], max(best[1], 8)

    def side(self, available: int) -> int:
        """A whole multiple of the pictures' pixels where that loses little."""
        if not self._images:
            return available
        pixels = max(self._images[0].width(), self._images[0].height(), 1)
        times = available // pixels
        return times * pixels if times and times * pixels >= 0.7 * available else available

    def rect_of(self, index: int) -> QRect:
        """Where a picture is."""
        columns, available = self.arrangement()
        row, column = divmod(index, columns)
        side = self.side(available)
        pitch = (side + GAP, side + GAP + self._below())
        return QRect(column * pitch[0], row * pitch[1], side, side)

    def heightForWidth(self, width: int) -> int:
        """With columns given, what all rows take."""
        if not self._columns or not self._images:
            return -1
        side = min((width + GAP) // self._columns - GAP, self._largest)
        rows = -(-len(self._images) // self._columns)
        return rows * (self.side(side) + GAP + self._below())

    def hasHeightForWidth(self) -> bool:
        """Only where the number of columns is given."""
        return bool(self._columns)

    def sizeHint(self) -> QSize:
        """Room for pictures that can be read."""
        if self._columns:
            width = self._columns * (self._largest + GAP)
            return QSize(width, self.heightForWidth(width))
        return QSize(200, 180)

    def minimumSizeHint(self) -> QSize:
        """Thumbnails."""
        return QSize(120, 60)

    # --- events ------------------------------------------------------------------------

    def index_at(self, x: int, y: int) -> int | None:
        """Which picture is at a point."""
        for index in range(len(self._images)):
            if self.rect_of(index).adjusted(0, 0, 0, self._below()).contains(x, y):
                return index
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say which picture was clicked."""
        at = event.position().toPoint()
        index = self.index_at(at.x(), at.y())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(index)
            image, rect = self._images[index], self.rect_of(index)
            place = _fitted(image, rect)
            column = int((at.x() - place.x()) / max(place.width(), 1) * image.width())
            row = int((at.y() - place.y()) / max(place.height(), 1) * image.height())
            if 0 <= column < image.width() and 0 <= row < image.height():
                self.clicked_at.emit(index, column, row)
        else:
            super().mousePressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw pictures, captions and the ring."""
        painter = QPainter(self)
        font = fonts.ticks()
        metrics = QFontMetrics(font)
        painter.setFont(font)
        for index, image in enumerate(self._images):
            rect = self.rect_of(index)
            smooth = rect.width() < 2 * image.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(_fitted(image, rect), image)
            if self._mark is not None:
                self._draw_mark(painter, _fitted(image, rect), image)
            if index == self._chosen:
                painter.setPen(colour("accent"))
                painter.drawRect(rect.adjusted(0, 0, -1, -1))
                painter.drawRect(rect.adjusted(1, 1, -2, -2))
            if index < len(self._captions):
                words, token = self._captions[index]
                painter.setPen(colour(token))
                place = QRect(rect.x() - 2, rect.bottom() + 1, rect.width() + 4, CAPTION)
                shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, place.width())
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shown)

    def _draw_mark(self, painter: QPainter, place: QRectF, image: QImage) -> None:
        scale = place.width() / max(image.width(), 1)
        mark = QRectF(self._mark) if self._mark is not None else QRectF()
        found = QRectF(
            place.x() + mark.x() * scale,
            place.y() + mark.y() * scale,
            mark.width() * scale,
            mark.height() * scale,
        )
        # White on any map, with black around it: pictures do not follow the theme.
        painter.setPen(QPen(QColor("#000000"), 1))
        painter.drawRect(found.adjusted(-1.5, -1.5, 1.5, 1.5))
        painter.setPen(QPen(QColor("#ffffff"), 2))
        painter.drawRect(found)


def _fitted(image: QImage, rect: QRect) -> QRectF:
    """The largest rectangle of the picture's own proportions in the middle of `rect`."""
    scale = min(rect.width() / max(image.width(), 1), rect.height() / max(image.height(), 1))
    fitted = QRectF(0, 0, image.width() * scale, image.height() * scale)
    fitted.moveCenter(QRectF(rect).center())
    return fitted

"""The plane of two numbers: a map of what a model answers, and points over it.

Pictures are the same in both themes, so the colours here are fixed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from netbuilder.app.theme import DARK, colour, fonts, theme
from netbuilder.app.theme.plots import to_rgba
from netbuilder.app.widgets.image_view import to_image

Floats = npt.NDArray[np.float32]
CLASS_COLOURS = (DARK.image, DARK.sequence, DARK.vector, DARK.loss, DARK.label, DARK.warn)
"""Of classes in their order; a seventh class begins again."""

GROUND = (25, 24, 24)
"""Where no class is surer than any other."""

RADIUS = 2.5


def class_rgb(index: int) -> tuple[int, int, int]:
    """Red, green and blue of a class."""
    text = CLASS_COLOURS[index % len(CLASS_COLOURS)]
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def class_map(shares: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """(classes, rows, columns) of probabilities as colours, H × W × 3, row 0 at the bottom.

    The winner's colour, the fainter the less sure it is; black where all are equal.
    """
    values = np.nan_to_num(np.asarray(shares, np.float32))
    classes = len(values)
    winner = values.argmax(0)
    # From being equal to being certain.
    sure = (values.max(0) - 1 / classes) / max(1 - 1 / classes, 1e-6)
    palette = np.array([class_rgb(i) for i in range(classes)], np.float32)
    weight = np.clip(sure, 0, 1)[..., None] * 0.62
    mixed = palette[winner] * weight + np.array(GROUND, np.float32) * (1 - weight)
    return np.ascontiguousarray(mixed[::-1].round().astype(np.uint8))


class Plane(QWidget):
    """A square map with points over it; either may be missing."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._points: Floats = np.zeros((0, 2), np.float32)
        self._labels: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._area = ((-1.0, 1.0), (-1.0, 1.0))
        self._chosen: int | None = None
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def image(self) -> QImage:
        """The map as it is drawn, not enlarged."""
        return self._image

    def points(self) -> Floats:
        """The points over it, (n, 2)."""
        return self._points

    def show_map(
        self, x: npt.ArrayLike, y: npt.ArrayLike, values: npt.ArrayLike, regression: bool = False
    ) -> None:
        """Show answers over a grid: coordinates of columns and rows, (outputs, rows, columns)."""
        across, up, grid = np.asarray(x), np.asarray(y), np.asarray(values, np.float32)
        self._area = (
            (float(across[0]), float(across[-1])),
            (float(up[0]), float(up[-1])),
        )
        if regression:
            plane = grid[0]
            finite = plane[np.isfinite(plane)]
            levels = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
            self._image = to_image(np.ascontiguousarray(to_rgba(plane, "amount", levels)[::-1]))
        else:
            self._image = to_image(class_map(grid))
        self.update()

    def show_points(self, points: npt.ArrayLike, labels: Sequence[int] | npt.NDArray = ()) -> None:
        """Show points, (n, 2), in the colours of their classes."""
        self._points = np.asarray(points, np.float32).reshape(-1, 2)
        found = np.asarray(labels, np.int64).ravel()
        full = found if len(found) == len(self._points) else np.zeros(len(self._points), np.int64)
        self._labels = full
        if self._image.isNull() and len(self._points):
            low, high = self._points.min(0), self._points.max(0)
            margin = 0.1 * np.maximum(high - low, 1e-6)
            low, high = low - margin, high + margin
            self._area = (float(low[0]), float(high[0])), (float(low[1]), float(high[1]))
        self.update()

    def set_chosen(self, index: int | None) -> None:
        """Ring one point."""
        self._chosen = index
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._image = QImage()
        self._points, self._labels = np.zeros((0, 2), np.float32), np.zeros(0, np.int64)
        self.update()

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(220, 220)

    def minimumSizeHint(self) -> QSize:
        """Still a square."""
        return QSize(140, 120)

    def square(self) -> QRectF:
        """Where the map is: at the left and the top, above the numbers of its axis."""
        side = float(min(self.width(), self.height() - 16))
        return QRectF(0, 0, max(side, 8.0), max(side, 8.0))

    def place(self, x: float, y: float) -> QPointF:
        """Where a point of the plane is in the widget."""
        (left, right), (bottom, top) = self._area
        area = self.square()
        across = (x - left) / max(right - left, 1e-12)
        up = (y - bottom) / max(top - bottom, 1e-12)
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw map, points and the ends of the axes."""
        painter = QPainter(self)
        area = self.square()
        if self._image.isNull():
            painter.fillRect(area, QColor(*GROUND))
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._image)
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(*GROUND), 1))
        for index in np.unique(self._labels):
            painter.setBrush(QColor(*class_rgb(int(index))))
            for x, y in self._points[self._labels == index]:
                painter.drawEllipse(self.place(float(x), float(y)), RADIUS, RADIUS)
        if self._chosen is not None and self._chosen < len(self._points):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor("#ffffff"), 2))
            x, y = self._points[self._chosen]
            painter.drawEllipse(self.place(float(x), float(y)), 6, 6)
        painter.restore()
        painter.setFont(fonts.ticks())
        painter.setPen(colour("text3"))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), 14)
        (left, right), _ = self._area
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, f"{left:.2g}")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{right:.2g}")

"""A loss surface seen from above, or as a curve, with the paths of racers over it.

The surface looks the same in both themes, as every picture does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from netbuilder.app.panels.pictures.plane import CLASS_COLOURS
from netbuilder.app.theme import colour, fonts, theme
from netbuilder.app.theme.plots import to_rgba
from netbuilder.app.widgets.image_view import to_image
from netbuilder.playground import Surface

Floats = npt.NDArray[np.float64]
#: Lines of equal loss, evenly spaced in the logarithm of the loss above the least.
LEVELS = 14
POINTS = 240
DASHES: Sequence[tuple[float, ...]] = ((), (6, 3), (2, 3), (8, 3, 2, 3), (4, 2), (1, 2))
_DIM = 0.55


@dataclass(frozen=True)
class Path:
    """One racer on the map: its name, colour and dash by place, and where it was."""

    name: str
    place: int
    points: Floats  # (steps + 1, weights)
    losses: Floats  # (steps + 1,)


class RaceMap(QWidget):
    """Click on it to choose where to begin."""

    start_chosen = Signal(tuple)
    """Weights at the place that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.surface: Surface | None = None
        self.paths: Sequence[Path] = ()
        self.shown = 0
        self.start: tuple[float, ...] = ()
        self._values: Floats = np.zeros((0, 0))
        self._drawn: QImage | None = None
        self._curve: tuple[Floats, Floats] = (np.zeros(0), np.zeros(0))
        self.setAccessibleName("Loss surface")
        self.setCursor(Qt.CursorShape.CrossCursor)
        theme.changed.connect(self.update)

    def show_surface(self, surface: Surface) -> None:
        """Draw another surface, without paths."""
        self.surface, self.paths, self.shown = surface, (), 0
        self.start = surface.start
        axes, values = surface.grid(POINTS)
        if surface.weights == 2:
            self._values, self._drawn = values, None
        else:
            self._curve = axes[0], values
        self.setAccessibleDescription(surface.teaches)
        self.update()

    @property
    def _image(self) -> QImage:
        """The surface; coloured when somebody looks, for its colours come with pyqtgraph."""
        if self._drawn is None:
            self._drawn = _banded(self._values)
        return self._drawn

    def show_paths(self, paths: Sequence[Path], upto: int) -> None:
        """Draw racers as they stood after so many steps."""
        self.paths, self.shown = paths, upto
        self.update()

    def set_start(self, start: tuple[float, ...]) -> None:
        """Mark where racers begin."""
        self.start = start
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(340, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(180, 120)

    # --- places --------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Where the surface is drawn, above the numbers of its axis."""
        return QRectF(0, 0, self.width(), max(self.height() - 16.0, 8.0))

    def at(self, point: npt.ArrayLike, loss: float) -> QPointF:
        """Where weights, and on a curve their loss, are in the widget."""
        assert self.surface is not None
        area, weights = self.area(), np.atleast_1d(np.asarray(point, np.float64))
        (left, right), *rest = self.surface.area
        x = area.left() + (weights[0] - left) / (right - left) * area.width()
        low, high = rest[0] if rest else self._heights()
        value = weights[1] if rest else loss
        return QPointF(x, area.bottom() - (value - low) / (high - low) * area.height())

    def weights_at(self, place: QPointF) -> tuple[float, ...]:
        """The weights at a place of the widget."""
        assert self.surface is not None
        area = self.area()
        shares = (
            (place.x() - area.left()) / area.width(),
            (area.bottom() - place.y()) / area.height(),
        )
        return tuple(
            float(low + min(max(share, 0.0), 1.0) * (high - low))
            for (low, high), share in zip(self.surface.area, shares, strict=False)
        )

    def _heights(self) -> tuple[float, float]:
        low, high = float(self._curve[1].min()), float(self._curve[1].max())
        margin = 0.08 * (high - low)
        return low - margin, high + margin

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin here."""
        if self.surface is not None and event.button() == Qt.MouseButton.LeftButton:
            self.start_chosen.emit(self.weights_at(event.position()))

    # --- drawing -------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.surface is None:
            return
        painter, area = QPainter(self), self.area()
        painter.save()
        painter.setClipRect(area)
        if self.surface.weights == 2:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self._image)
        else:
            painter.fillRect(area, QColor(25, 24, 24))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor("#747d88"), 1))
            painter.drawPolyline(
                QPolygonF([self.at(w, v) for w, v in zip(*self._curve, strict=True)])
            )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for low in self.surface.minima:
            self._cross(painter, self.at(low, float(self.surface(*low))))
        self._ring(painter, self.at(self.start, float(self.surface(*self.start))))
        for path in self.paths:
            self._path(painter, path)
        painter.restore()
        painter.setFont(fonts.ticks())
        painter.setPen(colour("text3"))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), 14)
        left, right = self.surface.area[0]
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, f"{left:g}")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{right:g}")

    def _path(self, painter: QPainter, path: Path) -> None:
        end = min(self.shown, len(path.points) - 1)
        points = [
            self.at(p, float(v))
            for p, v in zip(path.points[: end + 1], path.losses[: end + 1], strict=True)
        ]
        ink = QColor(CLASS_COLOURS[path.place % len(CLASS_COLOURS)])
        pen = QPen(ink, 1.5)
        if dash := DASHES[path.place % len(DASHES)]:
            pen.setDashPattern([length / 1.5 for length in dash])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(QPen(QColor("#15171a"), 1))
        painter.setBrush(ink)
        painter.drawEllipse(points[-1], 4.5, 4.5)

    @staticmethod
    def _cross(painter: QPainter, place: QPointF) -> None:
        painter.setPen(QPen(QColor("#ffffff"), 1.5))
        for dx, dy in ((4, 4), (4, -4)):
            painter.drawLine(place + QPointF(dx, dy), place - QPointF(dx, dy))

    @staticmethod
    def _ring(painter: QPainter, place: QPointF) -> None:
        painter.setPen(QPen(QColor("#ffffff"), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(place, 6, 6)


def _banded(values: Floats) -> QImage:
    """The surface in bands of equal loss, dark where it is low; row 0 of the values below."""
    above = np.log1p(values - values.min())
    bands = np.floor(above / max(float(above.max()), 1e-12) * LEVELS) / LEVELS
    rgba = to_rgba(bands, "amount", (0.0, 1.0)).astype(np.float32)
    rgba[..., :3] *= _DIM  # paths are to be the brightest
    edge = np.zeros(bands.shape, bool)
    edge[:, 1:] |= bands[:, 1:] != bands[:, :-1]
    edge[1:] |= bands[1:] != bands[:-1]
    rgba[edge, :3] += 28
    return to_image(np.ascontiguousarray(rgba[::-1].round().astype(np.uint8)))

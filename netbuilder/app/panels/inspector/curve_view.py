"""The function of an activation or a loss and its derivative, drawn as they are set."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.app.theme import colour, fonts
from netbuilder.layers.curve import Curved, drawn
from netbuilder.layers.late import Floats

_FOOT, _HEAD, _GUTTER = 32, 18, 40
_DASH = (4.0, 3.0)


class CurveView(QWidget):
    """A solid line for the function and a dashed one for its derivative, over their axes.

    The numbers under the pointer are read off in the line above.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._across = ""
        self._x: Floats = np.zeros(0)
        self._y: Floats = np.zeros(0)
        self._slope: Floats = np.zeros(0)
        self._at: int | None = None  # the point under the pointer
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Curve")
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(200, 168)

    def show_curve(self, layer: object) -> None:
        """Draw what is declared, with its parameters; hide for what has no curve."""
        self.setVisible(isinstance(layer, Curved))
        if not isinstance(layer, Curved):
            return
        self._across = layer.across
        self._x, self._y, self._slope = drawn(layer)
        self._at = None
        self.setAccessibleDescription(
            f"Function and derivative over {layer.across} from {self._x[0]:g} to {self._x[-1]:g}: "
            f"{self._y.min():.3g} to {self._y.max():.3g}, "
            f"slope {self._slope.min():.3g} to {self._slope.max():.3g}."
        )
        self.update()

    @property
    def reading(self) -> str:
        """The numbers at the pointer, or ""."""
        if self._at is None:
            return ""
        x, y, slope = (float(a[self._at]) for a in (self._x, self._y, self._slope))
        return f"{_number(x)}  →  {_number(y)},  slope {_number(slope)}"

    # --- pointer -------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        area, last = self._area(), self._x.size - 1
        share = (event.position().x() - area.left()) / max(1.0, area.width())
        self._at = min(max(round(share * last), 0), last) if last >= 0 else None
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._at = None
        self.update()

    # --- picture -------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._x.size:
            return
        painter = QPainter(self)
        area = self._area()
        low, high = self._range()
        xs = area.left() + (self._x - self._x[0]) / (self._x[-1] - self._x[0]) * area.width()
        scale = area.height() / (high - low)
        self._draw_axes(painter, area, xs, area.bottom() + low * scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dashed = QPen(colour("text2"), 1)
        dashed.setDashPattern(_DASH)
        for values, pen in ((self._slope, dashed), (self._y, QPen(colour("accent"), 2))):
            painter.setPen(pen)
            ys = area.bottom() - (values - low) * scale
            painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(xs, ys, strict=True)]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if self._at is not None:
            painter.setPen(QPen(colour("line_strong"), 1))
            x = float(xs[self._at])
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        self._draw_head(painter, dashed)
        self._draw_numbers(painter, area, low, scale)

    def _area(self) -> QRectF:
        """Where the lines are drawn: left of it stand numbers, above and below it words."""
        height = self.height() - _HEAD - _FOOT
        return QRectF(_GUTTER, _HEAD, self.width() - _GUTTER - 1, height)

    def _range(self) -> tuple[float, float]:
        """Lowest and highest value to be seen: both curves, zero, and a little air."""
        low = min(float(self._y.min()), float(self._slope.min()), 0.0)
        high = max(float(self._y.max()), float(self._slope.max()), 0.0)
        air = 0.04 * max(high - low, 1e-9)
        return low - air, high + air

    def _draw_axes(self, painter: QPainter, area: QRectF, xs: Floats, zero: float) -> None:
        painter.setPen(QPen(colour("line"), 1))
        painter.drawRect(area)
        painter.setPen(QPen(colour("line_strong"), 1))
        painter.drawLine(QPointF(area.left(), zero), QPointF(area.right(), zero))
        if self._x[0] < 0 < self._x[-1]:
            x = float(np.interp(0.0, self._x, xs))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def _draw_head(self, painter: QPainter, dashed: QPen) -> None:
        """What the lines are, or the numbers at the pointer."""
        painter.setFont(fonts.ticks())
        painter.setPen(colour("text2"))
        if self._at is not None:
            room = QRectF(0, 0, self.width(), _HEAD - 3)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.reading)
            return
        left = 0.0
        for name, pen in (("function", QPen(colour("accent"), 2)), ("derivative", dashed)):
            painter.setPen(pen)
            painter.drawLine(QPointF(left, 8), QPointF(left + 18, 8))
            painter.setPen(colour("text2"))
            room = QRectF(left + 23, 0, self.width(), _HEAD - 3)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)
            left += 23 + painter.fontMetrics().horizontalAdvance(name) + 14

    def _draw_numbers(self, painter: QPainter, area: QRectF, low: float, scale: float) -> None:
        """The ends of both axes, zero where there is room for it, and what runs across."""
        painter.setFont(fonts.ticks())
        painter.setPen(colour("text3"))
        first = area.translated(0, area.height() + 3)
        first.setHeight(13)
        painter.drawText(first, Qt.AlignmentFlag.AlignLeft, _number(float(self._x[0])))
        painter.drawText(first, Qt.AlignmentFlag.AlignRight, _number(float(self._x[-1])))
        second = QRectF(0, first.top() + 13, self.width(), 14)
        painter.drawText(second, Qt.AlignmentFlag.AlignHCenter, self._across)
        least = min(float(self._y.min()), float(self._slope.min()))
        most = max(float(self._y.max()), float(self._slope.max()))
        told: list[float] = []
        for value in (most, least, 0.0):
            y = area.bottom() - (value - low) * scale
            if all(abs(y - other) >= 12 for other in told):
                told.append(y)
                room = QRectF(0, y - 7, _GUTTER - 5, 14)
                end = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
                painter.drawText(room, end, _number(value))


def _number(value: float) -> str:
    """Three figures, with a minus as in print."""
    return f"{value:.3g}".replace("-", "−")

"""How the first weights of this node are drawn: the density of the chosen method."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.app.theme import colour, fonts, theme, translucent
from netbuilder.layers import Layer
from netbuilder.layers.initial import is_bias, law
from netbuilder.layers.law import Law, fans

_HEAD, _FOOT, _PLOT = 30, 16, 44
_POINTS = 241
_TOKENS = ("text2", "text3")


class DensityView(QWidget):
    """A filled curve over the values that weights may have, and what they are in words.

    Of several tensors the largest is shown. Weights that are all alike are one line.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._law: Law | None = None
        self.text = ""
        """What is written above the curve, a line and a quieter one."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Density of first weights")
        theme.changed.connect(self.update)
        self.hide()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEAD + _PLOT + _FOOT)

    def show_weights(self, layer: Layer | None, weights: Mapping[str, tuple[int, ...]]) -> None:
        """Show how the largest tensor begins; hide where nothing is learned or known."""
        matrices = {n: s for n, s in weights.items() if not is_bias(n)}
        self._law = None
        if layer is not None and matrices:
            name = max(matrices, key=lambda n: math.prod(int(k) for k in matrices[n]))
            self._law = law(layer, name, matrices[name])
        self.setVisible(self._law is not None)
        if self._law is None:
            return
        shape = matrices[name]
        counted = (
            "fan-in {}, fan-out {}".format(*fans(shape))
            if len(shape) > 1
            else f"{shape[0]} numbers"
        )
        own = ".".join(name.split(".")[-2:])  # of stacked layers the path is too long for a line
        self.text = f"{own}: {self._law.text()}\n{counted}"
        self.setAccessibleDescription(self.text.replace("\n", "; "))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._law is None:
            return
        painter = QPainter(self)
        painter.setFont(fonts.ticks())
        self._draw_words(painter)
        area = QRectF(0, _HEAD, self.width(), _PLOT)
        reach = self._law.reach if self._law.spread else max(1.0, 1.25 * abs(self._law.scale))
        self._draw_axis(painter, area, reach)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("accent"), 1.5))
        if not self._law.spread:
            at = area.left() + (self._law.scale + reach) / (2 * reach) * area.width()
            painter.drawLine(QPointF(at, area.top() + 2), QPointF(at, area.bottom()))
            return
        x = np.linspace(-reach, reach, _POINTS)
        y = self._law.density(x)
        y = np.minimum(y / np.quantile(y, 0.98), 1.0)  # an arc rises without end at its rim
        xs = area.left() + (x + reach) / (2 * reach) * area.width()
        ys = area.bottom() - y * (area.height() - 3)
        curve = [QPointF(a, b) for a, b in zip(xs, ys, strict=True)]
        painter.drawPolyline(QPolygonF(curve))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent("accent", 0.2))
        painter.drawPolygon(QPolygonF([area.bottomLeft(), *curve, area.bottomRight()]))

    def _draw_words(self, painter: QPainter) -> None:
        for row, (text, token) in enumerate(zip(self.text.split("\n"), _TOKENS, strict=True)):
            painter.setPen(colour(token))
            middle = Qt.TextElideMode.ElideMiddle
            words = painter.fontMetrics().elidedText(text, middle, self.width())
            room = QRectF(0, 14 * row, self.width(), 14)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)

    def _draw_axis(self, painter: QPainter, area: QRectF, reach: float) -> None:
        painter.setPen(QPen(colour("line_strong"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(colour("text3"))
        foot = QRectF(0, area.bottom() + 2, self.width(), 13)
        for text, side in (
            (f"−{reach:.2g}", Qt.AlignmentFlag.AlignLeft),
            ("0", Qt.AlignmentFlag.AlignHCenter),
            (f"{reach:.2g}", Qt.AlignmentFlag.AlignRight),
        ):
            painter.drawText(foot, side, text)

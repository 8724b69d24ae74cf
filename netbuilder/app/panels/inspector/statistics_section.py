"""What flows through a node while it learns: a histogram and the norm of its gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from netbuilder.app.panels.form import Section
from netbuilder.app.theme import colour, fonts
from netbuilder.app.widgets import ThemedLabel

_Floats = npt.NDArray[np.float64]


class Histogram(QWidget):
    """Bars over a range of values, with a dashed line at zero and the ends in figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: _Floats = np.zeros(0)
        self._low, self._high = 0.0, 1.0
        self._token = "image"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, 74)

    def show_counts(self, counts: Sequence[float], low: float, high: float, token: str) -> None:
        """Show counts of equally wide bins from `low` to `high` in a colour of the theme."""
        self._counts = np.nan_to_num(np.asarray(counts, dtype=np.float64))
        self._low, self._high, self._token = low, high, token
        self.setAccessibleDescription(f"Values from {low:.3g} to {high:.3g}.")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = QRectF(0, 2, self.width(), self.height() - 18)
        painter.setPen(QPen(colour("line_strong"), 1))
        painter.drawLine(
            QPointF(0, area.bottom() + 0.5), QPointF(area.right(), area.bottom() + 0.5)
        )
        top = float(self._counts.max()) if self._counts.size else 0.0
        if top > 0:
            step = area.width() / self._counts.size
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour(self._token))
            painter.setOpacity(0.85)
            gap = 0.8 if step > 2.5 else 0.0
            for place, count in enumerate(self._counts):
                height = area.height() * float(count) / top
                left = area.left() + place * step
                painter.drawRect(QRectF(left, area.bottom() - height, step - gap, height))
            painter.setOpacity(1)
        if self._low < 0 < self._high:
            x = area.width() * -self._low / (self._high - self._low)
            pen = QPen(colour("text3"), 1)
            pen.setDashPattern([3, 3])
            painter.setPen(pen)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setFont(fonts.ticks())
        painter.setPen(colour("text3"))
        ends = QRectF(0, area.bottom() + 2, self.width(), 14)
        painter.drawText(ends, Qt.AlignmentFlag.AlignLeft, f"{self._low:.3g}")
        painter.drawText(ends, Qt.AlignmentFlag.AlignRight, f"{self._high:.3g}")


class Sparkline(QWidget):
    """A small curve without axes, on a log scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: _Floats = np.zeros(0)
        self._token = "image"
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, 32)

    def show_values(self, values: Sequence[float], token: str) -> None:
        """Show positive values in order; what is not a positive number is left out."""
        found = np.asarray(values, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log10(found)
        self._points = logs[np.isfinite(logs)]
        self._token = token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._points.size < 2:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        low, high = float(self._points.min()), float(self._points.max())
        span = max(high - low, 1e-9)
        xs = np.linspace(1, self.width() - 1, self._points.size)
        ys = self.height() - 3 - (self._points - low) / span * (self.height() - 6)
        painter.setPen(QPen(colour(self._token), 1))
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(xs, ys, strict=True)]))


class StatisticsSection(Section):
    """Activations and gradient of one node, as last told by the engine."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Live statistics", parent=parent)
        self.step = ThemedLabel(token="text3", font=fonts.caption())
        self.add_to_head(self.step)
        self.moments = ThemedLabel(token="text2", font=fonts.panel_mono())
        self.histogram = Histogram()
        self.histogram.setAccessibleName("Histogram of activations")
        self.gradient = ThemedLabel(token="text2", font=fonts.panel_mono())
        self.sparkline = Sparkline()
        self.sparkline.setAccessibleName("Gradient norm over time")
        self._activation_line = _line("Activations", self.moments)
        self._gradient_line = _line("Gradient norm, log", self.gradient)
        self.add(self._activation_line, self.histogram, self._gradient_line, self.sparkline)
        self.hide()

    def show_statistics(self, statistics: Mapping[str, Any] | None, token: str = "image") -> None:
        """Show what is known of a node, or nothing.

        Keys, each of which may be missing: ``step`` (int), ``counts`` (heights of equally
        wide bins), ``low``, ``high`` (ends of the bins), ``mean``, ``std``, ``gradient``
        (norms in order of time, the latest last).
        """
        self.setVisible(statistics is not None)
        if statistics is None:
            return
        step = statistics.get("step")
        self.step.setText("" if step is None else f"step {step}")
        counts = _listed(statistics.get("counts"))
        known = bool(counts)
        self._activation_line.setVisible(known)
        self.histogram.setVisible(known)
        if known:
            low, high = float(statistics.get("low", 0.0)), float(statistics.get("high", 1.0))
            self.histogram.show_counts(counts, low, high, token)
        mean, std = statistics.get("mean"), statistics.get("std")
        self.moments.setText("" if mean is None or std is None else f"μ {mean:.2g}  σ {std:.2g}")
        gradient = _listed(statistics.get("gradient"))
        flows = bool(gradient)
        self._gradient_line.setVisible(flows)
        self.sparkline.setVisible(flows)
        if flows:
            self.gradient.setText(f"{gradient[-1]:.1e}")
            self.sparkline.show_values(gradient, token)


def _listed(numbers: Any) -> list[float]:
    return [] if numbers is None else [float(n) for n in numbers]


def _line(name: str, number: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 2, 0, 0)
    layout.addWidget(ThemedLabel(name, "text2"), 1)
    layout.addWidget(number)
    return row

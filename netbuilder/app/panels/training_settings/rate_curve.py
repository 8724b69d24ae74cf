"""The learning rate over the steps of a run, drawn before the run."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from netbuilder.app.theme import colour, fonts
from netbuilder.graph import Schedule
from netbuilder.training.algorithm import SettingError
from netbuilder.training.schedules import Floats, rates

_POINTS = 600
_HEAD, _FOOT, _GUTTER = 28, 18, 46


class RateCurve(QWidget):
    """Steps to the right, the rate upwards; *log* in its corner turns to a log scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps: Floats = np.zeros(0)
        self.rates: Floats = np.zeros(0)
        self._words = ""
        self.log = QToolButton(self)
        self.log.setText("log")
        self.log.setFont(fonts.ticks())
        self.log.setCheckable(True)
        self.log.setAutoRaise(True)
        self.log.setToolTip("Draw the rate on a log scale")
        self.log.setAccessibleName("Log scale of the learning rate")
        self.log.toggled.connect(self.update)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Learning rate over the run")

    def sizeHint(self) -> QSize:
        return QSize(200, 132)

    def show_schedule(
        self, schedule: Schedule, rate: float, epochs: int, steps_per_epoch: int | None
    ) -> None:
        """Draw it; hide for what cannot be. steps_per_epoch: None while nobody knows."""
        each = steps_per_epoch or 100
        total = max(1, epochs * each)
        self.steps = np.unique(np.linspace(0, total - 1, _POINTS).round())
        try:
            self.rates = rates(schedule, rate, each, epochs, self.steps)
        except SettingError:
            self.rates = np.zeros(0)
        self.setVisible(bool(self.rates.size) and bool(np.isfinite(self.rates).all()))
        if self.rates.size:
            self._words = f"{total:,} steps".replace(",", "\u2009")
            if steps_per_epoch is None:
                self._words = f"{epochs} epochs"
            self.setAccessibleDescription(
                f"From {self.rates[0]:.3g} to {self.rates[-1]:.3g}, at most "
                f"{self.rates.max():.3g}, over {self._words}."
            )
        self.update()

    def resizeEvent(self, event: object) -> None:
        size = self.log.sizeHint()
        self.log.setGeometry(self.width() - size.width(), 0, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.rates.size:
            return
        painter = QPainter(self)
        area = QRectF(_GUTTER, _HEAD, self.width() - _GUTTER - 1, self.height() - _HEAD - _FOOT)
        positive = self.rates[self.rates > 0]
        logs = self.log.isChecked() and positive.size > 0
        values = self.rates
        if logs:
            values = np.log10(np.maximum(self.rates, max(positive.min(), positive.max() * 1e-9)))
        low, high = float(values.min()) if logs else 0.0, float(values.max())
        span = (high - low) or 1.0
        painter.setPen(QPen(colour("line"), 1))
        painter.drawRect(area)
        last = max(float(self.steps[-1]), 1.0)
        xs = area.left() + self.steps / last * area.width()
        ys = area.bottom() - (values - low) / span * (area.height() - 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("accent"), 2))
        painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in zip(xs, ys, strict=True)]))
        painter.setFont(fonts.ticks())
        painter.setPen(colour("text3"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, y in ((high, area.top() + 6), (low, area.bottom())):
            shown = 10**value if logs else value
            painter.drawText(QRectF(0, y - 7, _GUTTER - 5, 14), right, f"{shown:.2g}")
        foot = QRectF(area.left(), area.bottom() + 3, area.width(), 14)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(foot, Qt.AlignmentFlag.AlignRight, self._words)
        head = QRectF(0, 0, self.width() - self.log.width(), _HEAD - 3)
        painter.setPen(colour("text2"))
        painter.drawText(head, Qt.AlignmentFlag.AlignVCenter, "Learning rate before the run")

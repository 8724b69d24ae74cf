"""An axis with short ticks outward and quiet lines across the plot."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF

from netbuilder.app.theme import fonts
from netbuilder.app.theme.state import colour

TICK = 4


def log_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Logarithms of round numbers in the range: all of the finest choice that is not too many."""
    choices: list[list[float]] = []
    first, last = floor(low), ceil(high)
    for digits in ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3)):
        choices.append([d + log10(n) for d in range(first, last + 1) for n in digits])
    for step in range(1, max(last - first, 1) + 1):
        choices.append([float(d) for d in range(first, last + 1) if d % step == 0])
    within = [[v for v in choice if low - 1e-9 <= v <= high + 1e-9] for choice in choices]
    return next((choice for choice in within if len(choice) <= most), within[-1])


def short(value: float) -> str:
    """A number as briefly as it can be read."""
    if value != 0 and not 1e-3 <= abs(value) < 1e5:
        mantissa, _, exponent = f"{value:.3g}".partition("e")
        return f"{mantissa}e{int(exponent)}" if exponent else f"{value:.0e}".replace("e-0", "e-")
    return f"{value:.3g}"


class PlotAxis(pg.AxisItem):  # type: ignore[misc]
    """The left or the bottom axis of a plot."""

    def __init__(self, orientation: str, lines: bool) -> None:
        super().__init__(orientation)
        self._lines = lines
        # Only the major ticks: three to five lines, not a mesh.
        self.setStyle(
            tickLength=TICK,
            maxTickLevel=0,
            tickTextOffset=4,
            autoExpandTextSpace=True,
            # The first and the last number stand half beyond the axis; there is room.
            hideOverlappingLabels=False,
        )
        self.setTickFont(fonts.ticks())
        self.setTickDensity(0.7)
        # Numbers are written in full: no label to lay out anew with each change of range.
        self.enableAutoSIPrefix(False)
        if lines:
            self.setGrid(255)
        self.restyle()

    def boundingRect(self) -> QRectF:
        """With room for the first and the last number, which pyqtgraph forgets beside lines."""
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, -8, 0, 8) if self._lines else rect

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        self.setPen(pg.mkPen(colour("line_strong"), width=1))
        self.setTickPen(pg.mkPen(colour("line" if self._lines else "line_strong"), width=1))
        self.setTextPen(pg.mkPen(colour("text3")))

    def logTickValues(self, minVal: float, maxVal: float, size: float, stdTicks: Any) -> Any:
        """Three to five round numbers, given and returned as their logarithms."""
        return [(None, log_ticks(minVal, maxVal))]

    def logTickStrings(self, values: Any, scale: float, spacing: Any) -> list[str]:
        """Short numbers: ``0.03`` and ``1e-5``, never ``1.0e-05``."""
        return [short(10.0 ** float(value)) for value in values]

    def generateDrawSpecs(self, painter: Any) -> Any:
        """Add the outward ticks, which pyqtgraph leaves out where there are lines."""
        specs = super().generateDrawSpecs(painter)
        if specs is None or not self._lines:
            return specs
        axis, lines, texts = specs
        x = axis[1].x()
        strong = pg.mkPen(colour("line_strong"), width=1)
        grid = pg.mkPen(colour("line"), width=1)
        ticks = [(strong, QPointF(x - TICK, p1.y()), QPointF(x, p1.y())) for _, p1, _ in lines]
        return axis, [(grid, p1, p2) for _, p1, p2 in lines] + ticks, texts

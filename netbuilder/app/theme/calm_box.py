"""A view of growing curves whose y axis does not move with every point."""

from __future__ import annotations

import math
from typing import Any

import pyqtgraph as pg

MARGIN = 0.06
"""Room above and below what is shown, as a share of it, whenever the axis moves."""

LOOSEST = 1.6
"""The axis tightens once it is so many times as long as what it shows."""


class CalmBox(pg.ViewBox):  # type: ignore[misc]
    """Fits y to the curves with some room, and stays there while they fit.

    An axis that follows each point costs as much as all curves and cannot be read.
    """

    def suggestPadding(self, axis: int) -> float:
        """The room that the next points may use."""
        return MARGIN

    def setRange(self, *ranges: Any, **options: Any) -> None:
        """Show another range; the curves move now, not in the midst of painting them, which
        would paint everything a second time."""
        super().setRange(*ranges, **options)
        self.updateMatrix()

    def updateAutoRange(self) -> None:
        """Leave the y axis alone while the curves fit; otherwise fit it anew."""
        if self.state["autoRange"] == [False, True] and self._fits():
            self._autoRangeNeedsUpdate = False
            return
        super().updateAutoRange()

    def _fits(self) -> bool:
        bounds: Any = self.childrenBounds()[1]
        low, high = self.viewRange()[1]
        if bounds is None or not all(map(math.isfinite, bounds)):
            return True
        loose = (high - low) / max(bounds[1] - bounds[0], 1e-12)
        limits = self.state["limits"]["yRange"][0]
        least = limits is not None and high - low <= limits * 1.01
        return low <= bounds[0] and bounds[1] <= high and (loose <= LOOSEST or least)

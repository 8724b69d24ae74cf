"""A plot over the epochs of a run: the empty part shows what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.app.theme.plots import styled_plot

if TYPE_CHECKING:
    from netbuilder.app.theme.plot_widget import Plot

COLOURS = ("image", "sequence", "vector", "label", "loss")
"""Colours of series in their order; more of them repeat with dashes."""

LEAST_DECADES = 0.7
"""Height of a log axis at least, in powers of ten."""

DASHES = (None, (6.0, 3.0), (2.0, 3.0))


def look(place: int) -> tuple[str, tuple[float, float] | None]:
    """Colour and dash of the series at a place, so that no two look alike."""
    return COLOURS[place % len(COLOURS)], DASHES[place // len(COLOURS) % len(DASHES)]


class RunPlot(QWidget):
    """A plot that shows the whole run until the person zooms; a double click goes back."""

    def __init__(self, title: str, *, log_y: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot: Plot = styled_plot(title, "epoch", log_y=log_y, full_range=1.0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.setAccessibleName(title)
        self._epochs = 1.0
        self._fixed: tuple[float, float] | None = None
        self.zoomed = False
        box = self.plot.getPlotItem().getViewBox()
        if log_y:
            # Less than this would hold no round number to write at the axis.
            box.setLimits(minYRange=LEAST_DECADES)
        box.sigRangeChangedManually.connect(self._moved)
        self.plot.scene().sigMouseClicked.connect(self._clicked)

    def sizeHint(self) -> QSize:
        """Room to read a curve."""
        return QSize(340, 240)

    def minimumSizeHint(self) -> QSize:
        """The legend still fits beside the title."""
        return QSize(236, 150)

    def show_run(self, epochs: float) -> None:
        """Let the x axis run from 0 to the last epoch."""
        if epochs != self._epochs:
            self._epochs = max(epochs, 1.0)
            if not self.zoomed:
                self.reset()

    def hold(self, low: float, high: float) -> None:
        """Keep the y axis between these values instead of following the curve."""
        if self._fixed != (low, high):
            self._fixed = (low, high)
            self.reset()

    def reset(self) -> None:
        """Show the whole run again."""
        self.zoomed = False
        item = self.plot.getPlotItem()
        if self._fixed is None:
            item.enableAutoRange(axis="y")
        else:
            item.setYRange(*self._fixed, padding=0.02)
        self.plot.setFullRange(self._epochs)

    def columns(self) -> int:
        """Pixels across the curve."""
        return max(int(self.plot.getPlotItem().getViewBox().width()), 64)

    def span(self) -> tuple[float, float]:
        """First and last epoch that can be seen."""
        low, high = self.plot.getPlotItem().viewRange()[0]
        return float(low), float(high)

    def _moved(self, *_: Any) -> None:
        self.zoomed = True

    def _clicked(self, event: Any) -> None:
        if event.double():
            self.reset()
            event.accept()

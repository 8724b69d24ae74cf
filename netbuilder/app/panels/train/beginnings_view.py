"""How the weights begin: activations and gradients layer by layer, before the first step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from netbuilder.app.panels.asking import LiveQuestion
from netbuilder.app.panels.train.run_plot import LEAST_DECADES
from netbuilder.app.session import Session
from netbuilder.app.theme import sizes
from netbuilder.app.theme.plots import styled_plot
from netbuilder.app.widgets import Callout

if TYPE_CHECKING:
    from netbuilder.app.theme.plot_widget import Plot

WELL = "Activations and gradients keep a good size from the first layer to the last."
LABEL = 78
"""Pixels that the name of a node takes below a plot."""
INTERVAL_MS = 500


class BeginningsView(QWidget):
    """Asks while somebody looks, and again after every edit."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.callout = Callout("info", "Looking at the first batch.")
        self.nodes: Sequence[Mapping[str, Any]] = ()
        self._question = LiveQuestion(
            session, "beginnings", self._came, INTERVAL_MS, self.isVisible, self
        )
        self._plots = QHBoxLayout()
        self._plots.setSpacing(sizes.GAPS[4])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 8)
        layout.setSpacing(8)
        layout.addWidget(self.callout)
        layout.addLayout(self._plots, 1)

    @cached_property
    def forward(self) -> LayerPlot:
        """How far units deviate between samples."""
        return self._made("Activations: deviation between samples", "image")

    @cached_property
    def backward(self) -> LayerPlot:
        """How large the gradient of the loss is."""
        return self._made("Gradient of the loss", "loss")

    def _made(self, title: str, token: str) -> LayerPlot:
        plot = LayerPlot(title, token)
        self._plots.addWidget(plot, 1)
        return plot

    def refresh(self) -> None:
        """Ask anew; waits until somebody looks."""
        self._question.ask()

    def wake(self) -> None:
        """Somebody looks now."""
        self._question.wake()

    def _came(self, result: Mapping[str, Any] | None, error: str) -> None:
        if result is None:
            self.callout.set_message("info", error)
            return
        wrong = result["verdicts"]
        self.callout.set_message("warning" if wrong else "ok", " ".join(wrong) or WELL)
        self.nodes = [n for n in result["nodes"] if n["gradient"] is not None]
        names = [n["node"] for n in self.nodes]
        self.forward.show_values(names, [n["spread"] for n in self.nodes])
        self.backward.show_values(names, [n["gradient"] for n in self.nodes])


class LayerPlot(QWidget):
    """One number for each node in the order of the graph, on a log scale."""

    def __init__(self, title: str, token: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: Sequence[str] = ()
        self.values: Sequence[float] = ()
        self.plot: Plot = styled_plot(title, log_y=True)
        self.plot.add_series("", token, markers=True)
        self.plot.getPlotItem().getViewBox().setLimits(minYRange=LEAST_DECADES)
        self.plot.setMouseEnabled(x=False, y=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.setAccessibleName(title)

    def show_values(self, names: Sequence[str], values: Sequence[float]) -> None:
        """Draw them; what is 0 or no number leaves a gap."""
        self._names, self.values = names, values
        found = np.asarray(values, np.float64)
        # pyqtgraph cannot draw a curve that is all gaps.
        drawn = found if (found > 0).any() else found[:0]
        ends = f"{found[0]:.2g} to {found[-1]:.2g}" if drawn.size else "nothing but 0"
        self.plot.set_data("", np.arange(drawn.size), drawn, ends)
        self.plot.setXRange(-0.4, max(found.size - 0.6, 0.4), padding=0)
        told = (f"{n} {v:.3g}" for n, v in zip(names, values, strict=True))
        self.setAccessibleDescription(", ".join(told))
        self._name()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many names as there is room for."""
        super().resizeEvent(event)
        self._name()

    def _name(self) -> None:
        step = max(1, -(-len(self._names) * LABEL // max(self.width() - 50, LABEL)))
        ticks = [(place, name) for place, name in enumerate(self._names) if place % step == 0]
        self.plot.getPlotItem().getAxis("bottom").setTicks([ticks])

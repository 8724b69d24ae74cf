"""Short trainings of a fresh network: which learning rate, and can it learn one batch by heart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from netbuilder.app.session import Session
from netbuilder.app.theme.plots import styled_plot
from netbuilder.app.widgets import Callout, Link
from netbuilder.engine.messages import Answer

if TYPE_CHECKING:
    from netbuilder.app.theme.plot_widget import Plot


class RehearsalView(QWidget):
    """A sentence and a plot of what the engine found; asked anew when the network changed."""

    about = ""
    waiting = ""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._asked_of: object = None
        self.callout = Callout("info", "")
        self._row = QHBoxLayout()
        self._row.setSpacing(16)
        self._row.addWidget(self.callout, 1)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 8)
        self._layout.setSpacing(8)
        self._layout.addLayout(self._row)

    @cached_property
    def plot(self) -> Plot:
        """Made for the first answer."""
        plot = self._plot()
        self._layout.addWidget(plot, 1)
        return plot

    def refresh(self) -> None:
        """Try it, unless this very network was tried before."""
        if self._session.project is self._asked_of:
            return
        asked = self._asked_of = self._session.project
        self.callout.set_message("info", self.waiting)
        self._session.ask(self.about, {}, lambda a: self._came(a, asked), key=self.about)

    def wake(self) -> None:
        """Somebody looks now: nothing waits here."""

    def _came(self, answer: Answer, asked: object) -> None:
        if asked is not self._asked_of:
            return
        if answer.result is None:
            self.callout.set_message("warning", answer.error or "")
            self._asked_of = None
            return
        self._show(answer.result)

    def _plot(self) -> Plot:
        raise TypeError(f"{type(self).__name__} shows nothing")

    def _show(self, found: Mapping[str, Any]) -> None:
        raise TypeError(f"{type(self).__name__} shows nothing")


class RateView(RehearsalView):
    """The loss over the learning rate, and a link that sets the one suggested."""

    about = "sweep"
    waiting = "Trying rates from 1e-6 to 10 on a fresh network, one batch each."

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.suggestion: float | None = None
        self.take = Link("", self._take)
        self.take.hide()
        self._row.addWidget(self.take, 0, Qt.AlignmentFlag.AlignVCenter)

    def _plot(self) -> Plot:
        plot = styled_plot("Loss", "learning rate, powers of ten")
        plot.add_series("batch", "image", faint=True)
        plot.add_series("smoothed", "image")
        plot.add_series("suggested", "sequence", dash=(4.0, 3.0))
        return plot

    def _show(self, found: Mapping[str, Any]) -> None:
        self.suggestion = found["suggestion"]
        self.callout.set_message("warning" if self.suggestion is None else "ok", found["sentence"])
        rates = np.log10(np.asarray(found["rates"]))
        smoothed = np.asarray(found["smoothed"])
        self.plot.set_data("batch", rates, found["losses"])
        self.plot.set_data("smoothed", rates, smoothed)
        high = float(np.percentile(smoothed, 90)) if smoothed.size else 1.0
        low = float(smoothed.min()) if smoothed.size else 0.0
        at = [] if self.suggestion is None else [np.log10(self.suggestion)] * 2
        self.plot.set_data("suggested", at, [low, high][: len(at)])
        margin = 0.1 * max(high - low, 1e-9)
        self.plot.setYRange(low - margin, high + margin, padding=0)
        self.take.setText("" if self.suggestion is None else f"Set it to {self.suggestion:g}")
        self.take.setVisible(self.suggestion is not None)

    def _take(self) -> None:
        """Give the rate to the first optimiser, as an edit that can be undone."""
        document, rate = self._session.document, self.suggestion
        training = document.project.training
        if rate is None or not training.optimisers:
            return
        first, *others = training.optimisers
        first = replace(first, settings={**first.settings, "lr": rate})
        training = replace(training, optimisers=(first, *others))
        document.edit("Set the learning rate", replace(document.project, training=training))
        self._asked_of = document.project  # the curve is of any rate
        self.take.hide()


class OneBatchView(RehearsalView):
    """The loss of one batch, trained on again and again."""

    about = "one_batch"
    waiting = "Training a fresh network on its first batch alone, up to 300 times."

    def _plot(self) -> Plot:
        plot = styled_plot("Loss of one batch", "step", log_y=True)
        plot.add_series("loss", "image")
        return plot

    def _show(self, found: Mapping[str, Any]) -> None:
        self.callout.set_message("ok" if found["learned"] else "warning", found["sentence"])
        losses = np.asarray(found["losses"], np.float64)
        last = f"{losses[-1]:.3g}" if losses.size else ""
        self.plot.set_data("loss", np.arange(losses.size), losses, last)

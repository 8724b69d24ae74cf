"""The loss of every objective: raw, smoothed, and once an epoch on the validation split."""

from __future__ import annotations

import math

import numpy as np

from netbuilder.app.panels.train.history import History, LossCurve
from netbuilder.app.panels.train.run_plot import RunPlot, look
from netbuilder.app.panels.train.wording import number

GHOST = "compared"
"""What the curve of another run is called in a legend."""


class LossPlot(RunPlot):
    """Log scale. One objective is "train" and "validation", several go by their names."""

    def __init__(self) -> None:
        super().__init__("Loss", log_y=True)
        self._shown: tuple[str, ...] | None = None
        self._marked: object = None
        self._ghost: History | None = None
        #: By objective: the validation figures that are drawn; they change once an epoch.
        self._measured: dict[str, object] = {}

    def show_ghost(self, ghost: History | None) -> None:
        """Another run to compare with, dotted behind the one that is shown; None for none."""
        if ghost is not self._ghost:
            self._ghost, self._shown = ghost, None

    def show_history(self, history: History) -> None:
        """Draw what a run has reported."""
        if self._shown != history.objectives:
            self._build(history.objectives)
        self.show_run(float(history.epochs))
        for name in history.objectives:
            self._draw(history, name, history.losses[name])
        self._draw_ghost()
        self._mark(history)

    def legend(self) -> dict[str, str]:
        """The series in the title line and their latest values."""
        return {s.name: s.value for s in self.plot._series.values() if not s.faint}

    def _build(self, objectives: tuple[str, ...]) -> None:
        self.plot.clear_series()
        self._shown, self._marked = objectives, None
        self._measured = {}
        alone = len(objectives) == 1
        for place, name in enumerate(objectives):
            token, dash = look(place)
            self.plot.add_series(f"{name} raw", token, faint=True)
            self.plot.add_series("train" if alone else name, token, dash=dash, smooth=True)
        for place, name in enumerate(objectives):
            if alone:
                self.plot.add_series("validation", "sequence", markers=True)
            else:
                # Hollow marks in its own colour; a second entry each would crowd the legend.
                token, _ = look(place)
                self.plot.add_series(f"{name} validation", token, markers=True, faint=True)
        if self._ghost is not None:
            # Not smooth: a line in segments begins its dashes anew with each.
            self.plot.add_series(GHOST, "label", dash=(2.0, 3.0))

    def _draw(self, history: History, name: str, curve: LossCurve) -> None:
        alone = len(history.objectives) == 1
        low, high = self.span()
        start, stop = low * history.steps_per_epoch - 1, high * history.steps_per_epoch - 1
        x, y = curve.raw.view(self.columns(), start, stop)
        self.plot.set_data(f"{name} raw", history.in_epochs(x), y)
        x, y = curve.smooth.view(self.columns() // 2, start, stop)
        latest = curve.latest
        words = "" if math.isnan(latest) else number(latest)
        self.plot.set_data("train" if alone else name, history.in_epochs(x), y, words)
        figure = history.validation.get(name)
        measured = (history, figure.sight, self.columns()) if figure is not None else None
        if figure is not None and self._measured.get(name) != measured:
            self._measured[name] = measured
            series = "validation" if alone else f"{name} validation"
            self.plot.set_data(series, *figure.view(self.columns() // 2))
            if alone:
                self.plot.set_value(series, number(figure.latest))

    def _draw_ghost(self) -> None:
        ghost = self._ghost
        if ghost is None or not ghost.losses:
            return
        curve = next(iter(ghost.losses.values()))
        each, (low, high) = ghost.steps_per_epoch, self.span()
        x, y = curve.smooth.view(self.columns() // 2, low * each - 1, high * each - 1)
        self.plot.set_data(GHOST, ghost.in_epochs(x), y, number(curve.latest))

    def _mark(self, history: History) -> None:
        gone = history.divergence
        if gone == self._marked:
            return
        if gone is None:
            # Marks go with the series they stand at.
            self._build(history.objectives)
            self.show_history(history)
            return
        self._marked = gone
        raw = history.losses[gone.objective].raw
        tail = [raw.at(i) for i in range(max(gone.step - 50, 0), min(gone.step, len(raw)))]
        last = next((v for v in reversed(tail) if math.isfinite(v)), math.nan)
        x = float(history.in_epochs(np.array([gone.step], np.float64))[0])
        self.plot.mark_divergence(x, last)

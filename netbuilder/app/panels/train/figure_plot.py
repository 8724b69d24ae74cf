"""Figures by epoch: of the validation split, or of training where only that has them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from netbuilder.app.panels.train.history import History
from netbuilder.app.panels.train.loss_plot import GHOST
from netbuilder.app.panels.train.run_plot import RunPlot, look
from netbuilder.app.panels.train.wording import figure, is_share, number, plain, title
from netbuilder.training.noise_scale import FIGURE


class FigurePlot(RunPlot):
    """A metric on its own, or the parts of a loss together."""

    def __init__(self, names: Sequence[str], heading: str = "", *, log_y: bool = False) -> None:
        super().__init__(heading or title(names[0]), log_y=log_y)
        self.names = tuple(names)
        self._seen: object = None
        self._ghost: History | None = None
        alone = len(self.names) == 1
        for place, name in enumerate(self.names):
            token, dash = look(1 if alone else place)
            series = self._series(name)
            self.plot.add_series(series, token, markers=True, dash=dash)
        if all(is_share(name) for name in self.names):
            self.hold(0.0, 1.0)

    def show_history(self, history: History) -> None:
        """Draw what a run has reported; nothing to do until its next epoch."""
        seen = self._sight(history)
        if seen == self._seen:
            return
        self._seen = seen
        self.show_run(float(history.epochs))
        alone = len(self.names) == 1
        for name in self.names:
            found = history.figure(name)
            if found is not None:
                words = figure(name, found.latest) if alone else number(found.latest)
                self.plot.set_data(self._series(name), *found.view(self.columns()), words)
        tested = history.test.get(self.names[0], math.nan)
        known = alone and math.isfinite(tested)
        self.plot.set_note(f"test {figure(self.names[0], tested)}" if known else "")

    def _series(self, name: str) -> str:
        """What its curve is called: the split where it stands alone."""
        if len(self.names) > 1:
            return name
        return "train" if plain(name) == FIGURE else "validation"

    def show_ghost(self, ghost: History | None) -> None:
        """Another run to compare with, dotted; None for none."""
        if ghost is self._ghost:
            return
        if self._ghost is None:
            self.plot.add_series(GHOST, "label", dash=(2.0, 3.0))
        self._ghost, found = ghost, None
        if ghost is not None:
            found = ghost.figure(self.names[0])
        if found is not None:
            words = figure(self.names[0], found.latest)
            self.plot.set_data(GHOST, *found.view(self.columns()), words)
        else:
            self.plot.remove_series(GHOST)
            self._ghost = None

    def _sight(self, history: History) -> object:
        """What of a run this draws, in little."""
        found = (history.figure(name) for name in self.names)
        ends = [f.sight for f in found if f is not None]
        return history, history.epochs, repr(history.test.get(self.names[0])), ends

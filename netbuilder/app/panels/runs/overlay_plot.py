"""One figure of many runs over their epochs, however long they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QTimer

from netbuilder.app.panels.runs.curves import RunCurves, finite_range
from netbuilder.app.panels.runs.curves_item import CurvesItem, Line
from netbuilder.app.panels.runs.looks import look
from netbuilder.app.panels.train.run_plot import LEAST_DECADES, RunPlot
from netbuilder.app.theme import theme

#: Points drawn of all runs together, at most about.
_POINTS = 60_000
_MARKS_A_CURVE = 5
#: While the plot is moved, finer points are looked up so often.
_REFINE_MS = 40

Points = tuple[np.ndarray, np.ndarray]


class OverlayPlot(RunPlot):
    """Draws what `points` finds of each run; lines of width 1 from few points are quick."""

    def __init__(self, title: str, *, log_y: bool) -> None:
        super().__init__(title, log_y=log_y)
        self.log = log_y
        self._runs: list[tuple[int, RunCurves]] = []
        self._points: Callable[[RunCurves, int, float, float], list[Points]] = loss_points
        self._item = CurvesItem()
        self.plot.addItem(self._item, ignoreBounds=True)
        self._refine = QTimer(self)
        self._refine.setSingleShot(True)
        self._refine.setInterval(_REFINE_MS)
        self._refine.timeout.connect(self._draw)
        self._box = self.plot.getPlotItem().getViewBox()
        self._box.disableAutoRange()
        self._box.sigXRangeChanged.connect(self._follow)
        theme.changed.connect(self._draw)

    def show_runs(
        self,
        runs: Sequence[tuple[int, RunCurves]],
        points: Callable[[RunCurves, int, float, float], list[Points]],
    ) -> None:
        """Draw these runs; the number beside each is the place that decides its look."""
        self._runs, self._points = list(runs), points
        self.show_run(max((run.epochs for _, run in runs), default=1.0))
        self._draw()
        if not self.zoomed:
            self._fit_height()

    def set_log(self, log: bool) -> None:
        """A log axis, or a plain one."""
        if log != self.log:
            self.log = log
            self.plot.getPlotItem().setLogMode(x=False, y=log)
            self._box.setLimits(minYRange=LEAST_DECADES if log else None)
            self._draw()
            self._fit_height()

    def reset(self) -> None:
        """Show all of every run again."""
        self.zoomed = False
        self.plot.setFullRange(self._epochs)
        self._draw()
        self._fit_height()

    @property
    def drawn(self) -> int:
        """How many curves are in the picture."""
        return len(self._item.lines)

    @property
    def lines(self) -> Sequence[Line]:
        """What is in the picture."""
        return self._item.lines

    def _follow(self, *_: object) -> None:
        if self._runs and not self._refine.isActive():
            self._refine.start()

    def _draw(self) -> None:
        low, high = self.span()
        columns = max(min(self.columns(), _POINTS // (8 * max(len(self._runs), 1))), 48)
        lines = []
        for place, run in self._runs:
            token, mark = look(place)
            for x, y in self._points(run, columns, low, high):
                y = self._scaled(y)
                lines.append(Line(x, y, token, mark, _marked(x, y, low, high, place)))
        self._item.show_lines(lines)

    def _scaled(self, y: np.ndarray) -> np.ndarray:
        if not self.log:
            return y
        with np.errstate(divide="ignore", invalid="ignore"):
            found: np.ndarray = np.where(y > 0, np.log10(y), np.nan)
        return found

    def _fit_height(self) -> None:
        found = finite_range([line.y for line in self._item.lines])
        if found is None:
            return
        low, high = found
        least = LEAST_DECADES if self.log else max(abs(high) * 1e-3, 1e-9)
        if high - low < least:
            middle = (low + high) / 2
            low, high = middle - least / 2, middle + least / 2
        self._box.setYRange(low, high, padding=0.04)


def loss_points(run: RunCurves, columns: int, low: float, high: float) -> list[Points]:
    """The smoothed loss of every objective between two epochs."""
    found = []
    for pyramid in run.losses.values():
        each = run.steps_per_epoch / run.stride
        places, values = pyramid.view(columns, low * each - 1, high * each - 1)
        found.append(((places + 1.0) / each, values))
    return found


def figure_points(name: str) -> Callable[[RunCurves, int, float, float], list[Points]]:
    """One figure of the validation split."""

    def found(run: RunCurves, columns: int, low: float, high: float) -> list[Points]:
        return [run.figures[name]] if name in run.figures else []

    return found


def _marked(x: np.ndarray, y: np.ndarray, low: float, high: float, place: int) -> np.ndarray:
    """Which points have a mark: other places than on the neighbouring curves."""
    if not len(x):
        return np.empty(0, np.intp)
    share = (np.arange(_MARKS_A_CURVE) + 0.2 + (place % 7) / 10) / _MARKS_A_CURVE
    at = np.unique(np.searchsorted(x, low + (high - low) * share))
    at = at[at < len(x)]
    if not len(at):  # a run that ended early has a mark, too
        at = np.array([len(x) - 1])
    found: np.ndarray = at[np.isfinite(y[at])]
    return found

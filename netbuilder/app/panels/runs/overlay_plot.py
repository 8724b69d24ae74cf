"""One figure of many runs over their epochs, however long they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

import numpy as np
from PySide6.QtCore import QTimer

from netbuilder.app.panels.runs.curves import RunCurves, finite_range
from netbuilder.app.panels.runs.curves_item import CurvesItem, Line
from netbuilder.app.panels.runs.looks import look
from netbuilder.app.panels.train.run_plot import LEAST_DECADES, RunPlot
from netbuilder.app.theme import theme

#: Points drawn of all runs together, at most about.
_POINTS = 40_000
_MARKS_A_CURVE = 5
#: Points are looked up this soon where a moved plot shows more than is drawn, or much finer or
#: coarser; and anew once it stands still for so long.
_REFINE_MS, _STILL_MS = 40, 150
#: Runs whose points are looked up between two frames.
_AT_ONCE = 8
#: Share of what is in sight that is drawn on both sides of it.
_BESIDE = 0.25

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
        self._refine.timeout.connect(self._draw_on)
        self._drawing: Iterator[list[Line]] | None = None
        self._found: list[Line] = []
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(_STILL_MS)
        self._still.timeout.connect(self._draw_anew)
        self._drawn_from, self._drawn_to = 0.0, 0.0
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
        if not self._runs:
            return
        self._still.start()
        low, high = self.span()
        inside = self._drawn_from <= low and high <= self._drawn_to
        finer = (self._drawn_to - self._drawn_from) / (1 + 2 * _BESIDE) / max(high - low, 1e-9)
        if not (inside and 0.6 < finer < 1.6) and not self._refine.isActive():
            self._refine.start(_REFINE_MS)

    def _draw(self) -> None:
        self._drawing = None
        self._refine.stop()
        self._item.show_lines([line for lines in self._lines() for line in lines])

    def _draw_anew(self) -> None:
        self._drawing = None
        self._refine.start(0)

    def _draw_on(self) -> None:
        """Look up some curves, so that those on the screen can be moved meanwhile."""
        if self._drawing is None:
            self._drawing, self._found = self._lines(), []
        some = list(islice(self._drawing, _AT_ONCE))
        self._found += [line for lines in some for line in lines]
        if len(some) == _AT_ONCE:
            self._refine.start(0)
            return
        self._drawing = None
        self._item.show_lines(self._found)

    def _lines(self) -> Iterator[list[Line]]:
        """Of each run what is to be drawn."""
        low, high = self.span()
        columns = max(min(self.columns(), _POINTS // (8 * max(len(self._runs), 1))), 48)
        beside = _BESIDE * (high - low)
        start, end = self._drawn_from, self._drawn_to = low - beside, high + beside
        columns = round(columns * (1 + 2 * _BESIDE))
        for place, run in list(self._runs):
            token, mark = look(place)
            lines = []
            for x, y in self._points(run, columns, start, end):
                y = self._scaled(y)
                lines.append(Line(x, y, token, mark, _marked(x, y, low, high, place)))
            yield lines

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

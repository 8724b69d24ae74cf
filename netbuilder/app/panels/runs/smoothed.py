"""The loss of one objective of a run for drawing, read a piece at a time."""

from __future__ import annotations

from copy import deepcopy

import numpy as np

from netbuilder.app.panels.train.pyramid import Pyramid
from netbuilder.app.panels.train.smoothing import Smoothing

#: Values gathered before they are averaged.
_PIECE = 1 << 14


class Smoothed:
    """Takes losses in the order of steps; `pyramid` has a smoothed value for each `stride` steps.

    span: values that the smoothing looks back on. step: the first one whose stretch is not
    complete: to go on later, take the losses from there.
    """

    def __init__(self, span: float, stride: int) -> None:
        self.pyramid, self.step = Pyramid(), 0
        self._stride, self._smoothing = stride, Smoothing(span / stride)
        self._complete = 0
        self._parts: list[np.ndarray] = []

    def goes_on(self) -> Smoothed:
        """One that can take more, while this one is being drawn."""
        other = deepcopy(self)
        other.pyramid.truncate(other._complete)
        return other

    def take(self, first: int, values: np.ndarray) -> None:
        """Take the losses of steps from `first` on."""
        if not self._complete and not self._parts:  # what lies before a first step is a gap
            gap = first // self._stride
            self.pyramid.append(np.full(gap, np.nan, np.float32))
            self.step, self._complete = first, gap
        self._parts.append(values)
        if sum(map(len, self._parts)) >= _PIECE:
            self._average()

    def end(self) -> Smoothed:
        """There is no more for now: also what makes no whole stretch is drawn."""
        self._average()
        rest, self._parts = self._parts[0], []
        if len(rest):
            state = self._smoothing.state
            self.pyramid.append(self._smoothing([rest.mean()]))
            self._smoothing.state = state
        return self

    def _average(self) -> None:
        values = np.concatenate([np.empty(0, np.float32), *self._parts])
        whole = len(values) // self._stride * self._stride
        self.pyramid.append(self._smoothing(values[:whole].reshape(-1, self._stride).mean(axis=1)))
        self.step += whole
        self._complete = len(self.pyramid)
        self._parts = [values[whole:]]

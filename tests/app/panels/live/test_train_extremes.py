"""Of very many points those are kept that draw the same curve."""

from __future__ import annotations

import numpy as np

from netbuilder.app.panels.train.extremes import MOST, thinned
from netbuilder.app.panels.train.history import Figure


def test_a_figure_of_very_many_epochs_keeps_its_shape_in_little_memory() -> None:
    values = np.random.default_rng(0).random(5 * MOST)
    values[[17, 3 * MOST]] = -5.0, 7.0
    values[100:120] = np.nan
    figure = Figure()
    for epoch, value in enumerate(values, 1):
        figure.put(epoch, value)
    assert len(figure.values) <= MOST + 1
    assert figure._values.nbytes <= 4 * MOST * 8
    assert np.array_equal(values[figure.epochs - 1], figure.values, equal_nan=True)
    assert (np.diff(figure.epochs) > 0).all()
    assert {-5.0, 7.0} <= set(figure.values)
    assert figure.epochs[-1] == len(values)
    # No stretch of it is left out.
    assert np.diff(figure.epochs).max() < 60
    figure.put(200, 0.5)  # a resumed run
    assert (figure.epochs[-1], figure.latest) == (200, 0.5)


def test_few_points_are_all_kept() -> None:
    random = np.random.default_rng(0)
    assert np.array_equal(thinned(np.arange(MOST), np.ones(MOST)), np.arange(MOST))
    for count in (MOST + 1, 40 * MOST):
        kept = thinned(np.arange(1, count + 1), random.random(count))
        assert MOST / 4 < len(kept) <= MOST / 2 + 6

"""The pyramid loses no peak, costs the same however long it is, and can be cut."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.app.panels.train import pyramid as pyramid_module
from netbuilder.app.panels.train.history import Figure
from netbuilder.app.panels.train.pyramid import Pyramid
from netbuilder.app.panels.train.smoothing import Smoothing


def filled(values: np.ndarray, parts: int = 1) -> Pyramid:
    made = Pyramid()
    for part in np.array_split(values, parts):
        made.append(part)
    return made


@given(
    length=st.integers(1, 6000),
    parts=st.integers(1, 7),
    columns=st.integers(4, 300),
    seed=st.integers(0, 100),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_a_view_has_every_extreme_in_order(
    length: int, parts: int, columns: int, seed: int
) -> None:
    values = np.random.default_rng(seed).normal(size=length).astype(np.float32)
    x, y = filled(values, parts).view(columns)
    assert y.min() == values.min()
    assert y.max() == values.max()
    assert (np.diff(x) >= 0).all()
    assert x[0] >= 0
    assert x[-1] <= length - 1
    assert len(x) <= 8 * columns + 64
    assert len(x) >= min(length, columns)


def test_a_peak_stands_where_it_was() -> None:
    values = np.zeros(100_000)
    values[65_432] = 9
    x, y = filled(values).view(400)
    assert abs(float(x[int(y.argmax())]) - 65_432) < 100_000 / 400


def test_a_part_is_drawn_in_detail() -> None:
    values = np.arange(50_000, dtype=np.float64)
    x, y = filled(values).view(300, 20_000, 20_050)
    inside = (x >= 20_000) & (x <= 20_050)
    np.testing.assert_array_equal(x[inside], np.arange(20_000, 20_051))
    np.testing.assert_array_equal(y[inside], x[inside])
    assert x[0] < 20_000
    assert x[-1] > 20_050


def test_gaps_stay_gaps_and_hide_nothing_beside_them() -> None:
    values = np.ones(4096)
    values[:1024] = np.nan
    values[2000] = np.inf
    x, y = filled(values).view(64)
    assert np.isnan(y[x < 900]).all()
    assert (y[x > 1100] == 1).all()
    assert filled(np.array([1.0, np.nan])).last() == 1.0


def test_what_is_cut_can_be_written_anew() -> None:
    values = np.random.default_rng(0).normal(size=9000)
    made = filled(values)
    made.truncate(4321)
    assert len(made) == 4321
    made.append(values[4321:] + 100)
    x, y = made.view(100)
    late = y[x > 4400]
    assert late.min() > 50
    assert y[x < 4200].max() < 50


def test_an_empty_pyramid_and_an_empty_view() -> None:
    assert Pyramid().view(100)[0].size == 0
    assert filled(np.ones(10)).view(100, 50, 60)[0].size == 0


def test_a_million_points_are_drawn_as_quickly_as_ten_thousand() -> None:
    rng = np.random.default_rng(0)

    def seconds(made: Pyramid) -> float:
        times = []
        for _ in range(15):
            start = time.perf_counter()
            made.view(1200)
            times.append(time.perf_counter() - start)
        return sorted(times)[len(times) // 2]

    short, long = filled(rng.normal(size=10_000)), filled(rng.normal(size=1_000_000))
    assert seconds(long) < 10 * seconds(short) + 1e-3
    assert len(long.view(1200)[0]) < 8 * 1200


@pytest.mark.parametrize("parts", [1, 3, 50])
def test_smoothing_is_the_plain_recursion_however_it_comes(parts: int) -> None:
    values = np.random.default_rng(1).normal(size=700)
    values[[0, 5, 300]] = np.nan
    smoothing = Smoothing(12)
    found = np.concatenate([smoothing(part) for part in np.array_split(values, parts)])
    state, wanted = np.nan, []
    for value in values:
        if np.isfinite(value):
            state = value if np.isnan(state) else state + (value - state) / 12
        wanted.append(state)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_smoothing_of_many_values_stays_finite() -> None:
    found = Smoothing(500)(np.full(200_000, 3.0))
    np.testing.assert_allclose(found, 3.0)


def test_a_curve_without_end_keeps_its_shape_in_bounded_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pyramid_module, "KEPT", 1024)
    values = np.random.default_rng(1).normal(size=50_000).astype(np.float32)
    values[123] = 40.0
    made = filled(values, 700)
    assert len(made) == 50_000
    assert all(len(level._low) <= 2048 for level in made._levels)
    x, y = made.view(100)
    assert (y.min(), y.max()) == (values.min(), 40.0)
    assert (np.diff(x) >= 0).all()
    assert abs(float(x[int(y.argmax())]) - 123) < 500
    late, _ = made.view(100, 49_900, 49_950)
    assert set(range(49_900, 49_951)) <= set(late.tolist())  # in detail
    early, seen = made.view(100, 0, 1_000)
    assert early.min() < 50
    assert seen.max() == 40.0
    assert made.at(49_999) == values[-1]
    assert made.at(10) <= values[10]
    made.truncate(20_000)
    made.append(np.full(30_000, 7.0))
    assert made.last() == 7.0
    assert len(made) == 50_000


def test_a_figure_of_many_epochs_is_drawn_from_few_of_them() -> None:
    figure, values = Figure(), np.random.default_rng(2).random(5000)
    values[[7, 4000]] = 9.0, np.nan
    for epoch, value in enumerate(values):
        figure.put(epoch + 1, value)
    epochs, drawn = figure.view(100)
    assert len(epochs) <= 400
    assert (epochs[int(np.nanargmax(drawn))], np.nanmax(drawn)) == (8, 9.0)
    assert (epochs[-1], drawn[-1]) == (5000, values[-1])
    assert (np.diff(epochs) > 0).all()
    figure.put(3, 0.5)
    assert list(figure.epochs) == [1, 2, 3]
    assert figure.latest == 0.5
    assert list(figure.view(100)[1]) == [values[0], values[1], 0.5]

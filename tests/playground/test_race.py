"""Racers take the steps that their formulas say, on surfaces whose minima are minima."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from netbuilder.graph import Optimiser
from netbuilder.playground import SURFACES
from netbuilder.playground.race import RaceError, race, summary
from netbuilder.training.settings import SettingError


def sgd(lr: float, **settings: object) -> Optimiser:
    return Optimiser("racer", "sgd", {"lr": lr, **settings})  # type: ignore[dict-item]


@pytest.mark.parametrize("name", SURFACES)
def test_minima_are_minima_and_both_libraries_agree(name: str) -> None:
    surface = SURFACES[name]
    axes, values = surface.grid(121)
    least = min(float(surface(*low)) for low in surface.minima)
    assert least <= values.min() + 1e-9
    for low in surface.minima:
        weights = torch.tensor(low, dtype=torch.float64, requires_grad=True)
        loss = surface(*weights, of=torch)
        assert float(loss.detach()) == pytest.approx(float(surface(*low)), abs=1e-12)
        (slope,) = torch.autograd.grad(loss, weights)
        assert float(slope.norm()) < 0.01
    for (lowest, highest), axis, place in zip(surface.area, axes, surface.start, strict=True):
        assert axis[0] == lowest < place < highest == axis[-1]


def test_gradient_descent_on_a_parabola_is_its_formula() -> None:
    (racer,) = race("parabola", [sgd(0.1)], [2.0], steps=20)
    expected = 2.0 * 0.9 ** np.arange(21)
    np.testing.assert_allclose(racer.path[:, 0], expected, rtol=1e-12)
    np.testing.assert_allclose(racer.losses, expected**2 / 2, rtol=1e-12)


def test_momentum_is_its_formula() -> None:
    (racer,) = race("ravine", [sgd(0.01, momentum=0.9)], [1.0, 1.0], steps=30)
    weights, velocity = np.ones(2), np.zeros(2)
    for at in racer.path:
        np.testing.assert_allclose(at, weights, rtol=1e-10, atol=1e-12)
        velocity = 0.9 * velocity + weights * [1, 25]
        weights = weights - 0.01 * velocity


def test_too_large_a_rate_diverges_and_that_is_said() -> None:
    (racer,) = race("parabola", [sgd(2.5)], steps=100)
    assert racer.note.startswith("It diverged at step ")
    assert racer.note.endswith("lower its learning rate.")
    assert len(racer.path) == len(racer.losses) < 101
    assert np.isfinite(racer.path).all()


def test_the_ravine_is_easier_with_a_scale_for_each_weight() -> None:
    racers = race(
        "ravine",
        [Optimiser("SGD", "sgd", {"lr": 0.03}), Optimiser("Adam", "adam", {"lr": 0.3})],
        steps=60,
    )
    far = summary("ravine", racers)
    assert far["Adam"] < far["SGD"]


def test_noise_is_the_same_for_all_and_follows_from_the_seed() -> None:
    twice = race("ravine", [sgd(0.01), sgd(0.01)], noise=3.0, seed=4)
    assert np.array_equal(twice[0].path, twice[1].path)
    (again,) = race("ravine", [sgd(0.01)], noise=3.0, seed=4)
    (other,) = race("ravine", [sgd(0.01)], noise=3.0, seed=5)
    assert np.array_equal(again.path, twice[0].path)
    assert not np.array_equal(other.path, again.path)


def test_bad_input_is_one_sentence() -> None:
    for arguments, said in (
        (("moon", [sgd(1)]), "There is no surface moon; choose parabola"),
        (("ravine", [sgd(1)], [1.0]), "Ravine has 2 weights"),
        (("ravine", [sgd(1)], None, 0), "A race takes 1 to 100 000 steps."),
        (("ravine", [sgd(1)], None, 5, -1.0), "at least 0"),
    ):
        with pytest.raises(RaceError, match=said):
            race(*arguments)  # type: ignore[arg-type]
    with pytest.raises(SettingError):
        race("ravine", [sgd(-1)])

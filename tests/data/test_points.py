"""Points in the plane are what their names say."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from netbuilder.data import Fields, load
from netbuilder.data.points import points
from netbuilder.layers import REGISTRY


def drawn(kind: str, **params: Any) -> Fields:
    return load(REGISTRY[kind].from_params(params))


@pytest.mark.parametrize("kind", ["spirals", "moons", "circles", "blobs", "xor"])
def test_seed_decides(kind: str) -> None:
    noise = {"spread": 0.3} if kind == "blobs" else {"noise": 0.1}
    one, two = drawn(kind, seed=3, **noise), drawn(kind, seed=4, **noise)
    again = points(REGISTRY[kind].from_params({"seed": 3, **noise}))  # past the cache
    np.testing.assert_array_equal(one["point"], again["point"])
    np.testing.assert_array_equal(one["label"], again["label"])
    assert not np.array_equal(one["point"], two["point"])


@pytest.mark.parametrize("arms", [2, 3, 5])
def test_spirals_lie_on_their_arms(arms: int) -> None:
    fields = drawn("spirals", arms=arms, noise=0.0, turns=1.25, points=300)
    x, y = fields["point"].astype(np.float64).T
    radius = np.hypot(x, y)
    angle = 2 * np.pi * (1.25 * radius + fields["label"] / arms)
    np.testing.assert_allclose(x, radius * np.cos(angle), atol=1e-5)
    np.testing.assert_allclose(y, radius * np.sin(angle), atol=1e-5)
    assert radius.max() <= 1.0 + 1e-6
    assert np.bincount(fields["label"]).tolist() == [300 // arms] * arms


def test_xor_is_the_sign_of_the_product() -> None:
    fields = drawn("xor", points=400)
    assert np.array_equal(fields["label"], (fields["point"].prod(axis=1) < 0).astype(int))
    assert np.bincount(fields["label"]).tolist() == [200, 200]


def test_circles_have_their_radii() -> None:
    fields = drawn("circles", noise=0.0, factor=0.3)
    radius = np.hypot(*fields["point"].T)
    np.testing.assert_allclose(radius, np.where(fields["label"] == 0, 1.0, 0.3), atol=1e-6)


def test_blobs_lie_around_a_circle() -> None:
    fields = drawn("blobs", clouds=5, spread=0.05)
    for cloud in range(5):
        centre = fields["point"][fields["label"] == cloud].mean(axis=0)
        angle = 2 * np.pi * cloud / 5
        np.testing.assert_allclose(centre, [np.cos(angle), np.sin(angle)], atol=0.03)


def test_moons_are_centred() -> None:
    np.testing.assert_allclose(drawn("moons")["point"].mean(axis=0), 0, atol=0.05)

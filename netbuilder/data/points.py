"""Points in the plane, drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from netbuilder.data.fields import Array, Fields
from netbuilder.layers.data_points import Blobs, Circles, Moons, Points, Spirals, Xor


def points(layer: Points) -> Fields:
    """point (points, 2), label (points,), by the same seed always the same."""
    point, label = _DRAWN[type(layer)](layer)
    return Fields(
        {"point": point.astype(np.float32), "label": label.astype(np.int64)},
        class_names={"label": layer.class_names("label")},
    )


def _spirals(layer: Spirals) -> tuple[Array, Array]:
    random = np.random.default_rng(layer.seed)
    label = np.arange(layer.points) % layer.arms
    # Even along the arm, whose length grows with the square of its radius; the innermost
    # tenth is left out, where all arms are one.
    radius = np.sqrt(random.uniform(0.01, 1.0, layer.points))
    angle = 2 * np.pi * (layer.turns * radius + label / layer.arms)
    point = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return point + random.normal(0, layer.noise, point.shape), label


def _moons(layer: Moons) -> tuple[Array, Array]:
    from sklearn.datasets import make_moons

    point, label = make_moons(layer.points, noise=layer.noise, random_state=layer.seed)
    return point - (0.5, 0.25), label


def _circles(layer: Circles) -> tuple[Array, Array]:
    from sklearn.datasets import make_circles

    point, label = make_circles(
        layer.points, noise=layer.noise, factor=layer.factor, random_state=layer.seed
    )
    return point, label


def _blobs(layer: Blobs) -> tuple[Array, Array]:
    from sklearn.datasets import make_blobs

    angle = 2 * np.pi * np.arange(layer.clouds) / layer.clouds
    centres = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    point, label = make_blobs(
        layer.points, centers=centres, cluster_std=layer.spread, random_state=layer.seed
    )
    return point, label


def _xor(layer: Xor) -> tuple[Array, Array]:
    random = np.random.default_rng(layer.seed)
    # One quarter after the other, so that the classes are of the same size.
    quarter = np.arange(layer.points) % 4
    sign = np.stack([1 - 2 * (quarter & 1), 1 - 2 * (quarter >> 1)], axis=1)
    point = sign * random.uniform(0, 1, (layer.points, 2))
    label = (sign[:, 0] != sign[:, 1]).astype(np.int64)
    return point + random.normal(0, layer.noise, point.shape), label


_DRAWN: dict[type, Callable[[Any], tuple[Array, Array]]] = {
    Spirals: _spirals,
    Moons: _moons,
    Circles: _circles,
    Blobs: _blobs,
    Xor: _xor,
}

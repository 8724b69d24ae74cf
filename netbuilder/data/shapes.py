"""Discs, squares and triangles, drawn from a seed."""

from __future__ import annotations

import numpy as np

from netbuilder.data.fields import Fields
from netbuilder.layers.data_shapes import SHAPES, Shapes


def shapes(layer: Shapes) -> Fields:
    """image (n, 1, s, s), mask (n, s, s), label (n,), by the same seed always the same."""
    random = np.random.default_rng(layer.seed)
    n, s = layer.samples, layer.size
    label = np.arange(n) % len(SHAPES)
    # Half of the width: at least three pixels, at most a third of the picture.
    reach = random.uniform(3, max(3.5, s / 3), n)[:, None, None]
    middle = reach + random.uniform(0, 1, (2, n))[..., None, None] * (s - 1 - 2 * reach)
    down, across = np.mgrid[0:s, 0:s].astype(np.float64)[:, None] - middle
    inside = np.select(
        [label[:, None, None] == 0, label[:, None, None] == 1],
        [
            down**2 + across**2 <= reach**2,
            np.maximum(np.abs(down), np.abs(across)) <= 0.85 * reach,
        ],
        2 * np.abs(across) <= np.where(np.abs(down) <= reach, down + reach, -1.0),
    )
    bright = random.uniform(0.5, 1.0, n)[:, None, None]
    image = np.where(inside, bright, random.uniform(0.0, 0.25, n)[:, None, None])
    image = np.clip(image + random.normal(0, layer.noise, image.shape), 0, 1)
    mask = np.where(inside, label[:, None, None] + 1, 0)
    return Fields(
        {
            "image": image[:, None].astype(np.float32),
            "mask": mask.astype(np.int64),
            "label": label.astype(np.int64),
        },
        class_names={name: layer.class_names(name) for name in ("mask", "label")},
    )

"""Data of chance, drawn from a seed."""

from __future__ import annotations

from math import prod

import numpy as np

from netbuilder.data.fields import Array, Fields
from netbuilder.layers.data_random import RandomNumbers, RandomTokens


def numbers(layer: RandomNumbers) -> Fields:
    """values (samples, sizes), label (samples,), by the same seed always the same.

    Where every place has a class, label is (samples, sizes without the first).
    """
    random = np.random.default_rng(layer.seed)
    places = (layer.samples, *(layer.sizes[1:] if layer.labels == "place" else ()))
    label = evenly(random, prod(places), layer.classes).reshape(places)
    values = random.standard_normal((layer.samples, *layer.sizes), dtype=np.float32)
    names = {"label": layer.class_names("label")}
    return Fields({"values": values, "label": label}, class_names=names)


def tokens(layer: RandomTokens) -> Fields:
    """tokens and next (samples, length), label (samples,), by the same seed always the same.

    next is one long text a step further on, whose end is its beginning.
    """
    random = np.random.default_rng(layer.seed)
    label = evenly(random, layer.samples, layer.classes)
    text = evenly(random, layer.samples * layer.length, layer.vocabulary)
    rows = (layer.samples, layer.length)
    arrays = {
        "tokens": text.reshape(rows),
        "next": np.roll(text, -1).reshape(rows),
        "label": label,
    }
    return Fields(arrays, class_names={name: layer.class_names(name) for name in arrays})


def evenly(random: np.random.Generator, count: int, classes: int) -> Array:
    """Whole numbers below `classes` in an order of chance, each about as often as another."""
    return random.permutation(np.arange(count, dtype=np.int64) % classes)

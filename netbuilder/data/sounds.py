"""Sounds, drawn from a seed."""

from __future__ import annotations

import numpy as np

from netbuilder.data.chance import evenly
from netbuilder.data.fields import Fields
from netbuilder.layers.data_sounds import Tones


def tones(layer: Tones) -> Fields:
    """sound (rows, samples), label (rows,), every pitch equally often."""
    random = np.random.default_rng(layer.seed)
    label = evenly(random, layer.samples, layer.classes)
    # A little off: by up to 2 %, a third of a semitone.
    pitch = np.array(layer.pitches)[label] * random.uniform(0.98, 1.02, layer.samples)
    phase = random.uniform(0, 2 * np.pi, layer.samples)
    loud = random.uniform(0.5, 1.5, layer.samples)
    time = np.arange(layer.length) / layer.rate
    sound = loud[:, None] * np.sin(2 * np.pi * pitch[:, None] * time + phase[:, None])
    sound += random.normal(0, layer.noise, sound.shape)
    return Fields(
        {"sound": sound.astype(np.float32), "label": label},
        class_names={"label": layer.class_names("label")},
    )

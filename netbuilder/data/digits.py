"""scikit-learn's handwritten digits."""

from __future__ import annotations

import numpy as np

from netbuilder.data.fields import Fields
from netbuilder.layers.data import Digits


def digits(layer: Digits) -> Fields:
    """image (1797, 1, 8, 8) from 0 to 1, label (1797,)."""
    from sklearn.datasets import load_digits

    read = load_digits()
    image = (read.images / 16.0).astype(np.float32)[:, None]
    return Fields(
        {"image": image, "label": read.target.astype(np.int64)},
        class_names={"label": layer.class_names("label")},
    )

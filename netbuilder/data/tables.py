"""scikit-learn's small tables."""

from __future__ import annotations

import numpy as np

from netbuilder.data.fields import Fields
from netbuilder.data.standardise import standardised
from netbuilder.layers.data import Diabetes, Table


def table(layer: Table) -> Fields:
    """features (rows, columns) standardised, label (rows,)."""
    from sklearn import datasets

    read = getattr(datasets, f"load_{layer.kind}")()
    features, scale = standardised(read.data)
    return Fields(
        {"features": features, "label": read.target.astype(np.int64)},
        class_names={"label": layer.names},
        columns={"features": tuple(str(name) for name in read.feature_names)},
        scales={"features": scale},
    )


def diabetes(layer: Diabetes) -> Fields:
    """features (442, 10) standardised, target (442, 1), standardised if so declared."""
    from sklearn.datasets import load_diabetes

    read = load_diabetes(scaled=False)
    features, scale = standardised(read.data)
    scales = {"features": scale}
    target = read.target[:, None].astype(np.float32)
    if layer.standardise:
        target, scales["target"] = standardised(read.target[:, None])
    return Fields(
        {"features": features, "target": target},
        columns={"features": tuple(read.feature_names), "target": ("progression",)},
        scales=scales,
    )

"""A person's table of numbers."""

from __future__ import annotations

import numpy as np

from netbuilder.data.fields import Array, Fields, Scale
from netbuilder.data.standardise import standardised
from netbuilder.layers import DataError
from netbuilder.layers.csv_file import Table
from netbuilder.layers.data_files import CSV


def csv_table(layer: CSV) -> Fields:
    """features (rows, columns); label (rows,) or target (rows, 1), as the column is."""
    scan, file = layer.scan(), layer.file()
    if file is None:
        raise DataError("No file is chosen yet: choose a CSV file in the Data node.")
    table = Table(file, layer.target, layer.aside)
    features = np.empty((scan.rows, len(scan.features)))
    targets, aside = list[str](), list[list[str]]()
    for i, row in enumerate(table.rows()):
        if i == scan.rows:
            break
        features[i] = row.features
        targets.append(row.target)
        aside.append(row.aside)
    scales: dict[str, Scale] = {}
    arrays: dict[str, Array] = {"features": features}
    if scan.classes:
        number = {name: i for i, name in enumerate(scan.classes)}
        arrays["label"] = np.array([number[table.label(t)] for t in targets], dtype=np.int64)
    else:
        arrays["target"] = np.array([[table.number(t)] for t in targets], dtype=np.float64)
    for name in [n for n in arrays if n != "label"]:
        if layer.standardise:
            arrays[name], scales[name] = standardised(arrays[name])
        else:
            with np.errstate(over="ignore"):  # too large for float32 is reported by Fields
                arrays[name] = arrays[name].astype(np.float32)
    return Fields(
        arrays,
        class_names={"label": scan.classes} if scan.classes else {},
        columns={"features": scan.features} | ({} if scan.classes else {"target": (scan.target,)}),
        scales=scales,
        keys={name: np.array([a[i] for a in aside]) for i, name in enumerate(scan.aside)},
    )

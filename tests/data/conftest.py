"""Every data set that is declared, with parameters under which it can be loaded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from netbuilder.layers import REGISTRY, DataSet


def pictures(folder: Path, each: int = 10, size: int = 8) -> Path:
    """A folder of small pictures, red ones and green ones."""
    random = np.random.default_rng(0)
    for channel, name in enumerate(("green", "red")):
        (folder / name).mkdir(parents=True)
        for i in range(each):
            pixels = random.integers(0, 100, (size, size, 3), dtype=np.uint8)
            pixels[..., 1 - channel] += 120
            Image.fromarray(pixels).save(folder / name / f"{i}.png")
    return folder


KINDS = sorted(kind for kind, layer in REGISTRY.items() if issubclass(layer, DataSet))


@pytest.fixture(params=KINDS)
def data_set(request: pytest.FixtureRequest, tmp_path: Path) -> DataSet:
    params = {}
    if request.param == "csv":
        table = tmp_path / "table.csv"
        rows = "".join(f"{i},{i * i % 7},{'yes' if i % 3 else 'no'}\n" for i in range(40))
        table.write_text("a,b,answer\n" + rows)
        params = {"path": str(table)}
    elif request.param == "numpy_file":
        np.savez(tmp_path / "rows.npz", x=np.arange(120.0).reshape(40, 3) / 9, y=np.arange(40) % 3)
        params = {"path": str(tmp_path / "rows.npz")}
    elif request.param == "image_folder":
        params = {"path": str(pictures(tmp_path / "pictures", 20)), "height": 8, "width": 8}
    return REGISTRY[request.param].from_params(params)

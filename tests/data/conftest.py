"""Every data set that is declared, with parameters under which it can be loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from netbuilder.layers import REGISTRY, DataSet

KINDS = sorted(kind for kind, layer in REGISTRY.items() if issubclass(layer, DataSet))


@pytest.fixture(params=KINDS)
def data_set(request: pytest.FixtureRequest, tmp_path: Path) -> DataSet:
    params = {}
    if request.param == "csv":
        table = tmp_path / "table.csv"
        rows = "".join(f"{i},{i * i % 7},{'yes' if i % 3 else 'no'}\n" for i in range(40))
        table.write_text("a,b,answer\n" + rows)
        params = {"path": str(table)}
    return REGISTRY[request.param].from_params(params)

"""Declarations stand alone; torch and scikit-learn come only when they are needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

_DECLARED = """
import sys
from netbuilder.layers import REGISTRY, DataSet
for layer in REGISTRY.values():
    if issubclass(layer, DataSet) and layer.kind not in ("csv", "numpy_file", "image_folder"):
        made = layer()
        for name, spec in made.fields().items():
            spec.text(), made.class_names(name)
print(sorted({"torch", "sklearn"} & set(sys.modules)))
"""
_LOADED = """
import sys
import netbuilder.data
from netbuilder.layers.data_files import Text
netbuilder.data.preview(netbuilder.data.load(Text()))
print(sorted({"torch", "sklearn", "PySide6"} & set(sys.modules)))
"""


@pytest.mark.parametrize("program", [_DECLARED, _LOADED], ids=["layers", "data"])
def test_nothing_heavy_is_imported(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr

"""Modules imported by their first use: they take longer to load than all declarations together.

``from netbuilder.layers.late import np`` where a declaration computes something, such as the
curve that is drawn of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__all__ = ["Array", "Floats", "csv", "difflib", "np", "zipfile"]

if TYPE_CHECKING:
    import csv
    import difflib
    import zipfile

    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[Any]
    Floats = npt.NDArray[np.float64]
else:

    class _Late:
        def __init__(self, module: str) -> None:
            self._module = module

        def __getattr__(self, name: str) -> Any:
            return getattr(import_module(self._module), name)

    csv, difflib, np, zipfile = (_Late(m) for m in ("csv", "difflib", "numpy", "zipfile"))
    Array = Floats = Any  # names in annotations only

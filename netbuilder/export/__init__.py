"""Take a model away: PyTorch source, weights, ONNX, a torch.export program, a bundle.

What computes is compared with the model before it is written; every file appears in one
step or not at all. torch and the exporters load only when something is exported.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from netbuilder.export.report import KINDS, ExportError, ExportReport, Kind

if TYPE_CHECKING:
    from torch import nn

    from netbuilder.graph import Project

__all__ = ["KINDS", "SUFFIXES", "ExportError", "ExportReport", "Kind", "export"]

#: What a file of each kind is called at its end.
SUFFIXES: Mapping[Kind, str] = {
    "code": ".py",
    "safetensors": ".safetensors",
    "onnx": ".onnx",
    "pt2": ".pt2",
    "bundle": ".zip",
}


def export(
    to: str,
    project: Project,
    model: nn.Module | None,
    path: Path,
    record: Mapping[str, Any] | None = None,
) -> ExportReport:
    """Write `project` and its trained `model` to `path` as `to`.

    Code needs no model. record: of the run, kept in a bundle. The model is not changed and
    may lie on any device. Raises ExportError, CompileError or FileError with one sentence;
    then nothing was written.
    """
    path = Path(path)
    if to == "code":
        from netbuilder.export.code import export_code

        return export_code(project, path)
    if to not in KINDS:
        raise ExportError(f"There is no export to {to}; there are {', '.join(KINDS)}.")
    if model is None:
        raise ExportError("There are no trained weights yet: train the network first.")
    if to == "safetensors":
        from netbuilder.export.weights import export_weights

        return export_weights(project, model, path)
    if to == "onnx":
        from netbuilder.export.onnx import export_onnx

        return export_onnx(project, model, path)
    if to == "pt2":
        from netbuilder.export.pt2 import export_pt2

        return export_pt2(project, model, path)
    from netbuilder.export.bundle import export_bundle

    return export_bundle(project, model, path, record)


class _Package(ModuleType):
    """This package, which ``nb.export(…)`` finds in place of the function of the API.

    Python binds an imported package to its name in ``netbuilder``, so that it hides the
    function there; therefore the package can be called like it.
    """

    def __call__(self, *arguments: Any, **named: Any) -> ExportReport:
        return export(*arguments, **named)


sys.modules[__name__].__class__ = _Package

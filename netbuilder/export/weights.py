"""Weights as a safetensors file."""

from __future__ import annotations

from pathlib import Path

import safetensors.torch
from torch import nn

from netbuilder.export.report import ExportReport, size_text
from netbuilder.graph import Project
from netbuilder.graph.atomic import atomic_path


def metadata(project: Project, model: nn.Module) -> dict[str, str]:
    """What the header of the file says about where the weights belong."""
    name = getattr(getattr(model, "source", None), "class_name", type(model).__name__)
    return {"format": "pt", "made_by": "netbuilder", "project": project.name, "class": name}


def export_weights(project: Project, model: nn.Module, path: Path) -> ExportReport:
    """Write all weights and buffers, by the names of the state dict; shared ones once.

    ``safetensors.torch.load_model`` puts them back into the exported class. Raises
    FileError if the file cannot be written.
    """
    with atomic_path(path) as temporary:
        safetensors.torch.save_model(model, str(temporary), metadata(project, model))
    size = path.stat().st_size
    count = len({id(p) for p in model.parameters()})
    sentence = f"{path.name} ({size_text(size)}) holds {count} weight tensors."
    return ExportReport("safetensors", (path,), size, sentence)

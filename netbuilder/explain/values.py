"""Every value that a project's nodes compute for a batch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from netbuilder.compiler import check
from netbuilder.compiler.build import inspector
from netbuilder.explain.score import source_of
from netbuilder.explain.undisturbed import ExplainError, undisturbed
from netbuilder.graph import Project


def is_noise(project: Project, node_id: str) -> bool:
    """Whether a node gives random numbers."""
    info = check(project).nodes.get((node_id,))
    return info is not None and info.layer.role == "noise"


def noise(project: Project, node_id: str, rows: int, generator: torch.Generator) -> Tensor:
    """(rows, …): what a noise node draws, from a CPU generator of one's own."""
    info = check(project).nodes[node_id,]
    shape = (rows, *(int(n) for n in info.outputs["y"].shape[1:]))
    if getattr(info.layer, "distribution", "normal") == "uniform":
        return 2 * torch.rand(shape, generator=generator) - 1
    return torch.randn(shape, generator=generator)


def fields_of(
    model: nn.Module, project: Project, batch: Mapping[str, Tensor], device: torch.device
) -> dict[str, Tensor]:
    """What the inspector takes, on `device`, each with its batch axis.

    Noise that the batch does not bring is drawn from a generator of its own, so that the
    random state of a run in progress stays.
    """
    source = source_of(model)
    found: dict[str, Tensor] = {}
    for field in {f.name: f for f in (*source.inputs, *source.fields)}.values():
        if field.name in batch:
            tensor = batch[field.name].detach().to(device)
            found[field.name] = tensor[None] if tensor.ndim == field.spec.axes - 1 else tensor
        elif not is_noise(project, field.node):
            raise ExplainError(f"The network takes {field.name}, which this sample does not have.")
    rows = next((t.shape[0] for t in found.values()), 1)
    generator = torch.Generator().manual_seed(0)
    for path, info in check(project).nodes.items():
        if len(path) == 1 and info.layer.role == "noise" and path[0] not in found:
            found[path[0]] = noise(project, path[0], rows, generator).to(device)
    return found


def values(model: nn.Module, project: Project, batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """By ``node.port``, what every node computes in evaluation mode, without gradients."""
    with undisturbed(model) as device, torch.no_grad():
        found = inspector(project, model)(**fields_of(model, project, batch, device))
        return {name: value.detach() for name, value in found.items()}

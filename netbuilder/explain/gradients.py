"""How strong the gradient is that flows back along every wire."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from netbuilder.compiler.build import inspector
from netbuilder.explain.score import source_of
from netbuilder.explain.undisturbed import ExplainError, undisturbed
from netbuilder.explain.values import fields_of
from netbuilder.graph import Project
from netbuilder.layers import declare


def gradients(
    model: nn.Module,
    project: Project,
    batch: Mapping[str, Tensor],
    objective: str | None = None,
) -> dict[str, float]:
    """By ``node.port``, the Euclidean norm of the objective's gradient there.

    The gradient of the whole batch's loss, in evaluation mode. objective: the name of an
    optimiser (None: the sum of all losses). What no gradient reaches (a frozen front, the
    far side of a Detach) is left out, so a vanished gradient is a small number, a cut one
    is no number. No ``.grad`` is written.
    """
    losses = _losses(model, objective)
    with undisturbed(model) as device, torch.enable_grad():
        found = dict(inspector(project, model)(**fields_of(model, project, batch, device)))
        total = torch.zeros((), device=device)
        for node_id in losses:
            weight = getattr(declare(project.graph[node_id], project.blocks), "weight", 1.0)
            total = total + weight * found[f"{node_id}.loss"]
        keys = [key for key, value in found.items() if value.requires_grad]
        if not total.requires_grad:
            return {}
        grads = torch.autograd.grad(total, [found[key] for key in keys], allow_unused=True)
    return {
        key: float(torch.linalg.vector_norm(grad.float()))
        for key, grad in zip(keys, grads, strict=True)
        if grad is not None
    }


def _losses(model: nn.Module, objective: str | None) -> tuple[str, ...]:
    source = source_of(model)
    if objective is None:
        return tuple(source.losses)
    for known in source.objectives:
        if known.name == objective:
            return tuple(known.losses)
    raise ExplainError(f"There is no optimiser called {objective}.")

"""What every node carries, and what gradient comes back to it, before the first step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from netbuilder.compiler.build import inspector
from netbuilder.explain.score import source_of
from netbuilder.explain.values import fields_of
from netbuilder.graph import Project
from netbuilder.layers import declare

#: Between which values a bounded activation lies; there its derivative is nearly 0.
_LIMITS: Mapping[str, tuple[float, float]] = {
    "tanh": (-1.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "hardtanh": (-1.0, 1.0),
    "hardsigmoid": (0.0, 1.0),
}
#: How near to a limit, as a share of the range, a value no longer moves.
_NEAR = 0.01


@dataclass(frozen=True)
class Beginning:
    """One output port of a node before the first step, over one batch.

    mean, std, zeros: of all its values; zeros is the share that is exactly 0. spread: how far
    a unit deviates between samples (root mean square over the units); what is alike for all
    samples tells nothing of them. limits: share at the limits of a bounded activation.
    gradient: root mean square of the loss's gradient there (None: none comes back).

    weights: standard deviation of the node's matrices of weights (None: it has none).
    constant: their one value, if all begin with it. weight_gradient: Euclidean norm of the
    loss's gradient for them. alike: whether every unit gets the same gradient. method: how
    they are told to begin.
    """

    node: str
    port: str = "y"
    kind: str = "linear"
    mean: float = 0.0
    std: float = 1.0
    zeros: float = 0.0
    spread: float = 1.0
    limits: float = 0.0
    gradient: float | None = None
    weights: float | None = None
    constant: float | None = None
    weight_gradient: float | None = None
    alike: bool = False
    method: str = "default"
    shape: tuple[int, ...] = field(default=())


def beginnings(model: nn.Module, project: Project, batch: Mapping[str, Tensor]) -> list[Beginning]:
    """Every node's floating-point outputs that hold a value for each sample, in graph order.

    Of all losses together, in training mode: batch norm counts with this batch, as in the first
    step. So the model must be one that nobody else uses, and random numbers may be drawn.
    """
    model.train()
    source = source_of(model)
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    named = {name: p for name, p in model.named_parameters() if p.requires_grad}
    with torch.enable_grad():
        found = inspector(project, model)(**fields_of(model, project, batch, device))
        total = torch.zeros((), device=device)
        for loss in source.losses:
            scale = getattr(declare(project.graph[loss], project.blocks), "weight", 1.0)
            total = total + scale * found[f"{loss}.loss"]
        kept = {
            key: value
            for key, value in found.items()
            if key.count(".") == 1 and value.is_floating_point() and value.ndim > 1
        }
        reached = [value for value in kept.values() if value.requires_grad]
        wanted = [*reached, *named.values()]
        grads: Sequence[Tensor | None] = [None] * len(wanted)
        if total.requires_grad:
            grads = torch.autograd.grad(total, wanted, allow_unused=True)
    back = {id(value): grad for value, grad in zip(wanted, grads, strict=True)}
    return [
        _beginning(key, value.detach(), back.get(id(value)), project, named, back)
        for key, value in kept.items()
    ]


def _beginning(
    key: str,
    value: Tensor,
    gradient: Tensor | None,
    project: Project,
    named: Mapping[str, Tensor],
    back: Mapping[int, Tensor | None],
) -> Beginning:
    node_id, port = key.split(".")
    node = project.graph[node_id]
    value = value.float()
    own = [p for name, p in named.items() if name.startswith(f"{node_id}.") and p.ndim > 1]
    grads = [back.get(id(p)) for p in own]
    return Beginning(
        node=node_id,
        port=port,
        kind=node.kind,
        mean=float(value.mean()),
        std=float(value.std(correction=0)),
        zeros=float((value == 0).float().mean()),
        spread=_spread(value),
        limits=_at_limits(node.kind, value),
        gradient=None if gradient is None else _root_mean_square(gradient),
        weights=_deviation(own) if own else None,
        constant=_constant(own),
        weight_gradient=_norm(grads),
        alike=bool(own) and all(_alike(grad) for grad in grads),
        method=str(getattr(declare(node, project.blocks), "weight_init", "default")),
        shape=tuple(value.shape),
    )


def _spread(value: Tensor) -> float:
    if len(value) < 2:  # one sample alone: how far its units differ is all there is
        return float(value.std(correction=0))
    return float(value.var(0, correction=0).mean().sqrt())


def _root_mean_square(value: Tensor) -> float:
    return float(torch.linalg.vector_norm(value.double())) / math.sqrt(max(value.numel(), 1))


def _at_limits(kind: str, value: Tensor) -> float:
    if kind not in _LIMITS:
        return 0.0
    low, high = _LIMITS[kind]
    near = _NEAR * (high - low)
    return float(((value < low + near) | (value > high - near)).float().mean())


def _deviation(tensors: Sequence[Tensor]) -> float:
    return float(torch.cat([t.detach().flatten().float() for t in tensors]).std(correction=0))


def _constant(tensors: Sequence[Tensor]) -> float | None:
    if not tensors or not tensors[0].numel():
        return None
    value = float(tensors[0].detach().flatten()[0])
    return value if all(bool((t == value).all()) for t in tensors) else None


def _norm(grads: Sequence[Tensor | None]) -> float | None:
    known = [grad for grad in grads if grad is not None]
    return math.hypot(*(float(grad.norm()) for grad in known)) if known else None


def _alike(grad: Tensor | None) -> bool:
    """Whether every unit (row) of a matrix of weights moves as the first does."""
    if grad is None:
        return True
    # Sums of equal terms may differ in their last bits.
    return len(grad) > 1 and bool(torch.allclose(grad, grad[:1].expand_as(grad), rtol=1e-4))

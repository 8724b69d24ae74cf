"""Batch normalisation over the rows of all processes, so that they learn as one would.

torch's SyncBatchNorm needs a graphics card; this one runs wherever the processes can add up
(Ioffe and Szegedy 2015, with mean and variance of the whole batch).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from netbuilder.training.together.team import Team


def share_statistics(model: nn.Module, team: Team) -> int:
    """Let every batch norm of a model take the statistics of all processes; how many there are."""
    found = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    for module in found:
        kind = type(module)
        if not issubclass(kind, _Shared):
            module.__class__ = type(f"Shared{kind.__name__}", (_Shared, kind), {"team": team})
    return len(found)


class _Shared(_BatchNorm):
    """Put before the class of a batch norm."""

    team: Team

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        axes = [i for i in range(input.ndim) if i != 1]
        shape = [1, -1] + [1] * (input.ndim - 2)
        counts = 1.0 if self.team.share else 0.0  # a row that counts for nothing
        rows = input.numel() / input.shape[1] * counts
        sums = torch.cat([input.sum(axes) * counts, input.new_tensor([rows])])  # (C + 1)
        sums = _summed(sums, self.team)
        total = sums[-1].detach()
        mean = sums[:-1] / total  # (C)
        centred = input - mean.reshape(shape)
        var = _summed(centred.square().sum(axes) * counts, self.team) / total  # (C)
        self._remember(mean.detach(), var.detach(), total)
        found: Tensor = centred * (var + self.eps).rsqrt().reshape(shape)
        if self.affine:
            found = found * self.weight.reshape(shape) + self.bias.reshape(shape)
        return found

    def _remember(self, mean: Tensor, var: Tensor, total: Tensor) -> None:
        if self.running_mean is None or self.running_var is None:
            return
        assert self.num_batches_tracked is not None
        self.num_batches_tracked.add_(1)
        factor = self.momentum
        if factor is None:
            factor = 1.0 / float(self.num_batches_tracked)
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), factor)
        unbiased = var * total / (total - 1).clamp(min=1)
        self.running_var.lerp_(unbiased.to(self.running_var.dtype), factor)


class _Sum(torch.autograd.Function):
    """The sum over all processes; its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, values: Tensor, team: Team) -> Tensor:
        ctx.team = team
        return team.summed(values.clone())

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        return _summed(grads[0].contiguous(), ctx.team), None


def _summed(values: Tensor, team: Team) -> Tensor:
    found: Tensor = _Sum.apply(values, team)  # type: ignore[no-untyped-call]
    return found

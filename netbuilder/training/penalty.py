"""L1 and L2 penalties: what is added to a loss before its gradient is taken."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from netbuilder.training.together.shares import local


class Penalty:
    """l1 · Σ|w| + ½ · l2 · Σw² over some weights.

    It is part of what is minimised but not of the loss that is reported, so that the losses
    of training and validation can be compared.
    """

    def __init__(self, params: Sequence[nn.Parameter], l1: float, l2: float) -> None:
        self.params, self.l1, self.l2 = params, l1, l2

    def add_gradient(self) -> None:
        """Add its gradient to that of the weights, number by number, also where they are split."""
        with torch.no_grad():
            for param in self.params:
                if param.grad is None:
                    param.grad = torch.zeros_like(param)
                own, grad = local(param), local(param.grad)
                grad.add_(own.sign(), alpha=self.l1).add_(own, alpha=self.l2)

    def __call__(self) -> Tensor:
        total = torch.zeros((), device=self.params[0].device)
        for param in self.params:
            if self.l1:
                total = total + self.l1 * param.abs().sum()
            if self.l2:
                total = total + 0.5 * self.l2 * param.square().sum()
        return total

"""Newton's method with the exact Hessian, for problems small enough to see why it is rare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import torch
from torch import nn


class Newton(torch.optim.Optimizer):
    """w ← w − lr · (H + damping · I)⁻¹ g, with the matrix H of all second derivatives.

    H has n² numbers for n weights and solving takes n³ operations, so more than 2,000 weights
    are refused with a ValueError. On a convex quadratic one step of lr 1 ends at the minimum;
    elsewhere it may as well go to a saddle. The closure given to `step` returns the loss with
    its graph and does not call backward. Raises ArithmeticError if the matrix is singular.
    """

    most = 2000

    def __init__(
        self, params: Iterable[nn.Parameter], lr: float = 1.0, damping: float = 1e-3
    ) -> None:
        super().__init__(params, {"lr": lr, "damping": damping})
        count = sum(p.numel() for group in self.param_groups for p in group["params"])
        if count > self.most:
            raise ValueError(
                f"Newton's method needs a matrix of {count:,} × {count:,} second derivatives; "
                f"it is for at most {self.most:,} weights. Choose another optimiser."
            )

    def step(self, closure: Callable[[], torch.Tensor]) -> torch.Tensor:  # type: ignore[override]
        """One step; returns the loss before it."""
        params = [p for group in self.param_groups for p in group["params"]]
        with torch.enable_grad():
            loss = closure()
            gradient = derivative(loss, params, create_graph=True)
            rows = [
                derivative(g, params) if g.requires_grad else torch.zeros_like(gradient)
                for g in gradient
            ]
        first = self.param_groups[0]
        hessian = torch.stack(rows).detach()
        hessian.diagonal().add_(first["damping"])
        solved, info = torch.linalg.solve_ex(hessian, gradient.detach())
        if info.item() or not torch.isfinite(solved).all():
            raise ArithmeticError("The matrix of second derivatives is singular: raise the damping")
        parts = solved.split([p.numel() for p in params])
        with torch.no_grad():
            for p, part in zip(params, parts, strict=True):
                p.add_(part.view_as(p), alpha=-first["lr"])
        return loss.detach()


def derivative(
    y: torch.Tensor, params: Sequence[torch.Tensor], create_graph: bool = False
) -> torch.Tensor:
    """All numbers of the gradient of y in one row; zeros for what it does not depend on."""
    found = torch.autograd.grad(
        y, params, retain_graph=True, create_graph=create_graph, allow_unused=True
    )
    pairs = zip(found, params, strict=True)
    return torch.cat([(torch.zeros_like(p) if g is None else g).reshape(-1) for g, p in pairs])

"""What keeps a critic from becoming steep."""

import torch
import torch.nn.functional as F


def random_mix(a: torch.Tensor, b: torch.Tensor | None = None) -> torch.Tensor:
    """ε·a + (1 − ε)·b, where ε is drawn for each sample between 0 and 1; `a` itself without `b`.

    a, b (B, …) → (B, …). Gradients with respect to the result can be asked for.
    """
    if b is None:
        mixed = a.view_as(a)
    else:
        share = torch.rand(a.shape[0], *(1 for _ in a.shape[1:]), device=a.device)
        mixed = share * a + (1 - share) * b
    return mixed if mixed.requires_grad else mixed.requires_grad_()


def gradient_penalty(
    scores: torch.Tensor, x: torch.Tensor, slope: float = 1.0, one_sided: bool = False
) -> torch.Tensor:
    """Mean of (‖∂score/∂x‖ − slope)², or only of what lies above `slope` if one-sided.

    scores (B, …), x (B, …) → scalar. Scores that do not depend on x have a gradient of zero.
    Gulrajani et al. 2017; with a slope of 0 the R1 penalty of Mescheder et al. 2018.
    """
    gradient = torch.zeros_like(x)
    if scores.requires_grad and x.requires_grad:
        (gradient,) = torch.autograd.grad(
            scores.sum(), x, create_graph=True, allow_unused=True, materialize_grads=True
        )
    excess = torch.linalg.vector_norm(gradient.flatten(1), dim=1) - slope
    return (F.relu(excess) if one_sided else excess).square().mean()

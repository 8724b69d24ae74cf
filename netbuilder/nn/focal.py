"""Losses that listen less to what is right already."""

import torch
import torch.nn.functional as F


def focal(
    logits: torch.Tensor,
    label: torch.Tensor,
    gamma: float = 2.0,
    alpha: torch.Tensor | None = None,
) -> torch.Tensor:
    """Mean of −α·(1 − p)^γ·log p, where p is the probability of the true class.

    logits (B, C, …), label (B, …), alpha (C) or None for 1 → scalar. Lin et al. 2017.
    """
    log_p = F.log_softmax(logits, 1).gather(1, label.unsqueeze(1)).squeeze(1)
    # The bound keeps the slope finite where p is 1 and γ below 1.
    cost = -((-torch.expm1(log_p)).clamp(min=1e-12) ** gamma) * log_p
    return (cost if alpha is None else alpha[label] * cost).mean()


def binary_focal(
    logits: torch.Tensor, target: torch.Tensor, gamma: float = 2.0, alpha: float | None = None
) -> torch.Tensor:
    """Mean of −α_t·(1 − p_t)^γ·log p_t. logits, target (B, …) → scalar.

    p_t is the probability of the true answer; α_t is α where the answer is yes and 1 − α where
    it is no, or 1 for None. Lin et al. 2017.
    """
    surprise = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    cost = (-torch.expm1(-surprise)).clamp(min=1e-12) ** gamma * surprise
    if alpha is not None:
        cost = (alpha * target + (1 - alpha) * (1 - target)) * cost
    return cost.mean()

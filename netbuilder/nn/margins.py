"""Losses of a score that should lie on one side, or of scores of which one should win."""

import torch
import torch.nn.functional as F


def signed(target: torch.Tensor) -> torch.Tensor:
    """1 where a target is above 0 and −1 elsewhere, so 0 and 1 fit as well as −1 and 1."""
    return torch.where(target > 0, 1.0, -1.0)


def hinge(
    score: torch.Tensor, target: torch.Tensor, margin: float = 1.0, squared: bool = False
) -> torch.Tensor:
    """Mean of max(0, margin − t·score), or of its square. score, target (B, …) → scalar."""
    cost = F.relu(margin - signed(target) * score)
    return (cost**2 if squared else cost).mean()


def multiclass_hinge(
    logits: torch.Tensor, label: torch.Tensor, margin: float = 1.0
) -> torch.Tensor:
    """Sum over the wrong classes k of max(0, sₖ − s_label + margin), averaged over rows.

    logits (B, C, …), label (B, …) → scalar. Weston and Watkins 1999.
    """
    true = label.unsqueeze(1)
    cost = F.relu(logits - logits.gather(1, true) + margin)
    return cost.scatter(1, true, 0.0).sum(1).mean()


def perceptron_loss(score: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean of −t·score over what is wrong. score, target (B, …) → scalar.

    A score of exactly 0 counts as wrong, so that weights of zero start to learn.
    """
    agreement = signed(target) * score
    return torch.where(agreement > 0, 0.0, -agreement).mean()


def multiclass_perceptron(logits: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
    """How far the winning score lies above the true one. (B, C, …), (B, …) → scalar."""
    winner = logits.argmax(1, keepdim=True)
    return (logits.gather(1, winner) - logits.gather(1, label.unsqueeze(1))).mean()

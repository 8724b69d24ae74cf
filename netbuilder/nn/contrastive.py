"""Losses that draw two views of one thing together and push others away."""

import torch
import torch.nn.functional as F


def info_nce(a: torch.Tensor, b: torch.Tensor, temperature: float = 0.1) -> torch.Tensor:
    """Which row of `b` belongs to a row of `a`, and the other way round: (B, C) → scalar.

    Negatives are the other rows of the other view. Oord et al. 2018; both directions as in
    Radford et al. 2021 (CLIP).
    """
    scores = F.normalize(a, dim=1) @ F.normalize(b, dim=1).T / temperature
    pair = torch.arange(len(a), device=a.device)
    return 0.5 * (F.cross_entropy(scores, pair) + F.cross_entropy(scores.T, pair))


def nt_xent(a: torch.Tensor, b: torch.Tensor, temperature: float = 0.1) -> torch.Tensor:
    """As `info_nce`, with the other rows of both views as negatives. Chen et al. 2020."""
    both = F.normalize(torch.cat((a, b)), dim=1)
    itself = torch.eye(len(both), dtype=torch.bool, device=a.device)
    scores = (both @ both.T / temperature).masked_fill(itself, float("-inf"))
    pair = torch.arange(len(both), device=a.device).roll(len(a))
    return F.cross_entropy(scores, pair)

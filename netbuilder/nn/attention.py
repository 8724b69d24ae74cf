"""Masks for attention."""

import torch


def causal_mask(x: torch.Tensor) -> torch.Tensor:
    """True where a position must not look, which is everything after it: (B, T, C) → (T, T)."""
    steps = x.size(1)
    return torch.ones(steps, steps, dtype=torch.bool, device=x.device).triu(1)

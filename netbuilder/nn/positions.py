"""Where in a sequence a token stands."""

import math

import torch
from torch import nn


class SinusoidalPositions(nn.Module):
    """Add waves of falling frequency: (B, T, C) → (B, T, C) for T up to `max_length`.

    Vaswani et al. 2017, section 3.5.
    """

    table: torch.Tensor

    def __init__(self, width: int, max_length: int = 1024) -> None:
        super().__init__()
        step = torch.arange(max_length, dtype=torch.float32)[:, None]
        even = torch.arange(0, width, 2, dtype=torch.float32)
        angle = step * torch.exp(even * (-math.log(10000.0) / width))  # (max_length, ⌈C/2⌉)
        table = torch.stack((angle.sin(), angle.cos()), dim=2).flatten(1)[:, :width]
        # Computed anew by every model, so it is not saved with the weights.
        self.register_buffer("table", table, persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.table[: x.size(1)]


class LearnedPositions(nn.Module):
    """Add one learned vector for each position: (B, T, C) → (B, T, C), T up to `max_length`."""

    def __init__(self, width: int, max_length: int = 1024) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.randn(max_length, width) * 0.02)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.table[: x.size(1)]

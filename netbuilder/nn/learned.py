"""A weight that is a value by itself."""

import torch
from torch import nn


class Learned(nn.Module):
    """The same learned numbers for every sample: x (B, …) → (B, *sizes)."""

    def __init__(self, *sizes: int, std: float = 0.02) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.randn(*sizes) * std)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.value.expand(x.size(0), *self.value.shape)

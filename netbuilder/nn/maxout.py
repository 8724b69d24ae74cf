"""Several linear functions of which the largest counts."""

import torch
from torch import nn


class Maxout(nn.Module):
    """max over k of Wₖ x + bₖ: (B, …, in) → (B, …, out). Goodfellow et al. 2013."""

    def __init__(self, in_features: int, out_features: int, pieces: int = 2) -> None:
        super().__init__()
        self.pieces = pieces
        self.linear = nn.Linear(in_features, pieces * out_features)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answers: torch.Tensor = self.linear(x)  # (B, …, pieces·out)
        return torch.unflatten(answers, -1, (self.pieces, -1)).amax(-2)

"""Sampling that gradients can pass."""

import torch
from torch import nn


class Reparameterise(nn.Module):
    """Draw z = μ + σ·ε while training, and give μ afterwards.

    mu, log_variance (B, …) → (B, …). Kingma and Welling 2013, section 2.4.
    """

    def forward(self, mu: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return mu
        return mu + torch.exp(0.5 * log_variance) * torch.randn_like(mu)

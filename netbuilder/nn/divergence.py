"""How far one distribution lies from another."""

import torch


def gaussian_kl(mu: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """KL divergence of N(μ, σ²) from N(0, 1), summed over a sample, averaged over the batch.

    mu, log_variance (B, …) → scalar. Kingma and Welling 2013, appendix B.
    """
    divergence = 0.5 * (mu**2 + log_variance.exp() - 1 - log_variance)
    return divergence.flatten(1).sum(1).mean()

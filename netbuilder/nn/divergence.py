"""How far one distribution lies from another."""

import torch
import torch.nn.functional as F


def gaussian_kl(mu: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """KL divergence of N(μ, σ²) from N(0, 1), summed over a sample, averaged over the batch.

    mu, log_variance (B, …) → scalar. Kingma and Welling 2013, appendix B.
    """
    divergence = 0.5 * (mu**2 + log_variance.exp() - 1 - log_variance)
    return divergence.flatten(1).sum(1).mean()


def kl_divergence(
    logits: torch.Tensor,
    target: torch.Tensor,
    temperature: float = 1.0,
    probabilities: bool = False,
) -> torch.Tensor:
    """τ²·KL(target ‖ softmax(logits/τ)) along the last axis, averaged over the rows.

    logits, target (B, …, C) → scalar. The target holds scores, which pass the same softmax,
    or `probabilities`. The factor τ² keeps gradients of one size (Hinton et al. 2015).
    """
    wanted = target if probabilities else F.softmax(target / temperature, -1)
    found = F.log_softmax(logits / temperature, -1)
    return temperature**2 * F.kl_div(found, wanted, reduction="none").sum(-1).mean()


def gaussian_nll(
    prediction: torch.Tensor, log_variance: torch.Tensor, target: torch.Tensor
) -> torch.Tensor:
    """Mean of ½(log σ² + (y − t)²/σ²), all of one shape → scalar. Nix and Weigend 1994."""
    return 0.5 * (log_variance + (prediction - target) ** 2 * torch.exp(-log_variance)).mean()

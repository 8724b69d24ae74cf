"""Losses of a difference between numbers."""

import math

import torch
import torch.nn.functional as F


def log_cosh(prediction: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean of log cosh(y − t), which cannot overflow. Of one shape (B, …) → scalar."""
    distance = (prediction - target).abs()
    return (distance + F.softplus(-2 * distance) - math.log(2)).mean()


def quantile(prediction: torch.Tensor, target: torch.Tensor, q: float = 0.5) -> torch.Tensor:
    """Mean of max(q·d, (q − 1)·d), where d = t − y and q the share of targets below.

    Of one shape (B, …) → scalar. Koenker and Bassett 1978.
    """
    below = target - prediction
    return torch.maximum(q * below, (q - 1) * below).mean()

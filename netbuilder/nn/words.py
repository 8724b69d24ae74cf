"""Losses that vectors of words are learned by."""

import torch
import torch.nn.functional as F


def negative_sampling(
    center: torch.Tensor, context: torch.Tensor, negatives: torch.Tensor
) -> torch.Tensor:
    """−log σ(c·o) − Σ log σ(−c·n), averaged over the batch: Mikolov et al. 2013, section 2.2.

    center and context (B, C): vectors that belong together. negatives (B, K, C): of chance.
    """
    right = (center * context).sum(-1)
    wrong = (negatives @ center[:, :, None])[:, :, 0]
    return -(F.logsigmoid(right) + F.logsigmoid(-wrong).sum(1)).mean()


def glove(
    word: torch.Tensor,
    context: torch.Tensor,
    word_bias: torch.Tensor,
    context_bias: torch.Tensor,
    count: torch.Tensor,
    most: float = 100.0,
    power: float = 0.75,
) -> torch.Tensor:
    """f(n)·(w·c + b + d − log n)², f(n) = min(1, n / most)^power: Pennington et al. 2014.

    word and context (B, C), their biases (B, 1), count n (B,); averaged over the batch.
    """
    count = count.clamp(min=1e-6)
    weight = (count / most).clamp(max=1.0) ** power
    guess = (word * context).sum(-1) + word_bias[:, 0] + context_bias[:, 0]
    return (weight * (guess - count.log()) ** 2).mean()

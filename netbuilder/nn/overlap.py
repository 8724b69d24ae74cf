"""Losses of how far predicted regions and true ones overlap."""

import torch
import torch.nn.functional as F


def tversky(
    logits: torch.Tensor,
    label: torch.Tensor,
    alpha: float = 0.5,
    beta: float = 0.5,
    smooth: float = 1.0,
) -> torch.Tensor:
    """One minus the overlap (TP + s) / (TP + α·FP + β·FN + s), averaged over samples and classes.

    logits (B, C, …) with classes as label (B, …), or logits and a label of 0 and 1 of one
    shape (B, …): then there is one region. α = β = ½ is the Dice loss (Milletari et al. 2016),
    α = β = 1 that of intersection over union. Salehi et al. 2017.
    """
    if logits.shape == label.shape:
        found, true = torch.sigmoid(logits).unsqueeze(1), label.to(logits.dtype).unsqueeze(1)
    else:
        found = F.softmax(logits, 1)
        true = F.one_hot(label, logits.shape[1]).movedim(-1, 1).to(logits.dtype)
    found, true = found.flatten(2), true.flatten(2)
    both = (found * true).sum(2)
    wrong = alpha * (found.sum(2) - both) + beta * (true.sum(2) - both)
    return (1 - (both + smooth) / (both + wrong + smooth)).mean()

"""Labels for a sequence without saying where each of them stands."""

import torch
import torch.nn.functional as F


def ctc_loss(
    logits: torch.Tensor,
    label: torch.Tensor,
    length: torch.Tensor | None = None,
    blank: int = 0,
) -> torch.Tensor:
    """CTC, averaged over the batch, each sample divided by its number of labels.

    logits (B, T, C), label (B, S) filled up with `blank`, length (B,) steps that count, all
    if left out → scalar. A label too long for its sequence counts 0. Graves et al. 2006.
    """
    most = torch.full((len(logits),), logits.size(1), device=logits.device)
    length = most if length is None else length.minimum(most)
    steps = F.log_softmax(logits, -1).transpose(0, 1)  # (T, B, C), as torch wants it
    labels = (label != blank).sum(1)
    return F.ctc_loss(steps, label, length, labels, blank=blank, zero_infinity=True)

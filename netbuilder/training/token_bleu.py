"""BLEU of tokens as numbers: each becomes a word, and torchmetrics counts."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torchmetrics.text import BLEUScore


class TokenBLEU(BLEUScore):  # type: ignore[misc]
    """`torchmetrics.text.BLEUScore` for rows of token numbers, both (B, T).

    ignore_index: steps whose true token is this one do not count.
    """

    def __init__(self, n_gram: int = 4, ignore_index: int | None = None, **given: Any) -> None:
        super().__init__(n_gram=n_gram, **given)
        self.ignore_index = ignore_index

    def update(self, predicted: Tensor, label: Tensor) -> None:
        """Count the rows of one batch."""
        found, wanted = [], []
        for ours, true in zip(predicted.tolist(), label.tolist(), strict=True):
            kept = [t != self.ignore_index for t in true]
            found.append(" ".join(str(t) for t, k in zip(ours, kept, strict=True) if k))
            wanted.append([" ".join(str(t) for t, k in zip(true, kept, strict=True) if k)])
        super().update(found, wanted)

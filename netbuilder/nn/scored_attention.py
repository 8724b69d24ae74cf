"""Attention without projections: several ways of scoring how well a key answers a query.

All take query (B, T, C), key (B, S, K), value (B, S, V) and a mask (B, S), true where there is
a token, and give what is gathered, (B, T, V), with its weights, (B, 1, T, S).
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from netbuilder.nn.attention import allowed, attention_weights, dot_product_attention


class DotProductAttention(nn.Module):
    """Scores q · k, divided by √C if `scaled` (Luong et al. 2015; Vaswani et al. 2017)."""

    def __init__(self, scaled: bool = True, causal: bool = False, dropout: float = 0.0) -> None:
        super().__init__()
        self.scaled, self.causal, self.dropout = scaled, causal, dropout

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None = None,
        need_weights: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        looks = allowed(query, mask, self.causal)
        scale = 1 / math.sqrt(query.size(-1)) if self.scaled else 1.0
        dropout = self.dropout if self.training else 0.0
        query, key, value = query[:, None], key[:, None], value[:, None]
        y, weights = dot_product_attention(query, key, value, looks, scale, dropout, need_weights)
        return y[:, 0], weights


class ScoredAttention(nn.Module):
    """What the other ways of scoring share: masks, softmax, dropout, and the sum they weigh."""

    def __init__(self, causal: bool = False, dropout: float = 0.0) -> None:
        super().__init__()
        self.causal, self.dropout = causal, dropout

    def gathered(
        self,
        scores: torch.Tensor,
        query: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        weights = attention_weights(scores[:, None], allowed(query, mask, self.causal))
        kept = F.dropout(weights, self.dropout, self.training)
        return kept[:, 0] @ value, weights


class AdditiveAttention(ScoredAttention):
    """Scores v · tanh(W q + U k): Bahdanau et al. 2014, appendix A.1.2."""

    def __init__(
        self, width: int, key_width: int, hidden: int, causal: bool = False, dropout: float = 0.0
    ) -> None:
        super().__init__(causal, dropout)
        self.query = nn.Linear(width, hidden, bias=False)
        self.key = nn.Linear(key_width, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        both = self.query(query)[:, :, None] + self.key(key)[:, None]  # (B, T, S, hidden)
        scores = self.score(both.tanh())[..., 0]
        return self.gathered(scores, query, value, mask)


class BilinearAttention(ScoredAttention):
    """Scores qᵀ W k: Luong et al. 2015, called general there."""

    def __init__(
        self, width: int, key_width: int, causal: bool = False, dropout: float = 0.0
    ) -> None:
        super().__init__(causal, dropout)
        self.query = nn.Linear(width, key_width, bias=False)

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        scores = self.query(query) @ key.transpose(1, 2)
        return self.gathered(scores, query, value, mask)


class CosineAttention(ScoredAttention):
    """Scores cos(q, k) / temperature: Graves et al. 2014."""

    def __init__(
        self, temperature: float = 1.0, causal: bool = False, dropout: float = 0.0
    ) -> None:
        super().__init__(causal, dropout)
        self.temperature = temperature

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        # As F.normalize, without its expand: ONNX would fix the length to the example's.
        query = query / query.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        key = key / key.norm(dim=-1, keepdim=True).clamp_min(1e-12)
        scores = query @ key.transpose(1, 2) / self.temperature
        return self.gathered(scores, query, value, mask)


class AttentionPooling(nn.Module):
    """A weighted mean over a sequence whose weights the network finds: (B, T, C) → (B, C).

    Scores w · x + b, or with `hidden` v · tanh(W x + b) (Yang et al. 2016). The weights are
    (B, 1, 1, T). mask (B, T): true where there is a token.
    """

    def __init__(self, width: int, hidden: int = 0) -> None:
        super().__init__()
        self.hidden = nn.Linear(width, hidden) if hidden else None
        self.score = nn.Linear(hidden or width, 1, bias=not hidden)

    def forward(
        self, x: torch.Tensor, mask: torch.Tensor | None = None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        inner = x if self.hidden is None else self.hidden(x).tanh()
        scores = self.score(inner).transpose(1, 2)[:, None]  # (B, 1, 1, T)
        weights = attention_weights(scores, allowed(x, mask))
        return (weights[:, 0] @ x)[:, 0], weights

"""Who may look where, and what is gathered from there."""

import torch
import torch.nn.functional as F


def causal_mask(x: torch.Tensor) -> torch.Tensor:
    """True where a position must not look, which is everything after it: (B, T, C) → (T, T)."""
    steps = x.size(1)
    return torch.ones(steps, steps, dtype=torch.bool, device=x.device).triu(1)


def allowed(
    query: torch.Tensor, mask: torch.Tensor | None, causal: bool = False
) -> torch.Tensor | None:
    """True where a query may look, (B, 1, T, S) or an axis of 1 that is repeated; None: all.

    query (B, T, C). mask (B, S): true where there is a token. causal: nothing after itself.
    """
    seen = mask[:, None, None, :] if mask is not None else None
    if not causal:
        return seen
    past = causal_mask(query).logical_not()[None, None]
    return past if seen is None else past & seen


def attention_weights(scores: torch.Tensor, looks: torch.Tensor | None) -> torch.Tensor:
    """Softmax over the last axis where `looks` is true, 0 elsewhere, also if it is nowhere true."""
    if looks is None:
        return scores.softmax(-1)
    hidden = looks.logical_not()
    scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
    return scores.softmax(-1).masked_fill(hidden, 0.0)


def dot_product_attention(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    looks: torch.Tensor | None,
    scale: float,
    dropout: float,
    need_weights: bool,
) -> tuple[torch.Tensor, torch.Tensor | None]:
    """softmax(Q Kᵀ · scale) V, and its weights where they are needed.

    query (B, H, T, d), key (B, H, S, d), value (B, H, S, v) → (B, H, T, v), (B, H, T, S).
    """
    if not need_weights:
        found = F.scaled_dot_product_attention(
            query, key, value, attn_mask=looks, dropout_p=dropout, scale=scale
        )
        return found, None
    weights = attention_weights(query @ key.transpose(-2, -1) * scale, looks)
    return F.dropout(weights, dropout) @ value, weights

"""Attention whose heads share keys and values, with positions as rotations if wanted."""

import math

import torch
from torch import nn

from netbuilder.nn.attention import allowed, dot_product_attention


def rotated(x: torch.Tensor, base: float = 10000.0) -> torch.Tensor:
    """Turn each pair of neighbouring values by an angle that grows with its position.

    x (B, H, T, d), d even → the same shape; pair i of position t turns by t · base^(−2i/d).
    Dot products then depend on distances alone (Su et al. 2021, equation 34).
    """
    pairs = torch.arange(0, x.size(-1), 2, dtype=torch.float32, device=x.device)
    speed = torch.exp(pairs * (-math.log(base) / x.size(-1)))
    step = torch.arange(x.size(2), dtype=torch.float32, device=x.device)
    angle = step[:, None] * speed  # (T, d/2)
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class GroupedQueryAttention(nn.Module):
    """softmax(Q Kᵀ / √d) V for each head, where several heads ask the same keys and values.

    query (B, T, width), key (B, S, kdim), value (B, S, vdim) → (B, T, width), and the weights,
    (B, heads, T, S). mask (B, S): true where there is a token. Ainslie et al. 2023.
    """

    def __init__(
        self,
        width: int,
        num_heads: int,
        num_kv_heads: int,
        kdim: int | None = None,
        vdim: int | None = None,
        bias: bool = True,
        rotary: bool = False,
        base: float = 10000.0,
        causal: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.num_heads, self.num_kv_heads = num_heads, num_kv_heads
        self.rotary, self.base, self.causal, self.dropout = rotary, base, causal, dropout
        shared = width // num_heads * num_kv_heads
        self.q_proj = nn.Linear(width, width, bias=bias)
        self.k_proj = nn.Linear(kdim or width, shared, bias=bias)
        self.v_proj = nn.Linear(vdim or width, shared, bias=bias)
        self.out_proj = nn.Linear(width, width, bias=bias)

    def forward(
        self,
        query: torch.Tensor,
        key: torch.Tensor,
        value: torch.Tensor,
        mask: torch.Tensor | None = None,
        need_weights: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        looks = allowed(query, mask, self.causal)
        # (B, steps, width) → (B, heads, steps, d)
        q = self.q_proj(query).unflatten(2, (self.num_heads, -1)).transpose(1, 2)
        k = self.k_proj(key).unflatten(2, (self.num_kv_heads, -1)).transpose(1, 2)
        v = self.v_proj(value).unflatten(2, (self.num_kv_heads, -1)).transpose(1, 2)
        if self.rotary:
            q, k = rotated(q, self.base), rotated(k, self.base)
        times = self.num_heads // self.num_kv_heads
        k, v = k.repeat_interleave(times, dim=1), v.repeat_interleave(times, dim=1)
        scale = 1 / math.sqrt(q.size(-1))
        dropout = self.dropout if self.training else 0.0
        y, weights = dot_product_attention(q, k, v, looks, scale, dropout, need_weights)
        return self.out_proj(y.transpose(1, 2).flatten(2)), weights

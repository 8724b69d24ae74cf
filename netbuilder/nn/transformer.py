"""Layers of a transformer, one behind the other, each with weights of its own."""

import torch
import torch.nn.functional as F
from torch import nn

from netbuilder.nn.attention import causal_mask


class TransformerLayer(nn.Module):
    """Self-attention, a look at a memory if it `crosses`, and two Linear layers.

    Each lies within a residual path; norm_first puts its layer norm before it, else behind the
    sum. x (B, T, width), memory (B, S, width) → (B, T, width), and the weights of the last
    attention, (B, heads, T, S). mask: true where there is a token, (B, S) of the memory, without
    one (B, T) of x. Tensors are called as in torch's nn.TransformerDecoderLayer and
    nn.TransformerEncoderLayer.
    """

    def __init__(
        self,
        width: int,
        num_heads: int,
        hidden: int,
        crosses: bool = False,
        norm_first: bool = True,
        activation: str = "gelu",
        causal: bool = False,
        dropout: float = 0.1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.norm_first, self.activation = norm_first, activation
        self.crosses, self.causal, self.dropout = crosses, causal, dropout
        self.self_attn = nn.MultiheadAttention(
            width, num_heads, dropout, bias=bias, batch_first=True
        )
        if crosses:
            self.multihead_attn = nn.MultiheadAttention(
                width, num_heads, dropout, bias=bias, batch_first=True
            )
        self.linear1 = nn.Linear(width, hidden, bias=bias)
        self.linear2 = nn.Linear(hidden, width, bias=bias)
        self.norm1 = nn.LayerNorm(width, bias=bias)
        self.norm2 = nn.LayerNorm(width, bias=bias)
        if crosses:
            self.norm3 = nn.LayerNorm(width, bias=bias)

    def forward(
        self,
        x: torch.Tensor,
        memory: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        need_weights: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        filler = None if mask is None else mask.logical_not()
        y = self.norm1(x) if self.norm_first else x
        y, weights = self.self_attn(
            y,
            y,
            y,
            key_padding_mask=None if self.crosses else filler,
            need_weights=need_weights and not self.crosses,
            attn_mask=causal_mask(x) if self.causal else None,
            average_attn_weights=False,
            is_causal=self.causal,
        )
        x, last = self.added(x, y, self.norm1), self.norm2
        if self.crosses:
            y, weights = self.multihead_attn(
                self.norm2(x) if self.norm_first else x,
                memory,
                memory,
                key_padding_mask=filler,
                need_weights=need_weights,
                average_attn_weights=False,
            )
            x, last = self.added(x, y, self.norm2), self.norm3
        y = self.linear1(last(x) if self.norm_first else x)
        y = y.relu() if self.activation == "relu" else F.gelu(y)
        y = self.linear2(F.dropout(y, self.dropout, self.training))
        return self.added(x, y, last), weights

    def added(self, x: torch.Tensor, y: torch.Tensor, norm: nn.Module) -> torch.Tensor:
        x = x + F.dropout(y, self.dropout, self.training)
        return x if self.norm_first else norm(x)


class TransformerStack(nn.Module):
    """Layers of a transformer in a row; the weights are (B, layers, heads, T, S).

    Unlike nn.TransformerEncoder, which copies its first layer, each is drawn anew.
    """

    def __init__(
        self,
        width: int,
        num_heads: int,
        hidden: int,
        num_layers: int = 1,
        crosses: bool = False,
        norm_first: bool = True,
        activation: str = "gelu",
        causal: bool = False,
        dropout: float = 0.1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        settings = (crosses, norm_first, activation, causal, dropout, bias)
        self.layers = nn.ModuleList(
            TransformerLayer(width, num_heads, hidden, *settings) for _ in range(num_layers)
        )

    def forward(
        self,
        x: torch.Tensor,
        memory: torch.Tensor | None = None,
        mask: torch.Tensor | None = None,
        need_weights: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        maps = []
        for layer in self.layers:
            x, weights = layer(x, memory, mask, need_weights)
            maps.append(weights)
        return x, torch.stack(maps, 1) if need_weights else None

"""Blocks that transformers are made of, as plain nodes that a person can open and read."""

from __future__ import annotations

from collections.abc import Callable

from netbuilder.building import Network, Output

Inner = Callable[[Output], Output]


def encoder_layer(
    net: Network,
    *,
    width: int,
    heads: int,
    hidden: int,
    dropout: float = 0.1,
    norm_first: bool = True,
    causal: bool = False,
    masked: bool = False,
    activation: str = "gelu",
    eps: float = 1e-5,
    name: str = "encoder_layer",
) -> str:
    """Define a block: self-attention, then two Linear layers, each within a residual path.

    x (B, T, width), and if `masked` a mask (B, T) → (B, T, width). norm_first: layer norm
    before each part (pre-norm, as in GPT-2), else after each sum (post-norm, as in Vaswani et
    al. 2017). Returns the block's name.
    """
    with net.block(name, width=width, heads=heads, hidden=hidden, dropout=dropout) as b:
        x = b.input(name="x")
        more = {"mask": b.input(name="mask")} if masked else {}

        def attend(y: Output) -> Output:
            return b.multihead_attention(
                y,
                num_heads="=heads",
                dropout="=dropout",
                causal=causal,
                **more,
            )

        x = _residual(b, x, attend, norm_first, eps)
        x = _residual(b, x, lambda y: _feed_forward(b, y, activation), norm_first, eps)
        b.output(x, name="y")
    return name


def decoder_layer(
    net: Network,
    *,
    width: int,
    heads: int,
    hidden: int,
    dropout: float = 0.1,
    norm_first: bool = True,
    masked: bool = False,
    activation: str = "gelu",
    eps: float = 1e-5,
    name: str = "decoder_layer",
) -> str:
    """Define a block: causal self-attention, attention to an encoder, two Linear layers.

    x (B, T, width), memory (B, S, width), and if `masked` the mask (B, S) of the memory →
    (B, T, width). Returns the block's name.
    """
    with net.block(name, width=width, heads=heads, hidden=hidden, dropout=dropout) as b:
        x, memory = b.input(name="x"), b.input(name="memory")
        more = {"mask": b.input(name="mask")} if masked else {}

        def attend(y: Output) -> Output:
            return b.multihead_attention(y, num_heads="=heads", dropout="=dropout", causal=True)

        def ask(y: Output) -> Output:
            return b.multihead_attention(
                y,
                memory,
                num_heads="=heads",
                dropout="=dropout",
                id="cross_attention",
                **more,
            )

        x = _residual(b, x, attend, norm_first, eps)
        x = _residual(b, x, ask, norm_first, eps)
        x = _residual(b, x, lambda y: _feed_forward(b, y, activation), norm_first, eps)
        b.output(x, name="y")
    return name


def llama_layer(
    net: Network, *, width: int, heads: int, key_heads: int, hidden: int, name: str = "llama_layer"
) -> str:
    """Define a block with RMS norm, grouped queries, rotary positions and a gated feed-forward.

    x (B, T, width) → the same shape. Touvron et al. 2023. Returns the block's name.
    """
    with net.block(name, width=width, heads=heads, key_heads=key_heads, hidden=hidden) as b:
        x = b.input(name="x")
        y = b.grouped_query_attention(
            b.rms_norm(x, eps=1e-5),
            num_heads="=heads",
            num_kv_heads="=key_heads",
            rotary=True,
            causal=True,
            bias=False,
        )
        x = b.add(x, y)
        y = b.rms_norm(x, eps=1e-5)
        gate = b.silu(b.linear(y, out_features="=hidden", bias=False, id="gate"))
        raised = b.linear(y, out_features="=hidden", bias=False, id="up")
        y = b.linear(b.multiply(gate, raised), out_features="=width", bias=False, id="down")
        b.output(b.add(x, y), name="y")
    return name


def _residual(b: Network, x: Output, inner: Inner, norm_first: bool, eps: float) -> Output:
    if norm_first:
        return b.add(x, b.dropout(inner(b.layer_norm(x, eps=eps)), p="=dropout"))
    return b.layer_norm(b.add(x, b.dropout(inner(x), p="=dropout")), eps=eps)


def _feed_forward(b: Network, x: Output, activation: str) -> Output:
    kind, _, choice = activation.partition(":")
    more = {"approximate": choice} if choice else {}
    y = b.dropout(b.place(kind, b.linear(x, out_features="=hidden"), **more), p="=dropout")
    return b.linear(y, out_features="=width")

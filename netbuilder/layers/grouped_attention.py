"""Multi-head attention whose heads share keys and values, as large language models have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netbuilder.layers.attention import Attention, attended, divided, divisor
from netbuilder.layers.brief import brief, changed
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.spec import Call, param


class GroupedQueryAttention(Attention):
    """Multi-head attention in which several heads share keys and values.

    query (B, T, C), key and value (B, S, …) → y (B, T, C), weights (B, heads, T, S). With one
    key head it is multi-query attention; with as many as heads, multi-head attention. Rotary
    turns queries and keys by their positions, so that a Positional encoding is not needed. In
    the formula H is the number of heads, G that of key heads.
    """

    kind, title = "grouped_query_attention", "Grouped-query attention"
    also = "GQA MQA multi-query RoPE rotary Llama"
    tex = r"""
        A_h = \mathrm{softmax}\left( \dfrac{Q_h K_{g(h)}^{\top}}{\sqrt{d}} \right)
        g(h) = \lfloor h\, G \,/\, H \rfloor
        y = [A_0 V_{g(0)},\, \ldots]\; W^O
    """
    use = "Language models whose memory for past keys and values should be small."
    mistakes = (
        "One head for all keys saves most, but answers get worse: start with a quarter of the "
        "heads.",
        "With rotary positions no Positional encoding is added in front.",
    )
    cites = "Ainslie et al. 2023; Shazeer 2019; Su et al. 2021 (rotary)"

    num_heads: int = param(4, min=1, max=1024, label="Heads", help="It must divide the width.")
    num_kv_heads: int = param(
        2, min=1, max=1024, label="Key heads", help="Heads of keys and values; it divides Heads."
    )
    dropout: float = param(0.0, min=0, max=1, help="Share of attention weights set to zero.")
    bias: bool = param(True, help="Add learned constants to the projections.")
    causal: bool = param(False, help="Hide the future: each position sees only earlier ones.")
    rotary: bool = param(
        False, help="Turn queries and keys by their positions (RoPE), so that order is known."
    )
    base: float = param(
        10000.0, min=1.0, max=1e9, label="Rotary base", help="Larger: slower turns, longer reach."
    )

    @property
    def heads(self) -> int:
        return self.num_heads

    def told(self, query: TensorSpec, value: TensorSpec) -> int:
        return query.shape[2]

    def check(self, query: TensorSpec, key: TensorSpec) -> None:
        width = int(query.shape[2])
        divided(width, self.num_heads)
        if self.num_heads % self.num_kv_heads:
            fitting = divisor(self.num_heads, self.num_kv_heads)
            raise ShapeError(
                f"{self.num_heads} heads cannot share {self.num_kv_heads} key heads evenly. "
                f"Use {fitting} key heads.",
                params={"num_kv_heads": fitting},
            )
        if self.rotary and width // self.num_heads % 2:
            raise ShapeError(
                f"Rotary turns pairs of values, but each of {self.num_heads} heads is "
                f"{width // self.num_heads} wide: choose heads of an even width.",
                params={"rotary": False},
            )

    def call(self, *specs: TensorSpec | None) -> Call:
        width, kdim, vdim = (int(x.shape[-1]) for x in self.arriving(*specs))
        kwargs: dict[str, Any] = {"kdim": kdim} if kdim != width else {}
        kwargs |= {"vdim": vdim} if vdim != width else {}
        kwargs |= changed(self, "bias", "rotary", "base", "causal", "dropout")
        args = (width, self.num_heads, self.num_kv_heads)
        return Call("netbuilder.nn.GroupedQueryAttention", args, kwargs)

    def applied(self, used: frozenset[str], *specs: TensorSpec | None) -> Call:
        call = super().applied(used, *specs)
        spared = {} if "weights" in used else {"need_weights": False}
        return Call(call.target, call.args, {**call.kwargs, **spared})

    def weights(self, *specs: TensorSpec | None) -> Mapping[str, Shape]:
        width, kdim, vdim = (int(x.shape[-1]) for x in self.arriving(*specs))
        shared = width // self.num_heads * self.num_kv_heads
        sizes = {
            "q_proj": (width, width),
            "k_proj": (shared, kdim),
            "v_proj": (shared, vdim),
            "out_proj": (width, width),
        }
        shapes: dict[str, Shape] = {f"{name}.weight": size for name, size in sizes.items()}
        if self.bias:
            shapes |= {f"{name}.bias": size[:1] for name, size in sizes.items()}
        return shapes

    def work(self, out: TensorSpec, *specs: TensorSpec | None) -> Mapping[str, Shape]:
        query, key, value = self.arriving(*specs)
        shared = int(query.shape[2]) // self.num_heads * self.num_kv_heads
        return attended(query, key, value, shared)

    def summary(self) -> str:
        rotary = "RoPE" if self.rotary else ""
        heads = f"{self.num_heads}/{self.num_kv_heads} heads"
        return brief(heads, rotary, "causal" if self.causal else "")

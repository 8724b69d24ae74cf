"""Attention, and the positions it needs to know order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import described, expect
from netbuilder.layers.law import Begins, Law, fans, usual
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec, sample
from netbuilder.layers.spec import Call, In, Layer, Port, param


class Attention(Layer, abstract=True):
    """What layers share that gather values by how well their keys answer queries.

    query (B, T, C), key (B, S, K), value (B, S, V) → y, and weights (B, heads, T, S), whose
    rows sum to 1. With key and value free it is self-attention.
    """

    family = "Attention"
    inputs = (
        Port("query", takes=("sequence",), help="Who asks."),
        Port("key", optional=True, takes=("sequence",), default="query", help="Who is asked."),
        Port("value", optional=True, takes=("sequence",), default="key", help="What is told."),
        Port(
            "mask",
            optional=True,
            takes=("label",),
            help="Which keys count, (B, S), as a Padding mask tells; others are not looked at.",
        ),
    )
    outputs = ("y", "weights")
    returns = "{y}, {weights}"

    def arriving(self, *specs: TensorSpec | None) -> tuple[TensorSpec, TensorSpec, TensorSpec]:
        """What query, key and value are, where free ports take their defaults."""
        query, key, value = (*specs, None, None, None)[:3]
        assert query is not None
        key = key or query
        return query, key, value or key

    def applied(self, used: frozenset[str], *specs: TensorSpec | None) -> Call:
        kwargs: dict[str, Any] = {"mask": In("mask")} if len(specs) > 3 and specs[3] else {}
        return Call("self", (In("query"), In("key"), In("value")), kwargs)

    def infer(self, *specs: TensorSpec | None) -> Mapping[str, TensorSpec]:
        query, key, value = self.arriving(*specs)
        for spec, port in ((query, "query"), (key, "key"), (value, "value")):
            expect(spec, self.title, "sequence", port)
        batch, steps = query.shape[:2]
        if key.shape[:2] != value.shape[:2] or key.shape[0] != batch:
            raise ShapeError(
                "Each key needs its value, for the same samples as the query: query "
                f"{query.text()}, key {key.text()}, value {value.text()}.",
                port="key",
            )
        masked(specs[3] if len(specs) > 3 else None, key, self.title)
        self.check(query, key)
        if getattr(self, "causal", False) and key.shape[1] != steps:
            raise ShapeError(
                f"Causal attention needs as many keys as queries, not {key.shape[1]} for {steps}.",
                port="key",
                params={"causal": False},
            )
        weights = query.with_shape(batch, self.heads, steps, key.shape[1])
        return {"y": query.with_shape(batch, steps, self.told(query, value)), "weights": weights}

    @property
    def heads(self) -> int:
        """How many ways of looking there are at once."""
        return 1

    def told(self, query: TensorSpec, value: TensorSpec) -> int:
        """Width of what comes out."""
        return value.shape[2]

    def check(self, query: TensorSpec, key: TensorSpec) -> None:
        """Raise ShapeError if the widths do not suit this way of scoring."""


def masked(mask: TensorSpec | None, key: TensorSpec, title: str) -> None:
    """A mask says of each key whether it counts. Raises ShapeError."""
    if mask is not None and (mask.dtype != "bool" or mask.shape != key.shape[:2]):
        raise ShapeError(
            f"The mask of {title} says yes or no for each of {key.shape[0]} × {key.shape[1]} "
            f"keys; this wire carries {described(mask)}. Put a Padding mask before it.",
            remedy="padding_mask" if mask.dtype == "int64" else None,
            port="mask",
        )


def divided(width: int, heads: int) -> None:
    """Heads must divide the width. Raises ShapeError."""
    if width % heads:
        raise ShapeError(
            f"A width of {width} cannot be split evenly over {heads} heads. "
            f"Use {divisor(width, heads)} heads or another width.",
            params={"num_heads": divisor(width, heads)},
        )


def divisor(width: int, heads: int) -> int:
    """The largest number of heads, not above `heads`, that divides `width`."""
    return next(h for h in range(min(heads, width), 0, -1) if width % h == 0)


class MultiheadAttention(Attention, Begins):
    """Let every position gather what it needs from all positions, in several ways at once.

    query (B, T, C), key and value (B, S, …) → y (B, T, C), weights (B, heads, T, S).
    With key and value free it is self-attention. `weights` costs time only where used.
    """

    kind, title = "multihead_attention", "Multi-head attention"
    also = "self-attention cross-attention transformer MHA"
    tex = r"""
        Q_h = x W^Q_h, \;\; K_h = x W^K_h, \;\; V_h = x W^V_h
        A_h = \mathrm{softmax}\left( \dfrac{Q_h K_h^{\top}}{\sqrt{d}} \right)
        y = [A_1 V_1,\, \ldots,\, A_H V_H]\; W^O
    """
    use = "The core of a transformer: any position can look at any other in one step."
    mistakes = (
        "Without Positional encoding it cannot tell one order of the tokens from another.",
        "A model that predicts the next token sees it unless Causal is on.",
        "Time and memory grow with the square of the length.",
    )
    cites = "APS360, week 10; DATA.ML.200, week 5; Vaswani et al. 2017"

    num_heads: int = param(4, min=1, max=1024, label="Heads", help="It must divide the width.")
    dropout: float = param(0.0, min=0, max=1, help="Share of attention weights set to zero.")
    bias: bool = param(True, help="Add learned constants to the projections.")
    causal: bool = param(False, help="Hide the future: each position sees only earlier ones.")

    @property
    def heads(self) -> int:
        return self.num_heads

    def told(self, query: TensorSpec, value: TensorSpec) -> int:
        return query.shape[2]

    def check(self, query: TensorSpec, key: TensorSpec) -> None:
        divided(int(query.shape[2]), self.num_heads)

    def call(self, *specs: TensorSpec | None) -> Call:
        width, kdim, vdim = (int(x.shape[-1]) for x in self.arriving(*specs))
        kwargs = changed(self, "dropout", "bias")
        kwargs |= {"kdim": kdim, "vdim": vdim} if {kdim, vdim} != {width} else {}
        kwargs |= {"batch_first": True}
        return Call("nn.MultiheadAttention", (width, self.num_heads), kwargs)

    def applied(self, used: frozenset[str], *specs: TensorSpec | None) -> Call:
        kwargs: dict[str, Any] = {}
        if len(specs) > 3 and specs[3]:
            # torch's own masks are true where it must not look.
            kwargs["key_padding_mask"] = Call(".logical_not", (In("mask"),))
        if "weights" in used:
            kwargs["average_attn_weights"] = False
        else:
            kwargs["need_weights"] = False
        if self.causal:
            mask = Call("netbuilder.nn.causal_mask", (In("query"),))
            kwargs |= {"attn_mask": mask, "is_causal": True}
        return Call("self", (In("query"), In("key"), In("value")), kwargs)

    def begins(self, name: str, shape: Shape) -> Law | None:
        if name.startswith("out_proj"):
            return usual(shape)
        return Law("uniform", math.sqrt(6 / sum(fans(shape))))  # Xavier uniform

    def weights(self, *specs: TensorSpec | None) -> Mapping[str, Shape]:
        width, kdim, vdim = (int(x.shape[-1]) for x in self.arriving(*specs))
        shapes: dict[str, Shape] = {"in_proj_weight": (3 * width, width)}
        if {kdim, vdim} != {width}:
            shapes = {"q_proj_weight": (width, width), "k_proj_weight": (width, kdim)}
            shapes["v_proj_weight"] = (width, vdim)
        shapes["out_proj.weight"] = (width, width)
        if self.bias:
            shapes |= {"in_proj_bias": (3 * width,), "out_proj.bias": (width,)}
        return shapes

    def work(self, out: TensorSpec, *specs: TensorSpec | None) -> Mapping[str, Shape]:
        query, key, value = self.arriving(*specs)
        return attended(query, key, value, int(query.shape[2]))

    def summary(self) -> str:
        return brief(f"{self.num_heads} heads", "causal" if self.causal else "")


def attended(
    query: TensorSpec, key: TensorSpec, value: TensorSpec, shared: int
) -> Mapping[str, Shape]:
    """What attention with projections multiplies for one sample.

    shared: width of all projected keys together, and of all values.
    """
    steps, width = sample(query.shape)
    asked = int(key.shape[1])
    return {
        "queries": (steps, width, width),
        "keys": (*sample(key.shape), shared),
        "values": (*sample(value.shape), shared),
        "scores": (steps, asked, width),
        "weighted sum": (steps, asked, width),
        "output": (steps, width, width),
    }


class PositionalEncoding(Layer, Begins):
    """Add to every token where it stands, because attention alone knows no order.

    (B, T, C) → (B, T, C), for any T up to the greatest length.
    """

    kind, title, family = "positional_encoding", "Positional encoding", "Attention"
    also = "sinusoidal learned positions"
    tex = r"""
        y_{t,2i} = x_{t,2i} + \sin\left(t \,/\, 10000^{2i/C}\right)
        y_{t,2i+1} = x_{t,2i+1} + \cos\left(t \,/\, 10000^{2i/C}\right)
    """
    use = "Once, between the embedding and the first attention."
    mistakes = (
        "Embeddings much smaller than 1 drown in the waves: scale them by √C first.",
        "Learned positions know nothing of steps that no training sequence was long enough for.",
    )
    cites = "APS360, week 10; Vaswani et al. 2017"
    inputs = (Port("x", takes=("sequence",)),)

    method: Literal["sinusoidal", "learned"] = param(
        "sinusoidal", help="sinusoidal: fixed waves; learned: one vector for each position."
    )
    max_length: int = param(1024, min=1, label="Greatest length", help="Of the sequence.")

    def call(self, x: TensorSpec) -> Call:
        name = "LearnedPositions" if self.method == "learned" else "SinusoidalPositions"
        return Call(f"netbuilder.nn.{name}", (int(x.shape[-1]), self.max_length))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, "sequence")
        if x.shape[1] > self.max_length:
            raise ShapeError(
                f"The sequence has {int(x.shape[1])} steps, more than the greatest length "
                f"{self.max_length}. Set a larger one.",
                params={"max_length": int(x.shape[1])},
            )
        return x

    def begins(self, name: str, shape: Shape) -> Law | None:
        return Law("normal", 0.02)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        learned = {"table": (self.max_length, int(x.shape[-1]))}
        return learned if self.method == "learned" else {}

    def work(self, out: TensorSpec, x: TensorSpec) -> Mapping[str, Shape]:
        return {}

    def summary(self) -> str:
        return self.method

"""A decoder that runs step by step, forced by a teacher or free."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from netbuilder.layers.attention import masked
from netbuilder.layers.brief import brief
from netbuilder.layers.expect import described, expect
from netbuilder.layers.law import Begins, Law, usual
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Layer, Port, param


class AttentionDecoder(Layer, Begins):
    """Say a sequence token by token, looking back at what was read.

    memory (B, S, K) of an encoder, before (B, T) true tokens that begin with BOS → y
    (B, T, vocabulary) scores, weights (B, 1, T, S), tokens (B, T) it says, state (B, hidden).
    In training each step is given the true token before it with the probability of teacher
    forcing, else its own likeliest one; in evaluation and wherever it is exported it says T
    tokens by itself from BOS on, so validation tells how well it really speaks. Its cell is a
    GRU, told at every step what attention found.
    """

    kind, title, family = "attention_decoder", "Attention decoder", "Recurrent"
    also = "seq2seq encoder decoder teacher forcing scheduled sampling Bahdanau Luong translation"
    tex = r"""
        c_t = \sum_s\, \alpha_{ts} m_s
        h_t = \mathrm{GRU}([W y_{t-1}; c_t], h_{t-1})
        p(y_t) = \mathrm{softmax}(V [h_t; c_t])
    """
    use = "Translate one sequence into another: behind an encoder, with its outputs as memory."
    mistakes = (
        "With forcing of 1 it never meets its own mistakes in training: scores fall in evaluation.",
        "The tokens before are the target one step later with BOS in front, not the target.",
        "Without a mask it looks at what only fills up the rows.",
    )
    cites = "APS360, week 8; DATA.ML.200, week 5; Bahdanau et al. 2014; Bengio et al. 2015"
    inputs = (
        Port("memory", takes=("sequence",), help="What was read, a vector for each token."),
        Port("before", takes=("label",), help="True tokens, BOS first, each before its target."),
        Port("state", optional=True, takes=("vector",), help="Where it starts, else zeros."),
        Port("mask", optional=True, takes=("label",), help="Which of the memory counts, (B, S)."),
    )
    outputs = ("y", "weights", "tokens", "state")
    returns = "{y}, {weights}, {tokens}, {state}"

    hidden_size: int = param(64, min=1, label="Hidden", help="Size of the state.")
    embedding_dim: int = param(32, min=1, label="Width", help="Length of each token's vector.")
    attention: Literal["additive", "dot product", "bilinear", "cosine", "none"] = param(
        "additive", help="How the state is compared with the memory; none: it is not."
    )
    teacher_forcing: float = param(
        1.0,
        min=0,
        max=1,
        label="Teacher forcing",
        help="Share of training steps that are given the true token; 0: always its own.",
    )
    begin: int = param(1, min=0, label="BOS", help="Token that begins what is said.")

    def call(self, memory: TensorSpec, before: TensorSpec, *more: TensorSpec | None) -> Call:
        args = (before.classes, self.embedding_dim, self.hidden_size, int(memory.shape[2]))
        kwargs: dict[str, Any] = {}
        found = self._attention(int(memory.shape[2]))
        if found is not None:
            kwargs["attention"] = found
        if self.teacher_forcing != 1:
            kwargs["teacher_forcing"] = self.teacher_forcing
        if self.begin != 1:
            kwargs["begin"] = self.begin
        return Call("netbuilder.nn.AttentionDecoder", args, kwargs)

    def _attention(self, width: int) -> Call | None:
        match self.attention:
            case "additive":
                args = (self.hidden_size, width, self.hidden_size)
                return Call("netbuilder.nn.AdditiveAttention", args)
            case "bilinear":
                return Call("netbuilder.nn.BilinearAttention", (self.hidden_size, width))
            case "cosine":
                return Call("netbuilder.nn.CosineAttention", (0.1,))
            case "dot product":
                return Call("netbuilder.nn.DotProductAttention")
        return None

    def applied(self, used: frozenset[str], *specs: TensorSpec | None) -> Call:
        given = dict(zip(("memory", "before", "state", "mask"), specs, strict=False))
        kwargs = {name: In(name) for name in ("state", "mask") if given.get(name) is not None}
        return Call("self", (In("memory"), In("before")), kwargs)

    def infer(
        self, memory: TensorSpec, before: TensorSpec, *more: TensorSpec | None
    ) -> Mapping[str, TensorSpec]:
        batch, read, width = expect(memory, self.title, "sequence", "memory").shape
        state, mask = (*more, None, None)[:2]
        if before.dtype != "int64" or before.axes != 2 or before.shape[0] != batch:
            raise ShapeError(
                f"{self.title} takes the true tokens of each sample (B × T); this wire carries "
                f"{described(before)}.",
                port="before",
            )
        if before.classes is None or before.classes < 2:
            raise ShapeError(
                f"{self.title} does not know how many tokens there are: wire the tokens of a "
                "data set to it.",
                port="before",
            )
        if self.begin >= before.classes:
            raise ShapeError(
                f"BOS is one of the {before.classes} tokens, 0 to {before.classes - 1}, not "
                f"{self.begin}.",
                params={"begin": min(1, before.classes - 1)},
            )
        if state is not None and (
            state.shape != (batch, self.hidden_size) or state.dtype != "float32"
        ):
            raise ShapeError(
                f"The state at the start is B × {self.hidden_size} here; this wire carries "
                f"{described(state)}.",
                port="state",
                width=self.hidden_size,
            )
        if self.attention in ("dot product", "cosine") and width != self.hidden_size:
            raise ShapeError(
                f"A {self.attention} compares vectors of one width, not a state of "
                f"{self.hidden_size} with a memory of {width}: make them equal, or choose bilinear "
                "or additive.",
                port="memory",
                params={"hidden_size": int(width)},
                width=self.hidden_size,
            )
        masked(mask, memory, self.title)
        steps = before.shape[1]
        return {
            "y": TensorSpec((batch, steps, before.classes)),
            "weights": TensorSpec((batch, 1, steps, read)),
            "tokens": TensorSpec((batch, steps), "int64", before.classes),
            "state": TensorSpec((batch, self.hidden_size)),
        }

    def begins(self, name: str, shape: Shape) -> Law | None:
        if name.startswith("cell"):
            return Law("uniform", 1 / math.sqrt(self.hidden_size))
        return Law("normal", 1.0) if name == "embedding.weight" else usual(shape)

    def weights(
        self, memory: TensorSpec, before: TensorSpec, *more: TensorSpec | None
    ) -> Mapping[str, Shape]:
        size, width, words = self.hidden_size, int(memory.shape[2]), int(before.classes or 0)
        told = width if self.attention != "none" else 0
        shapes: dict[str, Shape] = {"embedding.weight": (words, self.embedding_dim)}
        if self.attention == "additive":
            shapes["attention.query.weight"] = (size, size)
            shapes["attention.key.weight"] = (size, width)
            shapes["attention.score.weight"] = (1, size)
        if self.attention == "bilinear":
            shapes["attention.query.weight"] = (width, size)
        shapes["cell.weight_ih"] = (3 * size, self.embedding_dim + told)
        shapes["cell.weight_hh"] = (3 * size, size)
        shapes |= {"cell.bias_ih": (3 * size,), "cell.bias_hh": (3 * size,)}
        return shapes | {"score.weight": (words, size + told), "score.bias": (words,)}

    def work(
        self, out: TensorSpec, memory: TensorSpec, before: TensorSpec, *more: TensorSpec | None
    ) -> Mapping[str, Shape]:
        steps, read, width = int(before.shape[1]), int(memory.shape[1]), int(memory.shape[2])
        found: dict[str, Shape] = {}
        for name, shape in self.weights(memory, before).items():
            if len(shape) > 1 and name != "embedding.weight":
                every = name in ("attention.key.weight", "attention.score.weight")
                found[name] = (*shape, steps, *((read,) if every else ()))
        if self.attention in ("dot product", "bilinear", "cosine"):
            found["scores"] = (steps, read, width)
        return (
            found if self.attention == "none" else {**found, "weighted sum": (steps, read, width)}
        )

    def summary(self) -> str:
        forced = f"{self.teacher_forcing:g} forced" if self.teacher_forcing != 1 else ""
        return brief(self.hidden_size, self.attention, forced)

"""Whole layers of a transformer as one node; opened up they are blocks in `architectures`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from netbuilder.layers.attention import attended, divided, masked
from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import described, expect
from netbuilder.layers.law import Begins, Law, fans, usual
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec, sample
from netbuilder.layers.spec import Call, In, Layer, Port, param


class Stack(Layer, Begins, abstract=True):
    """What the layers of an encoder and of a decoder share."""

    family = "Attention"
    outputs = ("y", "weights")
    returns = "{y}, {weights}"
    cites = "APS360, week 10; DATA.ML.200, week 5; Vaswani et al. 2017; Xiong et al. 2020"

    num_heads: int = param(4, min=1, max=1024, label="Heads", help="It must divide the width.")
    hidden: int | None = param(
        None, min=1, help="Width between the two Linear layers; empty: four times the width."
    )
    num_layers: int = param(1, min=1, max=64, label="Layers", help="How many, one after another.")
    norm_first: bool = param(
        True, help="Layer norm before each part (pre-norm), else after each sum (post-norm)."
    )
    activation: Literal["gelu", "relu"] = param("gelu", help="Between the two Linear layers.")
    dropout: float = param(0.1, min=0, max=1, help="Share set to zero in each part.")
    bias: bool = param(True, help="Add learned constants to Linear layers and norms.")

    @property
    def _crosses(self) -> bool:
        return self.kind == "transformer_decoder"

    def _made(self, x: TensorSpec, kwargs: dict[str, Any]) -> Call:
        width = int(x.shape[2])
        kwargs |= changed(self, "num_layers", "norm_first", "activation", "dropout", "bias")
        args = (width, self.num_heads, self._hidden(width))
        return Call("netbuilder.nn.TransformerStack", args, kwargs)

    def _hidden(self, width: int) -> int:
        return self.hidden or 4 * width

    def _inferred(self, x: TensorSpec, key: TensorSpec) -> Mapping[str, TensorSpec]:
        batch, steps = x.shape[:2]
        divided(int(x.shape[2]), self.num_heads)
        looks = (batch, self.num_layers, self.num_heads, steps, key.shape[1])
        return {"y": x, "weights": x.with_shape(*looks)}

    def begins(self, name: str, shape: Shape) -> Law | None:
        if name.endswith("in_proj_weight"):
            return Law("uniform", (6 / sum(fans(shape))) ** 0.5)  # Xavier uniform
        return usual(shape)  # a norm begins at 1

    def weights(self, x: TensorSpec, *others: TensorSpec | None) -> Mapping[str, Shape]:
        width, parts = int(x.shape[2]), ("self_attn", "multihead_attn")[: 1 + self._crosses]
        hidden, shapes = self._hidden(width), dict[str, Shape]()
        for stem in (f"layers.{i}" for i in range(self.num_layers)):
            for part in parts:
                shapes[f"{stem}.{part}.in_proj_weight"] = (3 * width, width)
                shapes[f"{stem}.{part}.out_proj.weight"] = (width, width)
                if self.bias:
                    shapes[f"{stem}.{part}.in_proj_bias"] = (3 * width,)
                    shapes[f"{stem}.{part}.out_proj.bias"] = (width,)
            for name, size in (("linear1", (hidden, width)), ("linear2", (width, hidden))):
                shapes[f"{stem}.{name}.weight"] = size
                if self.bias:
                    shapes[f"{stem}.{name}.bias"] = size[:1]
            for number in range(1, len(parts) + 2):
                for word in ("weight", "bias")[: 1 + self.bias]:
                    shapes[f"{stem}.norm{number}.{word}"] = (width,)
        return shapes

    def work(
        self, out: TensorSpec, x: TensorSpec, *others: TensorSpec | None
    ) -> Mapping[str, Shape]:
        steps, width = (int(n) for n in sample(x.shape))
        hidden, looks = self._hidden(width), attended(x, x, x, width)
        if self._crosses and others[0] is not None:
            asked = attended(x, others[0], others[0], width)
            looks = {**looks, **{f"{name} of the memory": size for name, size in asked.items()}}
        both = {"linear1": (steps, width, hidden), "linear2": (steps, hidden, width)}
        return {name: (self.num_layers, *size) for name, size in {**looks, **both}.items()}

    def summary(self) -> str:
        return brief(f"×{self.num_layers}", f"{self.num_heads} heads", *self._more())

    def _more(self) -> tuple[str, ...]:
        return ()


class TransformerEncoder(Stack):
    """Let tokens look at each other and think for themselves, layer after layer.

    x (B, T, C) → y (B, T, C), weights (B, layers, heads, T, T), as Look inside shows them. Each
    layer is multi-head self-attention and two Linear layers, both within a residual path.
    Causal, it is what GPT is made of.
    """

    kind, title = "transformer_encoder", "Transformer encoder"
    also = "TransformerEncoderLayer block pre-norm post-norm BERT GPT feed-forward"
    tex = r"""
        \mathrm{norm\ first:}\;\; z = x + \mathrm{MHA}(\mathrm{LN}(x))
        y = z + \mathrm{FF}(\mathrm{LN}(z))
        \mathrm{norm\ last:}\;\; z = \mathrm{LN}(x + \mathrm{MHA}(x))
        y = \mathrm{LN}(z + \mathrm{FF}(z))
        \mathrm{FF}(x) = W_2\, a(W_1 x + b_1) + b_2
    """
    use = (
        "The body of a transformer in one node. To change what is inside a layer, build it as a "
        "block of its parts."
    )
    mistakes = (
        "With the norm first nothing scales the last sum: put a Layer norm behind the last layer.",
        "With the norm last deep stacks need a slow warm-up of the learning rate.",
        "Without Positional encoding it cannot tell one order of the tokens from another.",
    )
    inputs = (
        Port("x", takes=("sequence",)),
        Port("mask", optional=True, takes=("label",), help="Which tokens count, (B, T)."),
    )

    causal: bool = param(False, help="Hide the future: each position sees only earlier ones.")

    def call(self, x: TensorSpec, mask: TensorSpec | None = None) -> Call:
        return self._made(x, changed(self, "causal"))

    def applied(self, used: frozenset[str], *specs: TensorSpec | None) -> Call:
        kwargs: dict[str, Any] = {"mask": In("mask")} if len(specs) > 1 and specs[1] else {}
        return Call("self", (In("x"),), kwargs | _spared(used))

    def infer(self, x: TensorSpec, mask: TensorSpec | None = None) -> Mapping[str, TensorSpec]:
        expect(x, self.title, "sequence")
        masked(mask, x, self.title)
        return self._inferred(x, x)

    def _more(self) -> tuple[str, ...]:
        return ("causal",) if self.causal else ()


class TransformerDecoder(Stack):
    """Write a sequence that looks at its own past and at all of another one.

    x (B, T, C) and memory (B, S, C) → y (B, T, C), weights (B, layers, heads, T, S), which say
    where the memory was looked at. Each layer is causal self-attention, attention to the memory
    and two Linear layers, all within residual paths.
    """

    kind, title = "transformer_decoder", "Transformer decoder"
    also = "TransformerDecoderLayer block cross-attention pre-norm post-norm translation"
    tex = r"""
        \mathrm{norm\ first:}\;\; z = x + \mathrm{MHA}(\mathrm{LN}(x))
        z' = z + \mathrm{MHA}(\mathrm{LN}(z), m, m)
        y = z' + \mathrm{FF}(\mathrm{LN}(z'))
        \mathrm{FF}(x) = W_2\, a(W_1 x + b_1) + b_2
    """
    use = "Behind an encoder: from one sequence to another, as in translation."
    mistakes = (
        "Without the mask it looks at what only fills up the rows of the memory.",
        "A model that only writes, like GPT, has no memory: that is a causal Transformer encoder.",
    )
    inputs = (
        Port("x", takes=("sequence",), help="What is written."),
        Port("memory", takes=("sequence",), help="What was read, as an encoder gives it."),
        Port("mask", optional=True, takes=("label",), help="Which of the memory counts, (B, S)."),
    )

    def call(self, x: TensorSpec, memory: TensorSpec, mask: TensorSpec | None = None) -> Call:
        return self._made(x, {"crosses": True, "causal": True})

    def applied(self, used: frozenset[str], *specs: TensorSpec | None) -> Call:
        kwargs: dict[str, Any] = {"mask": In("mask")} if len(specs) > 2 and specs[2] else {}
        return Call("self", (In("x"), In("memory")), kwargs | _spared(used))

    def infer(
        self, x: TensorSpec, memory: TensorSpec, mask: TensorSpec | None = None
    ) -> Mapping[str, TensorSpec]:
        expect(x, self.title, "sequence")
        expect(memory, self.title, "sequence", "memory")
        if memory.shape[0] != x.shape[0] or memory.shape[2] != x.shape[2]:
            raise ShapeError(
                f"The memory of {self.title} is as wide as x, {int(x.shape[2])}, for the same "
                f"samples; this wire carries {described(memory)}.",
                port="memory",
                width=int(x.shape[2]),
            )
        masked(mask, memory, self.title)
        return self._inferred(x, memory)


def _spared(used: frozenset[str]) -> dict[str, Any]:
    """Weights cost time only where they are used."""
    return {} if "weights" in used else {"need_weights": False}

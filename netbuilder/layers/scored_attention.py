"""Attention without heads: ways of scoring a key for a query, masks, pooling."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.attention import Attention, masked
from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import described, expect
from netbuilder.layers.lengths import LENGTHS, ending
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec, sample
from netbuilder.layers.spec import Call, In, Layer, Port, param


class Scored(Attention, abstract=True):
    """What attention without heads shares; the weights are (B, 1, T, S)."""

    dropout: float = param(0.0, min=0, max=1, help="Share of attention weights set to zero.")
    causal: bool = param(False, help="Hide the future: each position sees only earlier ones.")

    def work(self, out: TensorSpec, *specs: TensorSpec | None) -> Mapping[str, Shape]:
        query, key, value = self.arriving(*specs)
        gathered = (int(query.shape[1]), *sample(value.shape))
        return {**self.scoring(query, key), "weighted sum": gathered}

    def scoring(self, query: TensorSpec, key: TensorSpec) -> Mapping[str, Shape]:
        """What is multiplied for the scores of one sample: here a dot product for each pair."""
        return {"scores": (int(query.shape[1]), *sample(key.shape))}

    def summary(self) -> str:
        return "causal" if self.causal else ""


class OfOneWidth(Scored, abstract=True):
    """Scores that compare a query with a key value by value."""

    def check(self, query: TensorSpec, key: TensorSpec) -> None:
        if query.shape[2] != key.shape[2]:
            raise ShapeError(
                f"{self.title} compares queries and keys of one width, not {query.shape[2]} with "
                f"{key.shape[2]}: put a Linear with {query.shape[2]} outputs before the keys, or "
                "use Bilinear attention.",
                port="key",
                width=int(query.shape[2]),
            )


class DotProductAttention(OfOneWidth):
    """Gather values by the dot products of queries and keys.

    query (B, T, C), key (B, S, C), value (B, S, V) → y (B, T, V), weights (B, 1, T, S). It
    has no weights of its own: put Linear layers before its ports, or use Multi-head attention.
    """

    kind, title = "dot_product_attention", "Dot-product attention"
    also = "scaled dot-product Luong SDPA self-attention cross-attention"
    tex = r"y = \mathrm{softmax}\left( \dfrac{Q K^{\top}}{\sqrt{C}} \right) V"
    use = "To see attention without projections, or with Linear layers of your own as projections."
    mistakes = ("Without scaling, wide vectors make the softmax so sharp that it stops learning.",)
    cites = "APS360, week 10; DATA.ML.200, week 5; Vaswani et al. 2017"

    scaled: bool = param(True, help="Divide by √C, so that wide vectors do not harden the softmax.")

    def call(self, *specs: TensorSpec | None) -> Call:
        kwargs = changed(self, "scaled", "causal", "dropout")
        return Call("netbuilder.nn.DotProductAttention", (), kwargs)

    def applied(self, used: frozenset[str], *specs: TensorSpec | None) -> Call:
        call = super().applied(used, *specs)
        spared = {} if "weights" in used else {"need_weights": False}
        return Call(call.target, call.args, {**call.kwargs, **spared})

    def summary(self) -> str:
        return brief("" if self.scaled else "not scaled", super().summary())


class CosineAttention(OfOneWidth):
    """Gather values by the angle between queries and keys, whatever their lengths.

    query (B, T, C), key (B, S, C), value (B, S, V) → y (B, T, V), weights (B, 1, T, S). Without
    a low temperature the weights stay nearly equal, because a cosine lies within ±1.
    """

    kind, title = "cosine_attention", "Cosine attention"
    also = "content-based addressing"
    tex = r"""
        e_{ts} = \dfrac{q_t \cdot k_s}{\tau\, \|q_t\|\, \|k_s\|}
        \alpha_t = \mathrm{softmax}(e_t), \;\; y_t = \sum_s\, \alpha_{ts}\, v_s
    """
    use = "Where only the direction of vectors has a meaning, as in memories that are looked up."
    mistakes = (
        "At temperature 1 scores lie between −1 and 1, and every key gets nearly the same weight.",
    )
    cites = "APS360, week 10; Graves et al. 2014"

    temperature: float = param(0.1, min=1e-3, max=100, help="Lower: sharper weights.")

    def call(self, *specs: TensorSpec | None) -> Call:
        kwargs = changed(self, "causal", "dropout")
        return Call("netbuilder.nn.CosineAttention", (self.temperature,), kwargs)

    def summary(self) -> str:
        return brief(f"τ = {self.temperature:g}", super().summary())


class BilinearAttention(Scored):
    """Gather values by a learned product of queries and keys, which may differ in width.

    query (B, T, C), key (B, S, K), value (B, S, V) → y (B, T, V), weights (B, 1, T, S).
    """

    kind, title = "bilinear_attention", "Bilinear attention"
    also = "Luong general multiplicative attention"
    tex = r"""
        e_{ts} = k_s^{\top} W q_t
        \alpha_t = \mathrm{softmax}(e_t), \;\; y_t = \sum_s\, \alpha_{ts}\, v_s
    """
    use = "From a decoder to an encoder of another width."
    mistakes = ("Nothing divides by √C here, so wide vectors make it sharp from the start.",)
    cites = "APS360, week 10; Luong et al. 2015"

    def call(self, *specs: TensorSpec | None) -> Call:
        query, key, _ = self.arriving(*specs)
        args = (int(query.shape[2]), int(key.shape[2]))
        return Call("netbuilder.nn.BilinearAttention", args, changed(self, "causal", "dropout"))

    def weights(self, *specs: TensorSpec | None) -> Mapping[str, Shape]:
        query, key, _ = self.arriving(*specs)
        return {"query.weight": (int(key.shape[2]), int(query.shape[2]))}

    def scoring(self, query: TensorSpec, key: TensorSpec) -> Mapping[str, Shape]:
        projected = (*sample(query.shape), int(key.shape[2]))
        return {"query.weight": projected, **super().scoring(query, key)}


class AdditiveAttention(Scored):
    """Gather values by a small network that scores each query with each key (Bahdanau).

    query (B, T, C), key (B, S, K), value (B, S, V) → y (B, T, V), weights (B, 1, T, S). It
    needs memory for T·S·hidden values. Between a decoder and an encoder: the decoder's states
    are the queries, the encoder's are keys and values.
    """

    kind, title = "additive_attention", "Additive attention"
    also = "Bahdanau concat attention seq2seq"
    tex = r"""
        e_{ts} = v^{\top} \tanh(W q_t + U k_s)
        \alpha_t = \mathrm{softmax}(e_t), \;\; y_t = \sum_s\, \alpha_{ts}\, v_s
    """
    use = "A decoder of recurrent layers that looks back at its encoder at each step."
    mistakes = ("It keeps a vector for each pair of positions, which is slow over long sequences.",)
    cites = "APS360, week 10; Bahdanau et al. 2014"

    hidden: int = param(64, min=1, help="Width of the small network.")

    def call(self, *specs: TensorSpec | None) -> Call:
        query, key, _ = self.arriving(*specs)
        args = (int(query.shape[2]), int(key.shape[2]), self.hidden)
        return Call("netbuilder.nn.AdditiveAttention", args, changed(self, "causal", "dropout"))

    def weights(self, *specs: TensorSpec | None) -> Mapping[str, Shape]:
        query, key, _ = self.arriving(*specs)
        return {
            "query.weight": (self.hidden, int(query.shape[2])),
            "key.weight": (self.hidden, int(key.shape[2])),
            "score.weight": (1, self.hidden),
        }

    def scoring(self, query: TensorSpec, key: TensorSpec) -> Mapping[str, Shape]:
        return {
            "query.weight": (*sample(query.shape), self.hidden),
            "key.weight": (*sample(key.shape), self.hidden),
            "scores": (int(query.shape[1]), int(key.shape[1]), self.hidden),
        }

    def summary(self) -> str:
        return brief(self.hidden, super().summary())


class AttentionPooling(Layer):
    """Make one vector of a sequence: a mean whose weights the network finds.

    (B, T, C) → y (B, C), weights (B, 1, 1, T). For where only some of the steps matter; the
    order of the steps does not. A mask or lengths leave steps out.
    """

    kind, title, family = "attention_pooling", "Attention pooling", "Attention"
    also = "weighted mean pooling by attention"
    tex = r"""
        e_t = w \cdot x_t + b
        \alpha = \mathrm{softmax}(e), \;\; y = \sum_t\, \alpha_t\, x_t
    """
    use = "From a sequence to one vector where some tokens matter more than others."
    mistakes = ("Without a mask it may look at padding.",)
    cites = "DATA.ML.200, week 5; APS360, week 10; Yang et al. 2016"
    inputs = (
        Port("x", takes=("sequence",)),
        Port("mask", optional=True, takes=("label",), help="Which steps count, (B, T)."),
        LENGTHS,
    )
    outputs = ("y", "weights")
    returns = "{y}, {weights}"

    hidden: int = param(0, min=0, help="Width of a tanh layer that scores; 0: a Linear alone.")

    def call(self, x: TensorSpec, *which: TensorSpec | None) -> Call:
        return Call("netbuilder.nn.AttentionPooling", (int(x.shape[2]),), changed(self, "hidden"))

    def applied(self, used: frozenset[str], *specs: TensorSpec | None) -> Call:
        _, mask, lengths = (*specs, None, None)[:3]
        found: Call | In = Call("netbuilder.nn.length_mask", (In("x"), In("lengths")))
        if mask is not None:
            found = Call(".logical_and", (In("mask"), found)) if lengths is not None else In("mask")
        given = mask is not None or lengths is not None
        return Call("self", (In("x"),), {"mask": found} if given else {})

    def infer(self, x: TensorSpec, *which: TensorSpec | None) -> Mapping[str, TensorSpec]:
        batch, steps, width = expect(x, self.title, "sequence", "x").shape
        mask, lengths = (*which, None, None)[:2]
        masked(mask, x, self.title)
        ending(lengths, x, self.title)
        return {"y": x.with_shape(batch, width), "weights": x.with_shape(batch, 1, 1, steps)}

    def weights(self, x: TensorSpec, *which: TensorSpec | None) -> Mapping[str, Shape]:
        width = int(x.shape[2])
        if not self.hidden:
            return {"score.weight": (1, width), "score.bias": (1,)}
        return {
            "hidden.weight": (self.hidden, width),
            "hidden.bias": (self.hidden,),
            "score.weight": (1, self.hidden),
        }

    def work(
        self, out: TensorSpec, x: TensorSpec, *which: TensorSpec | None
    ) -> Mapping[str, Shape]:
        steps = int(x.shape[1])
        matrices = {n: (*s, steps) for n, s in self.weights(x).items() if len(s) == 2}
        return {**matrices, "weighted sum": sample(x.shape)}

    def summary(self) -> str:
        return f"tanh {self.hidden}" if self.hidden else ""


class PaddingMask(Layer):
    """Say of each token whether it is one, or only fills up the row.

    (B, T) tokens → (B, T), true where there is a token: for the mask port of attention.
    """

    kind, title, family = "padding_mask", "Padding mask", "Attention"
    also = "key padding mask attention mask variable length"
    tex = r"y_t = (x_t \neq \mathrm{padding})"
    use = "Between tokens of different lengths and the mask port of an attention."
    mistakes = ("The token for padding has to be one that no text uses.",)
    cites = "APS360, week 10"
    inputs = (Port("x", takes=("label",)),)

    padding: int = param(0, min=0, help="The token that fills up.")

    def call(self, x: TensorSpec) -> Call:
        return Call(".ne", (In("x"), self.padding))

    def infer(self, x: TensorSpec) -> TensorSpec:
        if x.dtype != "int64":
            raise ShapeError(f"{self.title} takes tokens; this wire carries {described(x)}.")
        return TensorSpec(x.shape, "bool")

    def summary(self) -> str:
        return f"padding {self.padding}"

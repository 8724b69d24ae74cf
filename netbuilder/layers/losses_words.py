"""Losses that vectors of words are learned by."""

from __future__ import annotations

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import described, expect, expect_equal
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Port, param


class NegativeSampling(Loss):
    """Asks a word's vector to agree with its neighbour's and with none of some words of chance.

    center and context (B, C), negatives (B, K, C): vectors of two tables, that of the words and
    that of what stands around them, which negatives share. For CBOW the center is the mean of
    the context's vectors and the context the word in the middle.
    """

    kind, title = "negative_sampling", "Negative sampling"
    also = "word2vec skip-gram CBOW SGNS noise contrastive"
    tex = r"-\log \sigma(c \cdot o) - \sum_k\, \log \sigma(-c \cdot n_k)"
    use = "Learn vectors of words without scoring the whole vocabulary at every step."
    mistakes = ("With one table for both sides a word must be near itself, which it never is.",)
    cites = "APS360, week 7; Mikolov et al. 2013"
    inputs = (
        Port("center", takes=("vector",), help="Vector of the word."),
        Port("context", takes=("vector",), help="Vector of a neighbour."),
        Port("negatives", takes=("sequence",), help="Vectors of words of chance."),
    )

    def call(self, *specs: TensorSpec) -> Call:
        args = tuple(In(port.name) for port in self.inputs)
        return Call("netbuilder.nn.negative_sampling", args)

    def infer(self, center: TensorSpec, context: TensorSpec, negatives: TensorSpec) -> TensorSpec:
        expect(center, self.title, "vector", "center")
        expect_equal(
            center, expect(context, self.title, "vector", "context"), self.title, "context"
        )
        expect(negatives, self.title, "sequence", "negatives")
        if (negatives.shape[0], negatives.shape[2]) != center.shape:
            raise ShapeError(
                f"Negatives are vectors of {center.shape[1]} values for each word; this wire "
                f"carries {described(negatives)}.",
                port="negatives",
                width=int(center.shape[1]),
            )
        return TensorSpec(())


class GloVe(Loss):
    """Asks the product of two words' vectors to be the logarithm of their count.

    word and context (B, C), word_bias and context_bias (B, 1) from Embeddings of width 1,
    count (B). Rare pairs weigh less; above the greatest count all weigh the same.
    """

    kind, title = "glove", "GloVe"
    also = "global vectors word embeddings weighted least squares co-occurrence"
    tex = r"""
        f(n) \cdot (w \cdot c + b + d - \log n)^2
        f(n) = \min(1, n / n_{\max})^{\alpha}
    """
    use = "Learn vectors of words from counts over a whole text."
    mistakes = ("Without biases the vectors must also say how frequent a word is.",)
    cites = "APS360, week 7; Pennington et al. 2014"
    inputs = (
        Port("word", takes=("vector",), help="Vector of one word."),
        Port("context", takes=("vector",), help="Vector of the other, from another table."),
        Port("word_bias", takes=("vector",), help="One number for the word."),
        Port("context_bias", takes=("vector",), help="One number for the other."),
        Port("count", takes=("vector",), help="How often they stand together, above 0."),
    )

    most: float = param(100.0, min=1e-3, label="Greatest count", help="Above it all weigh alike.")
    power: float = param(0.75, min=0, max=4, help="α: how much less rare pairs weigh; 0: alike.")

    def call(self, *specs: TensorSpec) -> Call:
        args = tuple(In(port.name) for port in self.inputs)
        return Call("netbuilder.nn.glove", args, changed(self, "most", "power"))

    def infer(
        self,
        word: TensorSpec,
        context: TensorSpec,
        word_bias: TensorSpec,
        context_bias: TensorSpec,
        count: TensorSpec,
    ) -> TensorSpec:
        expect(word, self.title, "vector", "word")
        expect_equal(word, expect(context, self.title, "vector", "context"), self.title, "context")
        for port, bias in (("word_bias", word_bias), ("context_bias", context_bias)):
            if bias.dtype != "float32" or bias.shape != (word.shape[0], 1):
                raise ShapeError(
                    f"A bias is one number for each word (B × 1); this wire carries "
                    f"{described(bias)}. Take an Embedding of width 1.",
                    port=port,
                    width=1,
                )
        if count.dtype != "float32" or count.shape != word.shape[:1]:
            raise ShapeError(
                f"A count is one number for each pair (B); this wire carries {described(count)}.",
                port="count",
            )
        return TensorSpec(())

    def summary(self) -> str:
        return brief(super().summary(), f"α {self.power:g}")

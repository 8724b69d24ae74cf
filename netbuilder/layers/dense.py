"""Fully connected layers and tables of vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import described, numbers
from netbuilder.layers.law import Begins, Law
from netbuilder.layers.look import Look, Looks, pointwise
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec, sample
from netbuilder.layers.sizes import by
from netbuilder.layers.spec import Call, In, Layer, Port, param


class Linear(Layer):
    """Every output is a weighted sum of all inputs.

    (B, …, in) → (B, …, out). The number of inputs comes from the wire.
    """

    kind, title, family = "linear", "Linear", "Dense"
    tex = "y = W x + b"
    use = "To mix all features: hidden layers of a perceptron, and the last layer of most networks."
    mistakes = (
        "Two in a row without an activation between them can do no more than one.",
        "Behind Flatten on large maps it takes most of the weights of the network.",
    )
    cites = "DLS, week 3; APS360, week 2"

    out_features: int = param(64, min=1, help="Number of outputs.", label="Outputs")
    bias: bool = param(True, help="Add a learned constant to each output.")

    def call(self, x: TensorSpec) -> Call:
        return Call("nn.Linear", (int(x.shape[-1]), self.out_features), _unless(self.bias))

    def infer(self, x: TensorSpec) -> TensorSpec:
        if x.dtype != "float32":
            raise ShapeError(
                "Linear takes numbers, this wire carries labels or tokens. "
                "Put an Embedding in between.", remedy="embedding",
            )  # fmt: skip
        if x.axes < 2:
            raise ShapeError(f"Linear takes at least 2 axes, this wire has {x.axes}.")
        return x.with_shape(*x.shape[:-1], self.out_features)

    def looks(self, x: TensorSpec) -> Looks:
        return {axis: Look(axis) for axis in range(1, x.axes - 1)}

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        shapes: dict[str, Shape] = {"weight": (self.out_features, int(x.shape[-1]))}
        return shapes | ({"bias": (self.out_features,)} if self.bias else {})

    def summary(self) -> str:
        return f"→ {self.out_features}"


class Embedding(Layer, Begins):
    """Look up one learned vector for each token or category.

    (B, T) whole numbers → (B, T, width). The size of the vocabulary comes from the wire.
    `table` (vocabulary, width) is all its vectors; a Tied linear reads its scores from it.
    """

    kind, title, family = "embedding", "Embedding", "Dense"
    also = "lookup table word vectors"
    tex = r"y = W_x \;\;(\mathrm{row}\; x \;\mathrm{of}\; W)"
    use = "The first layer for words, characters or categories."
    mistakes = (
        "A token beyond the vocabulary has no row: reserve one for the unknown.",
        "A rare token is hardly ever trained, however wide its vector is.",
    )
    cites = "APS360, week 7"
    inputs = (Port("x", takes=("label",)),)
    outputs = ("y", "table")

    embedding_dim: int = param(64, min=1, help="Length of each vector.", label="Width")
    padding_idx: int | None = param(
        None,
        min=0,
        label="Padding",
        help="Token that fills up: it begins at 0 and never learns.",
    )
    max_norm: float | None = param(
        None, min=1e-6, label="Greatest norm", help="Longer vectors are shortened to this length."
    )

    @property
    def picks(self) -> Mapping[str, str]:
        return {"table": "{self}.weight"}

    def call(self, x: TensorSpec) -> Call:
        kwargs = changed(self, "padding_idx", "max_norm")
        return Call("nn.Embedding", (x.classes, self.embedding_dim), kwargs)

    def infer(self, x: TensorSpec) -> Mapping[str, TensorSpec]:
        classes = tokens(x, self.title, self.padding_idx)
        return {
            "y": TensorSpec((*x.shape, self.embedding_dim)),
            "table": TensorSpec((classes, self.embedding_dim)),
        }

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def begins(self, name: str, shape: Shape) -> Law | None:
        return Law("normal", 1.0)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        return {"weight": (int(x.classes or 0), self.embedding_dim)}

    def work(self, out: TensorSpec, x: TensorSpec) -> Mapping[str, Shape]:
        return {}

    def summary(self) -> str:
        return f"width {self.embedding_dim}"


class OneHot(Layer):
    """Write a token or category as a 1 in its own place and 0 everywhere else.

    (B, …) whole numbers → (B, …, classes). As many places as the wire has classes.
    """

    kind, title, family = "one_hot", "One-hot", "Dense"
    also = "dummy variables categories"
    tex = r"""
        y_i = 1 \;\;\mathrm{if}\; i = x
        y_i = 0 \;\;\mathrm{if}\; i \neq x
    """
    use = "Few categories, or characters, where no learned vector is wanted."
    mistakes = (
        "With many categories it is wide and mostly zeros; Embedding is the same and cheaper.",
    )
    cites = "APS360, week 7; DATA.ML.200, week 5"
    inputs = (Port("x", takes=("label",)),)

    def call(self, x: TensorSpec) -> Call:
        return Call(".float", (Call("F.one_hot", (In("x"), x.classes)),))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return TensorSpec((*x.shape, tokens(x, self.title)))


class EmbeddingBag(Layer, Begins):
    """Look up a vector for each token and give their mean or sum: a text as one vector.

    (B, T) whole numbers → (B, width). The order of the tokens is lost.
    """

    kind, title, family = "embedding_bag", "Embedding bag", "Dense"
    also = "mean of words bag of words fastText"
    tex = r"y = \dfrac{1}{T} \sum_t\, W_{x_t}"
    use = "A fast first classifier of texts, to beat with something better."
    mistakes = ("The order of the words is lost: not good and good, not are the same.",)
    cites = "APS360, week 10; Joulin et al. 2016"
    inputs = (Port("x", takes=("label",)),)

    embedding_dim: int = param(64, min=1, help="Length of each vector.", label="Width")
    mode: Literal["mean", "sum", "max"] = param("mean", help="How the vectors become one.")
    padding_idx: int | None = param(
        None, min=0, label="Padding", help="Token that fills up and is left out."
    )

    def call(self, x: TensorSpec) -> Call:
        kwargs = changed(self, "mode", "padding_idx")
        return Call("nn.EmbeddingBag", (x.classes, self.embedding_dim), kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        tokens(x, self.title, self.padding_idx)
        if x.axes != 2:
            raise ShapeError(
                f"Embedding bag takes a row of tokens for each sample (B × T); this wire carries "
                f"{described(x)}."
            )
        return TensorSpec((x.shape[0], self.embedding_dim))

    def begins(self, name: str, shape: Shape) -> Law | None:
        return Law("normal", 1.0)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        return {"weight": (int(x.classes or 0), self.embedding_dim)}

    def work(self, out: TensorSpec, x: TensorSpec) -> Mapping[str, Shape]:
        return {}

    def summary(self) -> str:
        return brief(f"width {self.embedding_dim}", self.mode)


class TiedLinear(Layer):
    """Score what arrives against every row of a table: an output layer that reuses an embedding.

    x (B, …, C), table (rows, C) → (B, …, rows). Wire the table of an Embedding to it: then
    words are read and written by the same vectors. It has no weights of its own.
    """

    kind, title, family = "tied_linear", "Tied linear", "Dense"
    also = "weight tying tied embeddings shared weights LM head"
    tex = r"y = E\, x \;\;(E \;\mathrm{of\ an\ embedding})"
    use = "The output layer of a language model, which saves the weights of a whole vocabulary."
    mistakes = ("What arrives has to be as wide as the embedding.",)
    cites = "Press and Wolf 2017"
    inputs = (Port("x"), Port("table", takes=("vector",), help="Rows to compare with."))

    def call(self, x: TensorSpec, table: TensorSpec) -> Call:
        return Call("F.linear", (In("x"), In("table")))

    def infer(self, x: TensorSpec, table: TensorSpec) -> TensorSpec:
        numbers(x, self.title, "x")
        numbers(table, self.title, "table")
        if x.axes < 2 or table.axes != 2:
            raise ShapeError(
                f"Tied linear takes at least 2 axes and a table of 2; {x.text()} and "
                f"{table.text()} arrive.",
                port="table" if table.axes != 2 else "x",
            )
        if x.shape[-1] != table.shape[1]:
            raise ShapeError(
                f"Rows of the table have {table.shape[1]} values, what is compared with them has "
                f"{x.shape[-1]}: put a Linear with {table.shape[1]} outputs before it.",
                port="x",
                width=int(table.shape[1]),
            )
        return x.with_shape(*x.shape[:-1], table.shape[0])

    def work(self, out: TensorSpec, x: TensorSpec, table: TensorSpec) -> Mapping[str, Shape]:
        return {"table": (*map(int, table.shape), *sample(x.shape)[:-1])}


class Learned(Layer, Begins):
    """Give the same learned numbers for every sample, whatever arrives.

    x (B, …) → (B, sizes); of x only the number of samples counts. A class token is one of
    sizes 1, C that Concatenate puts before the tokens; several are queries that a network learns.
    """

    kind, title, family = "learned", "Learned vector", "Dense"
    also = "parameter class token CLS learned query prompt"
    tex = "y = w"
    use = "A class token, queries of an attention, or a first state that is learned."
    mistakes = ("It does not depend on what arrives: alone it can only learn a mean.",)
    cites = "Devlin et al. 2018; Dosovitskiy et al. 2020"

    sizes: tuple[int, ...] = param((1, 64), min=1, help="Sizes without the batch.")
    std: float = param(0.02, min=0, max=100, label="Deviation", help="Of the numbers at first.")

    def call(self, x: TensorSpec) -> Call:
        return Call("netbuilder.nn.Learned", self.sizes, changed(self, "std"))

    def infer(self, x: TensorSpec) -> TensorSpec:
        if not x.axes:
            raise ShapeError(f"{self.title} counts the samples of what arrives; a scalar has none.")
        return TensorSpec((x.shape[0], *self.sizes))

    def begins(self, name: str, shape: Shape) -> Law | None:
        return Law("normal", self.std)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        return {"value": self.sizes}

    def work(self, out: TensorSpec, x: TensorSpec) -> Mapping[str, Shape]:
        return {}

    def summary(self) -> str:
        return brief(by(self.sizes))


def tokens(x: TensorSpec, title: str, padding: int | None = None) -> int:
    """How many different tokens a wire carries. Raises ShapeError if it carries numbers."""
    if x.dtype != "int64" or x.classes is None:
        raise ShapeError(f"{title} takes tokens or labels; this wire carries {described(x)}.")
    if padding is not None and padding >= x.classes:
        raise ShapeError(
            f"Padding is one of the {x.classes} tokens, 0 to {x.classes - 1}, not {padding}.",
            params={"padding_idx": 0},
        )
    return x.classes


def _unless(bias: bool) -> dict[str, bool]:
    """Keyword for the rarer choice only, so that generated code stays short."""
    return {} if bias else {"bias": False}

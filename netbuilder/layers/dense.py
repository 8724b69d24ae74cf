"""Fully connected layers and tables of vectors."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.shape import Shape, ShapeError, TensorSpec, count
from netbuilder.layers.spec import Call, Layer, Port, param


class Linear(Layer):
    """Every output is a weighted sum of all inputs.

    (B, …, in) → (B, …, out). The number of inputs comes from the wire.
    """

    kind, title, family = "linear", "Linear", "Dense"
    formula = "y = W x + b"
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

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        shapes: dict[str, Shape] = {"weight": (self.out_features, int(x.shape[-1]))}
        return shapes | ({"bias": (self.out_features,)} if self.bias else {})

    def multiply_adds(self, out: TensorSpec, x: TensorSpec) -> int:
        return int(x.shape[-1]) * count(out.shape)

    def summary(self) -> str:
        return f"→ {self.out_features}"


class Embedding(Layer):
    """Look up one learned vector for each token or category.

    (B, T) whole numbers → (B, T, width). The size of the vocabulary comes from the wire.
    """

    kind, title, family = "embedding", "Embedding", "Dense"
    formula = "y = W[x]"
    cites = "APS360, week 7"
    inputs = (Port("x", takes=("label",)),)

    embedding_dim: int = param(64, min=1, help="Length of each vector.", label="Width")

    def call(self, x: TensorSpec) -> Call:
        return Call("nn.Embedding", (x.classes, self.embedding_dim))

    def infer(self, x: TensorSpec) -> TensorSpec:
        if x.dtype != "int64" or x.classes is None:
            held = "numbers" if x.dtype != "bool" else "yes or no"
            raise ShapeError(f"Embedding takes tokens or labels, this wire carries {held}.")
        return TensorSpec((*x.shape, self.embedding_dim))

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        return {"weight": (int(x.classes or 0), self.embedding_dim)}

    def multiply_adds(self, out: TensorSpec, x: TensorSpec) -> int:
        return 0

    def summary(self) -> str:
        return f"width {self.embedding_dim}"


def _unless(bias: bool) -> dict[str, bool]:
    """Keyword for the rarer choice only, so that generated code stays short."""
    return {} if bias else {"bias": False}

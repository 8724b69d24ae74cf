"""Activations that change the width: some values decide about others."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.activation import Activation
from netbuilder.layers.brief import brief
from netbuilder.layers.expect import expect_axes, numbers
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec, sample
from netbuilder.layers.spec import Call, In, param


class Maxout(Activation):
    """Learn several linear layers and keep the largest answer, output by output.

    (B, …, in) → (B, …, out). Its pieces bend into any convex function, ReLU and |x| among
    them. It has the weights of a Linear layer, times the number of pieces.
    """

    kind, title = "maxout", "Maxout"
    tex = r"y_i = \max_k\; (W_k\, x + b_k)_i"
    use = "Where the shape of the activation itself should be learned, often with dropout."
    mistakes = (
        "It has as many times the weights of a Linear layer as it has pieces.",
        "With one piece it is only a Linear layer.",
    )
    cites = "IDL, activations; Goodfellow et al. 2013"

    out_features: int = param(64, min=1, help="Number of outputs.", label="Outputs")
    pieces: int = param(2, min=1, max=1000, help="Linear functions to choose from.")

    def call(self, x: TensorSpec) -> Call:
        sizes = (int(x.shape[-1]), self.out_features, self.pieces)
        return Call("netbuilder.nn.Maxout", sizes)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 2)
        return x.with_shape(*x.shape[:-1], self.out_features)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        rows = self.pieces * self.out_features
        return {"linear.weight": (rows, int(x.shape[-1])), "linear.bias": (rows,)}

    def work(self, out: TensorSpec, x: TensorSpec) -> Mapping[str, Shape]:
        return {"linear.weight": (*self.weights(x)["linear.weight"], *sample(out.shape)[:-1])}

    def summary(self) -> str:
        return brief(f"→ {self.out_features}", f"{self.pieces} pieces")


class GLU(Activation):
    """Split one axis in two halves; the second half gates the first.

    An axis of 2n becomes one of n. Give the layer before it twice the outputs. With Sigmoid
    and Multiply the same can be wired from two layers.
    """

    kind, title = "glu", "GLU (gated linear unit)"
    also = "swiglu gate"
    tex = r"""
        x = [a,\, b]
        y = a \cdot \sigma(b)
    """
    use = (
        "Feed-forward parts of transformers and convolutions over text, which learn what to let "
        "through."
    )
    mistakes = ("It halves the axis: the layer in front has to be twice as wide.",)
    cites = "IDL, gates; Dauphin et al. 2017"

    dim: int = param(-1, min=-7, max=7, label="Axis", help="1 is the first after the batch.")

    def call(self, x: TensorSpec) -> Call:
        return Call("F.glu", (In("x"),), {"dim": self.dim} if self.dim != -1 else {})

    def infer(self, x: TensorSpec) -> TensorSpec:
        numbers(x, self.title)
        if not -x.axes < self.dim < x.axes or self.dim == 0:
            raise ShapeError(
                f"GLU halves axis {self.dim}; this wire carries {x.text()}, and the batch is "
                "never halved.",
                params={"dim": -1},
            )
        size = x.shape[self.dim]
        if size % 2:
            raise ShapeError(
                f"GLU halves an axis; here {size} values arrive, which is odd ({x.text()}).",
                width=int(size) + 1 if self.dim in (-1, x.axes - 1) else None,
            )
        shape = list(x.shape)
        shape[self.dim] = size // 2
        return x.with_shape(*shape)

    def summary(self) -> str:
        return f"axis {self.dim}" if self.dim != -1 else ""

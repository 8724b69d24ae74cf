"""The bends between layers, without which they would collapse into one."""

from __future__ import annotations

from typing import Literal

from netbuilder.layers.brief import changed
from netbuilder.layers.expect import numbers
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Layer, param


class Activation(Layer, abstract=True):
    """What functions of single values share: the shape stays."""

    family = "Activation"
    cites = "APS360, week 2"

    def infer(self, x: TensorSpec) -> TensorSpec:
        return numbers(x, self.title)


class ReLU(Activation):
    """Let positive values through and set the others to zero.

    Any shape → the same shape.
    """

    kind, title = "relu", "ReLU"
    formula = "y = max(0, x)"

    def call(self, x: TensorSpec) -> Call:
        return Call("F.relu", (In("x"),))


class LeakyReLU(Activation):
    """Let positive values through, and a little of the negative ones.

    Any shape → the same shape.
    """

    kind, title = "leaky_relu", "Leaky ReLU"
    formula = "y = max(0, x) + slope·min(0, x)"

    negative_slope: float = param(0.01, min=0, max=1, label="Slope", help="Slope below zero.")

    def call(self, x: TensorSpec) -> Call:
        return Call("F.leaky_relu", (In("x"), self.negative_slope))

    def summary(self) -> str:
        return f"slope {self.negative_slope:g}"


class GELU(Activation):
    """Weigh each value by the share of a normal distribution below it: a smooth ReLU.

    Any shape → the same shape.
    """

    kind, title = "gelu", "GELU"
    formula = "y = x·Φ(x)"
    cites = "Hendrycks and Gimpel 2016"

    approximate: Literal["none", "tanh"] = param(
        "none", help="tanh: the approximation that GPT-2 was trained with."
    )

    def call(self, x: TensorSpec) -> Call:
        return Call("F.gelu", (In("x"),), changed(self, "approximate"))

    def summary(self) -> str:
        return "" if self.approximate == "none" else self.approximate


class Sigmoid(Activation):
    """Squash each value into the range from 0 to 1.

    Any shape → the same shape. Binary cross-entropy has it built in.
    """

    kind, title = "sigmoid", "Sigmoid"
    formula = "y = 1 / (1 + e<sup>−x</sup>)"

    def call(self, x: TensorSpec) -> Call:
        return Call("torch.sigmoid", (In("x"),))


class Tanh(Activation):
    """Squash each value into the range from −1 to 1.

    Any shape → the same shape.
    """

    kind, title = "tanh", "Tanh"
    formula = "y = (e<sup>x</sup> − e<sup>−x</sup>) / (e<sup>x</sup> + e<sup>−x</sup>)"

    def call(self, x: TensorSpec) -> Call:
        return Call("torch.tanh", (In("x"),))


class Softmax(Activation):
    """Turn scores along one axis into probabilities that sum to 1.

    Any shape → the same shape. Cross-entropy has it built in: give that the scores.
    """

    kind, title = "softmax", "Softmax"
    formula = "y<sub>i</sub> = e<sup>x<sub>i</sub></sup> / Σ<sub>k</sub> e<sup>x<sub>k</sub></sup>"

    dim: int = param(-1, min=-7, max=7, label="Axis", help="1 is the first after the batch.")

    def call(self, x: TensorSpec) -> Call:
        return Call("F.softmax", (In("x"),), {"dim": self.dim})

    def infer(self, x: TensorSpec) -> TensorSpec:
        numbers(x, self.title)
        if not -x.axes < self.dim < x.axes or self.dim == 0:
            raise ShapeError(
                f"Softmax works along axis {self.dim}; this wire has the axes "
                f"1 to {x.axes - 1} beside the batch ({x.text()})."
                if x.axes > 1
                else f"Softmax needs an axis beside the batch; this wire carries {x.text()}.",
                params={"dim": -1},
            )
        return x

    def summary(self) -> str:
        return f"axis {self.dim}" if self.dim != -1 else ""

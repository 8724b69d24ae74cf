"""The bends between layers, without which they would collapse into one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netbuilder.layers.brief import brief
from netbuilder.layers.curve import Curved, Floats, sigmoid
from netbuilder.layers.expect import described, numbers
from netbuilder.layers.look import Looks, pointwise
from netbuilder.layers.shape import Dim, Shape, ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Layer, param


class Activation(Layer, abstract=True):
    """What all activations share: they take numbers, and most keep the shape."""

    family = "Activation"
    cites = "APS360, week 2"

    def infer(self, x: TensorSpec) -> TensorSpec:
        return numbers(x, self.title)

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)


class Pointwise(Activation, Curved, abstract=True):
    """What functions of single values share: the shape stays, and they can be drawn."""


class ReLU(Pointwise):
    """Let positive values through and set the others to zero.

    Any shape → the same shape. The usual choice in hidden layers; a unit that is below
    zero for every sample learns no more.
    """

    kind, title = "relu", "ReLU"
    also = "rectifier rectified linear unit"
    formula = "y = max(0, x)"

    def call(self, x: TensorSpec) -> Call:
        return Call("F.relu", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.maximum(x, 0), np.where(x > 0, 1.0, 0.0)


class LeakyReLU(Pointwise):
    """Let positive values through, and a little of the negative ones.

    Any shape → the same shape. Use it where units die under ReLU.
    """

    kind, title = "leaky_relu", "Leaky ReLU"
    formula = "y = max(0, x) + slope·min(0, x)"
    cites = "APS360, week 2; Maas et al. 2013"

    negative_slope: float = param(0.01, min=0, max=1, label="Slope", help="Slope below zero.")

    def call(self, x: TensorSpec) -> Call:
        return Call("F.leaky_relu", (In("x"), self.negative_slope))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        slope = np.where(x > 0, 1.0, self.negative_slope)
        return slope * x, slope

    def summary(self) -> str:
        return f"slope {self.negative_slope:g}"


class PReLU(Pointwise):
    """A leaky ReLU that learns its slope below zero.

    Any shape → the same shape. One slope for all values, or one for each channel, which is
    axis 1 as in torch. The curve shows the slope it starts with.
    """

    kind, title = "prelu", "PReLU"
    formula = "y = max(0, x) + a·min(0, x), a learned"
    cites = "IDL, activations; He et al. 2015"

    per_channel: bool = param(False, help="Learn one slope for each channel (axis 1).")
    init: float = param(0.25, min=-1, max=1, label="First slope", help="Slope before training.")

    def _slopes(self, x: TensorSpec) -> int:
        return int(x.shape[1]) if self.per_channel else 1

    def call(self, x: TensorSpec) -> Call:
        given = {"num_parameters": self._slopes(x)} if self.per_channel else {}
        return Call("nn.PReLU", (), given | ({"init": self.init} if self.init != 0.25 else {}))

    def infer(self, x: TensorSpec) -> TensorSpec:
        numbers(x, self.title)
        if self.per_channel and (x.axes < 2 or isinstance(x.shape[1], Dim)):
            raise ShapeError(
                "A slope for each channel needs a channel axis of fixed size behind the batch; "
                f"this wire carries {described(x)}.",
                params={"per_channel": False},
            )
        return x

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        return {"weight": (self._slopes(x),)}

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        slope = np.where(x > 0, 1.0, self.init)
        return slope * x, slope

    def summary(self) -> str:
        return brief("per channel" if self.per_channel else "", f"a = {self.init:g}")


class Sigmoid(Pointwise):
    """Squash each value into the range from 0 to 1.

    Any shape → the same shape. For gates and probabilities; Binary cross-entropy has it
    built in.
    """

    kind, title = "sigmoid", "Sigmoid"
    also = "logistic"
    formula = "y = 1 / (1 + e<sup>−x</sup>)"
    span = (-6.0, 6.0)

    def call(self, x: TensorSpec) -> Call:
        return Call("torch.sigmoid", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        y = sigmoid(x)
        return y, y * (1 - y)


class Tanh(Pointwise):
    """Squash each value into the range from −1 to 1.

    Any shape → the same shape.
    """

    kind, title = "tanh", "Tanh"
    also = "hyperbolic tangent"
    formula = "y = (e<sup>x</sup> − e<sup>−x</sup>) / (e<sup>x</sup> + e<sup>−x</sup>)"

    def call(self, x: TensorSpec) -> Call:
        return Call("torch.tanh", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        y = np.tanh(x)
        return y, 1 - y**2


class Identity(Pointwise):
    """Pass everything on as it came.

    Any shape → the same shape, labels too. It holds a place, names a value, or makes a
    layer linear on purpose.
    """

    kind, title = "identity", "Identity"
    also = "linear pass-through no-op"
    formula = "y = x"
    cites = "DLS, neural networks"

    def call(self, x: TensorSpec) -> Call:
        return Call("nn.Identity")

    def infer(self, x: TensorSpec) -> TensorSpec:
        return x

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return x, np.ones_like(x)


class Sign(Pointwise):
    """Keep only whether a value is negative, zero or positive: −1, 0 or 1.

    Any shape → the same shape. The output of a perceptron. Its gradient is zero:
    wire the loss to what comes in, or nothing before it learns.
    """

    kind, title = "sign", "Sign"
    also = "perceptron"
    formula = "y = −1, 0, 1 for x &lt; 0, x = 0, x &gt; 0"
    cites = "DLS, linear models; APS360, week 1; Rosenblatt 1958"

    def call(self, x: TensorSpec) -> Call:
        return Call("torch.sign", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.sign(x), np.zeros_like(x)


class Step(Pointwise):
    """Answer 1 above zero and 0 elsewhere: a unit that fires or does not.

    Any shape → the same shape. Its gradient is zero: wire the loss to what comes in, or
    nothing before it learns.
    """

    kind, title = "step", "Step (Heaviside)"
    also = "threshold unit perceptron"
    formula = "y = 1 for x &gt; 0, else 0"
    cites = "APS360, week 1; McCulloch and Pitts 1943"

    def call(self, x: TensorSpec) -> Call:
        return Call(".clamp", (Call("torch.sign", (In("x"),)),), {"min": 0})

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.where(x > 0, 1.0, 0.0), np.zeros_like(x)

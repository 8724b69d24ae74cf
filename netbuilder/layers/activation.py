"""The bends between layers, without which they would collapse into one."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.brief import brief
from netbuilder.layers.curve import Curved, sigmoid
from netbuilder.layers.expect import described, numbers
from netbuilder.layers.late import Floats, np
from netbuilder.layers.law import Begins, Law
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
    tex = r"y = \max(0,\, x)"
    use = "The first choice between layers: cheap, and its gradient does not fade where it is on."
    mistakes = (
        "A large learning rate can push a unit below zero for every sample, where it stays dead.",
        "Behind the last layer it cuts off every negative answer.",
    )

    def call(self, x: TensorSpec) -> Call:
        return Call("F.relu", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.maximum(x, 0), np.where(x > 0, 1.0, 0.0)


class LeakyReLU(Pointwise):
    """Let positive values through, and a little of the negative ones.

    Any shape → the same shape. Use it where units die under ReLU.
    """

    kind, title = "leaky_relu", "Leaky ReLU"
    tex = r"y = \max(0,\, x) + a\,\min(0,\, x)"
    use = (
        "Where many ReLU units have died, and in the critic of a GAN, which needs a gradient "
        "everywhere."
    )
    mistakes = (
        "A slope near 1 makes it nearly a straight line, and the layers around it nearly one.",
    )
    cites = "APS360, week 2; Maas et al. 2013"

    negative_slope: float = param(0.01, min=0, max=1, label="Slope", help="Slope below zero.")

    def call(self, x: TensorSpec) -> Call:
        return Call("F.leaky_relu", (In("x"), self.negative_slope))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        slope = np.where(x > 0, 1.0, self.negative_slope)
        return slope * x, slope

    def summary(self) -> str:
        return f"slope {self.negative_slope:g}"


class PReLU(Pointwise, Begins):
    """A leaky ReLU that learns its slope below zero.

    Any shape → the same shape. One slope for all values, or one for each channel, which is
    axis 1 as in torch. The curve shows the slope it starts with.
    """

    kind, title = "prelu", "PReLU"
    tex = r"y = \max(0,\, x) + a\,\min(0,\, x)"
    use = "Deep convolutional networks with enough data to learn the slope as well."
    mistakes = ("Weight decay pulls the slope to zero, which makes it a plain ReLU.",)
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

    def begins(self, name: str, shape: Shape) -> Law | None:
        return Law("constant", self.init)

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
    tex = r"y = \dfrac{1}{1 + e^{-x}}"
    use = "Gates, and probabilities of yes or no. Between hidden layers ReLU learns faster."
    mistakes = (
        "In front of Binary cross-entropy it is applied twice, for that loss has it built in.",
        "Far from zero its slope is nearly 0, so stacked sigmoids pass hardly any gradient.",
    )
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
    tex = r"y = \dfrac{e^{x} - e^{-x}}{e^{x} + e^{-x}}"
    use = "Inside recurrent layers, and behind a generator whose pictures lie between −1 and 1."
    mistakes = (
        "Far from zero its slope is nearly 0: large first weights keep it from learning.",
        "Behind a generator it does not fit data between 0 and 1: bring them to −1 to 1 first.",
    )

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
    tex = "y = x"
    use = (
        "As a stand-in: an empty branch of a sum, or the place of an activation to be tried later."
    )
    mistakes = ("Two linear layers with only this between them can do no more than one.",)
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
    tex = r"""
        y = -1 \;\;\mathrm{if}\; x < 0
        y = 0 \;\;\mathrm{if}\; x = 0
        y = 1 \;\;\mathrm{if}\; x > 0
    """
    use = "To show the answer of a perceptron or a linear classifier as its class."
    mistakes = ("Its slope is 0 everywhere, so nothing in front of it learns.",)
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
    tex = r"""
        y = 1 \;\;\mathrm{if}\; x > 0
        y = 0 \;\;\mathrm{if}\; x \leq 0
    """
    use = "To build logic from units with weights set by hand, and to show a yes or no."
    mistakes = (
        "Its slope is 0 everywhere, so nothing in front of it learns; train with Sigmoid instead.",
    )
    cites = "APS360, week 1; McCulloch and Pitts 1943"

    def call(self, x: TensorSpec) -> Call:
        return Call(".clamp", (Call("torch.sign", (In("x"),)),), {"min": 0})

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.where(x > 0, 1.0, 0.0), np.zeros_like(x)

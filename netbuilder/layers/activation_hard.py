"""Activations of straight pieces: cheap to compute, as on phones."""

from __future__ import annotations

from netbuilder.layers.activation import Pointwise
from netbuilder.layers.late import Floats, np
from netbuilder.layers.shape import TensorSpec
from netbuilder.layers.spec import Call, In


class ReLU6(Pointwise):
    """A ReLU that stops at 6, so that few bits are enough.

    Any shape → the same shape.
    """

    kind, title = "relu6", "ReLU6"
    tex = r"y = \min(\max(0,\, x),\, 6)"
    use = "Networks for phones whose numbers are stored in 8 bits."
    mistakes = ("Inputs that are not normalised sit above 6, where nothing is learned.",)
    cites = "Howard et al. 2017"
    span = (-2.0, 8.0)

    def call(self, x: TensorSpec) -> Call:
        return Call("F.relu6", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.clip(x, 0, 6), np.where((x > 0) & (x < 6), 1.0, 0.0)


class HardSigmoid(Pointwise):
    """A sigmoid of three straight pieces.

    Any shape → the same shape.
    """

    kind, title = "hard_sigmoid", "Hard sigmoid"
    tex = r"y = \dfrac{\min(\max(0,\, x + 3),\, 6)}{6}"
    use = "Gates on small machines, where an exponential costs too much."
    mistakes = ("Below −3 and above 3 its slope is exactly 0, so a gate there no longer moves.",)
    cites = "Howard et al. 2019"

    def call(self, x: TensorSpec) -> Call:
        return Call("F.hardsigmoid", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.clip(x + 3, 0, 6) / 6, np.where(np.abs(x) < 3, 1 / 6, 0.0)


class HardSwish(Pointwise):
    """A SiLU whose gate is a hard sigmoid.

    Any shape → the same shape.
    """

    kind, title = "hard_swish", "Hard swish"
    tex = r"y = x\,\dfrac{\min(\max(0,\, x + 3),\, 6)}{6}"
    use = "Deeper layers of small convolutional networks, in place of SiLU."
    mistakes = ("Below −3 its slope is exactly 0, as with ReLU below zero.",)
    cites = "Howard et al. 2019"

    def call(self, x: TensorSpec) -> Call:
        return Call("F.hardswish", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        inner = np.where(np.abs(x) < 3, (2 * x + 3) / 6, np.where(x > 0, 1.0, 0.0))
        return x * np.clip(x + 3, 0, 6) / 6, inner


class HardTanh(Pointwise):
    """Cut everything off below −1 and above 1.

    Any shape → the same shape.
    """

    kind, title = "hard_tanh", "Hard tanh"
    tex = r"y = \min(\max(-1,\, x),\, 1)"
    use = (
        "Bounds without an exponential, and gradients through values that are later rounded to ±1."
    )
    mistakes = ("Outside ±1 its slope is exactly 0: keep what arrives small.",)
    cites = "Collobert 2004"

    def call(self, x: TensorSpec) -> Call:
        return Call("F.hardtanh", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.clip(x, -1, 1), np.where(np.abs(x) < 1, 1.0, 0.0)

"""Activations without a kink."""

from __future__ import annotations

import math
from typing import Literal

from netbuilder.layers.activation import Pointwise
from netbuilder.layers.brief import changed
from netbuilder.layers.curve import sigmoid, softplus
from netbuilder.layers.late import Floats, np
from netbuilder.layers.shape import TensorSpec
from netbuilder.layers.spec import Call, In, param

_SELU_SCALE, _SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


class GELU(Pointwise):
    """Weigh each value by the share of a normal distribution below it: a smooth ReLU.

    Any shape → the same shape. The choice of BERT, GPT-2 and ViT. Φ is that share.
    """

    kind, title = "gelu", "GELU"
    tex = r"y = x\;\Phi(x)"
    use = "The usual activation inside transformers."
    mistakes = (
        "Weights trained with the tanh approximation give slightly other numbers without it.",
    )
    cites = "Hendrycks and Gimpel 2016"

    approximate: Literal["none", "tanh"] = param(
        "none", help="tanh: the approximation that GPT-2 was trained with."
    )

    def call(self, x: TensorSpec) -> Call:
        return Call("F.gelu", (In("x"),), changed(self, "approximate"))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        if self.approximate == "tanh":
            root = math.sqrt(2 / math.pi)
            bent = np.tanh(root * (x + 0.044715 * x**3))
            slope = root * (1 + 3 * 0.044715 * x**2) * (1 - bent**2)
            return 0.5 * x * (1 + bent), 0.5 * (1 + bent) + 0.5 * x * slope
        share = np.array([0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x])
        return x * share, share + x * np.exp(-0.5 * x**2) / math.sqrt(2 * math.pi)

    def summary(self) -> str:
        return "" if self.approximate == "none" else self.approximate


class SiLU(Pointwise):
    """Let each value gate itself, which is a smooth ReLU; also called Swish.

    Any shape → the same shape. Sigmoid and Multiply wired by hand do the same.
    """

    kind, title = "silu", "SiLU (Swish)"
    tex = r"y = x\;\sigma(x)"
    use = "Modern convolutional networks and diffusion models, where ReLU is too rough."
    mistakes = ("It is not monotonic: just below zero a larger input gives a smaller output.",)
    cites = "APS360, week 1; Elfwing et al. 2017; Ramachandran et al. 2017"
    span = (-6.0, 6.0)

    def call(self, x: TensorSpec) -> Call:
        return Call("F.silu", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        gate = sigmoid(x)
        return x * gate, gate + x * gate * (1 - gate)


class Mish(Pointwise):
    """A smooth ReLU that dips a little below zero.

    Any shape → the same shape.
    """

    kind, title = "mish", "Mish"
    tex = r"y = x\,\tanh(\log(1 + e^{x}))"
    use = "As SiLU, mostly in networks that detect objects."
    mistakes = ("It costs an exponential, a logarithm and a tanh for a small gain over SiLU.",)
    cites = "Misra 2019"
    span = (-6.0, 6.0)

    def call(self, x: TensorSpec) -> Call:
        return Call("F.mish", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        gate = np.tanh(softplus(x))
        return x * gate, gate + x * (1 - gate**2) * sigmoid(x)


class Softplus(Pointwise):
    """A smooth ReLU that is positive everywhere.

    Any shape → the same shape. Use it for what must be positive, such as a variance.
    """

    kind, title = "softplus", "Softplus"
    tex = r"y = \dfrac{1}{\beta}\,\log(1 + e^{\beta x})"
    use = "For what must be positive, such as a variance or a rate."
    mistakes = (
        "Between hidden layers it is slower than ReLU and seldom better.",
        "Far below zero it is positive but tiny: add a little before you divide by it.",
    )
    cites = "APS360, week 1; Dugas et al. 2001"

    beta: float = param(1.0, min=0.01, max=100, label="β", help="Larger comes closer to ReLU.")

    def call(self, x: TensorSpec) -> Call:
        return Call("F.softplus", (In("x"),), changed(self, "beta"))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return softplus(self.beta * x) / self.beta, sigmoid(self.beta * x)

    def summary(self) -> str:
        return f"β = {self.beta:g}" if self.beta != 1 else ""


class LogSigmoid(Pointwise):
    """The logarithm of a sigmoid: how likely yes is, as a log-probability.

    Any shape → the same shape.
    """

    kind, title = "log_sigmoid", "Log-sigmoid"
    tex = r"y = -\log(1 + e^{-x})"
    use = "Where a log-probability of yes goes into a formula of your own."
    mistakes = (
        "The logarithm of Sigmoid, made of two nodes, is −∞ for scores far below zero; this is "
        "not.",
    )
    cites = "DLS, linear models"

    def call(self, x: TensorSpec) -> Call:
        return Call("F.logsigmoid", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return -softplus(-x), sigmoid(-x)


class ELU(Pointwise):
    """Let positive values through and bend negative ones smoothly towards −α.

    Any shape → the same shape. The mean of what leaves it is closer to zero than under ReLU.
    """

    kind, title = "elu", "ELU"
    tex = r"""
        y = x \;\;\mathrm{if}\; x > 0
        y = \alpha\,(e^{x} - 1) \;\;\mathrm{if}\; x \leq 0
    """
    use = "Deep networks without normalisation layers, whose values should stay around zero."
    mistakes = ("Far below zero its slope fades, so units can still stop learning.",)
    cites = "IDL, activations; Clevert et al. 2015"

    alpha: float = param(1.0, min=0, max=100, label="α", help="Depth below zero.")

    def call(self, x: TensorSpec) -> Call:
        return Call("F.elu", (In("x"),), changed(self, "alpha"))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        low = np.minimum(x, 0)
        y = np.where(x > 0, x, self.alpha * np.expm1(low))
        return y, np.where(x > 0, 1.0, self.alpha * np.exp(low))

    def summary(self) -> str:
        return f"α = {self.alpha:g}" if self.alpha != 1 else ""


class SELU(Pointwise):
    """An ELU so scaled that mean 0 and variance 1 keep themselves from layer to layer.

    Any shape → the same shape. It wants weights from a normal distribution of variance
    1/in, and Alpha dropout in place of Dropout.
    """

    kind, title = "selu", "SELU"
    tex = r"""
        y = 1.0507\, x \;\;\mathrm{if}\; x > 0
        y = 1.7581\,(e^{x} - 1) \;\;\mathrm{if}\; x \leq 0
    """
    use = (
        "Deep networks of Linear layers alone that should keep mean 0 and variance 1 by themselves."
    )
    mistakes = (
        "Plain Dropout breaks its mean and variance; Alpha dropout does not.",
        "It works only with inputs of mean 0 and variance 1 and first weights of variance 1/in.",
    )
    cites = "Klambauer et al. 2017"

    def call(self, x: TensorSpec) -> Call:
        return Call("F.selu", (In("x"),))

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        low = np.minimum(x, 0)
        y = np.where(x > 0, x, _SELU_ALPHA * np.expm1(low))
        slope = np.where(x > 0, 1.0, _SELU_ALPHA * np.exp(low))
        return _SELU_SCALE * y, _SELU_SCALE * slope

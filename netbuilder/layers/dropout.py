"""Keep a network from leaning on single units."""

from __future__ import annotations

from netbuilder.layers.expect import expect_axes, numbers
from netbuilder.layers.look import Looks, pointwise
from netbuilder.layers.shape import TensorSpec
from netbuilder.layers.spec import Call, Layer, Port, param


class Dropout(Layer):
    """Set random values to zero while training, so that no unit is relied on.

    Any shape → the same shape. What remains is scaled by 1 / (1 − p); after training
    everything passes unchanged.
    """

    kind, title, family = "dropout", "Dropout", "Normalisation"
    tex = r"""
        y = \dfrac{m\, x}{1 - p}, \;\; m \sim \mathrm{Bernoulli}(1 - p)
        \mathrm{after\ training:}\;\; y = x
    """
    use = "Wide layers that memorise their training samples."
    mistakes = (
        "In a network that does not fit its training data yet it only slows learning.",
        "Right in front of Batch norm it makes variances differ between training and evaluation.",
    )
    cites = "APS360, week 3; Srivastava et al. 2014"

    p: float = param(0.5, min=0, max=1, label="Probability", help="Share of values set to zero.")

    def call(self, x: TensorSpec) -> Call:
        return Call("nn.Dropout", (self.p,))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return numbers(x, self.title)

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return f"p = {self.p:g}"


class SpatialDropout(Layer):
    """Set whole channels to zero while training, for neighbouring values tell the same.

    (B, C, …) → the same shape. Plain dropout does little behind a Convolution, since each
    pixel can be guessed from those around it. The wire decides between Dropout1d, 2d and 3d.
    """

    kind, title, family = "spatial_dropout", "Spatial dropout", "Normalisation"
    also = "channel dropout2d"
    tex = r"""
        y_c = \dfrac{m_c\, x_c}{1 - p}, \;\; m_c \sim \mathrm{Bernoulli}(1 - p)
        \mathrm{after\ training:}\;\; y = x
    """
    use = "Behind convolutions, where whole features should be missed now and then."
    mistakes = ("With few channels even a small probability removes much: begin with 0.1.",)
    cites = "Tompson et al. 2015"
    inputs = (Port("x", takes=("image", "sequence", "any"), help="Channels first."),)

    p: float = param(0.5, min=0, max=1, label="Probability", help="Share of channels set to zero.")

    def call(self, x: TensorSpec) -> Call:
        return Call(f"nn.Dropout{x.axes - 2}d", (self.p,))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return expect_axes(numbers(x, self.title), self.title, 3, 5)

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return f"p = {self.p:g}"


class AlphaDropout(Layer):
    """Dropout that keeps mean and variance, for networks of SELU.

    Any shape → the same shape. Dropped values take the lowest value of SELU, and all are
    scaled and shifted so that mean 0 and variance 1 stay.
    """

    kind, title, family = "alpha_dropout", "Alpha dropout", "Normalisation"
    also = "selu"
    tex = r"""
        y = a\,(m\, x + (1 - m)\,\alpha') + b
        m \sim \mathrm{Bernoulli}(1 - p), \;\; \alpha' = -1.7581
        a = (q + \alpha'^2 q\,(1 - q))^{-1/2}, \;\; q = 1 - p
        b = -a\,(1 - q)\,\alpha'
    """
    use = "Networks of SELU, which must keep mean 0 and variance 1."
    mistakes = ("With other activations it has no advantage over Dropout.",)
    cites = "Klambauer et al. 2017"

    p: float = param(0.5, min=0, max=1, label="Probability", help="Share of values dropped.")

    def call(self, x: TensorSpec) -> Call:
        return Call("nn.AlphaDropout", (self.p,))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return numbers(x, self.title)

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return f"p = {self.p:g}"

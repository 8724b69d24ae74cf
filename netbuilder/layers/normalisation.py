"""Keep activations in a healthy range, and keep a network from leaning on single units."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.brief import changed
from netbuilder.layers.expect import expect_axes, numbers
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.spec import Call, Layer, Port, param


class BatchNorm(Layer):
    """Bring every channel to mean 0 and variance 1 over the batch, then scale and shift.

    (B, C) or (B, C, …) → the same shape. While training, with the statistics of the batch;
    afterwards with averages remembered from training. The wire decides between
    BatchNorm1d and BatchNorm2d.
    """

    kind, title, family = "batch_norm", "Batch norm", "Normalisation"
    formula = "y = γ·(x − μ<sub>batch</sub>) / √(σ²<sub>batch</sub> + ε) + β"
    cites = "APS360, week 3; Ioffe and Szegedy 2015"
    inputs = (Port("x", takes=("vector", "sequence", "image")),)

    eps: float = param(1e-5, min=1e-12, max=1, label="ε", help="Keeps the divisor above zero.")
    momentum: float = param(
        0.1, min=0, max=1, help="Share of each new batch in the remembered averages."
    )
    affine: bool = param(True, label="Scale and shift", help="Learn γ and β for each channel.")

    def call(self, x: TensorSpec) -> Call:
        target = "nn.BatchNorm2d" if x.axes == 4 else "nn.BatchNorm1d"
        return Call(target, (int(x.shape[1]),), changed(self, "eps", "momentum", "affine"))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return expect_axes(numbers(x, self.title), self.title, 2, 4)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        channels = (int(x.shape[1]),)
        return {"weight": channels, "bias": channels} if self.affine else {}

    def summary(self) -> str:
        return "" if self.affine else "no γ, β"


class LayerNorm(Layer):
    """Bring every sample to mean 0 and variance 1 over its last axes, then scale and shift.

    (B, …, C) → the same shape. It does the same while training and afterwards.
    """

    kind, title, family = "layer_norm", "Layer norm", "Normalisation"
    formula = "y = γ·(x − μ) / √(σ² + ε) + β"
    cites = "DATA.ML.200, week 3; Ba et al. 2016"
    inputs = (Port("x", takes=("vector", "sequence", "image", "any")),)

    axes: int = param(1, min=1, max=7, help="How many of the last axes are taken together.")
    eps: float = param(1e-5, min=1e-12, max=1, label="ε", help="Keeps the divisor above zero.")
    bias: bool = param(True, label="Shift", help="Learn β as well as γ.")

    def _shape(self, x: TensorSpec) -> Shape:
        return tuple(int(n) for n in x.shape[-self.axes :])

    def call(self, x: TensorSpec) -> Call:
        shape = self._shape(x)
        size = shape if self.axes > 1 else shape[0]
        return Call("nn.LayerNorm", (size,), changed(self, "eps", "bias"))

    def infer(self, x: TensorSpec) -> TensorSpec:
        numbers(x, self.title)
        if x.axes <= self.axes:
            raise ShapeError(
                f"Layer norm over the last {self.axes} axes needs at least {self.axes + 1} "
                f"with the batch; this wire has {x.axes}.",
                params={"axes": max(1, x.axes - 1)},
            )
        return x

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        shape = self._shape(x)
        return {"weight": shape} | ({"bias": shape} if self.bias else {})

    def summary(self) -> str:
        return f"last {self.axes} axes" if self.axes > 1 else ""


class Dropout(Layer):
    """Set random values to zero while training, so that no unit is relied on.

    Any shape → the same shape. What remains is scaled by 1 / (1 − p); after training
    everything passes unchanged.
    """

    kind, title, family = "dropout", "Dropout", "Normalisation"
    formula = "y = x·m / (1 − p), m ~ Bernoulli(1 − p)"
    cites = "APS360, week 3; Srivastava et al. 2014"

    p: float = param(0.5, min=0, max=1, label="Probability", help="Share of values set to zero.")

    def call(self, x: TensorSpec) -> Call:
        return Call("nn.Dropout", (self.p,))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return numbers(x, self.title)

    def summary(self) -> str:
        return f"p = {self.p:g}"

"""Keep activations in a healthy range.

For receptive fields a norm counts as looking at single values: what it takes from others are
averages alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import expect_axes, numbers
from netbuilder.layers.law import BeginsAtOne
from netbuilder.layers.look import Looks, pointwise
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.spec import Call, Layer, Port, param


class BatchNorm(Layer, BeginsAtOne):
    """Bring every channel to mean 0 and variance 1 over the batch, then scale and shift.

    (B, C) or (B, C, …) → the same shape. While training, with the statistics of the batch;
    afterwards with averages remembered from training. The wire decides between
    BatchNorm1d, BatchNorm2d and BatchNorm3d. Batches of one or two samples are too small. In
    the formula m is the momentum, and a hat marks what is remembered.
    """

    kind, title, family = "batch_norm", "Batch norm", "Normalisation"
    also = "batch normalization"
    tex = r"""
        y = \gamma\, \dfrac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta
        \mathrm{training:}\;\; \mu,\, \sigma^2 \;\mathrm{of\ the\ batch}
        \hat{\mu} \leftarrow (1 - m)\, \hat{\mu} + m\, \mu
        \mathrm{afterwards:}\;\; \mu = \hat{\mu}, \;\; \sigma^2 = \hat{\sigma}^2
    """
    use = "Between convolution and activation: deep networks train faster and at larger steps."
    mistakes = (
        "Batches below about 8 give poor means: use Group norm.",
        "The bias of the layer in front of it is subtracted again.",
        "In evaluation it uses running means: after very few steps they are still wrong.",
    )
    cites = "APS360, week 3; DATA.ML.200, week 3; Ioffe and Szegedy 2015"
    inputs = (Port("x", takes=("vector", "sequence", "image", "any")),)

    eps: float = param(1e-5, min=1e-12, max=1, label="ε", help="Keeps the divisor above zero.")
    momentum: float | None = param(
        0.1,
        min=0,
        max=1,
        help="Share of each new batch in the remembered averages; empty: the plain mean of all.",
    )
    affine: bool = param(True, label="Scale and shift", help="Learn γ and β for each channel.")
    track_running_stats: bool = param(
        True,
        label="Remember",
        help="Keep averages for use after training; off: every batch by its own statistics.",
    )

    def call(self, x: TensorSpec) -> Call:
        names = ("eps", "momentum", "affine", "track_running_stats")
        return Call(f"nn.BatchNorm{_over(x)}d", (int(x.shape[1]),), changed(self, *names))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return expect_axes(numbers(x, self.title), self.title, 2, 5)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        channels = (int(x.shape[1]),)
        return {"weight": channels, "bias": channels} if self.affine else {}

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return "" if self.affine else "no γ, β"


def _over(x: TensorSpec) -> int:
    """1, 2 or 3: which form of a module for channels fits; vectors go with signals."""
    return max(1, x.axes - 2)


class LayerNorm(Layer, BeginsAtOne):
    """Bring every sample to mean 0 and variance 1 over its last axes, then scale and shift.

    (B, …, C) → the same shape. It does the same while training and afterwards.
    """

    kind, title, family = "layer_norm", "Layer norm", "Normalisation"
    also = "layer normalization"
    tex = r"""
        \mu,\, \sigma^2 \;\mathrm{of\ each\ sample\ or\ token}
        y = \gamma\, \dfrac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta
    """
    use = "Transformers and recurrent layers; it does not look at other samples of the batch."
    mistakes = ("Behind a convolution the last axis is the width of the image, not the channels.",)
    cites = "DATA.ML.200, week 3; Ba et al. 2016"
    inputs = (Port("x", takes=("vector", "sequence", "image", "any")),)

    axes: int = param(1, min=1, max=7, help="How many of the last axes are taken together.")
    eps: float = param(1e-5, min=1e-12, max=1, label="ε", help="Keeps the divisor above zero.")
    elementwise_affine: bool = param(True, label="Scale", help="Learn γ for every value.")
    bias: bool = param(True, label="Shift", help="Learn β as well as γ.")

    def _shape(self, x: TensorSpec) -> Shape:
        return tuple(int(n) for n in x.shape[-self.axes :])

    def call(self, x: TensorSpec) -> Call:
        shape = self._shape(x)
        size = shape if self.axes > 1 else shape[0]
        kwargs = changed(self, "eps", "elementwise_affine")
        if self.elementwise_affine:  # without γ there is no β either
            kwargs |= changed(self, "bias")
        return Call("nn.LayerNorm", (size,), kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        return _over_last(self.axes, x, self.title)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        shape = self._shape(x)
        if not self.elementwise_affine:
            return {}
        return {"weight": shape} | ({"bias": shape} if self.bias else {})

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return f"last {self.axes} axes" if self.axes > 1 else ""


class InstanceNorm(Layer, BeginsAtOne):
    """Bring every channel of every sample to mean 0 and variance 1 over its places.

    (B, C, …) → the same shape. Contrast and style of a single image are taken out; common
    where images are made into images.
    """

    kind, title, family = "instance_norm", "Instance norm", "Normalisation"
    also = "instance normalization style"
    tex = r"""
        \mu_c,\, \sigma_c^2 \;\mathrm{of\ each\ channel\ of\ a\ sample}
        y_c = \gamma_c\, \dfrac{x_c - \mu_c}{\sqrt{\sigma_c^2 + \varepsilon}} + \beta_c
    """
    use = "To change the style of pictures: contrast and brightness are taken out of each."
    mistakes = (
        "A classifier that needs brightness or contrast loses it here.",
        "On maps of 1×1 everything becomes 0.",
    )
    cites = "Ulyanov et al. 2016"
    inputs = (Port("x", takes=("image", "sequence", "any"), help="Channels first."),)

    eps: float = param(1e-5, min=1e-12, max=1, label="ε", help="Keeps the divisor above zero.")
    momentum: float = param(
        0.1, min=0, max=1, help="Share of each new batch in averages that are remembered."
    )
    affine: bool = param(False, label="Scale and shift", help="Learn γ and β for each channel.")
    track_running_stats: bool = param(
        False,
        label="Remember",
        help="Keep averages for use after training; off: every sample by its own statistics.",
    )

    def call(self, x: TensorSpec) -> Call:
        names = ("eps", "momentum", "affine", "track_running_stats")
        return Call(f"nn.InstanceNorm{_over(x)}d", (int(x.shape[1]),), changed(self, *names))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3, 5)
        if math.prod(x.shape[2:]) == 1:
            raise ShapeError(
                f"{self.title} compares the places of a channel; in {x.text()} there is only one. "
                "Use Layer norm or Group norm."
            )
        return x

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        channels = (int(x.shape[1]),)
        return {"weight": channels, "bias": channels} if self.affine else {}

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return "with γ, β" if self.affine else ""


class GroupNorm(Layer, BeginsAtOne):
    """Bring groups of channels of every sample to mean 0 and variance 1, then scale and shift.

    (B, C, …) → the same shape. It does not look at the batch, so it fits small ones. One
    group is Layer norm over everything, as many groups as channels is Instance norm.
    """

    kind, title, family = "group_norm", "Group norm", "Normalisation"
    also = "group normalization"
    tex = r"""
        \mu_g,\, \sigma_g^2 \;\mathrm{of\ each\ group\ of\ channels}
        y_c = \gamma_c\, \dfrac{x_c - \mu_g}{\sqrt{\sigma_g^2 + \varepsilon}} + \beta_c
    """
    use = "In place of Batch norm where batches are small: large images, detection, diffusion."
    mistakes = ("The groups have to divide the channels.",)
    cites = "Wu and He 2018"
    inputs = (Port("x", takes=("image", "vector", "sequence", "any"), help="Channels first."),)

    num_groups: int = param(4, min=1, label="Groups", help="They divide the channels.")
    eps: float = param(1e-5, min=1e-12, max=1, label="ε", help="Keeps the divisor above zero.")
    affine: bool = param(True, label="Scale and shift", help="Learn γ and β for each channel.")

    def call(self, x: TensorSpec) -> Call:
        args = (self.num_groups, int(x.shape[1]))
        return Call("nn.GroupNorm", args, changed(self, "eps", "affine"))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 2)
        if x.shape[1] % self.num_groups:
            raise ShapeError(
                f"{self.title} cannot split the {x.shape[1]} channels that arrive into "
                f"{self.num_groups} equal groups.",
                params={"num_groups": math.gcd(self.num_groups, int(x.shape[1]))},
            )
        return x

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        channels = (int(x.shape[1]),)
        return {"weight": channels, "bias": channels} if self.affine else {}

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return brief("1 group" if self.num_groups == 1 else f"{self.num_groups} groups")


class RMSNorm(Layer, BeginsAtOne):
    """Divide every sample by its root mean square over its last axes, then scale.

    (B, …, C) → the same shape. Layer norm without taking the mean away: cheaper, and as
    good in large transformers.
    """

    kind, title, family = "rms_norm", "RMS norm", "Normalisation"
    also = "root mean square normalization"
    tex = r"y = \gamma\, \dfrac{x}{\sqrt{\dfrac{1}{n} \sum_i\, x_i^2 + \varepsilon}}"
    use = "Large language models, as a cheaper Layer norm."
    mistakes = ("It does not take the mean away, so weights trained with Layer norm do not fit.",)
    cites = "Zhang and Sennrich 2019"
    inputs = (Port("x", takes=("vector", "sequence", "image", "any")),)

    axes: int = param(1, min=1, max=7, help="How many of the last axes are taken together.")
    eps: float | None = param(
        None,
        min=1e-12,
        max=1,
        label="ε",
        help="Keeps the divisor above zero; empty: the least step of the numbers.",
    )
    elementwise_affine: bool = param(True, label="Scale", help="Learn γ for every value.")

    def _shape(self, x: TensorSpec) -> Shape:
        return tuple(int(n) for n in x.shape[-self.axes :])

    def call(self, x: TensorSpec) -> Call:
        shape = self._shape(x)
        size = shape if self.axes > 1 else shape[0]
        return Call("nn.RMSNorm", (size,), changed(self, "eps", "elementwise_affine"))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return _over_last(self.axes, x, self.title)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        return {"weight": self._shape(x)} if self.elementwise_affine else {}

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return f"last {self.axes} axes" if self.axes > 1 else ""


def _over_last(axes: int, x: TensorSpec, title: str) -> TensorSpec:
    """`x`, which must have this many axes behind the batch. Raises ShapeError."""
    numbers(x, title)
    if x.axes <= axes:
        raise ShapeError(
            f"{title} over the last {axes} axes needs at least {axes + 1} with the batch; this "
            f"wire has {x.axes}.",
            params={"axes": max(1, x.axes - 1)},
        )
    return x

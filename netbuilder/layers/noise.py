"""Where chance enters a network."""

from __future__ import annotations

from typing import Literal

from netbuilder.layers.brief import brief
from netbuilder.layers.expect import expect_equal, numbers
from netbuilder.layers.look import Looks, pointwise
from netbuilder.layers.shape import B, ShapeError, TensorSpec
from netbuilder.layers.sizes import by
from netbuilder.layers.spec import Call, In, Layer, Port, param


class Noise(Layer):
    """A latent vector of random numbers, new for every sample and step.

    → (B, size). While training it is drawn; of the exported model it is an input.
    """

    kind, title, family, role = "noise", "Noise", "Noise", "noise"
    tex = r"z \sim \mathcal{N}(0,\, 1)"
    use = "What a generator makes its samples from."
    mistakes = ("Training from one distribution and sampling from the other gives poor samples.",)
    cites = "APS360, week 9"
    inputs = ()

    size: tuple[int, ...] = param((64,), min=1, help="Sizes without the batch.")
    distribution: Literal["normal", "uniform"] = param(
        "normal", help="normal: mean 0, variance 1; uniform: between 0 and 1."
    )

    def call(self, *specs: TensorSpec) -> Call:
        """How one sample is drawn; the compiler adds the batch axis and the device."""
        return Call("torch.rand" if self.distribution == "uniform" else "torch.randn", self.size)

    def infer(self, *specs: TensorSpec) -> TensorSpec:
        return TensorSpec((B, *self.size))

    def summary(self) -> str:
        return brief(by(self.size), self.distribution)


class Reparameterise(Layer):
    """Draw from a normal distribution so that gradients reach its mean and variance.

    mu, log_variance (B, …) → z, the same shape. While training z is drawn; afterwards
    it is the mean.
    """

    kind, title, family = "reparameterise", "Reparameterise", "Noise"
    tex = r"""
        z = \mu + \sigma\, \varepsilon, \;\; \varepsilon \sim \mathcal{N}(0,\, 1)
        \mathrm{after\ training:}\;\; z = \mu
    """
    use = "Between the encoder and the decoder of a VAE."
    mistakes = (
        "It takes the logarithm of the variance, not σ.",
        "Without Gaussian KL beside it σ shrinks to 0 and it is a plain autoencoder.",
    )
    cites = "APS360, week 6; Kingma and Welling 2013"
    inputs = (
        Port("mu", help="Means."),
        Port("log_variance", help="Logarithms of the variances, so that any value will do."),
    )
    outputs = ("z",)

    def call(self, mu: TensorSpec, log_variance: TensorSpec) -> Call:
        return Call("netbuilder.nn.Reparameterise")

    def infer(self, mu: TensorSpec, log_variance: TensorSpec) -> TensorSpec:
        return gaussian(mu, log_variance, self.title)


class RandomMix(Layer):
    """Draw a point between two samples, elsewhere for each pair of the batch.

    a, b (B, …) → the same shape; without b it is a. A loss can ask for gradients with respect
    to it, as Gradient penalty does.
    """

    kind, title, family = "random_mix", "Random mix", "Noise"
    also = "interpolate wgan-gp between real and fake mixup"
    tex = r"y = \varepsilon\, a + (1 - \varepsilon)\, b, \;\; \varepsilon \sim \mathcal{U}(0,\, 1)"
    use = "Between real and generated samples, before the critic that Gradient penalty judges."
    mistakes = (
        "It draws again wherever it stands: the critic and the penalty must share one node.",
    )
    cites = "Gulrajani et al. 2017"
    inputs = (
        Port("a", help="Such as the real ones."),
        Port("b", optional=True, help="Such as the generated ones; free: a itself."),
    )

    def call(self, a: TensorSpec, b: TensorSpec | None = None) -> Call:
        args = (In("a"),) if b is None else (In("a"), In("b"))
        return Call("netbuilder.nn.random_mix", args)

    def infer(self, a: TensorSpec, b: TensorSpec | None = None) -> TensorSpec:
        numbers(a, self.title, "a")
        if b is not None:
            expect_equal(a, numbers(b, self.title, "b"), self.title, "b")
        return a

    def looks(self, a: TensorSpec, b: TensorSpec | None = None) -> Looks:
        return pointwise(a)

    def not_in_onnx(self, a: TensorSpec, b: TensorSpec | None = None) -> str:
        drawn = "It draws anew at each call, so no file could be held against the model."
        return "" if b is None else drawn


def gaussian(mu: TensorSpec, log_variance: TensorSpec, title: str) -> TensorSpec:
    """`mu`, if it and `log_variance` describe normal distributions. Raises ShapeError."""
    numbers(mu, title, "mu")
    numbers(log_variance, title, "log_variance")
    if mu.axes < 2:
        raise ShapeError(f"{title} takes at least 2 axes; mu carries {mu.text()}.", port="mu")
    expect_equal(mu, log_variance, title, "log_variance")
    return mu

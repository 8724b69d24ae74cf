"""What keeps a critic from becoming steep."""

from __future__ import annotations

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import numbers
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Port, param


class GradientPenalty(Loss):
    """Keeps the slope of a critic near 1: what makes a Wasserstein GAN with penalty (WGAN-GP).

    scores (B, …) of what arrives at x (B, …): put Random mix between real and generated, feed
    it to the critic, whose weights are shared, and both to this loss. With slope 0 and a
    Random mix of the real ones alone it is the R1 penalty.
    """

    kind, title = "gradient_penalty", "Gradient penalty"
    also = "wgan-gp wgan gan r1 lipschitz"
    tex = r"L = \frac{1}{N} \sum_n ( \| \nabla_{x_n} f(x_n) \| - s )^2"
    use = "With Wasserstein losses: it keeps the critic from becoming steep, so that a GAN settles."
    mistakes = (
        "Batch norm in the critic mixes the samples: use Layer norm there, or none.",
        "The critic must judge the very wire that arrives at x.",
    )
    cites = "Gulrajani et al. 2017; Mescheder et al. 2018"
    inputs = (
        Port("scores", help="What the critic says of x."),
        Port("x", help="What the critic judged: a Random mix."),
    )
    differentiates = True

    weight: float = param(10.0, min=-1e6, max=1e6, help="Factor of this loss in the sum.")
    slope: float = param(1.0, min=0, max=1000, help="How steep the critic should be: 0 for R1.")
    one_sided: bool = param(False, help="Only what is steeper costs.")

    def call(self, scores: TensorSpec, x: TensorSpec) -> Call:
        args = (In("scores"), In("x"))
        return Call("netbuilder.nn.gradient_penalty", args, changed(self, "slope", "one_sided"))

    def infer(self, scores: TensorSpec, x: TensorSpec) -> TensorSpec:
        numbers(scores, self.title, "scores")
        numbers(x, self.title, "x")
        for port, spec in (("scores", scores), ("x", x)):
            if spec.axes < (2 if port == "x" else 1):
                raise ShapeError(
                    f"{self.title} takes a score for each sample and the samples themselves; "
                    f"{spec.text()} arrives at {port}.",
                    port=port,
                )
        return TensorSpec(())

    def summary(self) -> str:
        return brief(super().summary(), "one-sided" if self.one_sided else "")

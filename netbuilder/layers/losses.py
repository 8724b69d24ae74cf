"""What training makes small."""

from __future__ import annotations

from typing import Any, ClassVar

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.noise import gaussian
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Port, param
from netbuilder.layers.targets import classified, decided, measured


class CrossEntropy(Loss):
    """How surprised the predicted probabilities are by the true class, on average.

    logits (B, C) and label (B); a label for each token, (B, T, C) and (B, T), or for each
    pixel, (B, C, H, W) and (B, H, W). Softmax is built in.
    """

    kind, title = "cross_entropy", "Cross-entropy"
    formula = "−mean of log softmax(logits)<sub>label</sub>"
    cites = "APS360, week 2"
    inputs = (
        Port("logits", takes=("vector", "sequence", "image"), help="A score for each class."),
        Port("label", takes=("label",), help="The true class."),
    )

    label_smoothing: float = param(
        0.0, min=0, max=1, help="Share of the target spread over all classes."
    )

    def call(self, logits: TensorSpec, label: TensorSpec) -> Call:
        args: tuple[Any, ...] = (In("logits"), In("label"))
        if logits.axes == 3:  # torch wants classes behind the batch, so tokens become rows
            args = (Call(".flatten", (In("logits"), 0, 1)), Call(".flatten", (In("label"),)))
        return Call("F.cross_entropy", args, changed(self, "label_smoothing"))

    def infer(self, logits: TensorSpec, label: TensorSpec) -> TensorSpec:
        classified(logits, label, self.title)
        return TensorSpec(())


class BCEWithLogits(Loss):
    """How surprised a predicted probability is by yes or no, on average.

    logits (B, …) and target of the same shape, or a constant for all: 1 for real and 0 for
    fake in a GAN. Sigmoid is built in.
    """

    kind, title = "bce_with_logits", "Binary cross-entropy"
    formula = "−mean of t·log σ(x) + (1 − t)·log(1 − σ(x))"
    cites = "APS360, weeks 2 and 9"
    inputs = (
        Port("logits", help="Scores; positive means yes."),
        Port("target", optional=True, help="Between 0 and 1; free if Constant is set."),
    )

    constant: float | None = param(
        None, min=0, max=1, help="The target of every sample, in place of a wire."
    )

    def call(self, logits: TensorSpec, target: TensorSpec | None = None) -> Call:
        if target is None:
            named = {0.0: "torch.zeros_like", 1.0: "torch.ones_like"}
            same = named.get(self.constant or 0.0)
            if same is None:
                wanted = Call("torch.full_like", (In("logits"), self.constant))
            else:
                wanted = Call(same, (In("logits"),))
            return Call("F.binary_cross_entropy_with_logits", (In("logits"), wanted))
        ours, theirs = decided(logits, target, self.title)
        if target.dtype != "float32":
            theirs = Call(".float", (theirs,))
        return Call("F.binary_cross_entropy_with_logits", (ours, theirs))

    def infer(self, logits: TensorSpec, target: TensorSpec | None = None) -> TensorSpec:
        if (target is None) == (self.constant is None):
            raise ShapeError(
                "Binary cross-entropy compares with a wire at target or with Constant "
                f"(1 real, 0 fake); here {'neither' if target is None else 'both'} is given.",
                port="target",
                params={"constant": 1.0 if target is None else None},
            )
        decided(logits, logits if target is None else target, self.title)
        return TensorSpec(())

    def summary(self) -> str:
        constant = f"target {self.constant:g}" if self.constant is not None else ""
        return brief(constant, super().summary())


class Difference(Loss, abstract=True):
    """What losses between predicted and measured numbers share."""

    inputs = (Port("prediction"), Port("target"))
    function: ClassVar[str]

    def call(self, prediction: TensorSpec, target: TensorSpec) -> Call:
        return Call(self.function, measured(prediction, target, self.title))

    def infer(self, prediction: TensorSpec, target: TensorSpec) -> TensorSpec:
        measured(prediction, target, self.title)
        return TensorSpec(())


class MSE(Difference):
    """The average squared difference: large mistakes weigh most.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "mse", "Mean squared error"
    formula = "mean of (y − t)²"
    cites = "APS360, week 2"
    function = "F.mse_loss"


class L1(Difference):
    """The average absolute difference: outliers weigh no more than their distance.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "l1", "Mean absolute error"
    formula = "mean of |y − t|"
    function = "F.l1_loss"


class GaussianKL(Loss):
    """How far predicted normal distributions lie from the standard one.

    mu, log_variance (B, …): summed over each sample, averaged over the batch. It keeps the
    latent space of a VAE in one piece.
    """

    kind, title = "gaussian_kl", "Gaussian KL"
    formula = "½ Σ (μ² + σ² − 1 − log σ²)"
    cites = "APS360, week 6; Kingma and Welling 2013"
    inputs = (Port("mu", help="Means."), Port("log_variance", help="Logarithms of variances."))

    def call(self, mu: TensorSpec, log_variance: TensorSpec) -> Call:
        return Call("netbuilder.nn.gaussian_kl", (In("mu"), In("log_variance")))

    def infer(self, mu: TensorSpec, log_variance: TensorSpec) -> TensorSpec:
        gaussian(mu, log_variance, self.title)
        return TensorSpec(())

"""Losses that weigh what is hard: for rare classes and crowded images."""

from __future__ import annotations

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.curve import Curved, sigmoid, softplus
from netbuilder.layers.late import Floats, np
from netbuilder.layers.losses import SCORED
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import TensorSpec
from netbuilder.layers.spec import Call, In, Port, param
from netbuilder.layers.targets import class_axis, classified, decided, listed, rows

_GAMMA = "How little an answer counts that is right already; 0 is cross-entropy."


def _focused(x: Floats, gamma: float) -> tuple[Floats, Floats]:
    """Cost and slope over a score whose sigmoid is the probability of the true answer."""
    p, missing, surprise = sigmoid(x), sigmoid(-x), softplus(-x)
    return missing**gamma * surprise, -(missing**gamma) * (missing + gamma * p * surprise)


class Focal(Loss, Curved):
    """Cross-entropy that hardly counts what is right already, so that rare classes are heard.

    logits (B, C) and label (B); a label for each token, (B, T, C) and (B, T), or for each
    pixel, (B, C, H, W) and (B, H, W). Softmax is built in.
    """

    kind, title = "focal", "Focal loss"
    also = "class imbalance detection cross-entropy"
    tex = r"L = -\frac{1}{N} \sum_n \alpha_{y_n} (1 - p_n)^{\gamma} \log p_n"
    use = "One class out of several, where most samples are easy or most are of one class."
    mistakes = (
        "Its probabilities come out less sure than those of Cross-entropy.",
        "Its value cannot be compared with that of Cross-entropy.",
    )
    cites = "Lin et al. 2017"
    inputs = SCORED
    across = "true score − other score (2 classes)"

    gamma: float = param(2.0, min=0, max=20, label="γ", help=_GAMMA)
    alpha: str = param(
        "",
        label="α",
        help="One number a class, such as 1, 2, 5: how much each counts. Empty: all alike.",
    )

    def _weights(self, logits: TensorSpec) -> list[float]:
        classes = int(logits.shape[class_axis(logits)])
        return listed(self.alpha, (classes,), "alpha", "α")

    def call(self, logits: TensorSpec, label: TensorSpec) -> Call:
        given = changed(self, "gamma")
        weights = self._weights(logits)
        if weights:
            given["alpha"] = Call(".new_tensor", (In("logits"), weights))
        return Call("netbuilder.nn.focal", rows(logits), given)

    def infer(self, logits: TensorSpec, label: TensorSpec) -> TensorSpec:
        classified(logits, label, self.title)
        self._weights(logits)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return _focused(x, self.gamma)

    def summary(self) -> str:
        return brief(super().summary(), f"γ = {self.gamma:g}")


class BinaryFocal(Loss, Curved):
    """Binary cross-entropy that hardly counts what is right already: for a yes that is rare.

    logits (B, …) and target of the same shape; a score (B, 1) also fits a target (B).
    Sigmoid is built in.
    """

    kind, title = "binary_focal", "Binary focal loss"
    also = "class imbalance detection retinanet sigmoid"
    tex = r"L = -\frac{1}{N} \sum_n \alpha_{t_n} (1 - p_n)^{\gamma} \log p_n"
    use = "Yes or no, where yes is rare: detection, defects, a disease."
    mistakes = (
        "A sigmoid in front of it is one too many.",
        "α is what a yes counts: with a large γ a small α does, since the easy no counts little.",
    )
    cites = "Lin et al. 2017"
    inputs = (
        Port("logits", help="Scores; positive means yes."),
        Port("target", help="Between 0 and 1."),
    )
    across, span = "score, where the answer is yes", (-6.0, 6.0)

    gamma: float = param(2.0, min=0, max=20, label="γ", help=_GAMMA)
    alpha: float | None = param(
        0.25,
        min=0,
        max=1,
        label="α",
        help="What a yes counts; a no counts 1 − α. Empty: both count 1.",
    )

    def call(self, logits: TensorSpec, target: TensorSpec) -> Call:
        ours, theirs = decided(logits, target, self.title)
        if target.dtype != "float32":
            theirs = Call(".float", (theirs,))
        given = changed(self, "gamma")
        if self.alpha is not None:
            given["alpha"] = self.alpha
        return Call("netbuilder.nn.binary_focal", (ours, theirs), given)

    def infer(self, logits: TensorSpec, target: TensorSpec) -> TensorSpec:
        decided(logits, target, self.title)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        cost, slope = _focused(x, self.gamma)
        share = 1.0 if self.alpha is None else self.alpha
        return np.multiply(share, cost), np.multiply(share, slope)

    def summary(self) -> str:
        return brief(super().summary(), f"γ = {self.gamma:g}")

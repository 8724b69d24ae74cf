"""Losses of predicted regions: how far they overlap the true ones."""

from __future__ import annotations

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import described, numbers
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Port, param
from netbuilder.layers.targets import class_axis, classified

#: Ports of what compares regions.
REGIONS = (
    Port("logits", takes=("sequence", "image", "any"), help="A score for each class, or one."),
    Port("label", help="The true class of each pixel; 0 or 1 where there is one score."),
)
_SMOOTH = "Added above and below the fraction, so that an empty region costs nothing."


def one_region(logits: TensorSpec, label: TensorSpec) -> tuple[Call | In, Call | In] | None:
    """Scores and label of one shape, if there is one score for each pixel; None for classes.

    logits (B, …) or (B, 1, …) with label (B, …), 0 or 1.
    """
    few = label.dtype != "int64" or (label.classes or 2) <= 2
    if not few or label.dtype == "bool" or label.axes < 2:
        return None
    if logits.shape == label.shape:
        return In("logits"), In("label")
    channel = (*label.shape[:1], 1, *label.shape[1:])
    if label.axes > 2 and logits.shape == channel:
        return Call(".squeeze", (In("logits"), 1)), In("label")
    if logits.shape == (*label.shape, 1):
        return Call(".squeeze", (In("logits"), -1)), In("label")
    return None


def regions(logits: TensorSpec, label: TensorSpec, title: str) -> tuple[Call | In, Call | In]:
    """Scores and label as `netbuilder.nn.tversky` takes them. Raises ShapeError."""
    numbers(logits, title, "logits")
    single = one_region(logits, label)
    if single is not None:
        return single
    if logits.axes < 3:
        raise ShapeError(
            f"{title} compares regions, pixels or steps of each sample; this wire carries "
            f"{described(logits)}. For one label a sample use Cross-entropy.",
            port="logits",
        )
    classified(logits, label, title)
    if class_axis(logits) == 1:
        return In("logits"), In("label")
    return Call(".movedim", (In("logits"), -1, 1)), In("label")


class Tversky(Loss):
    """How far predicted regions miss the true ones, with what is missed apart from what is false.

    logits (B, C, H, W) and label (B, H, W), steps (B, T, C) and (B, T), or one score for each
    pixel with 0 or 1. With α = β = 1 it is the loss of intersection over union.
    """

    kind, title = "tversky", "Tversky loss"
    also = "iou jaccard segmentation imbalance"
    tex = r"L = 1 - \frac{TP + s}{TP + \alpha\, FP + \beta\, FN + s}"
    use = "Segmentation where a missed pixel is worse than a false one: a large β."
    mistakes = (
        "Alone it learns slowly at first: add Cross-entropy.",
        "α and β exchanged make the network say less instead of more.",
    )
    cites = "Salehi et al. 2017"
    inputs = REGIONS

    alpha: float = param(0.3, min=0, max=10, label="α", help="What a false pixel costs.")
    beta: float = param(0.7, min=0, max=10, label="β", help="What a missed pixel costs.")
    smooth: float = param(1.0, min=1e-6, label="Smoothing", help=_SMOOTH)

    def call(self, logits: TensorSpec, label: TensorSpec) -> Call:
        given = {"alpha": self.alpha, "beta": self.beta, **changed(self, "smooth")}
        return Call("netbuilder.nn.tversky", regions(logits, label, self.title), given)

    def infer(self, logits: TensorSpec, label: TensorSpec) -> TensorSpec:
        regions(logits, label, self.title)
        return TensorSpec(())

    def summary(self) -> str:
        return brief(super().summary(), f"α {self.alpha:g} β {self.beta:g}")


class Dice(Loss):
    """How far predicted regions miss the true ones, small regions no less than large ones.

    logits (B, C, H, W) and label (B, H, W), steps (B, T, C) and (B, T), or one score for each
    pixel with 0 or 1. Softmax or sigmoid is built in. Often added to Cross-entropy.
    """

    kind, title = "dice_loss", "Dice loss"
    also = "f1 segmentation sørensen overlap"
    tex = r"L = 1 - \frac{2 \sum_i p_i t_i + 2 s}{\sum_i p_i + \sum_i t_i + 2 s}"
    use = "Segmentation where the region looked for is small. Often added to Cross-entropy."
    mistakes = (
        "Alone it learns slowly at first, when nothing overlaps: add Cross-entropy.",
        "A softmax or sigmoid in front of it is one too many.",
    )
    cites = "Milletari et al. 2016"
    inputs = REGIONS

    smooth: float = param(1.0, min=1e-6, label="Smoothing", help=_SMOOTH)

    def call(self, logits: TensorSpec, label: TensorSpec) -> Call:
        given = changed(self, "smooth")
        return Call("netbuilder.nn.tversky", regions(logits, label, self.title), given)

    def infer(self, logits: TensorSpec, label: TensorSpec) -> TensorSpec:
        regions(logits, label, self.title)
        return TensorSpec(())

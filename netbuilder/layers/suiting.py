"""Which metrics suit which loss: what tells a person how well a task goes."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.shape import TensorSpec

_CLASSES = (
    "accuracy", "f1", "top_k_accuracy", "roc_auc", "precision", "recall", "average_precision",
)  # fmt: skip
_TOKENS = ("perplexity", "accuracy", "top_k_accuracy", "bleu")
_PIXELS = ("iou", "dice_score", "accuracy")
_ANSWERS = ("binary_accuracy", "f1", "roc_auc", "average_precision", "precision", "recall")
_NUMBERS = ("mae", "rmse", "r2", "mape")

#: By kind of loss, metrics of the same two wires, the most usual first.
_SUITING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("cross_entropy", "nll", "focal", "multiclass_hinge"), _CLASSES),
    **dict.fromkeys(("bce_with_logits", "binary_focal", "hinge"), _ANSWERS),
    **dict.fromkeys(("dice_loss", "tversky"), _PIXELS),
    **dict.fromkeys(("mse", "l1", "huber", "smooth_l1", "log_cosh", "quantile"), _NUMBERS),
}


def suiting(loss: str, predicted: TensorSpec, target: TensorSpec | None) -> tuple[str, ...]:
    """Metrics for a loss of these two wires, the most usual first; none for other losses."""
    found = _SUITING.get(loss, ())
    if found is _CLASSES and target is not None:
        if predicted.axes == 3 and target.axes == 2:
            return _TOKENS
        if predicted.axes >= 4:
            return _PIXELS
    if found is _ANSWERS and target is None:
        return ()  # a constant target: nobody asks how often it is met
    if found is _ANSWERS and predicted.axes >= 4:
        return ("iou", "dice_score", "binary_accuracy")
    if found is _NUMBERS and predicted.axes > 2:
        return ("mae", "rmse")
    return found

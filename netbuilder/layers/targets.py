"""How predictions and targets must fit, for losses and metrics alike."""

from __future__ import annotations

from netbuilder.layers.expect import described, numbers
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, ParamError


def class_axis(logits: TensorSpec) -> int:
    """Which axis of the scores counts classes: the last, in images the one behind the batch."""
    return 1 if logits.axes >= 4 else logits.axes - 1


def classified(logits: TensorSpec, label: TensorSpec, title: str) -> int:
    """Number of classes of the scores, one label for each row of which must arrive.

    logits (B, C) with label (B), (B, T, C) with (B, T), (B, C, H, W) with (B, H, W).
    Raises ShapeError.
    """
    numbers(logits, title, "logits")
    if label.dtype != "int64":
        raise ShapeError(
            f"{title} takes whole numbers as labels; this wire carries {described(label)}. "
            "For numbers use Mean squared error, for yes or no Binary cross-entropy.",
            port="label",
        )
    if logits.axes < 2:
        raise ShapeError(
            f"{title} takes a score for each class (B × C); this wire carries {described(logits)}.",
            port="logits",
        )
    axis = class_axis(logits)
    rows = (*logits.shape[:axis], *logits.shape[axis + 1 :])
    if rows != label.shape:
        raise ShapeError(
            f"{title} takes one label for each row of scores: to scores of {logits.text()} "
            f"belong labels of {logits.with_shape(*rows).text()}, not {label.text()}.",
            "global_avg_pool" if logits.axes == 4 and label.axes == 1 else None,
            "logits",
        )
    classes = int(logits.shape[axis])
    if classes < 2:
        raise ShapeError(
            f"{title} compares at least 2 classes, but {classes} score arrives. "
            "For yes or no use the binary form.",
            port="logits",
            width=label.classes,
        )
    if label.classes is not None and classes < label.classes:
        raise ShapeError(
            f"The labels have {label.classes} classes, but scores for only {classes} arrive. "
            f"Give the last layer {label.classes} outputs.",
            port="logits",
            width=label.classes,
        )
    return classes


def rows(logits: TensorSpec) -> tuple[Call | In, Call | In]:
    """Scores and labels with the classes behind the batch, as torch wants: tokens become rows."""
    if logits.axes == 3:
        return Call(".flatten", (In("logits"), 0, 1)), Call(".flatten", (In("label"),))
    return In("logits"), In("label")


def listed(text: str, counts: tuple[int, ...], param: str, label: str) -> list[float]:
    """Weights as a person writes them, ``1, 2, 5``: none, or one of these counts.

    Raises ParamError for what is no number, below 0, or another count.
    """
    words = text.replace(",", " ").split()
    try:
        found = [float(word) for word in words]
    except ValueError:
        raise ParamError(
            param, f"{label} takes numbers with commas between them, not {text[:40]}."
        ) from None
    if not all(0 <= n < float("inf") for n in found) or (found and not any(found)):
        raise ParamError(param, f"{label} takes numbers from 0, not all of them 0.")
    if found and len(found) not in counts:
        wanted = " or ".join(str(n) for n in sorted(set(counts)))
        raise ParamError(param, f"{label} takes {wanted} numbers here, not {len(found)}.")
    return found


def paired(
    prediction: TensorSpec, target: TensorSpec, title: str, name: str = "prediction"
) -> tuple[Call | In, Call | In]:
    """What stands for the prediction at port `name` and the target, of equal shape.

    A prediction (…, 1) fits a target (…). Raises ShapeError.
    """
    numbers(prediction, title, name)
    ours: Call | In = In(name)
    if prediction.axes and prediction.shape == (*target.shape, 1):
        ours = Call(".squeeze", (ours, -1))
    elif prediction.shape != target.shape:
        raise ShapeError(
            f"{title} compares values one by one, but {prediction.text()} are predicted for "
            f"{target.text()} targets.",
            port=name,
            width=int(target.shape[-1]) if target.axes == prediction.axes > 1 else 1,
        )
    return ours, In("target")


def measured(prediction: TensorSpec, target: TensorSpec, title: str) -> tuple[Call | In, Call | In]:
    """As `paired`, for targets that are numbers. Raises ShapeError."""
    if target.dtype != "float32":
        raise ShapeError(
            f"{title} compares numbers; the target carries {described(target)}. "
            "For classes use Cross-entropy or Accuracy.",
            port="target",
        )
    return paired(prediction, target, title)


def decided(logits: TensorSpec, target: TensorSpec, title: str) -> tuple[Call | In, Call | In]:
    """As `paired`, for targets between 0 and 1 or labels of two classes. Raises ShapeError."""
    if target.dtype == "int64" and target.classes is not None and target.classes > 2:
        raise ShapeError(
            f"{title} tells 2 classes apart; the target has {target.classes}. "
            "For more classes use Cross-entropy or Accuracy.",
            port="target",
        )
    return paired(logits, target, title, "logits")

"""Figures that tell a person how well it goes; they change no weight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from netbuilder.layers.brief import changed
from netbuilder.layers.roles import Metric
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Port, param
from netbuilder.layers.targets import class_axis, classified, decided, measured

#: More classes than this would not fit a confusion matrix that a person reads.
_MATRIX = 100
_IGNORED = "Labels of this number are left out: padding."
_SCORED = (
    Port("logits", takes=("vector", "sequence", "image"), help="A score for each class."),
    Port("label", takes=("label",), help="The true class."),
)


class Accuracy(Metric):
    """Share of right answers, and for up to 100 classes what is mistaken for what.

    logits (B, C) and label (B), or a label for each token or pixel.
    """

    kind, title = "accuracy", "Accuracy"
    tex = r"\dfrac{\mathrm{right\ answers}}{\mathrm{all\ answers}}"
    use = "Classes of about equal size."
    mistakes = (
        "Where nine of ten samples are of one class, always saying that class scores 90 %.",
    )
    cites = "APS360, week 3"
    inputs = _SCORED

    ignore_index: int | None = param(None, min=-100, label="Ignore label", help=_IGNORED)

    def infer(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, TensorSpec]:
        classified(logits, label, self.title)
        return {}

    def metrics(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, Call]:
        classes = {"num_classes": classified(logits, label, self.title)}
        classes |= changed(self, "ignore_index")
        of = "torchmetrics.classification.Multiclass"
        found = {"accuracy": Call(f"{of}Accuracy", (), classes | {"average": "micro"})}
        if classes["num_classes"] <= _MATRIX:
            found["confusion"] = Call(f"{of}ConfusionMatrix", (), classes)
        return found

    def prepared(self, logits: TensorSpec, label: TensorSpec) -> tuple[Any, ...]:
        return Call(".argmax", (In("logits"),), {"dim": class_axis(logits)}), In("label")


class BinaryAccuracy(Metric):
    """Share of right answers where the answer is yes or no.

    logits (B, …) and target of the same shape; a positive score means yes.
    """

    kind, title = "binary_accuracy", "Binary accuracy"
    tex = r"\dfrac{\mathrm{right\ answers}}{\mathrm{all\ answers}}"
    use = "Yes or no, both about equally frequent."
    mistakes = ("Where yes is rare, always saying no scores high.",)
    cites = "APS360, week 3"
    inputs = (Port("logits", help="Positive means yes."), Port("target", help="0 or 1."))

    def infer(self, logits: TensorSpec, target: TensorSpec) -> Mapping[str, TensorSpec]:
        decided(logits, target, self.title)
        return {}

    def metrics(self, logits: TensorSpec, target: TensorSpec) -> Mapping[str, Call]:
        return {"accuracy": Call("torchmetrics.classification.BinaryAccuracy")}

    def prepared(self, logits: TensorSpec, target: TensorSpec) -> tuple[Any, ...]:
        ours, theirs = decided(logits, target, self.title)
        if target.dtype == "float32":
            theirs = Call(".round", (theirs,))
        # torchmetrics applies sigmoid only to batches with a value outside 0 to 1.
        return Call("torch.sigmoid", (ours,)), Call(".long", (theirs,))


class Regression(Metric, abstract=True):
    """What figures of predicted and measured numbers share."""

    inputs = (Port("prediction"), Port("target"))
    name: ClassVar[str]
    made: ClassVar[Call]

    def infer(self, prediction: TensorSpec, target: TensorSpec) -> Mapping[str, TensorSpec]:
        measured(prediction, target, self.title)
        return {}

    def metrics(self, prediction: TensorSpec, target: TensorSpec) -> Mapping[str, Call]:
        return {self.name: self.made}

    def prepared(self, prediction: TensorSpec, target: TensorSpec) -> tuple[Any, ...]:
        ours, theirs = measured(prediction, target, self.title)
        return Call(".flatten", (ours,)), Call(".flatten", (theirs,))


class R2(Regression):
    """Share of the variation of the target that is explained: 1 is perfect, 0 is the mean.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "r2", "R²"
    tex = r"R^2 = 1 - \dfrac{\sum_n\, (y_n - t_n)^2}{\sum_n\, (t_n - \bar{t})^2}"
    use = "To compare regressions whose targets differ in unit or spread."
    mistakes = ("Below 0 it is worse than the mean of the target, not a mistake of the program.",)
    name, made = "r2", Call("torchmetrics.regression.R2Score")


class MAE(Regression):
    """The average distance from the target, in its own unit.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "mae", "MAE"
    tex = r"\dfrac{1}{N} \sum_n\, |y_n - t_n|"
    use = "A distance people understand, in the unit of the target."
    mistakes = ("It hides a few very large errors.",)
    cites = "DLM, loss functions"
    name, made = "mae", Call("torchmetrics.regression.MeanAbsoluteError")


class RMSE(Regression):
    """The root of the average squared distance, in the unit of the target.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "rmse", "RMSE"
    tex = r"\sqrt{\dfrac{1}{N} \sum_n\, (y_n - t_n)^2}"
    use = "As MAE, where large errors should show."
    mistakes = ("One outlier can decide it.",)
    name = "rmse"
    made = Call("torchmetrics.regression.MeanSquaredError", (), {"squared": False})


class MAPE(Regression):
    """The average distance from the target, as a share of the target.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "mape", "MAPE"
    also = "percentage error"
    tex = r"\frac{1}{N} \sum_n \frac{|y_n - t_n|}{|t_n|}"
    use = "Prices and amounts that differ in size, none of them near 0."
    mistakes = (
        "A target near 0 makes it huge.",
        "It punishes a guess too high more.",
    )
    name, made = "mape", Call("torchmetrics.regression.MeanAbsolutePercentageError")


class Perplexity(Metric):
    """Among how many equally likely tokens a model hesitates: 1 is certain.

    logits (B, T, C) and label (B, T), or (B, C) and (B).
    """

    kind, title = "perplexity", "Perplexity"
    tex = r"e^{\mathrm{CE}}, \;\; \mathrm{CE}\;\mathrm{the\ mean\ cross\ entropy}"
    use = "Language models."
    mistakes = ("Two models with different vocabularies cannot be compared by it.",)
    cites = "Jelinek et al. 1977"
    inputs = _SCORED

    ignore_index: int | None = param(None, min=-100, label="Ignore label", help=_IGNORED)

    def infer(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, TensorSpec]:
        classified(logits, label, self.title)
        if logits.axes > 3:
            raise ShapeError(
                f"Perplexity is of tokens: logits B × T × C, not {logits.text()}.", port="logits"
            )
        return {}

    def metrics(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, Call]:
        return {
            "perplexity": Call("torchmetrics.text.Perplexity", (), changed(self, "ignore_index"))
        }

    def prepared(self, logits: TensorSpec, label: TensorSpec) -> tuple[Any, ...]:
        if logits.axes == 3:
            return In("logits"), In("label")
        return Call(".unsqueeze", (In("logits"), 1)), Call(".unsqueeze", (In("label"), 1))

"""Figures of classes that accuracy hides: which are found, which are mistaken, how well ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from netbuilder.layers.brief import brief
from netbuilder.layers.roles import Metric
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Port, param
from netbuilder.layers.targets import class_axis, classified, rows

_OF = "torchmetrics.classification."
_JUDGED = (
    Port("logits", help="A score for each class, or one where positive means yes."),
    Port("label", help="The true class; 0 or 1 where there is one score."),
)


def yes_or_no(logits: TensorSpec, label: TensorSpec) -> tuple[Call | In, Call | In] | None:
    """Scores and answers of one shape where each score is a yes or no; None for classes.

    logits (B, …), (B, …, 1) or (B, 1, …) with label (B, …).
    """
    if label.dtype == "int64" and (label.classes or 2) > 2:
        return None
    theirs: Call | In = In("label")
    if label.dtype == "float32":
        theirs = Call(".round", (theirs,))
    theirs = Call(".long", (theirs,))
    if logits.dtype != "float32" or not label.axes:
        return None
    if logits.shape == label.shape:
        return In("logits"), theirs
    if logits.shape == (*label.shape, 1):
        return Call(".squeeze", (In("logits"), -1)), theirs
    if logits.shape == (*label.shape[:1], 1, *label.shape[1:]):
        return Call(".squeeze", (In("logits"), 1)), theirs
    return None


class OfClasses(Metric, abstract=True):
    """What figures of classes share: one or several, from the answers or from the scores.

    made: the end of the class of torchmetrics, behind Binary or Multiclass.
    """

    inputs = _JUDGED
    made: ClassVar[str]

    def infer(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, TensorSpec]:
        if yes_or_no(logits, label) is None:
            classified(logits, label, self.title)
        return {}

    def averaged(self) -> str:
        """How classes become one figure, in the words of torchmetrics."""
        return "macro"

    def metrics(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, Call]:
        if yes_or_no(logits, label) is not None:
            return {self.kind: Call(f"{_OF}Binary{self.made}")}
        given = {"num_classes": classified(logits, label, self.title), "average": self.averaged()}
        return {self.kind: Call(f"{_OF}Multiclass{self.made}", (), given)}

    def prepared(self, logits: TensorSpec, label: TensorSpec) -> tuple[Any, ...]:
        single = yes_or_no(logits, label)
        if single is not None:
            # torchmetrics applies sigmoid only to batches with a value outside 0 to 1.
            return Call("torch.sigmoid", (single[0],)), single[1]
        return Call(".argmax", (In("logits"),), {"dim": class_axis(logits)}), In("label")


class Averaged(OfClasses, abstract=True):
    """Figures that a person may want class by class."""

    average: Literal["macro", "micro", "weighted", "each class"] = param(
        "macro",
        help="macro: every class counts the same; micro: every sample; weighted: classes by their "
        "size; each class: a figure for each.",
    )

    def averaged(self) -> str:
        return "none" if self.average == "each class" else self.average

    def summary(self) -> str:
        return self.average if self.average != "macro" else ""


class Precision(Averaged):
    """Of what is called a class, the share that is of it.

    logits (B, C) and label (B), or a label for each token or pixel; or one score for each answer
    and 0 or 1.
    """

    kind, title = "precision", "Precision"
    also = "positive predictive value"
    tex = r"\frac{TP}{TP + FP}"
    use = "Where a false alarm is dear: spam, arrests."
    mistakes = ("A model that hardly ever says yes has a high one: look at Recall as well.",)
    cites = "APS360, week 3"
    made = "Precision"


class Recall(Averaged):
    """Of what is of a class, the share that is found.

    logits (B, C) and label (B), or a label for each token or pixel; or one score for each answer
    and 0 or 1.
    """

    kind, title = "recall", "Recall"
    also = "sensitivity true positive rate"
    tex = r"\frac{TP}{TP + FN}"
    use = "Where to miss one is dear: a disease, a defect."
    mistakes = ("A model that always says yes has a perfect one: look at Precision as well.",)
    cites = "APS360, week 3"
    made = "Recall"


class F1(Averaged):
    """Precision and recall in one figure, which is high only if both are.

    logits (B, C) and label (B), or a label for each token or pixel; or one score for each answer
    and 0 or 1.
    """

    kind, title = "f1", "F1"
    also = "f-score f-measure"
    tex = r"\frac{2\, TP}{2\, TP + FP + FN}"
    use = "Classes of unequal size, where accuracy tells little."
    mistakes = ("Averaged as micro over several classes it is just accuracy.",)
    cites = "APS360, week 3"
    made = "F1Score"


class Ranked(OfClasses, abstract=True):
    """Figures of scores, which need no threshold."""

    average: Literal["macro", "weighted", "each class"] = param(
        "macro",
        help="macro: every class counts the same; weighted: classes by their size; each class: a "
        "figure for each.",
    )

    def averaged(self) -> str:
        return "none" if self.average == "each class" else self.average

    def prepared(self, logits: TensorSpec, label: TensorSpec) -> tuple[Any, ...]:
        if yes_or_no(logits, label) is not None:
            return super().prepared(logits, label)
        scores, true = rows(logits)
        return Call("torch.softmax", (scores, 1)), true

    def summary(self) -> str:
        return self.average if self.average != "macro" else ""


class RocAuc(Ranked):
    """How often a sample of a class is scored above one that is not of it: ½ is chance.

    logits (B, C) and label (B), or a label for each token or pixel; or one score for each answer
    and 0 or 1. Of several classes each is told from all others.
    """

    kind, title = "roc_auc", "ROC-AUC"
    also = "auroc area under curve receiver operating characteristic"
    tex = r"P(s(x_{+}) > s(x_{-}))"
    use = "How well scores rank, whatever threshold is chosen later."
    mistakes = ("Where yes is very rare it looks good too easily: take Average precision.",)
    cites = "Fawcett 2006"
    made = "AUROC"


class AveragePrecision(Ranked):
    """The area under precision over recall: how pure the best scored are.

    logits (B, C) and label (B), or a label for each token or pixel; or one score for each answer
    and 0 or 1. Chance is the share of yes.
    """

    kind, title = "average_precision", "Average precision"
    also = "pr-auc map area under precision recall curve"
    tex = r"\sum_k (R_k - R_{k-1})\, P_k"
    use = "Where yes is rare and the best scored matter: search, detection."
    mistakes = ("It cannot be compared between data with other shares of yes.",)
    made = "AveragePrecision"


class TopK(Metric):
    """Share of samples whose true class is among the k best scored.

    logits (B, C) and label (B), or a label for each token or pixel.
    """

    kind, title = "top_k_accuracy", "Top-k accuracy"
    also = "top-5 top5"
    tex = r"\frac{1}{N} \sum_n [\, y_n \in \mathrm{top}_k(x_n)\, ]"
    use = "Many classes, some of which are hard to tell apart."
    mistakes = ("With hardly more than k classes everything is right.",)
    cites = "Russakovsky et al. 2015"
    inputs = (
        Port("logits", takes=("vector", "sequence", "image"), help="A score for each class."),
        Port("label", takes=("label",), help="The true class."),
    )

    k: int = param(5, min=1, max=1000, help="How many answers the network may give.")

    def _classes(self, logits: TensorSpec, label: TensorSpec) -> int:
        classes = classified(logits, label, self.title)
        if self.k >= classes:
            raise ShapeError(
                f"Of {classes} classes {self.k} guesses are always right: give fewer.",
                port="logits",
                params={"k": min(3, classes - 1)},
            )
        return classes

    def infer(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, TensorSpec]:
        self._classes(logits, label)
        return {}

    def metrics(self, logits: TensorSpec, label: TensorSpec) -> Mapping[str, Call]:
        given = {"num_classes": self._classes(logits, label), "top_k": self.k, "average": "micro"}
        return {self.kind: Call(f"{_OF}MulticlassAccuracy", (), given)}

    def prepared(self, logits: TensorSpec, label: TensorSpec) -> tuple[Any, ...]:
        return rows(logits)

    def summary(self) -> str:
        return brief(f"k = {self.k}")


class IoU(OfClasses):
    """How far predicted and true regions overlap: intersection over union, class by class.

    logits (B, C, H, W) and label (B, H, W), or one score for each pixel and 0 or 1. Pixels of
    the whole split are counted together, then classes averaged.
    """

    kind, title = "iou", "IoU"
    also = "jaccard intersection over union segmentation miou"
    tex = r"\frac{TP}{TP + FP + FN}"
    use = "Segmentation."
    mistakes = ("The background counts as a class and flatters it.",)
    cites = "Everingham et al. 2010"
    made = "JaccardIndex"


class DiceScore(OfClasses):
    """How far predicted and true regions overlap: twice the common part over both.

    logits (B, C, H, W) and label (B, H, W), or one score for each pixel and 0 or 1. Pixels of
    the whole split are counted together, then classes averaged.
    """

    kind, title = "dice_score", "Dice score"
    also = "f1 segmentation sørensen overlap"
    tex = r"\frac{2\, TP}{2\, TP + FP + FN}"
    use = "Segmentation, above all in medicine."
    mistakes = ("Averaged over pictures, as papers often do, it comes out differently.",)
    cites = "Dice 1945"
    made = "F1Score"

"""Losses that ask only for the right side, or for a margin: SVM, perceptron, critic."""

from __future__ import annotations

from typing import Literal

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.curve import Curved
from netbuilder.layers.expect import expect_equal, numbers
from netbuilder.layers.late import Floats, np
from netbuilder.layers.losses import SCORED
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Port, param
from netbuilder.layers.targets import classified, decided, rows

_MARGIN = "How far on the right side costs nothing."


class Hinge(Loss, Curved):
    """Asks a score to lie on the right side by a margin: the loss of a linear SVM.

    logits (B, …) and target of the same shape, where above 0 means yes, so 0 and 1 fit as
    well as −1 and 1. With weight decay on a Linear layer it is a support vector machine.
    """

    kind, title = "hinge", "Hinge (SVM)"
    also = "support vector machine"
    tex = r"L = \dfrac{1}{N} \sum_n\, \max(0,\, m - t_n x_n), \;\; t_n = \pm 1"
    use = "A linear support vector machine, or a critic with a margin."
    mistakes = (
        "Its scores are no probabilities.",
        "Without weight decay the margin means nothing: larger weights reach it at once.",
    )
    cites = "DLM, support vector machines; Cortes and Vapnik 1995"
    inputs = (Port("logits", help="Positive means yes."), Port("target", help="0 or 1, or ±1."))
    across = "t·score"

    margin: float = param(1.0, min=0, help=_MARGIN)
    squared: bool = param(False, help="Square what is missing: smooth, harder on outliers.")

    def call(self, logits: TensorSpec, target: TensorSpec) -> Call:
        own = changed(self, "margin", "squared")
        return Call("netbuilder.nn.hinge", decided(logits, target, self.title), own)

    def infer(self, logits: TensorSpec, target: TensorSpec) -> TensorSpec:
        decided(logits, target, self.title)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        cost = np.maximum(0, self.margin - x)
        return (cost**2, -2 * cost) if self.squared else (cost, np.where(cost > 0, -1.0, 0.0))

    def summary(self) -> str:
        return brief(super().summary(), "squared" if self.squared else "")


class MulticlassHinge(Loss, Curved):
    """Asks the true score to lie above every other one by a margin: an SVM of many classes.

    logits (B, C) and label (B), or a label for each token or pixel. Once the margin is
    kept it is zero and nothing more is learned, where Cross-entropy always wants more.
    """

    kind, title = "multiclass_hinge", "Multi-class hinge (SVM)"
    also = "support vector machine"
    tex = r"L = \dfrac{1}{N} \sum_n \sum_{k \neq y_n}\, \max(0,\, s_{n,k} - s_{n,y_n} + m)"
    use = "A support vector machine of several classes."
    mistakes = (
        "At the start, with all scores near 0, it is about (classes − 1) × margin; anything "
        "else is a mistake.",
    )
    cites = "IDL, loss functions; Weston and Watkins 1999"
    inputs = SCORED
    across = "true score − other score (2 classes)"

    margin: float = param(1.0, min=0, help=_MARGIN)

    def call(self, logits: TensorSpec, label: TensorSpec) -> Call:
        return Call("netbuilder.nn.multiclass_hinge", rows(logits), changed(self, "margin"))

    def infer(self, logits: TensorSpec, label: TensorSpec) -> TensorSpec:
        classified(logits, label, self.title)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        cost = np.maximum(0, self.margin - x)
        return cost, np.where(cost > 0, -1.0, 0.0)


class PerceptronLoss(Loss, Curved):
    """Moves the boundary only where a sample is on the wrong side.

    One score (B, 1) and a yes or no (B), or scores (B, C) and a class (B). With SGD, batch
    size 1 and learning rate 1 every step is the classical perceptron rule; it comes to an
    end only if a plane tells the classes apart.
    """

    kind, title = "perceptron_loss", "Perceptron loss"
    tex = r"""
        L = \dfrac{1}{N} \sum_n\, \max(0,\, -t_n x_n)
        \mathrm{or}\;\; L = \dfrac{1}{N} \sum_n\, (\max_k s_{n,k} - s_{n,y_n})
    """
    use = "To see the classical perceptron rule at work."
    mistakes = (
        "Where no plane tells the classes apart it never comes to rest.",
        "A boundary that just touches the samples satisfies it: there is no margin.",
    )
    cites = "DLS, linear models; Rosenblatt 1958"
    inputs = (
        Port("logits", help="One score, or one for each class."),
        Port("label", help="Above 0 means yes, or the true class."),
    )
    across = "t·score"

    def _binary(self, logits: TensorSpec, label: TensorSpec) -> bool:
        few = label.dtype != "int64" or (label.classes or 2) <= 2
        return few and logits.shape in (label.shape, (*label.shape, 1))

    def call(self, logits: TensorSpec, label: TensorSpec) -> Call:
        if not self._binary(logits, label):
            return Call("netbuilder.nn.multiclass_perceptron", rows(logits))
        score: Call | In = In("logits")
        if logits.shape != label.shape:
            score = Call(".squeeze", (score, -1))
        return Call("netbuilder.nn.perceptron_loss", (score, In("label")))

    def infer(self, logits: TensorSpec, label: TensorSpec) -> TensorSpec:
        numbers(logits, self.title, "logits")
        if not self._binary(logits, label):
            classified(logits, label, self.title)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.maximum(0, -x), np.where(x <= 0, -1.0, 0.0)


class MarginRanking(Loss, Curved):
    """Asks one score to lie above another by a margin: which of two answers is better.

    a, b (B, …), the scores of two things; target of the same shape, or (B) to (B, 1), where above
    0 means that a ranks higher, or free: it always does.
    """

    kind, title = "margin_ranking", "Margin ranking"
    also = "learning to rank preference pairwise reward"
    tex = r"L = \frac{1}{N} \sum_n \max(0,\, m - t_n (a_n - b_n)), \;\; t_n = \pm 1"
    use = "Learning to rank from pairs: search results, preferences, a reward model."
    mistakes = (
        "Only differences of scores mean something, not the scores.",
        "With a margin of 0 all scores alike are a perfect answer.",
    )
    cites = "Herbrich et al. 2000"
    inputs = (
        Port("a", help="Scores of the first of each pair."),
        Port("b", help="Scores of the second."),
        Port("target", optional=True, help="0 or 1, or ±1; free: the first ranks higher."),
    )
    across = "a − b, where a ranks higher"

    margin: float = param(1.0, min=0, help="How far the better one should lie above.")

    def call(self, a: TensorSpec, b: TensorSpec, target: TensorSpec | None = None) -> Call:
        first: Call | In = In("a")
        second: Call | In = In("b")
        if target is None:
            below = Call("-", (self.margin, Call("-", (first, second))))
            return Call(".mean", (Call("F.relu", (below,)),))
        if a.shape != target.shape:
            first, second = Call(".squeeze", (first, -1)), Call(".squeeze", (second, -1))
        higher = Call("netbuilder.nn.signed", (In("target"),))
        given = {"margin": self.margin} if self.margin else {}
        return Call("F.margin_ranking_loss", (first, second, higher), given)

    def infer(self, a: TensorSpec, b: TensorSpec, target: TensorSpec | None = None) -> TensorSpec:
        if not numbers(a, self.title, "a").axes:
            raise ShapeError(f"{self.title} takes a score for each sample.", port="a")
        expect_equal(a, numbers(b, self.title, "b"), self.title, "b")
        if target is not None and a.shape not in (target.shape, (*target.shape, 1)):
            raise ShapeError(
                f"{self.title} takes one target for each pair, here {a.text()}; this wire carries "
                f"{target.text()}.",
                port="target",
            )
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        cost = np.maximum(0, self.margin - x)
        return cost, np.where(cost > 0, -1.0, 0.0)

    def summary(self) -> str:
        return brief(super().summary(), f"margin {self.margin:g}")


class Wasserstein(Loss, Curved):
    """Drives the scores of a critic up or down: the losses of a Wasserstein GAN.

    score (B, …), without a sigmoid. The critic drives real up and generated down, the
    generator drives its own up. The critic must not become steep: add a Gradient penalty.
    """

    kind, title = "wasserstein", "Wasserstein (critic)"
    also = "wgan gan"
    tex = r"""
        L = -\dfrac{1}{N} \sum_n\, x_n \;\;\mathrm{(up)}
        L = \dfrac{1}{N} \sum_n\, x_n \;\;\mathrm{(down)}
    """
    use = "GANs that do not settle with Binary cross-entropy."
    mistakes = (
        "A critic that may be as steep as it likes has no lowest loss: add a Gradient penalty.",
        "A Sigmoid behind the critic bounds the scores and spoils it.",
    )
    cites = "DLM, generative adversarial networks; Arjovsky et al. 2017"
    inputs = (Port("score", help="What the critic says."),)
    across = "score"

    goal: Literal["up", "down"] = param(
        "up", help="up: the critic for real ones, the generator; down: the critic for fakes."
    )

    def call(self, score: TensorSpec) -> Call:
        mean = Call(".mean", (In("score"),))
        return mean if self.goal == "down" else Call("torch.neg", (mean,))

    def infer(self, score: TensorSpec) -> TensorSpec:
        if not numbers(score, self.title, "score").axes:
            raise ShapeError(f"{self.title} takes a score for each sample.", port="score")
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        sign = 1.0 if self.goal == "down" else -1.0
        return sign * x, np.full_like(x, sign)

    def summary(self) -> str:
        return brief(super().summary(), self.goal)

"""Scores along one axis become probabilities."""

from __future__ import annotations

from typing import ClassVar

from netbuilder.layers.activation import Activation
from netbuilder.layers.brief import brief
from netbuilder.layers.expect import numbers
from netbuilder.layers.look import Looks, pointwise
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, param


class Normalised(Activation, abstract=True):
    """What softmax and its logarithm share: an axis and a temperature."""

    function: ClassVar[str]

    dim: int = param(-1, min=-7, max=7, label="Axis", help="1 is the first after the batch.")
    temperature: float = param(
        1.0, min=1e-3, max=1e3, help="Divides the scores: above 1 it evens out, below it decides."
    )

    def call(self, x: TensorSpec) -> Call:
        scores: Call | In = In("x")
        if self.temperature != 1:
            scores = Call("/", (scores, self.temperature))
        return Call(self.function, (scores,), {"dim": self.dim})

    def infer(self, x: TensorSpec) -> TensorSpec:
        numbers(x, self.title)
        if not -x.axes < self.dim < x.axes or self.dim == 0:
            raise ShapeError(
                f"{self.title} works along axis {self.dim}; this wire has the axes "
                f"1 to {x.axes - 1} beside the batch ({x.text()})."
                if x.axes > 1
                else f"{self.title} needs an axis beside the batch; this wire carries {x.text()}.",
                params={"dim": -1},
            )
        return x

    def looks(self, x: TensorSpec) -> Looks:
        along = self.dim % x.axes
        return {axis: look for axis, look in pointwise(x).items() if axis != along}

    def summary(self) -> str:
        axis = f"axis {self.dim}" if self.dim != -1 else ""
        return brief(axis, f"τ = {self.temperature:g}" if self.temperature != 1 else "")


class Softmax(Normalised):
    """Turn scores along one axis into probabilities that sum to 1.

    Any shape → the same shape. Cross-entropy has it built in: give that the scores.
    """

    kind, title = "softmax", "Softmax"
    also = "temperature probabilities"
    tex = r"y_i = \dfrac{e^{x_i / \tau}}{\sum_k\, e^{x_k / \tau}}"
    use = (
        "Attention weights, and probabilities to be shown. It makes scores compete with each other."
    )
    mistakes = (
        "In front of Cross-entropy it is applied twice, and learning slows down.",
        "Along the wrong axis it lets samples or positions compete instead of classes.",
    )
    cites = "APS360, weeks 2 and 7"
    function = "F.softmax"


class LogSoftmax(Normalised):
    """Turn scores along one axis into the logarithms of probabilities.

    Any shape → the same shape. It stands before Negative log-likelihood; Cross-entropy is
    both in one.
    """

    kind, title = "log_softmax", "Log-softmax"
    tex = r"y_i = \dfrac{x_i}{\tau} - \log \sum_k\, e^{x_k / \tau}"
    use = "In front of Negative log-likelihood, or where log-probabilities are added up."
    mistakes = ("In front of Cross-entropy it changes nothing but costs time.",)
    cites = "DLS, linear models"
    function = "F.log_softmax"

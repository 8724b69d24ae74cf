"""Losses between predicted and measured numbers."""

from __future__ import annotations

from typing import ClassVar

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.curve import Curved
from netbuilder.layers.late import Floats, np
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import TensorSpec
from netbuilder.layers.spec import Call, Port, param
from netbuilder.layers.targets import measured


class Difference(Loss, Curved, abstract=True):
    """What losses between predicted and measured numbers share."""

    inputs = (Port("prediction"), Port("target"))
    across = "y − t"
    function: ClassVar[str]

    def call(self, prediction: TensorSpec, target: TensorSpec) -> Call:
        own = changed(self, *(p.name for p in self.params() if p.name != "weight"))
        return Call(self.function, measured(prediction, target, self.title), own)

    def infer(self, prediction: TensorSpec, target: TensorSpec) -> TensorSpec:
        measured(prediction, target, self.title)
        return TensorSpec(())


class MSE(Difference):
    """The average squared difference: large mistakes weigh most.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "mse", "Mean squared error"
    also = "l2 least squares quadratic"
    tex = r"L = \dfrac{1}{N} \sum_n\, (y_n - t_n)^2"
    use = "Numbers to predict, where large errors are worst; also for autoencoders."
    mistakes = (
        "One outlier can outweigh all other samples: then use Huber.",
        "For classes behind a sigmoid its gradient vanishes exactly where the answer is most "
        "wrong.",
    )
    cites = "APS360, week 2"
    function = "F.mse_loss"
    span = (-3.0, 3.0)

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return x**2, 2 * x


class L1(Difference):
    """The average absolute difference: outliers weigh no more than their distance.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "l1", "Mean absolute error"
    also = "mae laplace"
    tex = r"L = \dfrac{1}{N} \sum_n\, |y_n - t_n|"
    use = "Numbers with outliers; it aims at the median. In pictures it blurs less than squares."
    mistakes = (
        "Its slope does not shrink near the target, so a fixed learning rate keeps it jumping.",
    )
    cites = "IDL, loss functions; DLM, loss functions"
    function = "F.l1_loss"

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.abs(x), np.sign(x)


class Huber(Difference):
    """Squares small differences and takes large ones as they are, so that outliers pull less.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "huber", "Huber"
    also = "robust"
    tex = r"""
        d_n = |y_n - t_n|
        h_n = \frac{1}{2}\, d_n^2 \;\;\mathrm{if}\; d_n \leq \delta
        h_n = \delta\,(d_n - \frac{1}{2}\,\delta) \;\;\mathrm{if}\; d_n > \delta
        L = \dfrac{1}{N} \sum_n\, h_n
    """
    use = "Numbers with a few outliers, and values in reinforcement learning."
    mistakes = ("δ is in the unit of the target: 1 is far too small for prices in thousands.",)
    cites = "Huber 1964"
    function = "F.huber_loss"

    delta: float = param(1.0, min=1e-6, label="δ", help="Where the square ends.")

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        d = np.abs(x)
        y = np.where(d <= self.delta, 0.5 * x**2, self.delta * (d - 0.5 * self.delta))
        return y, np.clip(x, -self.delta, self.delta)

    def summary(self) -> str:
        return brief(super().summary(), f"δ = {self.delta:g}")


class SmoothL1(Difference):
    """An absolute difference whose tip is rounded; Huber divided by its bend.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "smooth_l1", "Smooth L1"
    tex = r"""
        d_n = |y_n - t_n|
        h_n = \dfrac{d_n^2}{2\beta} \;\;\mathrm{if}\; d_n < \beta
        h_n = d_n - \frac{1}{2}\,\beta \;\;\mathrm{if}\; d_n \geq \beta
        L = \dfrac{1}{N} \sum_n\, h_n
    """
    use = "Corners of boxes in object detection."
    mistakes = ("Changing β also changes how steep the loss is near zero, which Huber keeps.",)
    cites = "Girshick 2015"
    function = "F.smooth_l1_loss"

    beta: float = param(1.0, min=0, label="β", help="Where the round tip ends.")

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        if self.beta == 0:
            return np.abs(x), np.sign(x)
        d = np.abs(x)
        y = np.where(d < self.beta, 0.5 * x**2 / self.beta, d - 0.5 * self.beta)
        return y, np.clip(x / self.beta, -1, 1)

    def summary(self) -> str:
        return brief(super().summary(), f"β = {self.beta:g}")


class LogCosh(Difference):
    """Squares small differences and takes large ones as they are, without a place to choose.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "log_cosh", "Log-cosh"
    also = "robust huber"
    tex = r"L = \frac{1}{N} \sum_n \log \cosh(y_n - t_n)"
    use = "Regression with outliers, without a δ to choose."
    mistakes = (
        "Where differences are far below 1 it is only half a squared error: scale the target.",
    )
    cites = "Saleh and Saleh 2022"
    function = "netbuilder.nn.log_cosh"

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.logaddexp(x, -x) - np.log(2), np.tanh(x)


class Quantile(Difference):
    """Finds the value below which a share of the targets lies: two of them bound most.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B).
    """

    kind, title = "quantile", "Quantile (pinball)"
    also = "interval uncertainty percentile"
    tex = r"L = \frac{1}{N} \sum_n \max(q\, d_n,\, (q - 1)\, d_n), \;\; d_n = t_n - y_n"
    use = "To predict a range: q = 0.05 and q = 0.95 at two outputs bound nine of ten."
    mistakes = ("Two outputs trained apart may cross: the lower one above the upper one.",)
    cites = "Koenker and Bassett 1978"
    function = "netbuilder.nn.quantile"

    q: float = param(
        0.5, min=0.001, max=0.999, label="q", help="Share of the targets below: 0.5 is the median."
    )

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        y = np.maximum(-self.q * x, (1 - self.q) * x)
        return y, np.where(x > 0, 1 - self.q, -self.q)

    def summary(self) -> str:
        return brief(super().summary(), f"q = {self.q:g}")


class PoissonNLL(Difference):
    """How surprised a predicted rate is by a count: how many calls, how many bicycles.

    prediction and target of equal shape; a prediction (B, 1) also fits a target (B). The
    prediction is the logarithm of the rate, so it may have any sign.
    """

    kind, title = "poisson_nll", "Poisson likelihood"
    also = "counts rate regression"
    tex = r"L = \frac{1}{N} \sum_n e^{y_n} - t_n y_n"
    use = "Counts: calls an hour, defects a sheet."
    mistakes = (
        "The network gives the logarithm of the rate: take its exponential to read it.",
        "A ReLU before it forbids every rate below 1.",
    )
    cites = "Nelder and Wedderburn 1972"
    function = "F.poisson_nll_loss"
    across, span = "y, where t = 1", (-3.0, 3.0)

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.exp(x) - x, np.exp(x) - 1

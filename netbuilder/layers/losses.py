"""What training makes small: losses of classes and of yes or no."""

from __future__ import annotations

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.curve import Curved, sigmoid, softplus
from netbuilder.layers.late import Floats, np
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, ParamError, Port, param
from netbuilder.layers.targets import class_axis, classified, decided, listed, rows

#: Ports of every loss that compares scores with a true class.
SCORED = (
    Port("logits", takes=("vector", "sequence", "image"), help="A score for each class."),
    Port("label", takes=("label",), help="The true class."),
)


class CrossEntropy(Loss, Curved):
    """How surprised the predicted probabilities are by the true class, on average.

    logits (B, C) and label (B); a label for each token, (B, T, C) and (B, T), or for each
    pixel, (B, C, H, W) and (B, H, W). Softmax is built in: a softmax in front of it slows
    learning down.
    """

    kind, title = "cross_entropy", "Cross-entropy"
    also = "softmax loss logistic log-loss multinomial"
    tex = r"L = -\dfrac{1}{N} \sum_n\, \log \dfrac{e^{s_{n,y_n}}}{\sum_k\, e^{s_{n,k}}}"
    use = "One class out of several, which is what most classifiers learn."
    mistakes = (
        "A Softmax in front of it is one too many.",
        "Where a sample may have several classes at once, use Binary cross-entropy.",
        "With very unequal classes it learns the large one: give the rare ones weight.",
    )
    cites = "APS360, week 2; Szegedy et al. 2016 (label smoothing)"
    inputs = SCORED
    across = "true score − other score (2 classes)"

    label_smoothing: float = param(
        0.0, min=0, max=1, help="Share of the target spread over all classes."
    )
    class_weights: str = param(
        "", help="One number a class, such as 1, 2, 5: how much each counts. Empty: all alike."
    )
    ignore_index: int | None = param(
        None, min=-100, label="Ignore label", help="Rows of this label do not count: padding."
    )

    def _known(self, label: TensorSpec) -> TensorSpec:
        """The label without the last class, where that is the one to be ignored."""
        if label.classes is None or self.ignore_index != label.classes - 1:
            return label
        return TensorSpec(label.shape, label.dtype, label.classes - 1)

    def _weights(self, logits: TensorSpec) -> list[float]:
        classes = int(logits.shape[class_axis(logits)])
        return listed(self.class_weights, (classes,), "class_weights", "Class weights")

    def call(self, logits: TensorSpec, label: TensorSpec) -> Call:
        given = changed(self, "ignore_index", "label_smoothing")
        weights = self._weights(logits)
        if weights:
            given = {"weight": Call(".new_tensor", (In("logits"), weights)), **given}
        return Call("F.cross_entropy", rows(logits), given)

    def infer(self, logits: TensorSpec, label: TensorSpec) -> TensorSpec:
        classified(logits, self._known(label), self.title)
        self._weights(logits)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        spread = 0.5 * self.label_smoothing
        y = (1 - spread) * softplus(-x) + spread * softplus(x)
        return y, spread - sigmoid(-x)

    def summary(self) -> str:
        smooth = f"smooth {self.label_smoothing:g}" if self.label_smoothing else ""
        left = f"not {self.ignore_index}" if self.ignore_index is not None else ""
        return brief(super().summary(), smooth, left)


class NLL(Loss, Curved):
    """How surprised log-probabilities are by the true class, on average.

    log_prob (B, …, C) as Log-softmax gives them, label (B, …); in images the classes stand
    behind the batch. Cross-entropy is both in one: use this where the log-probabilities
    are there already.
    """

    kind, title = "nll", "Negative log-likelihood"
    also = "log-loss"
    tex = r"L = -\dfrac{1}{N} \sum_n\, \ell_{n,y_n}, \;\; \ell \;\mathrm{log\ probabilities}"
    use = "Behind Log-softmax, where the log-probabilities are wanted for something else too."
    mistakes = ("Fed with scores or probabilities it runs, falls below zero and means nothing.",)
    cites = "DLS, linear models"
    inputs = (
        Port("logits", takes=("vector", "sequence", "image"), help="Logarithms of probabilities."),
        SCORED[1],
    )
    across, span = "log-probability of the true class", (-5.0, 0.0)

    def call(self, logits: TensorSpec, label: TensorSpec) -> Call:
        return Call("F.nll_loss", rows(logits))

    def infer(self, logits: TensorSpec, label: TensorSpec) -> TensorSpec:
        classified(logits, label, self.title)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return -x, np.full_like(x, -1.0)


class BCEWithLogits(Loss, Curved):
    """How surprised a predicted probability is by yes or no, on average.

    logits (B, …) and target of the same shape, or a constant for all: 1 for real and 0 for
    fake in a GAN. With several outputs each is a yes or no of its own (multi-label). Sigmoid
    is built in.
    """

    kind, title = "bce_with_logits", "Binary cross-entropy"
    also = "logistic regression log-loss sigmoid multi-label"
    tex = r"""
        p_n = \sigma(x_n)
        L = -\dfrac{1}{N} \sum_n\, \left[ w\, t_n \log p_n + (1 - t_n) \log(1 - p_n) \right]
    """
    use = "Yes or no, several independent labels, and the real-or-fake of a GAN."
    mistakes = (
        "A Sigmoid in front of it is one too many.",
        "For one class out of many use Cross-entropy: yeses there exclude each other.",
    )
    cites = "APS360, weeks 2 and 9"
    inputs = (
        Port("logits", help="Scores; positive means yes."),
        Port("target", optional=True, help="Between 0 and 1; free if Constant is set."),
    )
    across, span = "score, where the answer is yes", (-6.0, 6.0)

    constant: float | None = param(
        None, min=0, max=1, help="The target of every sample, in place of a wire."
    )
    pos_weight: str = param(
        "",
        label="Weight of yes",
        help="How much a yes counts, where it is rare: one number, or one for each output.",
    )

    def _weights(self, logits: TensorSpec) -> list[float]:
        last = int(logits.shape[-1]) if 1 < logits.axes < 4 else 1
        return listed(self.pos_weight, (1, last), "pos_weight", "Weight of yes")

    def call(self, logits: TensorSpec, target: TensorSpec | None = None) -> Call:
        ours: Call | In = In("logits")
        theirs: Call | In
        if target is None:
            named = {0.0: "torch.zeros_like", 1.0: "torch.ones_like"}
            same = named.get(self.constant or 0.0)
            if same is None:
                theirs = Call("torch.full_like", (In("logits"), self.constant))
            else:
                theirs = Call(same, (In("logits"),))
        else:
            ours, theirs = decided(logits, target, self.title)
            if target.dtype != "float32":
                theirs = Call(".float", (theirs,))
        weights = self._weights(logits)
        given = {"pos_weight": Call(".new_tensor", (In("logits"), weights))} if weights else {}
        return Call("F.binary_cross_entropy_with_logits", (ours, theirs), given)

    def infer(self, logits: TensorSpec, target: TensorSpec | None = None) -> TensorSpec:
        if (target is None) == (self.constant is None):
            raise ShapeError(
                "Binary cross-entropy compares with a wire at target or with Constant "
                f"(1 real, 0 fake); here {'neither' if target is None else 'both'} is given.",
                port="target",
                params={"constant": 1.0 if target is None else None},
            )
        decided(logits, logits if target is None else target, self.title)
        self._weights(logits)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        target = 1.0 if self.constant is None else self.constant
        try:
            yes = target * (listed(self.pos_weight, (1,), "pos_weight", "") or [1.0])[0]
        except ParamError:  # one for each output: the weight of none of them is the weight
            yes = target
        return (
            yes * softplus(-x) + (1 - target) * softplus(x),
            (1 - target) * sigmoid(x) - yes * sigmoid(-x),
        )

    def summary(self) -> str:
        constant = f"target {self.constant:g}" if self.constant is not None else ""
        return brief(constant, super().summary())


class GaussianNLL(Loss, Curved):
    """How surprised a predicted normal distribution is by the measured number, on average.

    prediction, log_variance and target of equal shape. The network learns how sure it may
    be: where it errs, a larger variance costs less.
    """

    kind, title = "gaussian_nll", "Gaussian likelihood"
    also = "heteroscedastic uncertainty"
    tex = (
        r"L = \dfrac{1}{2N} \sum_n\, \left[ \log \sigma_n^2 + \dfrac{(y_n - t_n)^2}{\sigma_n^2} "
        r"\right]"
    )
    use = "A number to predict together with how sure the network is of it."
    mistakes = (
        "Early on the variance can explode and hide every error: train the means alone first.",
        "It takes the logarithm of the variance, not the variance.",
    )
    cites = "Nix and Weigend 1994"
    inputs = (
        Port("prediction", help="Means."),
        Port("log_variance", help="Logarithms of variances."),
        Port("target"),
    )
    across = "y − t, with σ² = 1"

    def call(self, prediction: TensorSpec, log_variance: TensorSpec, target: TensorSpec) -> Call:
        return Call("netbuilder.nn.gaussian_nll", tuple(In(port.name) for port in self.inputs))

    def infer(
        self, prediction: TensorSpec, log_variance: TensorSpec, target: TensorSpec
    ) -> TensorSpec:
        for port, spec in (("log_variance", log_variance), ("target", target)):
            if spec.shape != prediction.shape or spec.dtype != "float32" or not spec.axes:
                raise ShapeError(
                    f"{self.title} takes three times the same shape of numbers; "
                    f"{prediction.text()} is predicted and {spec.text()} arrives at {port}.",
                    port=port,
                )
        if prediction.dtype != "float32":
            raise ShapeError(f"{self.title} takes numbers, not labels.", port="prediction")
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return 0.5 * x**2, x


class CTC(Loss):
    """Labels for a sequence without saying where each stands: sums over all alignments.

    logits (B, T, C), one class of which is the blank; label (B, S) filled up with blanks;
    length (B,): how many of the T steps count, all if free. For speech and handwriting: T is
    longer than S. Softmax is built in. In the formula π runs over the alignments of a label,
    which has S of its own.
    """

    kind, title = "ctc", "CTC"
    also = "speech connectionist temporal classification"
    tex = r"L = -\dfrac{1}{B} \sum_b\, \dfrac{1}{S_b} \log \sum_{\pi \to y_b} \prod_t\, p_t(\pi_t)"
    use = "Speech and handwriting, where the order of the labels is known but not their time."
    mistakes = (
        "A label longer than the sequence has no alignment and counts nothing.",
        "For the first epochs it says only blanks; that is usual.",
    )
    cites = "Graves et al. 2006"
    inputs = (
        Port("logits", takes=("sequence",), help="A score for each class at each step."),
        Port("label", takes=("label",), help="The classes in order, blanks at the end."),
        Port("length", optional=True, takes=("label",), help="Steps that count in each row."),
    )

    blank: int = param(0, min=0, help="The class that stands for nothing.")

    def call(self, logits: TensorSpec, label: TensorSpec, length: TensorSpec | None = None) -> Call:
        given = {} if length is None else {"length": In("length")}
        return Call(
            "netbuilder.nn.ctc_loss",
            (In("logits"), In("label")),
            {**given, **changed(self, "blank")},
        )

    def infer(
        self, logits: TensorSpec, label: TensorSpec, length: TensorSpec | None = None
    ) -> TensorSpec:
        if logits.axes != 3 or logits.dtype != "float32":
            raise ShapeError(
                f"CTC takes scores at each step (B × T × C); this wire carries {logits.text()}.",
                port="logits",
            )
        if label.axes != 2 or label.dtype != "int64" or label.shape[0] != logits.shape[0]:
            raise ShapeError(
                "CTC takes a row of labels for each sequence (B × S); this wire carries "
                f"{label.text()}.",
                port="label",
            )
        classes = int(logits.shape[2])
        if self.blank >= classes:
            raise ShapeError(
                f"The blank is class {self.blank}, but scores for {classes} classes arrive, "
                "counted from 0.",
                port="logits",
                params={"blank": 0},
            )
        if label.classes is not None and classes < label.classes:
            raise ShapeError(
                f"The labels have {label.classes} classes, the blank among them, but scores for "
                f"only {classes} arrive.",
                port="logits",
                width=label.classes,
            )
        if length is not None and (length.shape != label.shape[:1] or length.dtype != "int64"):
            raise ShapeError(
                f"CTC takes one length for each sequence (B); this wire carries {length.text()}.",
                port="length",
            )
        return TensorSpec(())

    def summary(self) -> str:
        return brief(super().summary(), f"blank {self.blank}")

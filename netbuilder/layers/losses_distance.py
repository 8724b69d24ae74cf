"""Losses between distributions, and between places in a space of embeddings."""

from __future__ import annotations

from typing import Literal

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.curve import Curved
from netbuilder.layers.expect import expect, expect_axes, expect_equal, numbers
from netbuilder.layers.late import Floats, np
from netbuilder.layers.noise import gaussian
from netbuilder.layers.roles import Loss
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Port, param


class GaussianKL(Loss, Curved):
    """How far predicted normal distributions lie from the standard one.

    mu, log_variance (B, …): summed over each sample, averaged over the batch. It keeps the
    latent space of a VAE in one piece.
    """

    kind, title = "gaussian_kl", "Gaussian KL"
    also = "vae"
    tex = (
        r"L = \dfrac{1}{2B} \sum_b \sum_i\, \left( \mu_{bi}^2 + \sigma_{bi}^2 - 1 - \log "
        r"\sigma_{bi}^2 \right)"
    )
    use = "The second loss of a VAE, beside that of reconstruction."
    mistakes = (
        "With too large a weight the encoder says nothing and all samples look alike.",
        "It is summed over the latent vector: averaged reconstruction losses need a smaller "
        "weight here.",
    )
    cites = "APS360, week 6; Kingma and Welling 2013"
    inputs = (Port("mu", help="Means."), Port("log_variance", help="Logarithms of variances."))
    across = "μ, with σ² = 1"

    def call(self, mu: TensorSpec, log_variance: TensorSpec) -> Call:
        return Call("netbuilder.nn.gaussian_kl", (In("mu"), In("log_variance")))

    def infer(self, mu: TensorSpec, log_variance: TensorSpec) -> TensorSpec:
        gaussian(mu, log_variance, self.title)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return 0.5 * x**2, x


class KLDivergence(Loss):
    """How far predicted probabilities lie from wanted ones: a student copies its teacher.

    logits and target of equal shape, classes on the last axis, in images behind the batch.
    Put Detach behind the teacher, or it learns from its student.
    """

    kind, title = "kl_divergence", "KL divergence"
    also = "distillation relative entropy teacher"
    tex = r"""
        p = \mathrm{softmax}(t / \tau), \;\; q = \mathrm{softmax}(x / \tau)
        L = \dfrac{\tau^2}{N} \sum_n \sum_k\, p_{nk} \log \dfrac{p_{nk}}{q_{nk}}
    """
    use = "To let a small network learn from the probabilities of a large one."
    mistakes = (
        "Without Detach behind the teacher the teacher learns as well.",
        "Scores read as probabilities give a number that means nothing: set what the target holds.",
    )
    cites = "APS360, week 6; Hinton et al. 2015"
    inputs = (
        Port("logits", help="A score for each class."),
        Port("target", help="Scores of the teacher, or probabilities."),
    )

    target_holds: Literal["scores", "probabilities"] = param(
        "scores", help="scores pass a softmax; probabilities sum to 1 already."
    )
    temperature: float = param(
        1.0, min=1e-3, max=1e3, help="Divides scores: above 1 it evens probabilities out."
    )

    def call(self, logits: TensorSpec, target: TensorSpec) -> Call:
        args: tuple[Call | In, ...] = (In("logits"), In("target"))
        if logits.axes >= 4:
            args = tuple(Call(".movedim", (arg, 1, -1)) for arg in args)
        given = changed(self, "temperature")
        if self.target_holds == "probabilities":
            given["probabilities"] = True
        return Call("netbuilder.nn.kl_divergence", args, given)

    def infer(self, logits: TensorSpec, target: TensorSpec) -> TensorSpec:
        expect_axes(numbers(logits, self.title, "logits"), self.title, 2)
        expect_equal(logits, numbers(target, self.title, "target"), self.title, "target")
        return TensorSpec(())

    def summary(self) -> str:
        heat = f"τ = {self.temperature:g}" if self.temperature != 1 else ""
        return brief(super().summary(), heat)


class InfoNCE(Loss):
    """Finds, among all samples of the batch, the other view of each.

    a, b (B, C): two views of one sample, or a picture and its caption, a row each. Only
    their directions count. A large batch has more to tell apart; a batch of 1 nothing.
    """

    kind, title = "info_nce", "InfoNCE / NT-Xent"
    also = "contrastive clip simclr"
    tex = r"""
        s_{ij} = \cos(a_i,\, b_j) \,/\, \tau
        l_i = 2 s_{ii} - \log \sum_j e^{s_{ij}} - \log \sum_j e^{s_{ji}}
        L = -\dfrac{1}{2B} \sum_i\, l_i
    """
    use = "To learn representations without labels from two views of each sample."
    mistakes = (
        "Small batches have few negatives, and the task becomes too easy.",
        "Two samples of one class in a batch are pushed apart as well.",
    )
    cites = "DATA.ML.200, self-supervision; Oord et al. 2018; Chen et al. 2020"
    inputs = (
        Port("a", takes=("vector",), help="One view."),
        Port("b", takes=("vector",), help="The other view."),
    )

    temperature: float = param(0.1, min=1e-3, max=100, help="Smaller asks for clearer pairs.")
    negatives: Literal["other view", "both views"] = param(
        "other view", help="other view: InfoNCE, as in CLIP; both views: NT-Xent, as in SimCLR."
    )

    def call(self, a: TensorSpec, b: TensorSpec) -> Call:
        name = "nt_xent" if self.negatives == "both views" else "info_nce"
        return Call(f"netbuilder.nn.{name}", (In("a"), In("b")), changed(self, "temperature"))

    def infer(self, a: TensorSpec, b: TensorSpec) -> TensorSpec:
        expect(a, self.title, "vector", "a")
        expect_equal(a, expect(b, self.title, "vector", "b"), self.title, "b")
        return TensorSpec(())

    def summary(self) -> str:
        return brief(super().summary(), f"τ = {self.temperature:g}")


class Triplet(Loss, Curved):
    """Asks the positive to lie nearer to the anchor than the negative, by a margin.

    anchor, positive, negative (B, C), a row each: the same person twice, and another one.
    In the formula m is the margin.
    """

    kind, title = "triplet", "Triplet"
    also = "siamese metric"
    tex = r"""
        d_i = \|a_i - p_i\| - \|a_i - n_i\|
        L = \dfrac{1}{N} \sum_i\, \max(0,\, d_i + m)
    """
    use = "Faces, signatures and search: what is alike should lie near."
    mistakes = (
        "Negatives that are already far teach nothing: choose hard ones.",
        "If all vectors shrink to one point the loss stays at the margin.",
    )
    cites = "DATA.ML.200, self-supervision; Schroff et al. 2015"
    inputs = (
        Port("anchor", takes=("vector",)),
        Port("positive", takes=("vector",), help="The same thing again."),
        Port("negative", takes=("vector",), help="Another thing."),
    )
    across = "‖a − p‖ − ‖a − n‖"

    margin: float = param(1.0, min=1e-6, help="How much nearer the positive should lie.")

    def call(self, *specs: TensorSpec) -> Call:
        args = tuple(In(port.name) for port in self.inputs)
        return Call("F.triplet_margin_loss", args, changed(self, "margin"))

    def infer(self, anchor: TensorSpec, positive: TensorSpec, negative: TensorSpec) -> TensorSpec:
        expect(anchor, self.title, "vector", "anchor")
        for port, spec in (("positive", positive), ("negative", negative)):
            expect_equal(anchor, expect(spec, self.title, "vector", port), self.title, port)
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return np.maximum(0, x + self.margin), np.where(x + self.margin > 0, 1.0, 0.0)

    def summary(self) -> str:
        return brief(super().summary(), f"margin {self.margin:g}")


class CosineLoss(Loss, Curved):
    """Turns two vectors into one direction, or apart where they do not belong together.

    a, b (B, C); target (B), where above 0 means together, or free: all belong together.
    """

    kind, title = "cosine_loss", "Cosine embedding"
    also = "siamese contrastive"
    tex = r"""
        L_n = 1 - \cos(a_n,\, b_n) \;\;\mathrm{if\ together}
        L_n = \max(0,\, \cos(a_n,\, b_n) - m) \;\;\mathrm{if\ apart}
    """
    use = "Pairs that belong together or do not, where only directions count."
    mistakes = ("With pairs that all belong together every vector turns the same way.",)
    cites = "DLS, representation; Hadsell et al. 2006"
    inputs = (
        Port("a", takes=("vector",)),
        Port("b", takes=("vector",)),
        Port(
            "target",
            optional=True,
            takes=("label", "vector"),
            help="0 or 1, or ±1; free: all belong together.",
        ),
    )
    across, span = "cos(a, b) of a pair", (-1.0, 1.0)

    margin: float = param(0.0, min=-1, max=1, help="Cosine that those apart may have.")

    def call(self, a: TensorSpec, b: TensorSpec, target: TensorSpec | None = None) -> Call:
        if target is None:
            return Call(".mean", (Call("-", (1, Call("F.cosine_similarity", (In("a"), In("b"))))),))
        together = Call("netbuilder.nn.signed", (In("target"),))
        args = (In("a"), In("b"), together)
        return Call("F.cosine_embedding_loss", args, changed(self, "margin"))

    def infer(self, a: TensorSpec, b: TensorSpec, target: TensorSpec | None = None) -> TensorSpec:
        expect(a, self.title, "vector", "a")
        expect_equal(a, expect(b, self.title, "vector", "b"), self.title, "b")
        if target is not None and target.shape != a.shape[:1]:
            raise ShapeError(
                f"{self.title} takes one target for each pair (B); this wire carries "
                f"{target.text()}.",
                port="target",
            )
        return TensorSpec(())

    def curve(self, x: Floats) -> tuple[Floats, Floats]:
        return 1 - x, np.full_like(x, -1.0)

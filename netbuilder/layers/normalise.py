"""Bring the data itself into a healthy range, by figures of the training rows alone."""

from __future__ import annotations

from typing import Literal

from netbuilder.layers.brief import brief
from netbuilder.layers.expect import expect_axes, numbers
from netbuilder.layers.look import Looks, pointwise
from netbuilder.layers.shape import Dim, ShapeError, TensorSpec
from netbuilder.layers.spec import Call, Layer, Port, param


class Normalise(Layer):
    """Bring a field of the data into a range that learns well, by figures of the training rows.

    (B, …) → the same shape. Before the first step it takes mean and deviation, or the least
    and greatest value, of what arrives for the training rows, and of no others: so nothing
    of validation and test leaks into training. They stay with the weights and go into every
    export, so the exported model takes the numbers as they are measured. What never changes
    becomes 0.
    """

    kind, title, family = "normalise", "Normalise", "Normalisation"
    also = "normalize standardize standardise min-max scaling z-score mean subtraction input"
    tex = r"""
        y = \dfrac{x - \mu_{\mathrm{train}}}{\sigma_{\mathrm{train}}}
        \mathrm{0\ to\ 1:}\;\; y = \dfrac{x - \min x}{\max x - \min x}
    """
    use = "Directly behind a data set whose numbers are large, small or of different units."
    mistakes = (
        "Behind a CSV table that standardises already it only costs time: turn one of them off.",
        "One outlier squeezes all other values together where the least and greatest count.",
    )
    cites = "APS360, week 3; LeCun et al., Efficient BackProp, 1998"
    inputs = (Port("x", takes=("vector", "sequence", "image", "any")),)

    method: Literal["standardise", "centre", "zero_to_one", "minus_one_to_one"] = param(
        "standardise",
        help="standardise: mean 0, deviation 1; centre: mean 0; the others: from the least to "
        "the greatest value.",
    )
    each: Literal["channel", "last", "value", "all"] = param(
        "channel",
        label="Figures for",
        help="channel: each channel or column; last: each place of the last axis, as in B × T × C; "
        "value: each pixel; all: one for everything.",
    )

    def _shape(self, x: TensorSpec) -> tuple[int, ...]:
        sizes = [int(n) for n in x.shape[1:]]
        kept = {"channel": {0}, "last": {len(sizes) - 1}, "all": set()}
        among = kept.get(self.each, set(range(len(sizes))))
        return tuple(n if i in among else 1 for i, n in enumerate(sizes))

    def call(self, x: TensorSpec) -> Call:
        method = {} if self.method == "standardise" else {"method": self.method}
        return Call("netbuilder.nn.Normalise", (self._shape(x),), method)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 2, 5)
        counted = {"channel": x.shape[1:2], "last": x.shape[-1:], "all": ()}
        for size in counted.get(self.each, x.shape[1:]):
            if isinstance(size, Dim):
                raise ShapeError(
                    f"{self.title} keeps figures for every place of an axis, and {size.name} of "
                    f"{x.text()} may change its size: let figures be for the last axis, or for "
                    "all.",
                    params={"each": "all" if isinstance(x.shape[-1], Dim) else "last"},
                )
        return x

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        shown = {"zero_to_one": "0 to 1", "minus_one_to_one": "−1 to 1", "centre": "mean 0"}
        each = "" if self.each == "channel" else f"each {self.each}"
        return brief(shown.get(self.method, ""), "" if self.each == "all" else each)

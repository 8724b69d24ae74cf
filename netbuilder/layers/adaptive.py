"""Pooling that is told what to leave rather than how to slide. The wire decides the axes."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import ClassVar

from netbuilder.layers.brief import brief
from netbuilder.layers.expect import expect, expect_axes, numbers
from netbuilder.layers.lengths import LENGTHS, ending
from netbuilder.layers.look import Look, Looks, sliding
from netbuilder.layers.shape import TensorSpec
from netbuilder.layers.sizes import along, by, compact, each
from netbuilder.layers.spec import Call, In, Layer, Port, param

_TAKES = (Port("x", takes=("image", "sequence", "any"), help="Channels first."),)


class AdaptivePooling(Layer, abstract=True):
    """What adaptive pooling by mean and by maximum share."""

    family = "Pooling"
    cites = "He et al. 2014, Spatial pyramid pooling"
    inputs = _TAKES
    function: ClassVar[str]

    output_size: tuple[int, ...] = param(
        (1,), min=1, label="Size", help="What is left of each axis; one number for all of them."
    )

    def call(self, x: TensorSpec) -> Call:
        return Call(f"{self.function}{x.axes - 2}d", (In("x"), compact(self.output_size)))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3, 5)
        return x.with_shape(*x.shape[:2], *along(self, "output_size", x.axes - 2))

    def not_in_onnx(self, x: TensorSpec) -> str:
        if x.axes < 5:
            return ""
        return (
            "ONNX has no adaptive pooling over volumes: use a pooling 3-D with its own window, "
            "or one of the Global pools."
        )

    def looks(self, x: TensorSpec) -> Looks:
        wanted = each(self.output_size, x.axes - 2)
        steps = [Fraction(int(n), m) for n, m in zip(x.shape[2:], wanted, strict=True)]
        # Windows that do not divide the axis differ by one; the larger ones count.
        spans = [int(s) if s.denominator == 1 else math.ceil(s) + 1 for s in steps]
        return {1: Look(1), **sliding(spans, steps)}

    def summary(self) -> str:
        return brief(f"→ {by(self.output_size)}")


class AdaptiveAvgPool(AdaptivePooling):
    """Average windows so chosen that the result has the size you want.

    (B, C, …) → (B, C, sizes), whatever the sizes that arrive. So a classifier behind it
    takes images of any size.
    """

    kind, title = "adaptive_avg_pool", "Adaptive average pool"
    tex = r"""
        y_i = \mathrm{mean}\;\, x_j
        a \leq j < b
        a = \lfloor i\, n \,/\, m \rfloor, \;\; b = \lceil (i + 1)\, n \,/\, m \rceil
    """
    use = "Between convolutions and a classifier that must take images of any size."
    mistakes = ("A size larger than what arrives repeats values and adds nothing.",)
    function = "F.adaptive_avg_pool"


class AdaptiveMaxPool(AdaptivePooling):
    """Keep the largest value of windows so chosen that the result has the size you want.

    (B, C, …) → (B, C, sizes), whatever the sizes that arrive.
    """

    kind, title = "adaptive_max_pool", "Adaptive max pool"
    tex = r"""
        y_i = \max\;\, x_j
        a \leq j < b
        a = \lfloor i\, n \,/\, m \rfloor, \;\; b = \lceil (i + 1)\, n \,/\, m \rceil
    """
    use = "As Adaptive average pool, where it matters whether a feature is there at all."
    mistakes = ("A size larger than what arrives repeats values and adds nothing.",)
    function = "F.adaptive_max_pool"


class GlobalPooling(Layer, abstract=True):
    """What global pooling by mean and by maximum share."""

    family = "Pooling"
    inputs = (Port("x", takes=("image", "sequence", "any")),)
    method: ClassVar[str]

    def call(self, x: TensorSpec) -> Call:
        axes = tuple(range(2, x.axes))
        return Call(self.method, (In("x"),), {"dim": axes if len(axes) > 1 else 2})

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3)
        return x.with_shape(*x.shape[:2])


class GlobalAvgPool(GlobalPooling):
    """Average each channel over all its places, so that any image becomes a vector.

    (B, C, H, W) → (B, C); also (B, C, T) → (B, C).
    """

    kind, title = "global_avg_pool", "Global average pool"
    also = "gap"
    tex = r"y_c = \dfrac{1}{n} \sum_i\, x_{c,i}"
    use = "The end of a convolutional network: one number for each channel in place of Flatten."
    mistakes = ("Where a thing is in the picture is lost; keep the map if place matters.",)
    cites = "Lin et al. 2013, Network in Network"
    method = ".mean"


class GlobalMaxPool(GlobalPooling):
    """Keep the largest value of each channel: whether a feature is anywhere at all.

    (B, C, H, W) → (B, C); also (B, C, T) → (B, C), as in convolutions over text.
    """

    kind, title = "global_max_pool", "Global max pool"
    also = "max over time"
    tex = r"y_c = \max_i\; x_{c,i}"
    use = "Where one occurrence decides: a word in a sentence, an event in a signal."
    mistakes = ("Only the strongest place of each channel learns from a sample.",)
    cites = "Kim 2014, Convolutional networks for sentence classification"
    method = ".amax"


class MeanPool(Layer):
    """Average the tokens of a sequence into one vector.

    (B, T, C) → (B, C). With lengths, only those that are real.
    """

    kind, title, family = "mean_pool", "Mean of tokens", "Pooling"
    tex = r"y = \dfrac{1}{T} \sum_t\, x_t"
    use = "The simplest way from a sequence to one vector, for a classifier of texts."
    mistakes = ("Without lengths, padding is averaged in as well.",)
    cites = "APS360, week 10"
    inputs = (Port("x", takes=("sequence",)), LENGTHS)

    def call(self, x: TensorSpec, lengths: TensorSpec | None = None) -> Call:
        if lengths is not None:
            return Call("netbuilder.nn.masked_mean", (In("x"), In("lengths")))
        return Call(".mean", (In("x"),), {"dim": 1})

    def infer(self, x: TensorSpec, lengths: TensorSpec | None = None) -> TensorSpec:
        expect(x, self.title, "sequence")
        ending(lengths, x, self.title)
        return x.with_shape(x.shape[0], x.shape[2])

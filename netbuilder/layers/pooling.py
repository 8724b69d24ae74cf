"""Fewer values that keep what matters."""

from __future__ import annotations

from typing import ClassVar

from netbuilder.layers.brief import brief
from netbuilder.layers.expect import expect, expect_axes, numbers
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.sizes import by, compact, each, window
from netbuilder.layers.spec import Call, In, Layer, Port, param


class Pooling(Layer, abstract=True):
    """What pooling windows over an image share."""

    family = "Pooling"
    cites = "APS360, week 4"
    inputs = (Port("x", takes=("image",)),)
    function: ClassVar[str]

    kernel_size: tuple[int, ...] = param(
        (2,), min=1, max=1000, length=2, label="Window", help="Size of the window."
    )
    stride: tuple[int, ...] | None = param(
        None, min=1, max=1000, length=2, help="Step from window to window; empty: the window."
    )
    pad: tuple[int, ...] = param(
        (0,), min=0, max=1000, length=2, help="Padding on each side, at most half the window."
    )

    def call(self, x: TensorSpec) -> Call:
        kwargs = {"stride": compact(self.stride)} if self.stride else {}
        kwargs |= {"padding": compact(self.pad)} if any(self.pad) else {}
        return Call(self.function, (In("x"), compact(self.kernel_size)), kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, "image")
        kernel, pad = each(self.kernel_size, 2), each(self.pad, 2)
        for k, p in zip(kernel, pad, strict=True):
            if 2 * p > k:
                raise ShapeError(
                    f"Pad {p} is more than half of the window, which is {k} wide.",
                    params={"pad": tuple(min(a, b // 2) for a, b in zip(pad, kernel, strict=True))},
                )
        stride = each(self.stride or kernel, 2)
        sizes = window(x.shape[2:], kernel, stride, pad, (1, 1), self.title)
        return x.with_shape(*x.shape[:2], *sizes)

    def summary(self) -> str:
        stride = f"stride {by(self.stride)}" if self.stride else ""
        return brief(by(each(self.kernel_size, 2)), stride)


class MaxPool2d(Pooling):
    """Keep the largest value of each window.

    (B, C, H, W) → (B, C, H', W'), each axis ⌊(i + 2p − k) / s⌋ + 1 long.
    """

    kind, title = "max_pool2d", "Max pooling"
    formula = "y = max of each window"
    function = "F.max_pool2d"


class AvgPool2d(Pooling):
    """Average each window.

    (B, C, H, W) → (B, C, H', W'), each axis ⌊(i + 2p − k) / s⌋ + 1 long. Padding counts
    as zeros.
    """

    kind, title = "avg_pool2d", "Average pooling"
    formula = "y = mean of each window"
    function = "F.avg_pool2d"


class GlobalAvgPool(Layer):
    """Average each channel over all its places, so that any image becomes a vector.

    (B, C, H, W) → (B, C); also (B, C, T) → (B, C).
    """

    kind, title, family = "global_avg_pool", "Global average pool", "Pooling"
    formula = "y<sub>c</sub> = mean of x<sub>c</sub>"
    cites = "Lin et al. 2013, Network in Network"
    inputs = (Port("x", takes=("image", "sequence", "any")),)

    def call(self, x: TensorSpec) -> Call:
        axes = tuple(range(2, x.axes))
        return Call(".mean", (In("x"),), {"dim": axes if len(axes) > 1 else 2})

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3)
        return x.with_shape(*x.shape[:2])


class MeanPool(Layer):
    """Average the tokens of a sequence into one vector.

    (B, T, C) → (B, C).
    """

    kind, title, family = "mean_pool", "Mean of tokens", "Pooling"
    formula = "y = mean of x<sub>t</sub> over t"
    cites = "APS360, week 10"
    inputs = (Port("x", takes=("sequence",)),)

    def call(self, x: TensorSpec) -> Call:
        return Call(".mean", (In("x"),), {"dim": 1})

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, "sequence")
        return x.with_shape(x.shape[0], x.shape[2])

"""Windows that keep the largest value, or the mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import ClassVar

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import Wanted, expect
from netbuilder.layers.look import Look, Looks, sliding
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.sizes import by, compact, each, fixed, reach, window
from netbuilder.layers.spec import Call, In, Layer, Param, Port, param


class Pooling(Layer, abstract=True):
    """What pooling windows over any number of axes share."""

    family = "Pooling"
    cites = "APS360, week 4; DATA.ML.200, week 2"
    axes: ClassVar[int]
    wanted: ClassVar[Wanted]
    function: ClassVar[str]

    kernel_size: tuple[int, ...] = param(
        (2,), min=1, max=1000, label="Window", help="Size of the window."
    )
    stride: tuple[int, ...] | None = param(
        None, min=1, max=1000, help="Step from window to window; empty: the window."
    )
    pad: tuple[int, ...] = param(
        (0,), min=0, max=1000, help="Padding on each side, at most half the window."
    )
    ceil_mode: bool = param(
        False, label="Round up", help="Keep a last window that sticks out over the edge."
    )

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        return _sized(super().params(), cls.axes)

    def _dilation(self) -> tuple[int, ...]:
        return (1,)

    def call(self, x: TensorSpec) -> Call:
        kwargs = {"stride": compact(self.stride)} if self.stride else {}
        kwargs |= {"padding": compact(self.pad)} if any(self.pad) else {}
        kwargs |= changed(self, "dilation", "ceil_mode", "count_include_pad", "return_indices")
        return Call(f"{self.function}{self.axes}d", (In("x"), compact(self.kernel_size)), kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec | Mapping[str, TensorSpec]:
        return self._pooled(x)

    def _pooled(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, self.wanted)
        axes = self.axes
        kernel, pad = each(self.kernel_size, axes), each(self.pad, axes)
        for k, p in zip(kernel, pad, strict=True):
            if 2 * p > k:
                raise ShapeError(
                    f"Pad {p} is more than half of the window, which is {k} wide.",
                    params={"pad": tuple(min(a, b // 2) for a, b in zip(pad, kernel, strict=True))},
                )
        stride, dilation = each(self.stride or kernel, axes), each(self._dilation(), axes)
        sizes = window(x.shape[2:], kernel, stride, pad, dilation, self.title, ceil=self.ceil_mode)
        return x.with_shape(*x.shape[:2], *sizes)

    def looks(self, x: TensorSpec) -> Looks:
        kernel, dilation = each(self.kernel_size, self.axes), each(self._dilation(), self.axes)
        steps = each(self.stride or kernel, self.axes)
        return {1: Look(1), **sliding(tuple(map(reach, kernel, dilation)), steps)}

    def summary(self) -> str:
        stride = f"stride {by(self.stride)}" if self.stride else ""
        return brief(by(each(self.kernel_size, self.axes)), stride)


@cache
def _sized(params: tuple[Param, ...], axes: int) -> tuple[Param, ...]:
    return tuple(replace(p, length=axes) if p.type == "ints" else p for p in params)


class MaxPooling(Pooling, abstract=True):
    """What the three kinds of max pooling share."""

    tex = r"y_{c,i} = \max_{u \in W}\; x_{c,\,si + du - p}"
    use = "To make maps smaller between convolutions and keep the strongest answers."
    mistakes = (
        "Pooling too often leaves maps of 1×1 with nothing left to look at.",
        "A stride below the window lets windows overlap, which few networks want.",
    )
    function = "F.max_pool"

    dilation: tuple[int, ...] = param((1,), min=1, max=1000, help="Step within the window.")
    return_indices: bool = param(
        False,
        label="Tell places",
        help="Also give where each value stood, as Max unpooling wants to know.",
    )

    def _dilation(self) -> tuple[int, ...]:
        return self.dilation

    def output_ports(self) -> tuple[str, ...]:
        return ("y", "indices") if self.return_indices else ("y",)

    def taken(self, used: frozenset[str]) -> str:
        return "{y}, {indices}" if self.return_indices else "{y}"

    def infer(self, x: TensorSpec) -> TensorSpec | Mapping[str, TensorSpec]:
        y = self._pooled(x)
        if not self.return_indices:
            return y
        places = math.prod(x.shape[2:]) if fixed(x.shape[2:]) else None
        return {"y": y, "indices": TensorSpec(y.shape, "int64", places)}


class MaxPool1d(MaxPooling):
    """Keep the largest value of each window of a signal.

    (B, C, T) → (B, C, T'), ⌊(n + 2p − k) / s⌋ + 1 long. Channels come before time.
    """

    kind, title = "max_pool1d", "Max pooling 1-D"
    also = "subsampling downsampling"
    inputs = (Port("x", takes=("sequence",), help="A signal, channels first."),)
    axes, wanted = 1, "channels"


class MaxPool2d(MaxPooling):
    """Keep the largest value of each window of an image.

    (B, C, H, W) → (B, C, H', W'), each axis ⌊(n + 2p − k) / s⌋ + 1 long.
    """

    kind, title = "max_pool2d", "Max pooling 2-D"
    also = "subsampling downsampling"
    inputs = (Port("x", takes=("image",)),)
    axes, wanted = 2, "image"


class MaxPool3d(MaxPooling):
    """Keep the largest value of each window of a volume.

    (B, C, D, H, W) → (B, C, D', H', W'), each axis ⌊(n + 2p − k) / s⌋ + 1 long.
    """

    kind, title = "max_pool3d", "Max pooling 3-D"
    also = "subsampling downsampling"
    inputs = (Port("x", takes=("any",), help="A volume."),)
    axes, wanted = 3, "volume"


class AveragePooling(Pooling, abstract=True):
    """What the three kinds of average pooling share."""

    tex = r"y_{c,i} = \dfrac{1}{|W|} \sum_{u \in W}\, x_{c,\,si + u - p}"
    use = "To make maps smaller smoothly, as in LeNet and in DenseNet between its blocks."
    mistakes = ("Zeros of the padding pull the edge down; turn Count padding off against it.",)
    function = "F.avg_pool"

    count_include_pad: bool = param(
        True, label="Count padding", help="Padding counts as zeros; off: it is left out."
    )


class AvgPool1d(AveragePooling):
    """Average each window of a signal.

    (B, C, T) → (B, C, T'), ⌊(n + 2p − k) / s⌋ + 1 long. Channels come before time.
    """

    kind, title = "avg_pool1d", "Average pooling 1-D"
    also = "mean subsampling downsampling"
    inputs = (Port("x", takes=("sequence",), help="A signal, channels first."),)
    axes, wanted = 1, "channels"


class AvgPool2d(AveragePooling):
    """Average each window of an image.

    (B, C, H, W) → (B, C, H', W'), each axis ⌊(n + 2p − k) / s⌋ + 1 long. Padding counts
    as zeros unless it is left out.
    """

    kind, title = "avg_pool2d", "Average pooling 2-D"
    also = "mean subsampling downsampling"
    inputs = (Port("x", takes=("image",)),)
    axes, wanted = 2, "image"


class AvgPool3d(AveragePooling):
    """Average each window of a volume.

    (B, C, D, H, W) → (B, C, D', H', W'), each axis ⌊(n + 2p − k) / s⌋ + 1 long.
    """

    kind, title = "avg_pool3d", "Average pooling 3-D"
    also = "mean subsampling downsampling"
    inputs = (Port("x", takes=("any",), help="A volume."),)
    axes, wanted = 3, "volume"

    def infer(self, x: TensorSpec) -> TensorSpec:
        y, kernel = self._pooled(x), each(self.kernel_size, 3)
        if any(k > n for k, n in zip(kernel, x.shape[2:], strict=True)):
            # torch looks at the sizes without padding here, as it does not for images.
            raise ShapeError(
                f"{self.title} takes no window larger than what arrives, padding left out: "
                f"{by(kernel)} is more than {by(x.shape[2:])}.",
                params={"kernel_size": tuple(map(min, kernel, x.shape[2:]))},
            )
        return y

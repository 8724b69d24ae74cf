"""Convolution along a signal and over an image, and its transpose."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import ClassVar, Literal

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import expect
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.sizes import by, compact, each, reach, same_pad, window
from netbuilder.layers.spec import Call, Layer, Param, Port, param


class Convolution(Layer, abstract=True):
    """What convolutions over any number of axes share."""

    family = "Convolution"
    axes: ClassVar[int]
    wanted: ClassVar[Literal["channels", "image"]]

    out_channels: int = param(16, min=1, label="Channels", help="Number of learned kernels.")
    kernel_size: tuple[int, ...] = param((3,), min=1, max=1000, label="Kernel", help="Its size.")
    stride: tuple[int, ...] = param((1,), min=1, max=1000, help="Step from window to window.")
    padding: Literal["same", "valid", "custom"] = param(
        "same",
        help="same: zeros around, so that stride 1 keeps the size; valid: none; "
        "custom: as many as Pad says.",
    )
    pad: tuple[int, ...] = param(
        (0,), min=0, max=1000, help="Zeros on each side, where Padding is custom."
    )
    dilation: tuple[int, ...] = param((1,), min=1, max=1000, help="Step within the window.")
    groups: int = param(1, min=1, help="Channels are split into this many groups that do not mix.")
    bias: bool = param(True, help="Add a learned constant to each output channel.")

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        return _sized(super().params(), cls.axes)

    def _keeps(self) -> bool:
        # torch refuses "same" beside a stride; then zeros are counted out below.
        return self.padding == "same" and set(self.stride) == {1}

    def _pad(self) -> tuple[int, ...]:
        if self.padding == "same":
            return same_pad(each(self.kernel_size, self.axes), each(self.dilation, self.axes))
        return each(self.pad if self.padding == "custom" else (0,), self.axes)

    def call(self, x: TensorSpec) -> Call:
        kwargs = changed(self, "stride", "dilation", "groups", "bias")
        if self._keeps():
            kwargs |= {"padding": "same"} if set(self.kernel_size) != {1} else {}
        elif any(self._pad()):
            kwargs["padding"] = compact(self._pad())
        args = (int(x.shape[1]), self.out_channels, compact(self.kernel_size))
        return Call(f"nn.Conv{self.axes}d", args, kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, self.wanted)
        grouped(self.groups, int(x.shape[1]), self.out_channels, self.title)
        sizes = x.shape[2:]
        if not self._keeps():
            kernel, stride, dilation = (
                each(v, self.axes) for v in (self.kernel_size, self.stride, self.dilation)
            )
            remedy = None if self.padding == "same" else "padding"
            sizes = window(sizes, kernel, stride, self._pad(), dilation, self.title, remedy)
        return x.with_shape(x.shape[0], self.out_channels, *sizes)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        kernel = each(self.kernel_size, self.axes)
        shapes: dict[str, Shape] = {
            "weight": (self.out_channels, int(x.shape[1]) // self.groups, *kernel)
        }
        return shapes | ({"bias": (self.out_channels,)} if self.bias else {})

    def summary(self) -> str:
        stride = f"stride {by(self.stride)}" if set(self.stride) != {1} else ""
        return brief(self.out_channels, by(each(self.kernel_size, self.axes)), stride, self.padding)


@cache
def _sized(params: tuple[Param, ...], axes: int) -> tuple[Param, ...]:
    return tuple(replace(p, length=axes) if p.type == "ints" else p for p in params)


class Conv1d(Convolution):
    """Slide learned kernels along a signal and report where they fit.

    (B, C, T) → (B, channels, T'). Channels come before time, so a sequence
    (B, T, C) passes through a Transpose first.
    """

    kind, title = "conv1d", "Convolution 1-D"
    formula = "y<sub>k</sub> = b<sub>k</sub> + Σ<sub>c</sub> w<sub>kc</sub> ⋆ x<sub>c</sub>"
    cites = "DATA.ML.200, week 2"
    inputs = (Port("x", takes=("sequence",), help="A signal, channels first."),)
    axes, wanted = 1, "channels"


class Conv2d(Convolution):
    """Slide learned kernels over an image and report where they fit.

    (B, C, H, W) → (B, channels, H', W'), each axis ⌊(i + 2p − k) / s⌋ + 1 long. The
    number of input channels comes from the wire.
    """

    kind, title = "conv2d", "Convolution 2-D"
    formula = "y<sub>k</sub> = b<sub>k</sub> + Σ<sub>c</sub> w<sub>kc</sub> ⋆ x<sub>c</sub>"
    cites = "APS360, week 4"
    inputs = (Port("x", takes=("image",)),)
    axes, wanted = 2, "image"


class ConvTranspose2d(Layer):
    """Stamp a learned kernel for every pixel, so that an image grows.

    (B, C, H, W) → (B, channels, H', W'), each axis s·(i − 1) + k − 2p + p_out long.
    Kernel 4, stride 2, pad 1 doubles both sides. Where stamps overlap they are summed.
    """

    kind, title, family = "conv_transpose2d", "Transposed convolution", "Convolution"
    formula = "o = s·(i − 1) + (k − 1) − 2p + p<sub>out</sub> + 1"
    cites = "APS360, week 6"
    inputs = (Port("x", takes=("image",)),)

    out_channels: int = param(16, min=1, label="Channels", help="Number of output channels.")
    kernel_size: tuple[int, ...] = param(
        (4,), min=1, max=1000, length=2, label="Kernel", help="Size of the stamp."
    )
    stride: tuple[int, ...] = param((2,), min=1, max=1000, length=2, help="Step between stamps.")
    pad: tuple[int, ...] = param(
        (1,), min=0, max=1000, length=2, help="Cut off this much on each side."
    )
    output_padding: tuple[int, ...] = param(
        (0,), min=0, max=1000, length=2, help="Added to one side, to meet a size exactly."
    )
    dilation: tuple[int, ...] = param((1,), min=1, max=1000, length=2, help="Step in the stamp.")
    groups: int = param(1, min=1, help="Channels are split into this many groups that do not mix.")
    bias: bool = param(True, help="Add a learned constant to each output channel.")

    def call(self, x: TensorSpec) -> Call:
        kwargs = {"stride": compact(self.stride)} if set(self.stride) != {1} else {}
        kwargs |= {"padding": compact(self.pad)} if any(self.pad) else {}
        kwargs |= changed(self, "output_padding", "dilation", "groups", "bias")
        args = (int(x.shape[1]), self.out_channels, compact(self.kernel_size))
        return Call("nn.ConvTranspose2d", args, kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, "image")
        grouped(self.groups, int(x.shape[1]), self.out_channels, self.title)
        kernel, stride, pad, extra, dilation = (
            each(v, 2)
            for v in (self.kernel_size, self.stride, self.pad, self.output_padding, self.dilation)
        )
        sizes = []
        for n, k, s, p, e, d in zip(x.shape[2:], kernel, stride, pad, extra, dilation, strict=True):
            if e >= max(s, d):
                raise ShapeError(
                    f"Output padding {e} must be smaller than stride {s} or dilation {d}.",
                    params={"output_padding": (0,)},
                )
            sizes.append(s * (n - 1) + reach(k, d) - 2 * p + e)
        if min(sizes) < 1:
            raise ShapeError(
                f"Pad {by(pad)} cuts off everything: {by(sizes)} would remain. Use a smaller pad.",
                params={"pad": (0,)},
            )
        return x.with_shape(x.shape[0], self.out_channels, *sizes)

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        kernel = each(self.kernel_size, 2)
        shapes: dict[str, Shape] = {
            "weight": (int(x.shape[1]), self.out_channels // self.groups, *kernel)
        }
        return shapes | ({"bias": (self.out_channels,)} if self.bias else {})

    def multiply_adds(self, out: TensorSpec, x: TensorSpec) -> int:
        stamps = int(x.shape[2]) * int(x.shape[3])
        return math.prod(self.weights(x)["weight"]) * stamps

    def summary(self) -> str:
        stride = f"stride {by(self.stride)}"
        return brief(self.out_channels, by(each(self.kernel_size, 2)), stride)


def grouped(groups: int, channels: int, out_channels: int, title: str) -> None:
    """Groups must divide the channels on both sides. Raises ShapeError."""
    for n, side in ((channels, "arrive"), (out_channels, "leave")):
        if n % groups:
            raise ShapeError(
                f"{title} cannot split the {n} channels that {side} into {groups} equal groups.",
                params={"groups": math.gcd(groups, channels, out_channels)},
            )

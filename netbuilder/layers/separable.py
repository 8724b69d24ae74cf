"""Convolution taken apart: over places for each channel alone, and over channels at each place.

One kind serves signals, images and volumes: the wire decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.convolution import Sliding
from netbuilder.layers.expect import expect_axes, numbers
from netbuilder.layers.look import Look, Looks
from netbuilder.layers.shape import Shape, TensorSpec, sample
from netbuilder.layers.sizes import by, compact, each
from netbuilder.layers.spec import Call, Layer, Port, param

_TAKES = (Port("x", takes=("image", "sequence", "any"), help="Channels first."),)


class PointwiseConv(Layer):
    """Mix the channels at every place, as a Linear layer would: a kernel of size 1.

    (B, C, …) → (B, channels, …). The cheap way to more or fewer channels.
    """

    kind, title, family = "pointwise_conv", "Pointwise convolution", "Convolution"
    also = "1x1 bottleneck network in network"
    tex = r"y_{k,i} = b_k + \sum_c\, w_{k,c}\; x_{c,i}"
    use = "To change the number of channels cheaply, before or after larger kernels."
    mistakes = ("It sees a single place: alone it finds no pattern in space.",)
    cites = "IDL, convolutional networks; Lin et al. 2013, Network in Network"
    inputs = _TAKES

    out_channels: int = param(16, min=1, label="Channels", help="Number of output channels.")
    bias: bool = param(True, help="Add a learned constant to each output channel.")

    def call(self, x: TensorSpec) -> Call:
        args = (int(x.shape[1]), self.out_channels, 1)
        return Call(f"nn.Conv{x.axes - 2}d", args, changed(self, "bias"))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3, 5)
        return x.with_shape(x.shape[0], self.out_channels, *x.shape[2:])

    def looks(self, x: TensorSpec) -> Looks:
        return {axis: Look(axis) for axis in range(2, x.axes)}

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        ones = (1,) * (x.axes - 2)
        shapes: dict[str, Shape] = {"weight": (self.out_channels, int(x.shape[1]), *ones)}
        return shapes | ({"bias": (self.out_channels,)} if self.bias else {})

    def summary(self) -> str:
        return brief(self.out_channels)


class DepthwiseConv(Sliding):
    """Slide kernels over each channel alone; channels do not mix.

    (B, C, …) → (B, C·multiplier, …). A Pointwise convolution behind it mixes them. In the
    formula s is the stride, d the dilation, p the pad.
    """

    kind, title = "depthwise_conv", "Depthwise convolution"
    also = "mobilenet groups"
    tex = r"y_{c,i} = b_c + \sum_u\, w_{c,u}\; x_{c,\,si + du - p}"
    use = "Small networks for phones, followed by a Pointwise convolution that mixes channels."
    mistakes = ("Without a Pointwise convolution behind it channels never meet.",)
    cites = "DATA.ML.200, week 2; Howard et al. 2017, MobileNets"
    inputs = _TAKES

    multiplier: int = param(1, min=1, max=1000, help="Kernels for each channel.")
    bias: bool = param(True, help="Add a learned constant to each output channel.")

    def call(self, x: TensorSpec) -> Call:
        channels = int(x.shape[1])
        kwargs = changed(self, "stride", "dilation") | {"groups": channels}
        kwargs |= changed(self, "bias") | self._padded(x.axes - 2)
        args = (channels, channels * self.multiplier, compact(self.kernel_size))
        return Call(f"nn.Conv{x.axes - 2}d", args, kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3, 5)
        return x.with_shape(x.shape[0], x.shape[1] * self.multiplier, *self._slid(x))

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        channels = int(x.shape[1]) * self.multiplier
        shapes: dict[str, Shape] = {"weight": (channels, 1, *each(self.kernel_size, x.axes - 2))}
        return shapes | ({"bias": (channels,)} if self.bias else {})

    def summary(self) -> str:
        times = f"× {self.multiplier}" if self.multiplier > 1 else ""
        return brief(_size(self), times, _step(self), self.padding)


class SeparableConv(Sliding):
    """A depthwise convolution, then a pointwise one: nearly a full one, far cheaper.

    (B, C, …) → (B, channels, …). A kernel of k places costs k + channels multiplications
    for each value, where a full convolution takes k · channels. In the formula s is the
    stride, d the dilation, p the pad.
    """

    kind, title = "separable_conv", "Separable convolution"
    also = "mobilenet xception"
    tex = r"""
        z_{c,i} = \sum_u\, w_{c,u}\; x_{c,\,si + du - p}
        y_{k,i} = b_k + \sum_c\, v_{k,c}\; z_{c,i}
    """
    use = "In place of a convolution where weights and time should be about k² times fewer."
    mistakes = ("On the first layer, with three channels, it saves little and loses much.",)
    cites = "DATA.ML.200, week 2; Chollet 2017, Xception"
    inputs = _TAKES

    out_channels: int = param(16, min=1, label="Channels", help="Number of output channels.")
    bias: bool = param(True, help="Add a learned constant to each output channel.")

    def call(self, x: TensorSpec) -> Call:
        target, channels = f"nn.Conv{x.axes - 2}d", int(x.shape[1])
        kwargs: dict[str, Any] = changed(self, "stride", "dilation")
        kwargs |= {"groups": channels, "bias": False} | self._padded(x.axes - 2)
        depthwise = Call(target, (channels, channels, compact(self.kernel_size)), kwargs)
        pointwise = Call(target, (channels, self.out_channels, 1), changed(self, "bias"))
        return Call("nn.Sequential", (depthwise, pointwise))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3, 5)
        return x.with_shape(x.shape[0], self.out_channels, *self._slid(x))

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        axes, channels = x.axes - 2, int(x.shape[1])
        shapes: dict[str, Shape] = {
            "0.weight": (channels, 1, *each(self.kernel_size, axes)),
            "1.weight": (self.out_channels, channels, *(1,) * axes),
        }
        return shapes | ({"1.bias": (self.out_channels,)} if self.bias else {})

    def work(self, out: TensorSpec, x: TensorSpec) -> Mapping[str, Shape]:
        places = sample(out.shape)[1:]
        return {n: (*s, *places) for n, s in self.weights(x).items() if n.endswith("weight")}

    def summary(self) -> str:
        return brief(self.out_channels, _size(self), _step(self), self.padding)


def _size(layer: Sliding) -> str:
    """The kernel; one number alone could be of any number of axes."""
    return by(layer.kernel_size) if len(layer.kernel_size) > 1 else f"kernel {layer.kernel_size[0]}"


def _step(layer: Sliding) -> str:
    return f"stride {by(layer.stride)}" if set(layer.stride) != {1} else ""

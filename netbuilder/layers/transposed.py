"""Transposed convolution: a signal, an image or a volume grows."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.convolution import grouped, sized
from netbuilder.layers.expect import Wanted, expect
from netbuilder.layers.look import Looks, sliding
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec, sample
from netbuilder.layers.sizes import by, compact, each, reach
from netbuilder.layers.spec import Call, Layer, Param, Port, param


class TransposedConvolution(Layer, abstract=True):
    """What transposed convolutions over any number of axes share."""

    family = "Convolution"
    tex = r"""
        y_{k,o} = b_k + \sum_{c,i,u}\, x_{c,i}\; w_{c,k,u}
        \mathrm{over\ all}\; si + du - p = o
        n' = s(n - 1) + d(k - 1) - 2p + p_{out} + 1
    """
    use = "To make maps larger again: decoders, generators and segmentation."
    mistakes = (
        "A kernel that the stride does not divide leaves a chequered pattern; kernel 4, stride "
        "2 does not.",
        "It does not undo a convolution: it only has the sizes the other way round.",
    )
    cites = "APS360, week 6; DATA.ML.200, week 2"
    axes: ClassVar[int]
    wanted: ClassVar[Wanted]

    out_channels: int = param(16, min=1, label="Channels", help="Number of output channels.")
    kernel_size: tuple[int, ...] = param(
        (4,), min=1, max=1000, label="Kernel", help="Size of the stamp."
    )
    stride: tuple[int, ...] = param((2,), min=1, max=1000, help="Step between stamps.")
    pad: tuple[int, ...] = param((1,), min=0, max=1000, help="Cut off this much on each side.")
    output_padding: tuple[int, ...] = param(
        (0,), min=0, max=1000, help="Added to one side, to meet a size exactly."
    )
    dilation: tuple[int, ...] = param((1,), min=1, max=1000, help="Step in the stamp.")
    groups: int = param(1, min=1, help="Channels are split into this many groups that do not mix.")
    bias: bool = param(True, help="Add a learned constant to each output channel.")

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        return sized(super().params(), cls.axes)

    def call(self, x: TensorSpec) -> Call:
        kwargs = {"stride": compact(self.stride)} if set(self.stride) != {1} else {}
        kwargs |= {"padding": compact(self.pad)} if any(self.pad) else {}
        kwargs |= changed(self, "output_padding", "dilation", "groups", "bias")
        args = (int(x.shape[1]), self.out_channels, compact(self.kernel_size))
        return Call(f"nn.ConvTranspose{self.axes}d", args, kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, self.wanted)
        grouped(self.groups, int(x.shape[1]), self.out_channels, self.title)
        kernel, stride, pad, extra, dilation = (
            each(v, self.axes)
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

    def not_in_onnx(self, x: TensorSpec) -> str:
        axes = x.axes - 2
        more, steps = (each(v, axes) for v in (self.output_padding, self.stride))
        if all(a < b for a, b in zip(more, steps, strict=True)):
            return ""
        return "In ONNX the output padding of a transposed convolution is less than its stride."

    def looks(self, x: TensorSpec) -> Looks:
        kernel, stride, dilation = (
            each(v, self.axes) for v in (self.kernel_size, self.stride, self.dilation)
        )
        # Stamps lie a stride apart, so this many at most reach one value.
        spans = [-(-reach(k, d) // s) for k, s, d in zip(kernel, stride, dilation, strict=True)]
        return sliding(spans, [Fraction(1, s) for s in stride])

    def weights(self, x: TensorSpec) -> Mapping[str, Shape]:
        kernel = each(self.kernel_size, self.axes)
        shapes: dict[str, Shape] = {
            "weight": (int(x.shape[1]), self.out_channels // self.groups, *kernel)
        }
        return shapes | ({"bias": (self.out_channels,)} if self.bias else {})

    def work(self, out: TensorSpec, x: TensorSpec) -> Mapping[str, Shape]:
        return {"weight": (*self.weights(x)["weight"], *sample(x.shape)[1:])}

    def summary(self) -> str:
        stride = f"stride {by(self.stride)}"
        return brief(self.out_channels, by(each(self.kernel_size, self.axes)), stride)


class ConvTranspose1d(TransposedConvolution):
    """Stamp a learned kernel for every value, so that a signal grows.

    (B, C, T) → (B, channels, T'), s·(i − 1) + k − 2p + p_out long. Kernel 4, stride 2,
    pad 1 doubles the length. Where stamps overlap they are summed. In the formula s is the
    stride, d the dilation, p the pad, p_out the output padding.
    """

    kind, title = "conv_transpose1d", "Transposed convolution 1-D"
    also = "deconvolution upsampling"
    inputs = (Port("x", takes=("sequence",), help="A signal, channels first."),)
    axes, wanted = 1, "channels"


class ConvTranspose2d(TransposedConvolution):
    """Stamp a learned kernel for every pixel, so that an image grows.

    (B, C, H, W) → (B, channels, H', W'), each axis s·(i − 1) + k − 2p + p_out long.
    Kernel 4, stride 2, pad 1 doubles both sides. Where stamps overlap they are summed; a
    kernel that the stride does not divide leaves a chequered pattern. In the formula s is the
    stride, d the dilation, p the pad, p_out the output padding.
    """

    kind, title = "conv_transpose2d", "Transposed convolution 2-D"
    also = "deconvolution up-convolution upsampling"
    inputs = (Port("x", takes=("image",)),)
    axes, wanted = 2, "image"


class ConvTranspose3d(TransposedConvolution):
    """Stamp a learned kernel for every place, so that a volume grows.

    (B, C, D, H, W) → (B, channels, D', H', W'), each axis s·(i − 1) + k − 2p + p_out long.
    Kernel 4, stride 2, pad 1 doubles all sides. In the formula s is the stride, d the
    dilation, p the pad, p_out the output padding.
    """

    kind, title = "conv_transpose3d", "Transposed convolution 3-D"
    also = "deconvolution upsampling"
    inputs = (Port("x", takes=("any",), help="A volume."),)
    axes, wanted = 3, "volume"

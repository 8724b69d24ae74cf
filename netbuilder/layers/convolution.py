"""Convolution along a signal, over an image and through a volume."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import ClassVar, Literal

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import Wanted, expect
from netbuilder.layers.look import Looks, sliding
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.sizes import along, by, compact, each, reach, window
from netbuilder.layers.spec import Call, In, Layer, Param, Port, param

#: What torch calls these paddings where it pads by a function.
PAD_MODES: Mapping[str, str] = {"zeros": "constant"}


class Sliding(Layer, abstract=True):
    """A window that slides over every axis behind the channels: its size, its steps."""

    family = "Convolution"

    kernel_size: tuple[int, ...] = param((3,), min=1, max=1000, label="Kernel", help="Its size.")
    stride: tuple[int, ...] = param((1,), min=1, max=1000, help="Step from window to window.")
    padding: Literal["same", "valid", "custom"] = param(
        "same",
        help="same: values around, so that stride 1 keeps the size; valid: none; "
        "custom: as many as Pad says.",
    )
    pad: tuple[int, ...] = param(
        (0,), min=0, max=1000, help="Values on each side, where Padding is custom."
    )
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = param(
        "zeros",
        label="Pad with",
        help="zeros; reflect: mirrored at the edge; replicate: the edge again and again; "
        "circular: what stands at the other end.",
    )
    dilation: tuple[int, ...] = param((1,), min=1, max=1000, help="Step within the window.")

    def _keeps(self) -> bool:
        # torch refuses "same" beside a stride; then what stands around is counted out below.
        return self.padding == "same" and set(self.stride) == {1}

    def _margins(self, axes: int) -> tuple[tuple[int, int], ...]:
        """How many values stand before and behind each axis."""
        kernel, dilation = each(self.kernel_size, axes), each(self.dilation, axes)
        spans = [reach(k, d) - 1 for k, d in zip(kernel, dilation, strict=True)]
        if self.padding == "same":
            return tuple((s // 2, s - s // 2 if self._keeps() else s // 2) for s in spans)
        if self.padding == "custom":
            return tuple((p, p) for p in each(self.pad, axes))
        return tuple((s if self._looks_back() else 0, 0) for s in spans)

    def _looks_back(self) -> bool:
        """Whether all padding stands in front, so that no value sees a later one."""
        return False

    def _padded(self, axes: int) -> dict[str, object]:
        """Keywords for torch that put values around."""
        margins = self._margins(axes)
        if self._looks_back() or not any(a or b for a, b in margins):
            return {}
        pad = "same" if self._keeps() else compact([a for a, _ in margins])
        return {"padding": pad, **changed(self, "padding_mode")}

    def _slid(self, x: TensorSpec) -> Shape:
        """Sizes behind the channels of what comes out. Raises ShapeError."""
        axes = x.axes - 2
        kernel, stride, _, dilation = (
            along(self, name, axes) for name in ("kernel_size", "stride", "pad", "dilation")
        )
        margins = self._margins(axes)
        rooms = tuple(n + a + b for n, (a, b) in zip(x.shape[2:], margins, strict=True))
        remedy = "padding" if self.padding in ("valid", "custom") else None
        found = window(rooms, kernel, stride, (0,) * axes, dilation, self.title, remedy)
        for n, margin in zip(x.shape[2:], margins, strict=True):
            mirrored(self.padding_mode, int(n), max(margin), "padding_mode")
        return found

    def looks(self, x: TensorSpec) -> Looks:
        axes = x.axes - 2
        kernel, dilation = each(self.kernel_size, axes), each(self.dilation, axes)
        return sliding(tuple(map(reach, kernel, dilation)), each(self.stride, axes))


def mirrored(mode: str, size: int, pad: int, name: str) -> None:
    """An axis must be long enough to be mirrored or repeated. Raises ShapeError.

    name: the parameter that would mend it.
    """
    most = {"reflect": size - 1, "circular": size}.get(mode, pad)
    if pad > most:
        raise ShapeError(
            f"An axis of {size} can give at most {most} values to padding by {mode}, not {pad}. "
            "Pad with zeros or replicate, or pad less.",
            params={name: "zeros"},
        )


class Convolution(Sliding, abstract=True):
    """What convolutions over any number of axes share."""

    axes: ClassVar[int]
    wanted: ClassVar[Wanted]

    out_channels: int = param(16, min=1, label="Channels", help="Number of learned kernels.")
    groups: int = param(1, min=1, help="Channels are split into this many groups that do not mix.")
    bias: bool = param(True, help="Add a learned constant to each output channel.")

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        return sized(super().params(), cls.axes)

    def call(self, x: TensorSpec) -> Call:
        kwargs = changed(self, "stride", "dilation", "groups", "bias") | self._padded(self.axes)
        args = (int(x.shape[1]), self.out_channels, compact(self.kernel_size))
        return Call(f"nn.Conv{self.axes}d", args, kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect(x, self.title, self.wanted)
        grouped(self.groups, int(x.shape[1]), self.out_channels, self.title)
        return x.with_shape(x.shape[0], self.out_channels, *self._slid(x))

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
def sized(params: tuple[Param, ...], axes: int) -> tuple[Param, ...]:
    """With sizes for this many axes, and the number of channels in front."""
    found = [replace(p, length=axes) if p.type == "ints" else p for p in params]
    return tuple(sorted(found, key=lambda p: p.name != "out_channels"))


class Conv1d(Convolution):
    """Slide learned kernels along a signal and report where they fit.

    (B, C, T) → (B, channels, T'). Channels come before time, so a sequence
    (B, T, C) passes through a Transpose first. With causal padding a value depends on
    earlier ones alone, as a model that predicts what follows needs it. In the formula k is the
    kernel, s the stride, p the pad, d the dilation, n the length.
    """

    kind, title = "conv1d", "Convolution 1-D"
    also = "temporal causal dilated atrous wavenet tcn"
    tex = r"""
        y_{k,i} = b_k + \sum_{c,u}\, w_{k,c,u}\; x_{c,\,si + du - p}
        n' = \lfloor (n + 2p - d(k - 1) - 1) \,/\, s \rfloor + 1
    """
    use = "Signals, sound and text: the same pattern is looked for at every moment."
    mistakes = (
        "It takes channels before time; Transpose turns a sequence (B, T, C) around.",
        "Padding same looks into the future; causal does not.",
    )
    cites = "DATA.ML.200, week 2; van den Oord et al. 2016, WaveNet (causal)"
    inputs = (Port("x", takes=("sequence",), help="A signal, channels first."),)
    axes, wanted = 1, "channels"

    padding: Literal["same", "causal", "valid", "custom"] = param(  # type: ignore[assignment]
        "same",
        help="same: values around, so that stride 1 keeps the size; causal: the same, but all of "
        "them in front; valid: none; custom: as many as Pad says.",
    )

    def _looks_back(self) -> bool:
        return self.padding == "causal"

    def applied(self, used: frozenset[str], *specs: TensorSpec) -> Call:
        ((before, _),) = self._margins(1)
        if not (self._looks_back() and before):
            return super().applied(used, *specs)
        mode = PAD_MODES.get(self.padding_mode, self.padding_mode)
        kwargs = {"mode": mode} if mode != "constant" else {}
        return Call("self", (Call("F.pad", (In("x"), (before, 0)), kwargs),))


class Conv2d(Convolution):
    """Slide learned kernels over an image and report where they fit.

    (B, C, H, W) → (B, channels, H', W'). The number of input channels comes from the wire.
    In the formula k is the kernel, s the stride, p the pad, d the dilation, n a size.
    """

    kind, title = "conv2d", "Convolution 2-D"
    also = "cnn filter kernel dilated atrous"
    tex = r"""
        y_{k,i,j} = b_k + \sum_{c,u,v}\, w_{k,c,u,v}\; x_{c,\,i',\,j'}
        i' = si + du - p, \;\; j' = sj + dv - p
        n' = \lfloor (n + 2p - d(k - 1) - 1) \,/\, s \rfloor + 1
    """
    use = "Images: the same small pattern is looked for at every place, with few weights."
    mistakes = (
        "A bias in front of Batch norm is subtracted again: turn it off.",
        "One large kernel costs more than two of 3×3 that see as far.",
    )
    cites = "APS360, week 4"
    inputs = (Port("x", takes=("image",)),)
    axes, wanted = 2, "image"


class Conv3d(Convolution):
    """Slide learned kernels through a volume or a film and report where they fit.

    (B, C, D, H, W) → (B, channels, D', H', W'), each axis ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1
    long, with kernel k, stride s, pad p, dilation d. A kernel of 3 has 27 weights for each
    channel, so few channels go a long way.
    """

    kind, title = "conv3d", "Convolution 3-D"
    also = "video film voxel"
    tex = r"""
        y_{k,i} = b_k + \sum_{c,u}\, w_{k,c,u}\; x_{c,\,si + du - p}
        \mathrm{with}\; i,\, u \;\mathrm{in\ three\ axes}
    """
    use = "Volumes of medicine, and films with time as the third axis."
    mistakes = ("Memory grows with the cube of the size: begin with small pieces or a stride.",)
    cites = "DATA.ML.200, week 2; Tran et al. 2015, C3D"
    inputs = (Port("x", takes=("any",), help="A volume, or a film with time as its depth."),)
    axes, wanted = 3, "volume"


def grouped(groups: int, channels: int, out_channels: int, title: str) -> None:
    """Groups must divide the channels on both sides. Raises ShapeError."""
    for n, side in ((channels, "arrive"), (out_channels, "leave")):
        if n % groups:
            raise ShapeError(
                f"{title} cannot split the {n} channels that {side} into {groups} equal groups.",
                params={"groups": math.gcd(groups, channels, out_channels)},
            )

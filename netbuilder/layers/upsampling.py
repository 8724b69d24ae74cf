"""From small to large: values put back, stretched, or dealt out of channels."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Literal

from netbuilder.layers.brief import brief, changed
from netbuilder.layers.expect import described, expect, expect_axes, numbers
from netbuilder.layers.look import Look, Looks, sliding
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.sizes import along, by, compact, each, fixed
from netbuilder.layers.spec import Call, In, Layer, Port, param

_CHANNELS_FIRST = Port("x", takes=("image", "sequence", "any"), help="Channels first.")


class MaxUnpool(Layer):
    """Put each value back where max pooling found it, with zeros around.

    x, indices (B, C, …) → (B, C, larger …). Indices come from a Max pooling of the same
    window that tells places; without a size, each axis is s·(i − 1) + k − 2p long.
    """

    kind, title, family = "max_unpool", "Max unpooling", "Pooling"
    also = "segnet"
    tex = r"""
        y_{I_i} = x_i
        y_j = 0 \;\;\mathrm{elsewhere}
    """
    use = "Decoders for segmentation that should put edges back exactly."
    mistakes = ("Its indices have to come from the pooling of the same size.",)
    cites = "Zeiler and Fergus 2013; Badrinarayanan et al. 2015, SegNet"
    inputs = (
        _CHANNELS_FIRST,
        Port("indices", help="The places that a Max pooling tells."),
    )

    kernel_size: tuple[int, ...] = param(
        (2,), min=1, max=1000, label="Window", help="The window of the pooling."
    )
    stride: tuple[int, ...] | None = param(
        None, min=1, max=1000, help="The step of the pooling; empty: the window."
    )
    pad: tuple[int, ...] = param((0,), min=0, max=1000, help="The padding of the pooling.")
    output_size: tuple[int, ...] | None = param(
        None, min=1, label="Size", help="Sizes before the pooling, where it rounded them down."
    )

    def call(self, x: TensorSpec, indices: TensorSpec) -> Call:
        kwargs: dict[str, object] = {"stride": compact(self.stride)} if self.stride else {}
        kwargs |= {"padding": compact(self.pad)} if any(self.pad) else {}
        axes = x.axes - 2
        if self.output_size:
            kwargs["output_size"] = along(self, "output_size", axes)
        args = (In("x"), In("indices"), compact(self.kernel_size))
        return Call(f"F.max_unpool{axes}d", args, kwargs)

    def infer(self, x: TensorSpec, indices: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title, "x"), self.title, 3, 5)
        if indices.dtype != "int64" or indices.shape != x.shape:
            raise ShapeError(
                f"{self.title} takes one place for each value of {x.text()}; this wire carries "
                f"{described(indices)}. Connect the indices of a Max pooling that tells places.",
                port="indices",
            )
        axes = x.axes - 2
        kernel, pad = along(self, "kernel_size", axes), along(self, "pad", axes)
        stride = along(self, "stride", axes) if self.stride else kernel
        sizes = tuple(
            s * (n - 1) + k - 2 * p
            for n, k, s, p in zip(x.shape[2:], kernel, stride, pad, strict=True)
        )
        if self.output_size:
            plain, sizes = sizes, along(self, "output_size", axes)
            for n, m, s in zip(plain, sizes, stride, strict=True):
                if not n - s < m < n + s:
                    raise ShapeError(
                        f"Size {by(sizes)} is too far from {by(plain)}, which the window makes: "
                        f"between {max(1, n - s + 1)} and {n + s - 1} would do.",
                        params={"output_size": None},
                    )
        places = indices.classes
        if places is not None and fixed(sizes) and math.prod(sizes) != places:
            raise ShapeError(
                f"The indices name {places} places, but {by(sizes)} has {math.prod(sizes)}. "
                "Give Size the sizes before the pooling.",
                port="indices",
            )
        return x.with_shape(*x.shape[:2], *sizes)

    def looks(self, x: TensorSpec, indices: TensorSpec) -> Looks:
        axes = x.axes - 2
        kernel = each(self.kernel_size, axes)
        steps = [Fraction(1, s) for s in (each(self.stride, axes) if self.stride else kernel)]
        return {1: Look(1), **sliding((1,) * axes, steps)}

    def summary(self) -> str:
        return brief(f"window {by(self.kernel_size)}")


class Upsample(Layer):
    """Stretch a signal, an image or a volume, values in between interpolated.

    (B, C, …) → (B, C, larger …). It learns nothing; a Convolution behind it does, without
    the chequered pattern of a Transposed convolution.
    """

    kind, title, family = "upsample", "Upsample", "Pooling"
    also = "interpolate resize bilinear bicubic nearest"
    tex = r"y_i = x_{\lfloor i / a \rfloor} \;\;\mathrm{(nearest)}"
    use = "To make maps larger without weights, with a convolution behind it."
    mistakes = ("Nearest makes steps and bilinear blurs: a convolution behind it repairs both.",)
    cites = "IDL, upsampling; Odena et al. 2016"
    inputs = (_CHANNELS_FIRST,)

    scale_factor: float = param(
        2.0, min=0.01, max=1000, label="Scale", help="How many times longer each axis gets."
    )
    size: tuple[int, ...] | None = param(
        None, min=1, label="Size", help="Sizes of the result, in place of a scale."
    )
    mode: Literal["nearest", "bilinear", "bicubic"] = param(
        "nearest",
        help="nearest: each value repeated; bilinear: straight lines in between, along every "
        "axis; bicubic: smooth curves, images only.",
    )
    align_corners: bool = param(
        False, help="Corners keep their values; for bilinear and bicubic alone."
    )

    def call(self, x: TensorSpec) -> Call:
        kwargs: dict[str, object] = {"scale_factor": self.scale_factor}
        if self.size:
            kwargs = {"size": compact(self.size)}
        if self.mode != "nearest":
            mode = {3: "linear", 5: "trilinear"}.get(x.axes, "bilinear")
            kwargs["mode"] = mode if self.mode == "bilinear" else self.mode
            kwargs |= changed(self, "align_corners")
        return Call("F.interpolate", (In("x"),), kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3, 5)
        if self.mode == "bicubic" and x.axes != 4:
            raise ShapeError(
                f"Bicubic curves are for images; this wire carries {described(x)}.",
                params={"mode": "bilinear"},
            )
        if self.size:
            return x.with_shape(*x.shape[:2], *along(self, "size", x.axes - 2))
        scale = self.scale_factor
        sizes = (int(scale) * n if scale.is_integer() else int(n * scale) for n in x.shape[2:])
        return x.with_shape(*x.shape[:2], *sizes)

    def looks(self, x: TensorSpec) -> Looks:
        span = {"nearest": 1, "bilinear": 2, "bicubic": 4}[self.mode]
        steps = [1 / Fraction(self.scale_factor).limit_denominator(1000)] * (x.axes - 2)
        if self.size:
            wanted = each(self.size, x.axes - 2)
            steps = [Fraction(int(n), m) for n, m in zip(x.shape[2:], wanted, strict=True)]
        return {1: Look(1), **sliding((span,) * (x.axes - 2), steps)}

    def summary(self) -> str:
        to = f"→ {by(self.size)}" if self.size else f"× {self.scale_factor:g}"
        return brief(to, self.mode)


class PixelShuffle(Layer):
    """Deal channels out over a finer image: sub-pixel convolution behind a Convolution.

    (B, C·r², H, W) → (B, C, H·r, W·r).
    """

    kind, title, family = "pixel_shuffle", "Pixel shuffle", "Reshape"
    also = "sub-pixel depth to space super-resolution"
    tex = r"(B,\, C r^2,\, H,\, W) \to (B,\, C,\, H r,\, W r)"
    use = "The last step of super-resolution."
    mistakes = ("The convolution in front has to give r² times the channels.",)
    cites = "Shi et al. 2016"
    inputs = (Port("x", takes=("image",)),)

    upscale_factor: int = param(2, min=1, max=1000, label="Factor", help="r: how much finer.")

    def call(self, x: TensorSpec) -> Call:
        return Call("F.pixel_shuffle", (In("x"), self.upscale_factor))

    def infer(self, x: TensorSpec) -> TensorSpec:
        batch, channels, height, width = expect(x, self.title, "image").shape
        r = self.upscale_factor
        if channels % r**2:
            raise ShapeError(
                f"{self.title} by {r} makes one channel of {r**2}; {channels} channels arrive, "
                "which that does not divide.",
                width=-(-int(channels) // r**2) * r**2,
            )
        return x.with_shape(batch, int(channels) // r**2, r * height, r * width)

    def looks(self, x: TensorSpec) -> Looks:
        return sliding((1, 1), [Fraction(1, self.upscale_factor)] * 2)

    def summary(self) -> str:
        return brief(f"× {self.upscale_factor}")


class PixelUnshuffle(Layer):
    """Lay neighbouring pixels behind each other as channels: nothing is lost.

    (B, C, H·r, W·r) → (B, C·r², H, W), the opposite of Pixel shuffle.
    """

    kind, title, family = "pixel_unshuffle", "Pixel unshuffle", "Reshape"
    also = "space to depth"
    tex = r"(B,\, C,\, H r,\, W r) \to (B,\, C r^2,\, H,\, W)"
    use = "To make maps smaller without losing a value, in place of pooling."
    mistakes = ("Channels grow by r², and with them the weights of what follows.",)
    cites = "Shi et al. 2016"
    inputs = (Port("x", takes=("image",)),)

    downscale_factor: int = param(2, min=1, max=1000, label="Factor", help="r: how much coarser.")

    def call(self, x: TensorSpec) -> Call:
        return Call("F.pixel_unshuffle", (In("x"), self.downscale_factor))

    def infer(self, x: TensorSpec) -> TensorSpec:
        batch, channels, height, width = expect(x, self.title, "image").shape
        r = self.downscale_factor
        if height % r or width % r:
            raise ShapeError(
                f"{self.title} by {r} takes squares of {r}×{r} pixels; {height}×{width} is not "
                "made of such.",
                params={"downscale_factor": math.gcd(r, int(height), int(width))},
            )
        return x.with_shape(batch, channels * r**2, height // r, width // r)

    def looks(self, x: TensorSpec) -> Looks:
        return sliding([self.downscale_factor] * 2, [self.downscale_factor] * 2)

    def summary(self) -> str:
        return brief(f"÷ {self.downscale_factor}")

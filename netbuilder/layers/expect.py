"""What a wire must carry, and the sentence if it does not."""

from __future__ import annotations

from typing import Literal

from netbuilder.layers.shape import ShapeError, TensorSpec

Wanted = Literal["vector", "sequence", "channels", "image", "volume"]
#: What a layer may ask for, with its number of axes.
_WANTED = {
    "vector": ("a vector (2 axes: B × C)", 2),
    "sequence": ("a sequence (3 axes: B × T × C)", 3),
    "channels": ("a signal (3 axes: B × C × T)", 3),
    "image": ("an image (4 axes: B × C × H × W)", 4),
    "volume": ("a volume (5 axes: B × C × D × H × W)", 5),
}
#: The fix that leads from what arrives (number of axes) to what is wanted.
_REMEDY = {
    ("sequence", 4): "to_tokens",
    ("vector", 3): "flatten",
    ("vector", 4): "flatten",
    ("image", 2): "reshape",
    ("sequence", 2): "reshape",
    ("channels", 2): "reshape",
    ("volume", 2): "reshape",
    ("volume", 4): "reshape",
}


def described(x: TensorSpec) -> str:
    """What a wire carries, in words and numbers: ``a vector (B × 64)``."""
    if not x.axes:
        return "a scalar"
    if x.dtype == "bool":
        return f"yes or no ({x.text()})"
    if x.dtype != "float32":
        return f"labels or tokens ({x.text()})"
    names = {
        1: "one number a sample", 2: "a vector", 3: "a sequence", 4: "an image", 5: "a volume",
    }  # fmt: skip
    return f"{names.get(x.axes, 'a tensor')} ({x.text()})"


def numbers(x: TensorSpec, title: str, port: str | None = None) -> TensorSpec:
    """`x`, which must carry numbers. Raises ShapeError for labels and tokens."""
    if x.dtype != "float32":
        raise ShapeError(
            f"{title} takes numbers; this wire carries {described(x)}. "
            "Put an Embedding in between.",
            "embedding",
            port,
        )
    return x


def expect(
    x: TensorSpec,
    title: str,
    wanted: Wanted,
    port: str | None = None,
) -> TensorSpec:
    """`x`, which must carry numbers with the axes of `wanted`. Raises ShapeError."""
    words, axes = _WANTED[wanted]
    if x.dtype != "float32" or x.axes != axes:
        remedy = _REMEDY.get((wanted, x.axes))
        if x.dtype != "float32":
            remedy = "embedding" if wanted == "sequence" else None
        raise ShapeError(f"{title} takes {words}; this wire carries {described(x)}.", remedy, port)
    return x


def expect_axes(x: TensorSpec, title: str, least: int, most: int = 8) -> TensorSpec:
    """`x`, which must have this many axes, the batch axis included. Raises ShapeError."""
    if not least <= x.axes <= most:
        span = f"at least {least}" if most == 8 and x.axes < least else f"{least} to {most}"
        raise ShapeError(f"{title} takes {span} axes; this wire carries {described(x)}.")
    return x


def expect_equal(a: TensorSpec, b: TensorSpec, title: str, port: str) -> None:
    """Both wires must carry the same shape. Raises ShapeError that names `port`."""
    if a.shape != b.shape:
        raise ShapeError(
            f"{title} takes two equal shapes; {a.text()} and {b.text()} differ.", port=port
        )

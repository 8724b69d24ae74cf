"""Arithmetic of sliding windows, for convolution and pooling."""

from __future__ import annotations

from collections.abc import Sequence

from netbuilder.layers.shape import ShapeError


def each(values: Sequence[int], axes: int) -> tuple[int, ...]:
    """One value for each axis, where one value alone stands for all of them."""
    return tuple(values) * axes if len(values) == 1 else tuple(values)


def compact(values: Sequence[int]) -> int | tuple[int, ...]:
    """A single number if all axes agree, as one writes it in torch."""
    return values[0] if len(set(values)) == 1 else tuple(values)


def reach(kernel: int, dilation: int) -> int:
    """How many values of an axis one window spans, gaps included."""
    return dilation * (kernel - 1) + 1


def window(
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    pad: Sequence[int],
    dilation: Sequence[int],
    title: str,
    remedy: str | None = None,
) -> tuple[int, ...]:
    """Number of places of a window along each axis: ``⌊(i + 2p - k) / s⌋ + 1``.

    Raises ShapeError if the window is larger than what it slides over (APS360, week 4).
    """
    spans = [reach(k, d) for k, d in zip(kernel, dilation, strict=True)]
    rooms = [n + 2 * p for n, p in zip(sizes, pad, strict=True)]
    if any(span > room for span, room in zip(spans, rooms, strict=True)):
        raise ShapeError(
            f"The window of {title} spans {by(spans)}, but only {by(rooms)} arrive, padding "
            "included. Use a smaller kernel or more padding.",
            remedy,
            params={"kernel_size": tuple(map(_fitting, kernel, rooms, dilation))},
        )
    return tuple((room - span) // s + 1 for room, span, s in zip(rooms, spans, stride, strict=True))


def _fitting(kernel: int, room: int, dilation: int) -> int:
    """The largest kernel, not above this one, that fits into the room."""
    return min(kernel, max(1, (int(room) - 1) // dilation + 1))


def same_pad(kernel: Sequence[int], dilation: Sequence[int]) -> tuple[int, ...]:
    """Zeros on each side that keep the size of an axis under an odd kernel and stride 1."""
    return tuple((reach(k, d) - 1) // 2 for k, d in zip(kernel, dilation, strict=True))


def by(values: Sequence[int]) -> str:
    """Sizes as one reads them aloud: ``3×3``; a single axis is just its number."""
    return "×".join(str(v) for v in values)

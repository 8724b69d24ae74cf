"""Arithmetic of sliding windows, for convolution and pooling."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from netbuilder.layers.shape import Dim, ShapeError
from netbuilder.layers.spec import Layer


def each(values: Sequence[int], axes: int) -> tuple[int, ...]:
    """One value for each axis, where one value alone stands for all of them."""
    return tuple(values) * axes if len(values) == 1 else tuple(values)


def along(layer: Layer, name: str, axes: int) -> tuple[int, ...]:
    """A parameter's value for each of the axes that the wire has behind the channels.

    Raises ShapeError if it has another number of values.
    """
    values = getattr(layer, name)
    if len(values) not in (1, axes):
        label = next(p.label for p in layer.params() if p.name == name)
        wanted = f"one number or {axes}" if axes > 1 else "one number"
        raise ShapeError(
            f"{label} has {len(values)} numbers; for this wire {layer.title} takes {wanted}.",
            params={name: (values[0],)},
        )
    return each(values, axes)


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
    ceil: bool = False,
) -> tuple[int, ...]:
    """Number of places of a window along each axis: ``⌊(i + 2p - k) / s⌋ + 1``.

    ceil: round up, unless the last window would start behind the last value.
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
    places = map(_places, rooms, spans, stride, pad, repeat(ceil))
    return tuple(places)


def _places(room: int, span: int, stride: int, pad: int, ceil: bool) -> int:
    if not ceil:
        return (room - span) // stride + 1
    found = (room - span + stride - 1) // stride + 1
    return found - 1 if (found - 1) * stride >= room - pad else found


def _fitting(kernel: int, room: int, dilation: int) -> int:
    """The largest kernel, not above this one, that fits into the room."""
    return min(kernel, max(1, (int(room) - 1) // dilation + 1))


def fixed(sizes: Sequence[int]) -> bool:
    """Whether these are sizes for good; a named axis may be longer in another batch."""
    return not any(isinstance(n, Dim) for n in sizes)


def by(values: Sequence[int]) -> str:
    """Sizes as one reads them aloud: ``3×3``; a single axis is just its number."""
    return "×".join(str(v) for v in values)

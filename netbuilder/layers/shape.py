"""Shapes with named axes, in plain Python.

An axis is an `int`; a named one is a `Dim`, an int that also knows its name and keeps it
through sums and products. So shape rules are ordinary arithmetic, ``B`` and ``T`` stay
readable on the canvas, and the same numbers size a trial run.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Dtype = Literal["float32", "int64", "bool"]
#: Kind of data that flows through a port; it decides port shape, colour and dash.
Flow = Literal["image", "sequence", "vector", "label", "loss", "any"]


class Dim(int):
    """A named axis: behaves as its example size, prints as its name.

    >>> T = Dim("T", 64)
    >>> str(T + T), T + T == 128, str(T - 2), str(T // 1)
    ('2T', True, 'T-2', 'T')
    """

    name: str
    factor: int
    offset: int

    def __new__(cls, name: str, size: int, factor: int = 1, offset: int = 0) -> Dim:
        self = super().__new__(cls, size * factor + offset)
        self.name, self.factor, self.offset = name, factor, offset
        return self

    @property
    def _size(self) -> int:
        return (int(self) - self.offset) // self.factor

    def _linear(self, factor: int, offset: int) -> int:
        if factor == 0:
            return offset
        return Dim(self.name, self._size, factor, offset)

    def __add__(self, other: int) -> int:
        if isinstance(other, Dim):
            if other.name == self.name and other._size == self._size:
                return self._linear(self.factor + other.factor, self.offset + other.offset)
            return int(self) + int(other)
        return self._linear(self.factor, self.offset + other)

    __radd__ = __add__

    def __sub__(self, other: int) -> int:
        return self + (-other)

    def __rsub__(self, other: int) -> int:
        return (-self) + other

    def __neg__(self) -> int:
        return self._linear(-self.factor, -self.offset)

    def __mul__(self, other: int) -> int:
        if isinstance(other, Dim):
            return int(self) * int(other)
        return self._linear(self.factor * other, self.offset * other)

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> int:
        if not isinstance(other, Dim) and other and self.factor % other == 0:
            return self._linear(self.factor // other, self.offset // other)
        return int(self) // int(other)

    def __reduce__(self) -> tuple[object, ...]:
        return (Dim, (self.name, self._size, self.factor, self.offset))

    def __str__(self) -> str:
        text = self.name if self.factor == 1 else f"{self.factor}{self.name}"
        return text if not self.offset else f"{text}{self.offset:+d}"

    __repr__ = __str__


#: The batch axis. Its example size is a prime that no layer's width is likely to equal.
B = Dim("B", 83)
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """What flows along a wire: shape, type, and for integers how many values there are."""

    shape: Shape
    dtype: Dtype = "float32"
    classes: int | None = None

    @property
    def axes(self) -> int:
        """Number of axes, the batch axis included."""
        return len(self.shape)

    def with_shape(self, *shape: int) -> TensorSpec:
        """The same type under another shape."""
        return replace(self, shape=shape)

    @property
    def flow(self) -> Flow:
        """Kind of data, by type and number of axes."""
        if self.axes == 0:
            return "loss"
        if self.dtype != "float32":
            return "label"
        by_axes: dict[int, Flow] = {1: "vector", 2: "vector", 3: "sequence", 4: "image"}
        return by_axes.get(self.axes, "any")

    def text(self, separator: str = " × ") -> str:
        """As shown on the canvas: ``B × 16 × 28 × 28``, or ``scalar``."""
        return separator.join(str(n) for n in self.shape) or "scalar"


def sample(shape: Shape) -> Shape:
    """The axes of one sample as plain numbers: all but a leading batch axis."""
    batched = bool(shape) and isinstance(shape[0], Dim) and shape[0].name == "B"
    return tuple(int(n) for n in (shape[1:] if batched else shape))


def count(shape: Shape) -> int:
    """Number of elements of one sample."""
    return math.prod(sample(shape))


class ShapeError(ValueError):
    """What flows in does not fit: one sentence with the numbers, and possible remedies.

    `remedy` names a fix the compiler knows how to apply, such as ``flatten``; `params` are
    values of this layer that would make it fit; `width` is how many features, or channels,
    must arrive at `port`.
    """

    def __init__(
        self,
        message: str,
        remedy: str | None = None,
        port: str | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        width: int | None = None,
    ) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.port = port
        self.params = params or {}
        self.width = width

"""The same values in another arrangement."""

from __future__ import annotations

import math

from netbuilder.layers.brief import brief
from netbuilder.layers.expect import expect, expect_axes
from netbuilder.layers.look import Look, Looks
from netbuilder.layers.shape import Shape, ShapeError, TensorSpec
from netbuilder.layers.sizes import by
from netbuilder.layers.spec import Call, In, Layer, Port, param


class Flatten(Layer):
    """Lay all axes behind the batch out in one row.

    (B, …) → (B, n): what stands between convolutions and a Linear layer.
    """

    kind, title, family = "flatten", "Flatten", "Reshape"
    tex = r"(B,\, a,\, b,\, \ldots) \to (B,\, a\, b \cdots)"
    use = "Between maps and Linear layers."
    mistakes = ("The layer behind it fits one size of image only; Global average pool fits all.",)
    cites = "APS360, week 4"

    start_dim: int = param(1, min=1, max=7, label="From axis", help="Axes before it stay.")

    def call(self, x: TensorSpec) -> Call:
        return Call(".flatten", (In("x"), self.start_dim))

    def infer(self, x: TensorSpec) -> TensorSpec:
        if x.axes <= self.start_dim:
            raise ShapeError(
                f"Flatten starts at axis {self.start_dim}; this wire has no such axis "
                f"({x.text()}).",
                params={"start_dim": 1},
            )
        return x.with_shape(*x.shape[: self.start_dim], _product(x.shape[self.start_dim :]))

    def summary(self) -> str:
        return f"from axis {self.start_dim}" if self.start_dim > 1 else ""


class Reshape(Layer):
    """Arrange the values of each sample into the given sizes.

    (B, …) → (B, sizes); one size may be −1: whatever is left.
    """

    kind, title, family = "reshape", "Reshape", "Reshape"
    tex = r"(B,\, a\, b\, c) \to (B,\, a,\, b,\, c)"
    use = "From the vector of a decoder to maps, or from channels to heads."
    mistakes = ("It does not swap axes: (T, C) read as (C, T) mixes all values; use Transpose.",)
    cites = "APS360, week 6"

    sizes: tuple[int, ...] = param(
        (-1,), min=-1, help="Sizes without the batch; −1 once for whatever is left."
    )

    def call(self, x: TensorSpec) -> Call:
        return Call(".reshape", (In("x"), Call(".size", (In("x"), 0)), *self.sizes))

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(x, self.title, 1)
        if 0 in self.sizes or self.sizes.count(-1) > 1:
            raise ShapeError(
                f"Sizes are 1 or more, and one of them may be −1, not {_shown(self.sizes)}.",
                params={"sizes": self._filled(int(_product(x.shape[1:])))},
            )
        total, fixed = _product(x.shape[1:]), math.prod(n for n in self.sizes if n > 0)
        if total % fixed if -1 in self.sizes else total != fixed:
            raise ShapeError(
                f"A sample of {x.text()} has {int(total)} values; they do not fill "
                f"{_shown(self.sizes)}.",
                params={"sizes": self._filled(int(total))},
            )
        return x.with_shape(x.shape[0], *(total // fixed if n == -1 else n for n in self.sizes))

    def _filled(self, total: int) -> tuple[int, ...]:
        """The nearest sizes that hold `total` values: one of them becomes −1, the last first."""
        for i in reversed(range(len(self.sizes))):
            others = [n for j, n in enumerate(self.sizes) if j != i]
            if all(n > 0 for n in others) and total % math.prod(others) == 0:
                return (*self.sizes[:i], -1, *self.sizes[i + 1 :])
        return (-1,)

    def summary(self) -> str:
        return brief(_shown(self.sizes))


class Transpose(Layer):
    """Swap two axes.

    (B, C, T) → (B, T, C) and back, as convolution and attention want them.
    """

    kind, title, family = "transpose", "Transpose", "Reshape"
    tex = "y_{b,j,i} = x_{b,i,j}"
    use = "Between sequences (B, T, C) and convolutions, which want channels first."
    mistakes = ("Swapping the batch with another axis mixes samples.",)

    first: int = param(1, min=1, max=7, label="Axis", help="1 is the first after the batch.")
    second: int = param(2, min=1, max=7, label="With axis", help="The one it changes places with.")

    def call(self, x: TensorSpec) -> Call:
        return Call(".transpose", (In("x"), self.first, self.second))

    def infer(self, x: TensorSpec) -> TensorSpec:
        if x.axes <= max(self.first, self.second):
            raise ShapeError(
                f"Transpose swaps the axes {self.first} and {self.second}; this wire has no "
                f"axis {max(self.first, self.second)} ({x.text()}).",
                params={"first": 1, "second": min(2, x.axes - 1)},
            )
        shape = list(x.shape)
        shape[self.first], shape[self.second] = shape[self.second], shape[self.first]
        return x.with_shape(*shape)

    def looks(self, x: TensorSpec) -> Looks:
        swapped = {self.first: self.second, self.second: self.first}
        return {axis: Look(swapped.get(axis, axis)) for axis in range(1, x.axes)}

    def summary(self) -> str:
        return f"{self.first} ↔ {self.second}"


class Select(Layer):
    """Keep one place along an axis, which is then gone.

    (B, T, C) → (B, C): such as the class token, which stands first.
    """

    kind, title, family = "select", "Select one", "Reshape"
    also = "first token CLS index slice"
    tex = r"y = x_{:,\,i}"
    use = "The class token of a transformer, or one step of a sequence."
    mistakes = ("Counted from 0: the first place is 0, the last −1.",)
    cites = "Devlin et al. 2018"

    dim: int = param(1, min=1, max=7, label="Axis", help="1 is the first after the batch.")
    index: int = param(0, min=-1_000_000, help="Which place: 0 the first, −1 the last.")

    def call(self, x: TensorSpec) -> Call:
        return Call(".select", (In("x"), self.dim, self.index))

    def infer(self, x: TensorSpec) -> TensorSpec:
        if x.axes <= self.dim:
            raise ShapeError(
                f"There is no axis {self.dim} beside the batch in {x.text()}.", params={"dim": 1}
            )
        size = int(x.shape[self.dim])
        if not -size <= self.index < size:
            raise ShapeError(
                f"Axis {self.dim} has {size} places, 0 to {size - 1}; there is no {self.index}.",
                params={"index": 0 if self.index >= 0 else -1},
            )
        return x.with_shape(*x.shape[: self.dim], *x.shape[self.dim + 1 :])

    def summary(self) -> str:
        return f"{self.index} of axis {self.dim}"


class ToTokens(Layer):
    """Make every pixel of an image a token, as attention wants them.

    (B, C, H, W) → (B, H·W, C).
    """

    kind, title, family = "to_tokens", "To tokens", "Reshape"
    tex = r"(B,\, C,\, H,\, W) \to (B,\, H W,\, C)"
    use = "From the patches of a vision transformer to attention."
    mistakes = (
        "On a picture itself each pixel becomes a token, which are far too many: make patches "
        "first.",
    )
    cites = "APS360, week 10; Dosovitskiy et al. 2020"
    inputs = (Port("x", takes=("image",)),)

    def call(self, x: TensorSpec) -> Call:
        return Call(".transpose", (Call(".flatten", (In("x"), 2)), 1, 2))

    def infer(self, x: TensorSpec) -> TensorSpec:
        batch, channels, height, width = expect(x, self.title, "image").shape
        return x.with_shape(batch, height * width, channels)


def _product(shape: Shape) -> int:
    total = 1
    for n in shape:
        total = n * total  # a named axis keeps its name through this
    return total


def _shown(sizes: tuple[int, ...]) -> str:
    return by(sizes).replace("-", "−")

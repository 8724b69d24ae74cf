"""Bring several wires together, or cut the way back of the gradient."""

from __future__ import annotations

from typing import ClassVar

from netbuilder.layers.expect import numbers
from netbuilder.layers.look import Looks, pointwise
from netbuilder.layers.shape import Dim, ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Layer, Port, param


class Elementwise(Layer, abstract=True):
    """What operators between wires of equal shape share."""

    family = "Combine"
    inputs = (Port("x", many=True, help="As many wires as there are."),)
    operator: ClassVar[str]

    def call(self, xs: tuple[TensorSpec, ...]) -> Call:
        return Call(self.operator, (In("x"),))

    def infer(self, xs: tuple[TensorSpec, ...]) -> TensorSpec:
        shapes = " and ".join(x.text() for x in several(xs, self.title))
        shape = numbers(xs[0], self.title).shape
        for x in xs[1:]:
            numbers(x, self.title)
            fits = all(a == b or 1 in (a, b) for a, b in zip(shape[1:], x.shape[1:], strict=False))
            if x.axes != len(shape) or shape[:1] != x.shape[:1] or not fits:
                raise ShapeError(
                    f"{self.title} takes equal shapes, or 1 along an axis; {shapes} differ.",
                    "project_skip" if self.operator == "+" else "match",
                )
            shape = tuple(
                b if a == 1 or (a == b and isinstance(b, Dim)) else a
                for a, b in zip(shape, x.shape, strict=True)
            )
        return xs[0].with_shape(*shape)

    def looks(self, xs: tuple[TensorSpec, ...]) -> Looks:
        return pointwise(xs)


class Add(Elementwise):
    """Add what arrives, value by value: the end of a residual connection.

    Equal shapes → the same shape. An axis of size 1 is repeated.
    """

    kind, title = "add", "Add"
    tex = r"y = x_1 + x_2 + \ldots"
    use = "The end of a residual connection, and wherever two ways of seeing should be summed."
    mistakes = (
        "Shapes have to be equal: a Pointwise convolution or a Linear layer brings a branch to "
        "size.",
    )
    cites = "APS360, week 5; He et al. 2015"
    operator = "+"


class Multiply(Elementwise):
    """Multiply what arrives, value by value: a gate, if one of them lies between 0 and 1.

    Equal shapes → the same shape. An axis of size 1 is repeated.
    """

    kind, title = "multiply", "Multiply"
    tex = r"y = x_1 \cdot x_2 \cdots"
    use = "Gates: one wire between 0 and 1 says how much of the other passes."
    mistakes = ("Products of many values fade or explode; bound the gate with Sigmoid.",)
    cites = "DATA.ML.200, week 3"
    operator = "*"


class Scale(Layer):
    """Multiply everything by one number that is not learned.

    Any shape → the same shape. Half of a step is 0.5, its opposite −1.
    """

    kind, title, family = "scale", "Scale", "Combine"
    also = "constant factor multiply by a number"
    tex = r"y = a\, x"
    use = "Half-step residuals of a Conformer, or embeddings scaled by √C."
    mistakes = (
        "A factor far from 1 on every branch makes values fade or explode over many blocks.",
    )
    cites = "DATA.ML.200, week 5; Gulati et al. 2020"

    factor: float = param(0.5, min=-1e6, max=1e6, help="What everything is multiplied by.")

    def call(self, x: TensorSpec) -> Call:
        return Call("*", (In("x"), self.factor))

    def infer(self, x: TensorSpec) -> TensorSpec:
        return numbers(x, self.title)

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return f"× {self.factor:g}"


class Concat(Layer):
    """Put what arrives side by side along one axis.

    (B, C₁, …), (B, C₂, …) → (B, C₁ + C₂, …); all other axes are equal.
    """

    kind, title, family = "concat", "Concatenate", "Combine"
    tex = r"y = [x_1,\, x_2,\, \ldots]"
    use = "Where nothing may be lost: skips of a U-Net, and DenseNet, which keeps all maps."
    mistakes = (
        "Along the batch axis it mixes samples; channels are axis 1.",
        "Width adds up, and with it the weights of what follows.",
    )
    cites = "DATA.ML.200, week 2"
    inputs = (Port("x", many=True, help="As many wires as there are, in drawing order."),)

    dim: int = param(1, min=-1, max=7, label="Axis", help="1: channels; −1: the last axis.")

    def call(self, xs: tuple[TensorSpec, ...]) -> Call:
        return Call("torch.cat", ([In("x")],), {"dim": self.dim})

    def infer(self, xs: tuple[TensorSpec, ...]) -> TensorSpec:
        shapes = " and ".join(x.text() for x in several(xs, self.title))
        first = xs[0]
        dim = self.dim if self.dim >= 0 else first.axes - 1
        if not 0 < dim < first.axes:
            raise ShapeError(
                f"There is no axis {self.dim} beside the batch in {first.text()}.",
                params={"dim": 1},
            )
        total = first.shape[dim]
        for x in xs[1:]:
            rest = x.axes == first.axes and all(
                a == b or i == dim
                for i, (a, b) in enumerate(zip(first.shape, x.shape, strict=True))
            )
            if not rest or x.dtype != first.dtype or x.classes != first.classes:
                raise ShapeError(
                    f"Along axis {dim} only wires alike in everything else can be put side "
                    f"by side; {shapes} are not.",
                    "match",
                )
            total = total + x.shape[dim]
        return first.with_shape(*first.shape[:dim], total, *first.shape[dim + 1 :])

    def looks(self, xs: tuple[TensorSpec, ...]) -> Looks:
        along = self.dim % xs[0].axes
        return {axis: look for axis, look in pointwise(xs).items() if axis != along}

    def summary(self) -> str:
        return f"axis {self.dim}"


class Detach(Layer):
    """Pass values on but stop gradients: what lies before learns nothing from this way.

    Any shape → the same shape. In a GAN it keeps the generator out of the
    discriminator's step.
    """

    kind, title, family = "detach", "Detach", "Combine"
    tex = r"y = x, \;\; \dfrac{\partial y}{\partial x} = 0"
    use = "In front of a critic that must not teach the generator, and behind a teacher."
    mistakes = ("In the way of the only gradient it leaves everything before it untrained.",)
    cites = "APS360, week 9"

    def call(self, x: TensorSpec) -> Call:
        return Call(".detach", (In("x"),))

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)


def several(xs: tuple[TensorSpec, ...], title: str) -> tuple[TensorSpec, ...]:
    """`xs`, of which there must be one. Raises ShapeError."""
    if not xs:
        raise ShapeError(f"{title} needs at least 1 wire, 0 arrive.")
    return xs

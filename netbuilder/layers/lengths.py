"""How many steps of each sequence are real: the port for it, and its rule."""

from __future__ import annotations

from netbuilder.layers.expect import described
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.spec import Call, In, Layer, Port

#: Last of the ports of whatever reads sequences of several lengths.
LENGTHS = Port(
    "lengths",
    optional=True,
    takes=("label",),
    help="Real steps of each sequence, (B); free: all of them.",
)


def ending(lengths: TensorSpec | None, x: TensorSpec, title: str) -> None:
    """One length must arrive for each sequence of `x`, if any does. Raises ShapeError."""
    if lengths is not None and (lengths.dtype != "int64" or lengths.shape != x.shape[:1]):
        raise ShapeError(
            f"{title} takes one length for each sequence (B); this wire carries "
            f"{described(lengths)}.",
            port="lengths",
        )


class LengthMask(Layer):
    """Say of each step whether it is real, or only fills up the row.

    x (B, T, …) and lengths (B) → (B, T), true where a step is real: for the mask port of
    attention. Where a token of its own fills up, a Padding mask needs no lengths.
    """

    kind, title, family = "length_mask", "Length mask", "Attention"
    also = "padding mask sequence mask variable length valid"
    tex = r"y_t = (t < \ell)"
    use = "Where attention reads sequences of several lengths that a data set tells beside them."
    mistakes = ("A mask only keeps attention away: a loss needs its own Ignore label.",)
    cites = "APS360, week 10"
    inputs = (
        Port("x", takes=("label", "sequence"), help="Tells how many steps there are."),
        Port("lengths", takes=("label",), help="Real steps of each sequence, (B)."),
    )

    def call(self, x: TensorSpec, lengths: TensorSpec) -> Call:
        return Call("netbuilder.nn.length_mask", (In("x"), In("lengths")))

    def infer(self, x: TensorSpec, lengths: TensorSpec) -> TensorSpec:
        if x.axes < 2:
            raise ShapeError(
                f"{self.title} takes steps on the second axis; this wire carries {described(x)}.",
                port="x",
            )
        ending(lengths, x, self.title)
        return TensorSpec(x.shape[:2], "bool")

    def summary(self) -> str:
        return ""

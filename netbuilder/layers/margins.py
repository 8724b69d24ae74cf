"""Values put around, and edges cut away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from netbuilder.layers.brief import brief
from netbuilder.layers.convolution import PAD_MODES, mirrored
from netbuilder.layers.expect import expect_axes, numbers
from netbuilder.layers.look import Looks, pointwise
from netbuilder.layers.shape import ShapeError, TensorSpec
from netbuilder.layers.sizes import by, fixed
from netbuilder.layers.spec import Call, In, Layer, Port, param

_SIDES = "One number for all sides, or one a side: left, right, top, bottom."


def sides(amount: Sequence[int], x: TensorSpec, title: str) -> tuple[int, ...]:
    """A number for each side of each axis behind the channels, the last axis first.

    Raises ShapeError.
    """
    wanted = 2 * (x.axes - 2)
    if len(amount) not in (1, wanted):
        raise ShapeError(
            f"{title} takes one number or {wanted} here, two for each axis, not {len(amount)}.",
            params={"amount": (amount[0],)},
        )
    return tuple(amount) * wanted if len(amount) == 1 else tuple(amount)


def _grown(x: TensorSpec, amount: Sequence[int]) -> TensorSpec:
    """Larger by these numbers of `sides`; smaller where they are negative."""
    pairs = list(zip(amount[::2], amount[1::2], strict=True))[::-1]
    sizes = (n + a + b for n, (a, b) in zip(x.shape[2:], pairs, strict=True))
    return x.with_shape(*x.shape[:2], *sizes)


class Pad(Layer):
    """Put values around a signal, an image or a volume, zeros as a rule.

    (B, C, H, W) → (B, C, H + top + bottom, W + left + right).
    """

    kind, title, family = "pad", "Pad", "Reshape"
    also = "zero padding reflect replicate circular"
    tex = r"(B,\, C,\, H,\, W) \to (B,\, C,\, H + 2p,\, W + 2p)"
    use = (
        "For an edge other than zeros, or one side only, in front of a convolution without padding."
    )
    mistakes = ("Together with padding inside the convolution the edge is padded twice.",)
    cites = "APS360, week 4"
    inputs = (Port("x", takes=("image", "sequence", "any"), help="Channels first."),)

    amount: tuple[int, ...] = param((1,), min=0, max=1000, help=_SIDES)
    mode: Literal["zeros", "reflect", "replicate", "circular"] = param(
        "zeros",
        label="Pad with",
        help="zeros; reflect: mirrored at the edge; replicate: the edge again and again; "
        "circular: what stands at the other end.",
    )

    def call(self, x: TensorSpec) -> Call:
        mode = PAD_MODES.get(self.mode, self.mode)
        kwargs = {"mode": mode} if mode != "constant" else {}
        return Call("F.pad", (In("x"), sides(self.amount, x, self.title)), kwargs)

    def infer(self, x: TensorSpec) -> TensorSpec:
        expect_axes(numbers(x, self.title), self.title, 3, 5)
        amount = sides(self.amount, x, self.title)
        for i, n in enumerate(reversed(x.shape[2:])):
            mirrored(self.mode, int(n), max(amount[2 * i : 2 * i + 2]), "mode")
        return _grown(x, amount)

    def looks(self, x: TensorSpec) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return brief(by(self.amount), "" if self.mode == "zeros" else self.mode)


class Crop(Layer):
    """Cut the edges off, or cut out the middle in the size of another wire.

    (B, C, H, W) → (B, C, H − top − bottom, W − left − right). With a wire at the port like
    the middle of its sizes stays, as skips of a U-Net without padding need it.
    """

    kind, title, family = "crop", "Crop", "Reshape"
    also = "center crop u-net"
    tex = r"(B,\, C,\, H,\, W) \to (B,\, C,\, H - 2p,\, W - 2p)"
    use = "To bring a skip to the size of the branch it joins."
    mistakes = ("What is cut off is lost to everything behind it.",)
    cites = "DATA.ML.200, week 2; Ronneberger et al. 2015, U-Net"
    inputs = (
        Port("x", takes=("image", "sequence", "any"), help="Channels first."),
        Port("like", optional=True, help="What has the size to be cut to."),
    )

    amount: tuple[int, ...] = param(
        (1,), min=0, max=1000, help=f"{_SIDES} Not used where a wire gives the size."
    )

    def _sides(self, x: TensorSpec, like: TensorSpec | None) -> tuple[int, ...]:
        if like is None:
            return tuple(-n for n in sides(self.amount, x, self.title))
        found: list[int] = []
        for n, m in zip(x.shape[:1:-1], like.shape[:1:-1], strict=True):
            found += [-((n - m) // 2), -((n - m) - (n - m) // 2)]
        return tuple(found)

    def call(self, x: TensorSpec, like: TensorSpec | None = None) -> Call:
        return Call("F.pad", (In("x"), self._sides(x, like)))

    def infer(self, x: TensorSpec, like: TensorSpec | None = None) -> TensorSpec:
        expect_axes(numbers(x, self.title, "x"), self.title, 3, 5)
        if like is not None:
            fits = like.axes == x.axes and all(
                n >= m for n, m in zip(x.shape[2:], like.shape[2:], strict=True)
            )
            if not fits or not (fixed(like.shape[2:]) or like.shape[2:] == x.shape[2:]):
                raise ShapeError(
                    f"{self.title} cannot cut {like.text()} out of {x.text()}: each size behind "
                    "the channels must be at most as large.",
                    port="like",
                )
            return x.with_shape(*x.shape[:2], *like.shape[2:])
        amount = self._sides(x, None)
        found = _grown(x, amount)
        if any(n < 1 for n in found.shape[2:]):
            raise ShapeError(
                f"{self.title} cuts off everything: {by(x.shape[2:])} arrive.",
                params={"amount": (max(0, (min(int(n) for n in x.shape[2:]) - 1) // 2),)},
            )
        return found

    def looks(self, x: TensorSpec, like: TensorSpec | None = None) -> Looks:
        return pointwise(x)

    def summary(self) -> str:
        return brief(by(self.amount))

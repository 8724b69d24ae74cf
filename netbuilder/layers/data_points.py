"""Points in the plane, made up on the spot: what a network draws its boundary through."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.roles import DataSet
from netbuilder.layers.shape import B, TensorSpec
from netbuilder.layers.spec import param

_SEED = "Another number gives other points."


class Points(DataSet, abstract=True):
    """Points about as large as 1 in either direction; the same seed gives the same points."""

    loader = "netbuilder.data.points:points"

    points: int = param(1000, min=10, max=100_000, help="How many, all classes together.")

    def classes(self) -> int:
        """Number of classes."""
        return 2

    def fields(self) -> Mapping[str, TensorSpec]:
        return {
            "point": TensorSpec((B, 2)),
            "label": TensorSpec((B,), "int64", self.classes()),
        }

    def summary(self) -> str:
        return f"{self.points} points"


class Spirals(Points):
    """Arms wound around each other, one class an arm; a hard test for a small network.

    point (B, 2): from -1 to 1 but for the noise; label (B,): the arm.
    """

    kind, title = "spirals", "Spirals"
    tex = r"\varphi = 2\pi\, (\mathrm{turns} \cdot r + \mathrm{arm} / \mathrm{arms})"
    use = "To see in a picture what depth, width and activations are for."
    mistakes = ("With much noise the arms touch, and no network can be right everywhere.",)
    cites = "Lang and Witbrock, Learning to tell two spirals apart, 1988"

    turns: float = param(1.5, min=0.1, max=10, help="How often an arm goes around.")
    noise: float = param(0.02, min=0, max=1, help="Deviation of the noise on each coordinate.")
    arms: int = param(2, min=2, max=8, help="Number of arms, each a class.")
    seed: int = param(0, min=0, max=2**31 - 1, help=_SEED)

    def classes(self) -> int:
        return self.arms

    def summary(self) -> str:
        return f"{self.points} · {self.arms} arms"


class Moons(Points):
    """Two half moons that reach into each other, one class each.

    point (B, 2): centred on 0; label (B,): the moon.
    """

    kind, title = "moons", "Moons"
    use = "The first problem that a straight line does not solve."
    mistakes = ("Two classes that overlap by noise cannot be told apart perfectly.",)

    noise: float = param(0.1, min=0, max=1, help="Deviation of the noise on each coordinate.")
    seed: int = param(0, min=0, max=2**31 - 1, help=_SEED)


class Circles(Points):
    """A ring around a disc's rim: no straight line tells the two apart.

    point (B, 2): the outer ring has radius 1; label (B,): 0 outside, 1 inside.
    """

    kind, title = "circles", "Circles"
    use = "To see that a hidden layer, or squares of the inputs, bends the boundary."
    mistakes = ("A Linear layer alone stays at chance.",)

    factor: float = param(0.5, min=0, max=0.99, label="Inner radius", help="Outer radius is 1.")
    noise: float = param(0.08, min=0, max=1, help="Deviation of the noise on each coordinate.")
    seed: int = param(0, min=0, max=2**31 - 1, help=_SEED)


class Blobs(Points):
    """Round clouds whose centres lie on a circle of radius 1, one class a cloud.

    point (B, 2); label (B,): the cloud.
    """

    kind, title = "blobs", "Blobs"
    use = "A first classifier: a straight line is nearly enough."
    mistakes = ("With a spread near the distance of the centres, even the best answer errs often.",)

    clouds: int = param(3, min=2, max=10, help="Number of clouds, each a class.")
    spread: float = param(0.2, min=0, max=5, help="Deviation of a cloud in each direction.")
    seed: int = param(0, min=0, max=2**31 - 1, help=_SEED)

    def classes(self) -> int:
        return self.clouds

    def summary(self) -> str:
        return f"{self.points} · {self.clouds} clouds"


class Xor(Points):
    """A square in four quarters, opposite ones of one class: why one layer is not enough.

    point (B, 2): from -1 to 1 but for the noise; label (B,): 1 where the signs differ.
    """

    kind, title = "xor", "XOR"
    tex = r"\mathrm{label} = (x > 0) \neq (y > 0)"
    use = "To see a single layer fail and a hidden layer succeed."
    mistakes = (
        "With only two hidden units training often gets stuck: start it anew or give it four.",
    )
    cites = "Minsky and Papert, Perceptrons, 1969; DLS, linear models"

    noise: float = param(0.0, min=0, max=1, help="Deviation of the noise on each coordinate.")
    seed: int = param(0, min=0, max=2**31 - 1, help=_SEED)

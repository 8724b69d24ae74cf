"""Pictures of simple shapes, made up on the spot, with a class for every pixel."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.layers.roles import DataSet
from netbuilder.layers.shape import B, TensorSpec
from netbuilder.layers.spec import param

SHAPES = ("disc", "square", "triangle")


class Shapes(DataSet):
    """Grey pictures of a disc, a square or a triangle, and which pixel belongs to what.

    image (B, 1, size, size): from 0 to 1, with noise; mask (B, size, size): the class of each
    pixel, 0 for what lies behind, then disc, square, triangle; label (B,): which one it is.
    Place, size and brightness are drawn from the seed.
    """

    kind, title = "shapes", "Shapes"
    also = "segmentation mask pixels synthetic"
    use = "To learn segmentation, a class for every pixel, in seconds."
    mistakes = ("The mask has a class more than the label: what lies behind is one, too.",)
    loader = "netbuilder.data.shapes:shapes"

    samples: int = param(600, min=10, max=100_000, help="How many pictures.")
    size: int = param(16, min=12, max=128, help="Rows and columns of a picture.")
    noise: float = param(0.1, min=0, max=1, help="Deviation of the noise on each pixel.")
    seed: int = param(0, min=0, max=2**31 - 1, help="Another number gives other pictures.")

    def fields(self) -> Mapping[str, TensorSpec]:
        return {
            "image": TensorSpec((B, 1, self.size, self.size)),
            "mask": TensorSpec((B, self.size, self.size), "int64", 1 + len(SHAPES)),
            "label": TensorSpec((B,), "int64", len(SHAPES)),
        }

    def class_names(self, field: str) -> tuple[str, ...]:
        return {"label": SHAPES, "mask": ("behind", *SHAPES)}.get(field, ())

    def summary(self) -> str:
        return f"{self.samples} · {self.size}×{self.size}"

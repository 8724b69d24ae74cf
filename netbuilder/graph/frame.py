"""A frame: a titled area behind the nodes that says what belongs together."""

from __future__ import annotations

from dataclasses import dataclass

#: A place on the canvas, in canvas units (logical pixels at 100 %).
Point = tuple[float, float]
#: Left, top, width, height on the canvas.
Rect = tuple[float, float, float, float]
#: What a bookmark shows: the middle of the view and its scale (1 is 100 %).
View = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """A comment with a border. It computes nothing, and nodes know nothing of it.

    `colour` names a kind of data whose colour the frame has ("image", "vector" …), or is
    empty for a grey one.
    """

    id: str
    title: str = ""
    rect: Rect = (0.0, 0.0, 240.0, 160.0)
    colour: str = ""

    def __post_init__(self) -> None:
        x, y, width, height = self.rect
        rect = (float(x), float(y), abs(float(width)), abs(float(height)))
        object.__setattr__(self, "rect", rect)

    def holds(self, other: Rect) -> bool:
        """Whether a rectangle lies wholly inside."""
        x, y, width, height = self.rect
        left, top, wide, high = other
        return x <= left and y <= top and left + wide <= x + width and top + high <= y + height

"""What is where: a coarse grid of boxes, so that a wire finds what is in its way.

The scene's own index answers the same only after an event loop turn and in Python objects
of items; laying out a thousand wires needs it thousands of times.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar, cast

from PySide6.QtCore import QRectF

CELL = 256.0
Key = TypeVar("Key", bound=Hashable)
Sides = tuple[float, float, float, float]


class Obstacles(Generic[Key]):
    """Boxes by name, found by the rectangle they touch."""

    def __init__(self) -> None:
        self._boxes: dict[Key, QRectF] = {}
        self._sides: dict[Key, Sides] = {}
        self._cells: dict[tuple[int, int], set[Key]] = {}

    def __contains__(self, name: Key) -> bool:
        return name in self._boxes

    def put(self, name: Key, box: QRectF) -> None:
        """Add a box, or move it."""
        self.remove(name)
        self._boxes[name] = box
        self._sides[name] = sides = _sides(box)
        for cell in _cells(sides):
            self._cells.setdefault(cell, set()).add(name)

    def remove(self, name: Key) -> None:
        """Forget a box; a name that is not there is ignored."""
        if self._boxes.pop(name, None) is not None:
            for cell in _cells(self._sides.pop(name)):
                self._cells[cell].discard(name)

    def names(self, rect: QRectF) -> set[Key]:
        """Names of the boxes that touch `rect`."""
        return self.names_within(*_sides(rect))

    def names_within(self, left: float, top: float, right: float, bottom: float) -> set[Key]:
        """Names of the boxes that touch a rectangle given by its sides."""
        found = set[Key]()
        all_sides, cells = self._sides, self._cells
        # Laid out by hand: one wire around a few nodes asks this a hundred times.
        down = range(int(top // CELL), int(bottom // CELL) + 1)
        for column in range(int(left // CELL), int(right // CELL) + 1):
            for row in down:
                for name in cells.get((column, row), ()):
                    x0, y0, x1, y1 = all_sides[name]
                    # Not QRectF.intersects(), which is never true for a line without height.
                    if x0 < right and left < x1 and y0 < bottom and top < y1:
                        found.add(name)
        return found

    def touching(self, rect: QRectF) -> list[QRectF]:
        """The boxes that touch `rect`."""
        return [self._boxes[name] for name in self.names(rect)]

    def box(self, name: Key) -> QRectF:
        """The box of one name."""
        return self._boxes[name]

    def bounds(self) -> QRectF:
        """What holds all boxes."""
        if not self._sides:
            return QRectF()
        lefts, tops, rights, bottoms = zip(*self._sides.values(), strict=True)
        left, top = min(lefts), min(tops)
        return QRectF(left, top, max(rights) - left, max(bottoms) - top)


def _sides(rect: QRectF) -> Sides:
    x, y, width, height = cast(Sides, rect.getRect())
    return x, y, x + width, y + height


def _cells(sides: Sides) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (int(side // CELL) for side in sides)
    for x in range(left, right + 1):
        for y in range(top, bottom + 1):
            yield (x, y)

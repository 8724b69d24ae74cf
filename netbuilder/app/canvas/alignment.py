"""Lines that a dragged node shares with others near it, and the pull towards them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPointF, QRectF

if TYPE_CHECKING:
    from netbuilder.app.canvas.scene import CanvasScene

PULL = 4.0  # how near a line must be to draw the node to it
REACH = 700.0  # how far away a node may be to lend its line


@dataclass(frozen=True, slots=True)
class Guide:
    """A line on the canvas: `axis` is the coordinate it holds fast."""

    axis: Literal["x", "y"]
    start: QPointF
    end: QPointF


def guides(
    scene: CanvasScene, node_id: str, at: QPointF, moving: set[str]
) -> tuple[tuple[Guide, ...], QPointF]:
    """Guides for a node about to lie at `at`, and where they would have it lie.

    Rows align by the top, where the first ports are, so that wires run level.
    """
    own = scene.nodes[node_id].layout
    rect = QRectF(at.x(), at.y(), own.width, own.height)
    names = scene.obstacles.names(rect.adjusted(-REACH, -REACH, REACH, REACH)) - moving
    found: list[Guide] = []
    place = QPointF(at)
    boxes = [scene.nodes[i].box for i in names if i in scene.nodes]
    level = _nearest([b.top() for b in boxes], at.y())
    if level is not None:
        place.setY(level)
        row = [b for b in boxes if b.top() == level]
        found.append(_across("y", level, [*row, rect]))
    column = _nearest([b.left() for b in boxes], at.x())
    if column is not None:
        place.setX(column)
        stack = [b for b in boxes if b.left() == column]
        found.append(_across("x", column, [*stack, rect]))
    return tuple(found), place


def _nearest(values: list[float], value: float) -> float | None:
    near = min(values, key=lambda v: abs(v - value), default=None)
    return near if near is not None and abs(near - value) <= PULL else None


def _across(axis: Literal["x", "y"], at: float, boxes: list[QRectF]) -> Guide:
    if axis == "y":
        left, right = min(b.left() for b in boxes), max(b.right() for b in boxes)
        return Guide("y", QPointF(left - 12, at), QPointF(right + 12, at))
    top, bottom = min(b.top() for b in boxes), max(b.bottom() for b in boxes)
    return Guide("x", QPointF(at, top - 12), QPointF(at, bottom + 12))

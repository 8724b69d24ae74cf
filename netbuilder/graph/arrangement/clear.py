"""Moving boxes as one to where they lie on no others, as near as can be."""

from __future__ import annotations

from collections.abc import Sequence

from netbuilder.graph.arrangement.strip import NODE_GAP

#: Left, top, width and height.
Area = tuple[float, float, float, float]
GRID = 8.0
_SIDES = ((0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0))


#: Pairs of boxes beyond which `own` counts as one box: that is a matter of seconds.
_MANY = 200_000


def cleared(
    own: Sequence[Area], others: Sequence[Area], gap: float = NODE_GAP
) -> tuple[float, float]:
    """By how much to move `own` so that it is at least `gap` from all `others`."""
    if len(own) * len(others) > _MANY:
        left, top = min(x for x, _, _, _ in own), min(y for _, y, _, _ in own)
        right = max(x + width for x, _, width, _ in own)
        bottom = max(y + height for _, y, _, height in own)
        own = [(left, top, right - left, bottom - top)]
    found = [_pushed(own, others, side, gap) for side in _SIDES]
    return min(found, key=lambda by: abs(by[0]) + abs(by[1]))


def _pushed(
    own: Sequence[Area], others: Sequence[Area], side: tuple[float, float], gap: float
) -> tuple[float, float]:
    """The least way to one side after which nothing is hit any more."""
    dx, dy = 0.0, 0.0
    while True:
        need = 0.0
        for x, y, width, height in own:
            for left, top, wide, high in others:
                right, under = x + dx + width + gap - left, y + dy + height + gap - top
                if right <= 0 or under <= 0:
                    continue
                lefts, over = left + wide + gap - x - dx, top + high + gap - y - dy
                if lefts <= 0 or over <= 0:
                    continue
                need = max(need, {1.0: lefts, -1.0: right}.get(side[0], 0.0))
                need = max(need, {1.0: over, -1.0: under}.get(side[1], 0.0))
        if not need:
            return dx, dy
        step = -(-need // GRID) * GRID
        dx, dy = dx + side[0] * step, dy + side[1] * step

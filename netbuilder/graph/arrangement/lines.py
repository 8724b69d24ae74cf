"""Nodes that hang together, cut into lines, each laid out by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from netbuilder.graph.arrangement.box import PLAIN, Box
from netbuilder.graph.arrangement.breaks import LINE_GAP, Measure, breaks
from netbuilder.graph.arrangement.columns import Flow, columns, through
from netbuilder.graph.arrangement.crossings import untangle
from netbuilder.graph.arrangement.heights import settle
from netbuilder.graph.arrangement.strip import NODE_GAP, WIRE_GAP, Strip, even, strip
from netbuilder.graph.arrangement.threads import threads

#: From the widest node of a column to the next column; where more wires bend, more.
COLUMN_GAP, WIDEST_GAP, EACH_BEND = 36.0, 84.0, 6.0
#: Between two lines, for each further wire that runs there; and between two parts.
LANE, PART_GAP = 18.0, 48.0


@dataclass(frozen=True, slots=True)
class Line:
    """Columns of nodes; `gap` is the air below the line."""

    strip: Strip
    height: float
    gap: float

    def bends(self, column: int) -> int:
        """How many ports send wires that are not level from a column to the next."""
        if column + 1 >= len(self.strip.columns):
            return 0
        return len(
            {
                (link.start, link.out)
                for link in self.strip.links(column)
                if link.start.top + link.out != link.end.top + link.into
            }
        )


def lines(
    flow: Flow,
    parts: Sequence[Sequence[str]],
    boxes: Mapping[str, Box],
    ends: tuple[frozenset[str], frozenset[str]],
) -> list[Line]:
    """The lines of all parts, from the top to the bottom."""
    column = columns(flow, *ends)
    for names in parts:
        first = min(column[name] for name in names)
        for name in names:
            column[name] -= first
    ways = through(flow)
    measures = [_measure(flow, names, column, boxes) for names in parts]
    found: list[Line] = []
    for names, measure, starts in zip(parts, measures, breaks(measures), strict=True):
        total = len(measure.widths)
        for first, end in pairwise([*starts, total]):
            own = [name for name in names if first <= column[name] < end]
            gap = PART_GAP if end == total else LINE_GAP + LANE * max(0, measure.wires[end] - 1)
            found.append(_line(strip(flow, column, first, end - first, own, boxes, ways), gap))
    return found


def _line(made: Strip, gap: float) -> Line:
    untangle(made)
    settle(threads(made), made)
    bottom = max(spot.top + spot.height for column in made.columns for spot in column)
    return Line(made, bottom, gap)


def _measure(
    flow: Flow, names: Sequence[str], column: Mapping[str, int], boxes: Mapping[str, Box]
) -> Measure:
    count = max(column[name] for name in names) + 1
    widths, heights = [0.0] * count, [-NODE_GAP] * count
    # Of a wire, the gap behind its source up to that before its target; of all wires from
    # one port, the columns that they pass on their common way.
    crossing, passing = [0] * (count + 1), [0] * (count + 1)
    for name in names:
        at, box = column[name], boxes.get(name, PLAIN)
        widths[at] = max(widths[at], box.width + COLUMN_GAP)
        heights[at] += box.height + NODE_GAP
        far: dict[str, int] = {}
        for edge in flow.outgoing[name]:
            end = column[edge.target]
            crossing[at + 1] += 1
            crossing[end + 1] -= 1
            far[edge.source_port] = max(far.get(edge.source_port, 0), end)
        for end in far.values():
            passing[at + 1] += 1
            passing[end] -= 1
    heights = [h + WIRE_GAP * n for h, n in zip(heights, accumulate(passing), strict=False)]
    return Measure(widths, heights, list(accumulate(crossing))[:count])


def lefts(found: Sequence[Line], boxes: Mapping[str, Box]) -> list[float]:
    """Left border of each column, the same in all lines, so that wires run between them."""
    count = max((len(line.strip.columns) for line in found), default=0)
    left, borders = 0.0, []
    for at in range(count):
        borders.append(left)
        shown = [line for line in found if at < len(line.strip.columns)]
        names = [spot.name for line in shown for spot in line.strip.columns[at] if spot.name]
        width = max((boxes.get(name, PLAIN).width for name in names), default=0.0)
        bends = max(line.bends(at) for line in shown)
        gap = min(WIDEST_GAP, COLUMN_GAP + EACH_BEND * max(0, bends - 2))
        left += even(width + gap)
    return borders

"""Where a long network goes on in the next line, as text does.

As many columns stand in a line as make the whole largest in a window, and a line breaks
where few wires run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: The part of a window that the canvas has for itself, at 100 %.
PAGE_WIDTH, PAGE_HEIGHT = 1180.0, 600.0
#: Fewer columns than these never break; between two lines there is this much air.
FEWEST = 6
LINE_GAP = 64.0
#: What one more wire across a break costs, against 1 for a line that is shorter or longer
#: than others by the root of its length; and by which part of itself it may be longer, if not
#: by one column.
_WIRE, _LONGER = 4.0, 8
#: Twice the lines must show everything larger by this power, or breaking is not worth it.
_BREAKING = 0.3


@dataclass(frozen=True, slots=True)
class Measure:
    """Sizes of the columns of one part, and how many wires cross each gap before one."""

    widths: Sequence[float]
    heights: Sequence[float]
    wires: Sequence[int]


def breaks(parts: Sequence[Measure]) -> list[list[int]]:
    """For each part the columns at which its lines start, the first being 0."""
    if not parts:
        return []
    longest = max(len(part.widths) for part in parts)
    wanted = max(_candidates(longest), key=lambda count: _score(parts, count))
    return [_starts(part, wanted) for part in parts]


def _candidates(longest: int) -> Iterator[int]:
    """Columns in a line, most first, so that of equals the one without a break is taken."""
    count = longest
    while count > FEWEST:
        yield count
        # The most columns with one line more; of very many, not every one is tried.
        lines = -(-longest // count)
        count = min(-(-longest // (lines + 1)), count - 1, max(FEWEST, count * 49 // 50 + 1))
    yield max(1, min(longest, FEWEST))


def _score(parts: Sequence[Measure], count: int) -> float:
    """How large everything is seen with `count` columns in a line."""
    width, height, lines = 0.0, 0.0, 0
    for part in parts:
        total = len(part.widths)
        rows = -(-total // count)
        even = -(-total // rows)
        for start in range(0, total, even):
            width = max(width, sum(part.widths[start : start + even]))
            height += max(part.heights[start : start + even]) + LINE_GAP
        lines += rows
    scale = min(1.0, PAGE_WIDTH / max(width, 1.0), PAGE_HEIGHT / max(height - LINE_GAP, 1.0))
    return scale / float((lines / len(parts)) ** _BREAKING)


def _starts(part: Measure, count: int) -> list[int]:
    """The cheapest breaks with about `count` columns in a line."""
    total = len(part.widths)
    if total <= count:
        return [0]
    even = -(-total // -(-total // count))
    most = count + max(1, count // _LONGER)
    cost = [0.0] + [float("inf")] * total
    start = [0] * (total + 1)
    for end in range(1, total + 1):
        last = end == total
        cut = 0.0 if last else 1.0 + _WIRE * max(0, part.wires[end] - 1)
        # A line with less than half of what stands in others would look forgotten.
        latest = end if last else max(1, end - even // 2 + 1)
        for begin in range(max(0, end - most), latest):
            uneven = (even - (end - begin)) ** 2 / even
            uneven *= 0.5 if last and end - begin < even else 1.0
            found = cost[begin] + uneven + cut
            if found < cost[end]:
                cost[end], start[end] = found, begin
    found_starts = [start[total]]
    while found_starts[-1]:
        found_starts.append(start[found_starts[-1]])
    return found_starts[::-1]

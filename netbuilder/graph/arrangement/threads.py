"""Which spots stand on one level line: the main way, wires that pass, then other chains.

Each spot joins at most one spot on either side, and joined pairs never cross, so lines
can always be put one above the other (Brandes and Köpf 2001).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field

from netbuilder.graph.arrangement.strip import Link, Spot, Strip, nearest


@dataclass(slots=True, eq=False)
class Thread:
    """Spots on one line; `top` is that of its first spot, `offset` those of all below it."""

    spots: list[Spot] = field(default_factory=list)
    offset: list[float] = field(default_factory=list)
    top: float = 0.0


def threads(strip: Strip) -> list[Thread]:
    """Every spot in exactly one thread, those that start further left first."""
    links = [link for c in range(len(strip.columns) - 1) for link in strip.links(c)]
    main = max((link.way for link in links), default=0)
    links.sort(key=lambda link: _priority(link, main))
    onward: dict[Spot, Link] = {}
    joined: set[Spot] = set()
    taken: list[list[tuple[int, int]]] = [[] for _ in strip.columns]
    for link in links:
        if link.start in onward or link.end in joined:
            continue
        pairs, pair = taken[link.start.column], (link.start.place, link.end.place)
        at = bisect_left(pairs, pair)
        if at and pairs[at - 1][1] >= pair[1]:
            continue
        if at < len(pairs) and pairs[at][1] <= pair[1]:
            continue
        insort(pairs, pair)
        onward[link.start] = link
        joined.add(link.end)
    found = []
    for column in strip.columns:
        for spot in column:
            if spot not in joined:
                found.append(_thread(spot, onward))
    return found


def _priority(link: Link, main: int) -> tuple[int, int, int, int]:
    """Least first: the main way, then what passes, then long chains; of equals the upper."""
    rank = 0 if link.way == main and not _points(link) else 1 if link.passing else 2
    if rank == 2 and _points(link):
        rank = 3
    return rank, -link.way, link.end.place, link.start.place


def _points(link: Link) -> bool:
    return link.start.name is None or link.end.name is None


def _thread(spot: Spot, onward: dict[Spot, Link]) -> Thread:
    thread, offset = Thread(), 0.0
    while True:
        thread.spots.append(spot)
        # Whole steps of the grid: a node never leaves it for a point that a wire passes.
        thread.offset.append(nearest(offset))
        link = onward.get(spot)
        if link is None:
            return thread
        offset += link.out - link.into
        spot = link.end

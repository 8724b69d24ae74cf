"""The order within columns: few crossings, by sweeps of barycentres and by swaps."""

from __future__ import annotations

from bisect import bisect_right, insort

from netbuilder.graph.arrangement.strip import Link, Spot, Strip, number

_ROUNDS = 8
#: Rounds without a better order after which it is given up.
_PATIENCE = 3


def untangle(strip: Strip) -> None:
    """Put the spots of each column into an order in which few wires cross."""
    last = len(strip.columns)
    for column in range(last):
        _sort(strip, column, leftwards=True)
    best, fewest, without = _snapshot(strip), crossings(strip), 0
    for _ in range(_ROUNDS):
        if not fewest or without == _PATIENCE:
            break
        for column in reversed(range(last)):
            _sort(strip, column, leftwards=False)
        for column in range(last):
            _sort(strip, column, leftwards=True)
        _swap(strip)
        found, without = crossings(strip), without + 1
        if found < fewest:
            best, fewest, without = _snapshot(strip), found, 0
    strip.columns[:] = best
    number(strip)


def crossings(strip: Strip) -> int:
    """How many pairs of pieces of wires cross."""
    count = 0
    for column in range(len(strip.columns) - 1):
        ends = sorted(
            (link.start.place, link.out, link.end.place, link.into) for link in strip.links(column)
        )
        seen: list[tuple[float, float]] = []
        for _, _, place, into in ends:
            count += len(seen) - bisect_right(seen, (place, into))
            insort(seen, (place, into))
    return count


def _snapshot(strip: Strip) -> list[list[Spot]]:
    return [list(column) for column in strip.columns]


def _sort(strip: Strip, index: int, leftwards: bool) -> None:
    """Sort one column by the middle of what its spots are wired to on one side.

    Spots without a wire on that side stay where they are.
    """
    column = strip.columns[index]
    if len(column) < 2:
        return
    wanted = [(_middle(strip, spot, leftwards), spot) for spot in column]
    moving = iter(sorted((w for w in wanted if w[0] is not None), key=lambda w: w[0] or 0.0))
    strip.columns[index] = column = [spot if at is None else next(moving)[1] for at, spot in wanted]
    for place, spot in enumerate(column):
        spot.place = place


def _middle(strip: Strip, spot: Spot, leftwards: bool) -> float | None:
    if leftwards:
        ends = [link.start.place + link.out / (link.start.height + 1.0) for link in spot.left]
        # What comes from a line above comes down from there.
        ends += [-1.0] * spot.above
    else:
        ends = [link.end.place + link.into / (link.end.height + 1.0) for link in spot.right]
        if spot.below and spot.column + 1 < len(strip.columns):
            ends += [float(len(strip.columns[spot.column + 1]))] * spot.below
    return sum(ends) / len(ends) if ends else None


def _swap(strip: Strip) -> None:
    """Swap neighbours where that undoes a crossing."""
    for column in strip.columns:
        better = True
        rounds = 0
        while better and rounds < 4:
            better, rounds = False, rounds + 1
            for place in range(len(column) - 1):
                upper, lower = column[place], column[place + 1]
                if _between(upper, lower) > _between(lower, upper):
                    column[place], column[place + 1] = lower, upper
                    lower.place, upper.place = place, place + 1
                    better = True


def _between(upper: Spot, lower: Spot) -> int:
    """Crossings of the wires of two neighbours, the first being above."""
    count = 0
    for one, other in ((upper.left, lower.left), (upper.right, lower.right)):
        if one and other:
            below = [_far(link, upper) for link in one]
            above = [_far(link, lower) for link in other]
            count += sum(1 for a in below for b in above if a > b)
    return count


def _far(link: Link, spot: Spot) -> tuple[float, float]:
    if link.end is spot:
        return link.start.place, link.out
    return link.end.place, link.into

"""Heights of threads: short wires, no spot on another.

Each thread is drawn by its wires to others like a pendulum; threads that press against
each other move as one (Sander 1996).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from netbuilder.graph.arrangement.strip import GRID, Strip, nearest
from netbuilder.graph.arrangement.threads import Thread

_ROUNDS = 24
_HAIR = 0.01
#: Of a wire that passes columns, against 1 for one between two nodes.
_PASSING = 0.5


@dataclass(slots=True, eq=False)
class _Pull:
    """A wire: it would be level if `other` stood `away` below `own`."""

    own: int
    other: int
    away: float
    weight: float


class _Stack:
    """Threads by number, what must be above what, and what pulls them."""

    def __init__(self, threads: Sequence[Thread], strip: Strip) -> None:
        number = {spot: i for i, thread in enumerate(threads) for spot in thread.spots}
        offset = {s: o for t in threads for s, o in zip(t.spots, t.offset, strict=True)}
        apart: dict[tuple[int, int], float] = {}
        for column in strip.columns:
            for upper, lower in pairwise(column):
                key = number[upper], number[lower]
                least = offset[upper] + upper.height + upper.gap(lower) - offset[lower]
                apart[key] = max(least, apart.get(key, least))
        count = len(threads)
        self.below: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        self.above: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        for (upper_one, lower_one), least in apart.items():
            self.below[upper_one].append((lower_one, least))
            self.above[lower_one].append((upper_one, least))
        self.order = self._sorted()
        self.pulls: list[list[_Pull]] = [[] for _ in range(count)]
        for c in range(len(strip.columns) - 1):
            for link in strip.links(c):
                a, b = number[link.start], number[link.end]
                if a != b:
                    away = offset[link.start] + link.out - offset[link.end] - link.into
                    weight = _PASSING if None in (link.start.name, link.end.name) else 1.0
                    self.pulls[a].append(_Pull(a, b, away, weight))
                    self.pulls[b].append(_Pull(b, a, -away, weight))
        self.top = self._packed()
        # A long thread is hard to move, or a loss at its end would pull the row down.
        self.mass = [
            sum(p.weight for p in pulls) + 4.0 * len(thread.spots)
            for pulls, thread in zip(self.pulls, threads, strict=True)
        ]

    def _sorted(self) -> list[int]:
        missing = [len(above) for above in self.above]
        order = [i for i, m in enumerate(missing) if not m]
        for i in order:
            for lower, _ in self.below[i]:
                missing[lower] -= 1
                if not missing[lower]:
                    order.append(lower)
        return order

    def _packed(self) -> list[float]:
        top = [0.0] * len(self.below)
        for i in self.order:
            top[i] = max((top[u] + least for u, least in self.above[i]), default=0.0)
        return top

    def swing(self) -> float:
        """Move everything once; returns how far the farthest thread went."""
        count = len(self.top)
        force = [0.0] * count
        for i in range(count):
            total = sum(p.weight for p in self.pulls[i])
            if total:
                where = sum(p.weight * (self.top[p.other] - p.away) for p in self.pulls[i])
                force[i] = where / total - self.top[i]
        group = self._groups(force)
        members: dict[int, list[int]] = {}
        for i in self.order:
            members.setdefault(group[i], []).append(i)
        moved = 0.0
        downward = [g for g in members if force[g] > 0]
        upward = [g for g in members if force[g] < 0]
        for g in [*reversed(downward), *upward]:
            moved = max(moved, abs(self._move(members[g], group, force[g])))
        return moved

    def _groups(self, force: list[float]) -> list[int]:
        """Threads that touch and press; their force becomes that of the group's first."""
        group = list(range(len(self.top)))
        mass = list(self.mass)

        def root(i: int) -> int:
            while group[i] != i:
                group[i] = group[group[i]]
                i = group[i]
            return i

        again = True
        while again:
            again = False
            for i in self.order:
                for lower, least in self.below[i]:
                    if self.top[lower] - self.top[i] - least > _HAIR:
                        continue
                    a, b = root(i), root(lower)
                    if a != b and force[a] > force[b] + _HAIR:
                        total = mass[a] + mass[b]
                        force[a] = (force[a] * mass[a] + force[b] * mass[b]) / total
                        mass[a], group[b] = total, a
                        again = True
        return [root(i) for i in range(len(group))]

    def _move(self, members: list[int], group: list[int], by: float) -> float:
        own = group[members[0]]
        if by > 0:
            for i in members:
                for lower, least in self.below[i]:
                    if group[lower] != own:
                        by = min(by, self.top[lower] - self.top[i] - least)
        else:
            for i in members:
                for upper, least in self.above[i]:
                    if group[upper] != own:
                        by = max(by, self.top[upper] + least - self.top[i])
        for i in members:
            self.top[i] += by
        return by

    def straighten(self, i: int) -> None:
        """Level the heaviest wire of a thread that there is room for."""
        high = min((self.top[n] - least for n, least in self.below[i]), default=float("inf"))
        low = max((self.top[n] + least for n, least in self.above[i]), default=-float("inf"))
        near = sorted((self.top[p.other] - p.away, p.weight) for p in self.pulls[i])
        half, seen = sum(weight for _, weight in near) / 2, 0.0
        for where, weight in near:
            seen += weight
            if seen >= half:
                self.top[i] = max(low, min(high, where))
                return


def settle(threads: Sequence[Thread], strip: Strip) -> None:
    """Give every spot its top, on the grid, the highest one at 0."""
    stack = _Stack(threads, strip)
    for _ in range(_ROUNDS):
        if stack.swing() < GRID / 2:
            break
    # Short threads give way to long ones, and then follow them.
    for i in sorted(range(len(threads)), key=lambda i: -len(threads[i].spots)):
        stack.straighten(i)
    for thread, top in zip(threads, stack.top, strict=True):
        thread.top = nearest(top)
        for spot, offset in zip(thread.spots, thread.offset, strict=True):
            spot.top = thread.top + offset
    highest = min((spot.top for column in strip.columns for spot in column), default=0.0)
    for column in strip.columns:
        for spot in column:
            spot.top -= highest

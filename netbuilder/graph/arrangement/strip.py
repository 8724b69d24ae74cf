"""One line of columns: its nodes, and a point in every column that a longer wire passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import floor

from netbuilder.graph.arrangement.box import PLAIN, Box
from netbuilder.graph.arrangement.columns import Flow
from netbuilder.graph.model import Edge

#: Air between two nodes of a column, and beside a wire that passes between them.
NODE_GAP, WIRE_GAP = 24.0, 20.0
GRID = 4.0


@dataclass(slots=True, eq=False)
class Spot:
    """A node, or the place (`name` None) where a wire passes a column."""

    name: str | None
    column: int
    height: float = 0.0
    #: Place within the column, from the top.
    place: int = 0
    top: float = 0.0
    left: list[Link] = field(default_factory=list)
    right: list[Link] = field(default_factory=list)
    #: How many wires come from lines above, and go to lines below.
    above: int = 0
    below: int = 0

    def gap(self, lower: Spot) -> float:
        """Least distance between the bottom of this one and the top of the next below."""
        return NODE_GAP if self.name is not None and lower.name is not None else WIRE_GAP


@dataclass(slots=True, eq=False)
class Link:
    """The piece of a wire from one column to the next; `out` and `into` below the tops."""

    start: Spot
    end: Spot
    out: float
    into: float
    #: How many nodes the longest way over this wire passes.
    way: int

    @property
    def passing(self) -> bool:
        """Whether the wire passes both columns, so that it should be level."""
        return self.start.name is None and self.end.name is None


@dataclass(slots=True, eq=False)
class Strip:
    """Columns of spots from the top to the bottom."""

    columns: list[list[Spot]]

    def links(self, column: int) -> list[Link]:
        """Pieces of wires between a column and the next."""
        return [link for spot in self.columns[column] for link in spot.right]


def strip(
    flow: Flow,
    columns: Mapping[str, int],
    first: int,
    count: int,
    names: Sequence[str],
    boxes: Mapping[str, Box],
    ways: Mapping[Edge, int],
) -> Strip:
    """The line of `count` columns from column `first` on; `names` are the nodes in it.

    Wires from one port share their way until they part.
    """
    spots = {
        name: Spot(name, columns[name] - first, even(boxes.get(name, PLAIN).height))
        for name in names
    }
    passing: list[list[Spot]] = [[] for _ in range(count)]
    shared: dict[tuple[str, str], list[Spot]] = {}
    for name in names:
        spot, box = spots[name], boxes.get(name, PLAIN)
        for edge in flow.outgoing[name]:
            end = spots.get(edge.target)
            if end is None:
                spot.below += 1
                continue
            into = boxes.get(edge.target, PLAIN).into(edge.target_port)
            chain = shared.setdefault((name, edge.source_port), [spot])
            while chain[-1].column < end.column - 1:
                point = Spot(None, chain[-1].column + 1)
                passing[point.column].append(point)
                out = box.out(edge.source_port) if chain[-1] is spot else 0.0
                _link(chain[-1], point, out, 0.0, ways[edge])
                chain.append(point)
            start = chain[end.column - 1 - spot.column]
            out = box.out(edge.source_port) if start is spot else 0.0
            _link(start, end, out, into, ways[edge])
        spot.above += sum(1 for edge in flow.incoming[name] if edge.source not in spots)
    # What passes comes first: of wires from one port the longer one runs above the row.
    made = Strip(passing)
    for name in names:
        made.columns[spots[name].column].append(spots[name])
    number(made)
    return made


def number(made: Strip) -> None:
    """Tell every spot its place."""
    for column in made.columns:
        for place, spot in enumerate(column):
            spot.place = place


def _link(start: Spot, end: Spot, out: float, into: float, way: int) -> None:
    link = Link(start, end, out, into, way)
    start.right.append(link)
    end.left.append(link)


def even(length: float) -> float:
    """The next multiple of the grid, so that what is put on it never comes nearer."""
    return -(-length // GRID) * GRID


def nearest(length: float) -> float:
    """The nearest multiple of the grid, halves always upwards: two lengths stay as far apart."""
    return floor(length / GRID + 0.5) * GRID

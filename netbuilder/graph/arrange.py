"""Places for nodes: columns by rank, chains straight, long networks in lines like text.

The same graph always comes out the same, whatever it looked like before; ties are broken
by the order of `graph.nodes`, so a small edit moves little.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from netbuilder.graph.arrangement.box import PLAIN, Box
from netbuilder.graph.arrangement.breaks import PAGE_WIDTH
from netbuilder.graph.arrangement.clear import cleared
from netbuilder.graph.arrangement.columns import flow, parts
from netbuilder.graph.arrangement.lines import COLUMN_GAP, lefts, lines
from netbuilder.graph.arrangement.strip import NODE_GAP, even
from netbuilder.graph.model import Graph

__all__ = ["Box", "Place", "layered", "rearranged", "tidied"]

Place = tuple[float, float]


def tidied(
    graph: Graph,
    boxes: Mapping[str, Box],
    chosen: Collection[str] | None = None,
    block: bool = False,
) -> dict[str, Place]:
    """New positions of the `chosen` nodes, or of all.

    The upper left corner of what is laid out stays where it is, but if it would lie on
    other nodes it goes to the nearest place where it does not. For `block` see `layered`.
    """
    moving = [i for i in graph.nodes if chosen is None or i in chosen]
    if not moving:
        return {}
    part = graph if len(moving) == len(graph) else graph.part(moving)
    x = min(graph[i].position[0] for i in moving)
    y = min(graph[i].position[1] for i in moving)
    places = {i: (x + px, y + py) for i, (px, py) in layered(part, boxes, block).items()}
    if len(moving) < len(graph):
        own = [(*places[i], *_size(boxes, i)) for i in moving]
        rest = [(*graph[i].position, *_size(boxes, i)) for i in graph.nodes if i not in places]
        dx, dy = cleared(own, rest)
        places = {i: (px + dx, py + dy) for i, (px, py) in places.items()}
    return places


def rearranged(graph: Graph, places: Mapping[str, Place], boxes: Mapping[str, Box]) -> Graph:
    """With nodes at new places, and with what is drawn around them fitted to that.

    Bends of wires between these nodes were made for the old places and go; a frame all of
    whose nodes have moved goes with them, and keeps its margins.
    """
    bends = {
        edge: points
        for edge, points in graph.bends.items()
        if edge.source not in places or edge.target not in places
    }
    after = graph.move(places)
    frames = {}
    for frame in graph.frames.values():
        held = [i for i in graph.nodes if frame.holds((*graph[i].position, *_size(boxes, i)))]
        if held and all(i in places for i in held):
            x0, y0, x1, y1 = _bounds(graph, held, boxes)
            left, top, right, bottom = _bounds(after, held, boxes)
            x, y, width, height = frame.rect
            wide, high = right - left + width - (x1 - x0), bottom - top + height - (y1 - y0)
            frame = replace(frame, rect=(left - x0 + x, top - y0 + y, wide, high))
        frames[frame.id] = frame
    return replace(after, bends=bends, frames=frames)


def _bounds(
    graph: Graph, names: Collection[str], boxes: Mapping[str, Box]
) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what holds these nodes."""
    areas = [(*graph[i].position, *_size(boxes, i)) for i in names]
    return (
        min(x for x, _, _, _ in areas),
        min(y for _, y, _, _ in areas),
        max(x + width for x, _, width, _ in areas),
        max(y + height for _, y, _, height in areas),
    )


def layered(
    graph: Graph, boxes: Mapping[str, Box] | None = None, block: bool = False
) -> dict[str, Place]:
    """A position for every node, in canvas units, the upper left corner of all at (0, 0).

    boxes: sizes of nodes and heights of their ports, where they are not the usual ones.
    block: the graph of a block, whose inputs stand at the left end and outputs at the right.
    """
    boxes = boxes or {}
    run = flow(graph)
    wired = [names for names in parts(run) if len(names) > 1]
    joined = {name for names in wired for name in names}
    loose = [name for name in graph.nodes if name not in joined]
    ends = [
        frozenset(node.id for node in graph if block and node.kind == kind)
        for kind in ("input", "output")
    ]
    found = lines(run, wired, boxes, (ends[0], ends[1]))
    borders = lefts(found, boxes)
    places: dict[str, Place] = {}
    top = 0.0
    for line in found:
        for left, column in zip(borders, line.strip.columns, strict=False):
            places |= {spot.name: (left, top + spot.top) for spot in column if spot.name}
        top = even(top + line.height + line.gap)
    places |= _rows(loose, boxes, top)
    x = min((x for x, _ in places.values()), default=0.0)
    y = min((y for _, y in places.values()), default=0.0)
    return {i: (places[i][0] - x, places[i][1] - y) for i in graph.nodes}


def _rows(names: Sequence[str], boxes: Mapping[str, Box], top: float) -> dict[str, Place]:
    """Nodes without wires: side by side, in rows as wide as a page."""
    places: dict[str, Place] = {}
    left, height = 0.0, 0.0
    for name in names:
        width, own = _size(boxes, name)
        if left and left + width > PAGE_WIDTH:
            left, top, height = 0.0, even(top + height + NODE_GAP), 0.0
        places[name] = (left, top)
        left, height = even(left + width + COLUMN_GAP), max(height, own)
    return places


def _size(boxes: Mapping[str, Box], name: str) -> tuple[float, float]:
    box = boxes.get(name, PLAIN)
    return box.width, box.height

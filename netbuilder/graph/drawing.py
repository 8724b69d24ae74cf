"""Edits of what is only drawn: frames, bends of wires, bookmarks, and moving all together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from netbuilder.graph.frame import Frame, Point, Rect, View
from netbuilder.graph.model import Edge, Graph, GraphError, free_id

#: Width and height of a node whose size nobody told.
NODE_SIZE = (140.0, 72.0)


@dataclass(frozen=True)
class Contents:
    """What stands wholly inside a frame: ids of nodes and of further frames."""

    nodes: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()


# --- frames ----------------------------------------------------------------------------------


def framed(graph: Graph, rect: Rect, title: str = "", colour: str = "") -> tuple[Graph, Frame]:
    """With a new frame under a free id; returns the graph and the frame. Raises GraphError."""
    _finite("A frame", rect)
    frame = Frame(free_id("frame", graph.frames), title, rect, colour)
    return replace(graph, frames={**graph.frames, frame.id: frame}), frame


def put_frames(graph: Graph, *frames: Frame) -> Graph:
    """With frames replaced by new versions of the same ids. Raises GraphError."""
    for frame in frames:
        if frame.id not in graph.frames:
            raise GraphError(f"There is no frame called {frame.id}.")
        _finite("A frame", frame.rect)
    return replace(graph, frames={**graph.frames, **{frame.id: frame for frame in frames}})


def without_frames(graph: Graph, frame_ids: Iterable[str]) -> Graph:
    """Without these frames; what stands in them stays."""
    gone = set(frame_ids)
    return replace(graph, frames={i: f for i, f in graph.frames.items() if i not in gone})


def contents(
    graph: Graph, frame_id: str, sizes: Mapping[str, tuple[float, float]] | None = None
) -> Contents:
    """What moves with a frame. `sizes`: width and height by node id, where they are known."""
    frame, sizes = graph.frames[frame_id], sizes or {}
    nodes = [n.id for n in graph if frame.holds((*n.position, *sizes.get(n.id, NODE_SIZE)))]
    frames = [
        other.id
        for other in graph.frames.values()
        if other.id != frame_id and other.rect != frame.rect and frame.holds(other.rect)
    ]
    return Contents(tuple(nodes), tuple(frames))


# --- bends -----------------------------------------------------------------------------------


def bent(graph: Graph, edge: Edge, points: Iterable[Point]) -> Graph:
    """With a wire that passes these points, in order from its source; none: it runs free.

    Raises GraphError if there is no such wire.
    """
    if edge not in graph.edges:
        raise GraphError(f"There is no wire from {edge.source} to {edge.target} to bend.")
    through = tuple((float(x), float(y)) for x, y in points)
    for point in through:
        _finite("A point of a wire", point)
    bends = {other: kept for other, kept in graph.bends.items() if other != edge}
    if through:
        bends[edge] = through
    return replace(graph, bends=bends)


# --- bookmarks -------------------------------------------------------------------------------


def bookmarked(graph: Graph, number: int, view: View | None) -> Graph:
    """With a bookmark (1 to 9) at a view of this canvas, or without it for None."""
    if number not in range(1, 10):
        raise GraphError(f"Bookmarks have the numbers 1 to 9, not {number}.")
    marks = {n: kept for n, kept in graph.bookmarks.items() if n != number}
    if view is not None:
        _finite("A bookmark", view)
        x, y, scale = view
        marks[number] = (float(x), float(y), float(scale))
    return replace(graph, bookmarks=dict(sorted(marks.items())))


# --- together --------------------------------------------------------------------------------


def shifted(
    graph: Graph, by: Point, node_ids: Iterable[str] = (), frame_ids: Iterable[str] = ()
) -> Graph:
    """With nodes and frames moved by one offset, and the bends of wires between those nodes."""
    dx, dy = by
    moved = set(node_ids)
    graph = graph.move(
        {i: (graph[i].position[0] + dx, graph[i].position[1] + dy) for i in sorted(moved)}
    )
    frames = dict(graph.frames)
    for frame_id in set(frame_ids):
        x, y, width, height = frames[frame_id].rect
        frames[frame_id] = replace(frames[frame_id], rect=(x + dx, y + dy, width, height))
    bends = {
        edge: tuple((x + dx, y + dy) for x, y in points)
        if edge.source in moved and edge.target in moved
        else points
        for edge, points in graph.bends.items()
    }
    return replace(graph, frames=frames, bends=bends)


def _finite(what: str, numbers: Iterable[float]) -> None:
    if not all(math.isfinite(number) for number in numbers):
        raise GraphError(f"{what} needs a place that is a finite number.")

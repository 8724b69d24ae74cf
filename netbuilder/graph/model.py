"""Nodes, edges and graphs as values.

A `Graph` never changes: each edit is a pure method that returns a new graph, in which
untouched nodes are the very same objects. So undo keeps two references, a scene finds
what changed by identity, and a graph can be handed to another thread without a lock.

What a node *is* (its ports, its parameters' types) is declared in ``netbuilder.layers``;
here a kind is only a name, so a kind that is not installed survives opening and saving.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from netbuilder.graph.frame import Frame, Point, View
from netbuilder.graph.names import refusal

#: What a parameter may hold: a number, a truth value, a text (also an expression such as
#: ``=width * 2`` over the parameters of the block around it), nothing, or a list of these.
Value = bool | int | float | str | None | tuple["Value", ...]

BLOCK_PREFIX = "block:"


class GraphError(ValueError):
    """An edit that the graph refuses, as one plain sentence for the person."""


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, (list, tuple)) else value


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Node:
    """One box on the canvas.

    `id` names the node in the file and in the generated code (``conv2d_3``) and never
    changes by itself, so trained weights survive edits. `params` holds only what the
    person set; everything else comes from the declaration's defaults. `share` names
    another node whose weights this one uses. `kind` of an instance of a block is
    ``block:NAME``. A `muted` node passes its first input on instead of computing; a
    `collapsed` one is drawn as its header alone.
    """

    id: str
    kind: str
    params: Mapping[str, Value] = field(default_factory=dict)
    position: tuple[float, float] = (0.0, 0.0)
    title: str = ""
    share: str | None = None
    muted: bool = False
    collapsed: bool = False

    def __post_init__(self) -> None:
        params = {name: _frozen(value) for name, value in self.params.items()}
        object.__setattr__(self, "params", MappingProxyType(params))
        x, y = self.position
        object.__setattr__(self, "position", (float(x), float(y)))

    @property
    def block(self) -> str | None:
        """Name of the block this node is an instance of, or None for a plain layer."""
        return self.kind[len(BLOCK_PREFIX) :] if self.kind.startswith(BLOCK_PREFIX) else None

    @property
    def port(self) -> str:
        """Of an Input or Output inside a block, the port of the block that it stands for."""
        return str(self.params.get("name") or self.id)

    def with_params(self, **params: Value) -> Node:
        """This node with some parameters set."""
        return replace(self, params={**self.params, **params})

    # A mapping proxy can be neither pickled nor hashed, and nodes travel to the engine.
    def __reduce__(self) -> tuple[Any, ...]:
        state = (self.id, self.kind, dict(self.params), self.position, self.title, self.share)
        return (Node, (*state, self.muted, self.collapsed))

    def __hash__(self) -> int:
        return hash((self.id, self.kind, tuple(sorted(self.params)), self.position))


@dataclass(frozen=True, slots=True, order=True)
class Edge:
    """A wire from an output port to an input port."""

    source: str
    source_port: str
    target: str
    target_port: str


#: Found once for each graph, from the names of its nodes and its wires alone.
_OF_WIRES = {"incoming", "outgoing", "_topological", "_digraph"}


@dataclass(frozen=True)
class Graph:
    """Nodes by id, and edges in the order in which they were drawn.

    The order of edges matters where one port takes several wires (Add, Concatenate).
    Frames, bends (points that a wire passes) and bookmarks (1 to 9) change nothing in what
    is computed; ``netbuilder.graph.drawing`` edits them.
    """

    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    frames: Mapping[str, Frame] = field(default_factory=dict)
    bends: Mapping[Edge, tuple[Point, ...]] = field(default_factory=dict)
    bookmarks: Mapping[int, View] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "edges", tuple(self.edges))
        for name in ("nodes", "frames", "bends", "bookmarks"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def __reduce__(self) -> tuple[Any, ...]:
        drawn = (dict(self.frames), dict(self.bends), dict(self.bookmarks))
        return (Graph, (dict(self.nodes), self.edges, *drawn))

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes.values())

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, node_id: str) -> Node:
        return self.nodes[node_id]

    def __contains__(self, node_id: object) -> bool:
        return node_id in self.nodes

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Edge, ...]]:
        """Edges by the node they end at, in drawing order."""
        return self._by(lambda edge: edge.target)

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Edge, ...]]:
        """Edges by the node they start from, in drawing order."""
        return self._by(lambda edge: edge.source)

    def _by(self, key: Callable[[Edge], str]) -> Mapping[str, tuple[Edge, ...]]:
        found: dict[str, list[Edge]] = {node_id: [] for node_id in self.nodes}
        for edge in self.edges:
            found.setdefault(key(edge), []).append(edge)
        return {node_id: tuple(edges) for node_id, edges in found.items()}

    # --- ids -------------------------------------------------------------------------

    def new_id(self, stem: str) -> str:
        """A free id such as ``conv2d_3`` for a node named after `stem`.

        Raises no error: characters that code cannot carry are replaced.
        """
        return free_id(stem, self.nodes)

    # --- pure edits ------------------------------------------------------------------

    def add(self, *nodes: Node) -> Graph:
        """With these nodes added. Raises GraphError if an id is taken or not a name."""
        merged = dict(self.nodes)
        for node in nodes:
            if node.id in merged:
                raise GraphError(f"There is already a node called {node.id}.")
            if (why := refusal(node.id)) is not None:
                raise GraphError(why)
            merged[node.id] = node
        return replace(self, nodes=merged)

    def create(
        self,
        kind: str,
        params: Mapping[str, Value] | None = None,
        position: tuple[float, float] = (0.0, 0.0),
        title: str = "",
    ) -> tuple[Graph, Node]:
        """With a new node of `kind` under a free id; returns the graph and the node."""
        node = Node(self.new_id(kind), kind, params or {}, position, title)
        return self.add(node), node

    def put(self, *nodes: Node) -> Graph:
        """With nodes replaced by new versions of the same ids."""
        merged = dict(self.nodes)
        for node in nodes:
            if node.id not in merged:
                raise GraphError(f"There is no node called {node.id}.")
            merged[node.id] = node
        after = replace(self, nodes=merged)
        # The same names and wires: what was found out about them holds.
        for found in self.__dict__.keys() & _OF_WIRES:
            after.__dict__[found] = self.__dict__[found]
        return after

    def remove(self, node_ids: Iterable[str] = (), edges: Iterable[Edge] = ()) -> Graph:
        """Without these nodes, the wires at them, and these edges.

        Nodes that shared the weights of a removed one go on sharing: the first of them
        gets weights of its own, the others use those.
        """
        gone, cut = set(node_ids), set(edges)

        def stays(edge: Edge) -> bool:
            return edge.source not in gone and edge.target not in gone and edge not in cut

        nodes = {node.id: node for node in self.disinherit(gone) if node.id not in gone}
        kept = tuple(edge for edge in self.edges if stays(edge))
        bends = {edge: points for edge, points in self.bends.items() if stays(edge)}
        return replace(self, nodes=nodes, edges=kept, bends=bends)

    def disinherit(self, node_ids: Iterable[str]) -> Graph:
        """With nobody else sharing the weights of these nodes.

        The first that did gets weights of its own, the others use those.
        """
        gone, heirs = set(node_ids), dict[str, str]()
        changed: list[Node] = []
        for node in self:
            if node.share in gone and node.id not in gone:
                heir = heirs.setdefault(str(node.share), node.id)
                changed.append(replace(node, share=heir if heir != node.id else None))
        return self.put(*changed) if changed else self

    def with_edges(self, edges: Iterable[Edge]) -> Graph:
        """With exactly these wires; bends of others are forgotten."""
        edges = tuple(edges)
        bends = self.bends
        if bends:
            kept = set(edges)
            bends = {edge: points for edge, points in bends.items() if edge in kept}
        return replace(self, edges=edges, bends=bends)

    def connect(self, *edges: Edge, replace_port: bool = False) -> Graph:
        """With these edges; `replace_port` first drops what ended at the same port.

        Raises GraphError for an unknown node, and for an edge that would close a cycle.
        """
        from netbuilder.graph.order import path  # networkx answers questions of order

        graph = self
        for edge in edges:
            for end in (edge.source, edge.target):
                if end not in graph.nodes:
                    raise GraphError(f"There is no node called {end} to connect.")
            kept = graph.edges
            if replace_port:
                there = (edge.target, edge.target_port)
                kept = tuple(e for e in kept if (e.target, e.target_port) != there)
            elif edge in kept:
                continue
            candidate = graph if kept is graph.edges else graph.with_edges(kept)
            loop = path(candidate, edge.target, edge.source)
            if loop:
                way = " → ".join([*loop, edge.target])
                raise GraphError(f"This wire would close a loop: {way}.")
            graph = replace(candidate, edges=(*kept, edge))
        return graph

    def set_param(self, node_id: str, name: str, value: Value) -> Graph:
        """With one parameter of one node set."""
        return self.put(self.nodes[node_id].with_params(**{name: value}))

    def reset_param(self, node_id: str, name: str) -> Graph:
        """With one parameter of one node back at its default."""
        node = self.nodes[node_id]
        return self.put(replace(node, params={k: v for k, v in node.params.items() if k != name}))

    def move(self, positions: Mapping[str, tuple[float, float]]) -> Graph:
        """With nodes at new places, in canvas units (logical pixels at 100 %)."""
        return self.put(*(replace(self.nodes[i], position=p) for i, p in positions.items()))

    def rename(self, old: str, new: str) -> Graph:
        """With a node's id changed everywhere. Raises GraphError if `new` cannot be used."""
        if new == old:
            return self
        if old not in self.nodes:
            raise GraphError(f"There is no node called {old}.")
        if new in self.nodes:
            raise GraphError(f"There is already a node called {new}.")
        if (why := refusal(new)) is not None:
            raise GraphError(why)

        def named(node_id: str) -> str:
            return new if node_id == old else node_id

        nodes = {
            named(n.id): replace(n, id=named(n.id), share=named(n.share) if n.share else None)
            if old in (n.id, n.share)
            else n
            for n in self
        }

        def moved(e: Edge) -> Edge:
            if old not in (e.source, e.target):
                return e
            return Edge(named(e.source), e.source_port, named(e.target), e.target_port)

        edges = tuple(moved(edge) for edge in self.edges)
        bends = {moved(edge): points for edge, points in self.bends.items()}
        return replace(self, nodes=nodes, edges=edges, bends=bends)

    def part(self, node_ids: Iterable[str], frames: Iterable[str] = ()) -> Graph:
        """Only these nodes, the wires between them and these frames (what copying takes)."""
        kept, framed = set(node_ids), set(frames)

        def inside(edge: Edge) -> bool:
            return edge.source in kept and edge.target in kept

        return Graph(
            {node.id: node for node in self if node.id in kept},
            tuple(edge for edge in self.edges if inside(edge)),
            {frame_id: frame for frame_id, frame in self.frames.items() if frame_id in framed},
            {edge: points for edge, points in self.bends.items() if inside(edge)},
        )

    def merge(self, other: Graph, offset: Point = (0.0, 0.0)) -> tuple[Graph, dict[str, str]]:
        """With another graph's nodes and frames added under free ids (what pasting does).

        Returns the graph and the new id of each old node. Weights shared with a node
        outside `other` stay shared if that node exists here.
        """
        dx, dy = offset
        merged, names = dict(self.nodes), dict[str, str]()
        first: dict[str, int] = {}  # by stem: lower numbers are taken, and stay so
        for node in other:
            new = node.id
            if new in merged:
                stem = re.sub(r"_\d+\Z", "", new)
                new = free_id(stem, merged, first.get(stem, 1))
                first[stem] = int(new.rpartition("_")[2]) + 1
            names[node.id] = new
            place = (node.position[0] + dx, node.position[1] + dy)
            merged[new] = replace(node, id=new, position=place)
        for node in other:
            if node.share is not None:
                share = names.get(node.share, node.share if node.share in self.nodes else None)
                merged[names[node.id]] = replace(merged[names[node.id]], share=share)

        def moved(e: Edge) -> Edge:
            return Edge(names[e.source], e.source_port, names[e.target], e.target_port)

        frames, bends = dict(self.frames), dict(self.bends)
        for frame in other.frames.values():
            new = frame.id if frame.id not in frames else free_id("frame", frames)
            x, y, width, height = frame.rect
            frames[new] = replace(frame, id=new, rect=(x + dx, y + dy, width, height))
        for edge, points in other.bends.items():
            bends[moved(edge)] = tuple((x + dx, y + dy) for x, y in points)
        edges = (*self.edges, *(moved(edge) for edge in other.edges))
        return Graph(merged, edges, frames, bends, self.bookmarks), names


def free_id(stem: str, taken: Container[str], number: int = 1) -> str:
    """A free id such as ``conv2d_3`` for a node named after `stem`, from `number` on.

    Raises no error: characters that code cannot carry are replaced.
    """
    stem = re.sub(r"[^a-z0-9_]+", "_", stem.lower().removeprefix(BLOCK_PREFIX)).strip("_")
    stem = stem[:60].rstrip("_")
    if refusal(f"{stem}_1") is not None:
        stem = f"n_{stem}".strip("_")
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"

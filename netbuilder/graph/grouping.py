"""Nodes become a block, and wires that crossed its border become ports.

What may be in a block depends on what a node is: see ``netbuilder.layers.blocks``, which
people's edits go through. Here is what follows from the graph alone. The nodes keep their
ids and places, so that `netbuilder.graph.ungrouping` finds everything as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from netbuilder.graph.expression import names_in
from netbuilder.graph.frame import Point
from netbuilder.graph.instances import free_block_name
from netbuilder.graph.model import BLOCK_PREFIX, Edge, Graph, GraphError, Node, Value, free_id
from netbuilder.graph.names import block_refusal
from netbuilder.graph.order import ancestors, descendants
from netbuilder.graph.project import Block, BlockParam, Project

_GRID = 8.0
#: Between ports and the nodes they feed, and between one port and the next.
COLUMN, ROW = 172.0, 96.0
#: A value, or a place for one: node and port.
End = tuple[str, str]


@dataclass(frozen=True)
class OpenEnds:
    """Ports that are to be ports of the block though no wire crosses its border there."""

    entering: tuple[End, ...] = ()
    leaving: tuple[End, ...] = ()


def grouped(
    project: Project,
    place: tuple[str, ...],
    node_ids: Iterable[str],
    name: str = "",
    frame_ids: Iterable[str] = (),
    ends: OpenEnds | None = None,
    learns: Callable[[Node], bool] = lambda node: True,
) -> tuple[Project, str]:
    """With these nodes and frames as a block of their own, and an instance in their place.

    Returns the project and the instance's id. One value that feeds several of the nodes is
    one port, and so is one that several outside take. Ports stand in the order of their
    sources, from top to bottom, then left to right. An optimiser that updated the nodes
    updates the instance; `learns` says which have weights at all. Without a name the block
    gets a free one. Raises GraphError.
    """
    graph, wanted = project.graph_at(place), set(node_ids)
    chosen = {node.id: node for node in graph if node.id in wanted}
    name = name.strip() or free_block_name(project, "Block")
    _refuse(project, place, graph, chosen, name, learns)
    instance = free_id(name, graph.nodes)
    split = _Split(graph, chosen, instance, ends or OpenEnds())
    params = _params(project, place, chosen)
    framed = set(frame_ids) & graph.frames.keys()
    inner = Graph(
        {**chosen, **split.ports},
        tuple(split.inner),
        {i: frame for i, frame in graph.frames.items() if i in framed},
        split.inner_bends,
    )
    values: dict[str, Value] = {p.name: f"={p.name}" for p in params}
    node = Node(instance, BLOCK_PREFIX + name, values, middle(chosen.values()))
    first, nodes = next(iter(chosen)), dict[str, Node]()
    for node_id, other in graph.nodes.items():
        if node_id == first:
            nodes[instance] = node
        if node_id not in chosen:
            nodes[node_id] = other
    frames = {i: frame for i, frame in graph.frames.items() if i not in framed}
    outer = replace(
        graph, nodes=nodes, edges=tuple(split.outer), frames=frames, bends=split.outer_bends
    )
    project = project.with_block(Block(name, inner, params)).with_graph(outer, place)
    if not place:
        # A node without weights that an optimiser names does not hand it those of the others.
        gone = {i: (instance,) if learns(node) else () for i, node in chosen.items()}
        project = project.with_ids(lambda i: gone.get(i, (i,)))
    return project, instance


def middle(nodes: Collection[Node]) -> Point:
    """Where an instance of these nodes stands: in their middle, on the grid."""
    found = []
    for axis in (0, 1):
        places = [node.position[axis] for node in nodes] or [0.0]
        found.append((min(places) + max(places)) / 2 // _GRID * _GRID)
    return found[0], found[1]


def _refuse(
    project: Project,
    place: tuple[str, ...],
    graph: Graph,
    chosen: Mapping[str, Node],
    name: str,
    learns: Callable[[Node], bool],
) -> None:
    """Raise GraphError with one sentence if these nodes cannot be a block of that name."""
    if not chosen:
        raise GraphError("Choose the nodes that are to become a block first.")
    if (why := block_refusal(name)) is not None:
        raise GraphError(why)
    if name in project.blocks:
        raise GraphError(f"There is already a block called {name}.")
    between = (descendants(graph, chosen) & ancestors(graph, chosen)) - chosen.keys()
    if between:
        one = next(node_id for node_id in graph.nodes if node_id in between)
        raise GraphError(f"{one} lies between these nodes: choose it too, or choose fewer.")
    for node in graph:
        if node.share in graph and (node.id in chosen) != (node.share in chosen):
            raise GraphError(f"{node.id} shares the weights of {node.share}: choose both or none.")
    for optimiser in project.training.optimisers if not place else ():
        for loss in optimiser.losses or ():
            if loss in chosen:
                raise GraphError(f"The optimiser {optimiser.name} minimises {loss}: leave it out.")
        able = [i for i, node in chosen.items() if learns(node)]
        named = set(optimiser.updates or ()).intersection(able)
        left = [i for i in able if named and i not in named]
        if left:
            raise GraphError(
                f"The optimiser {optimiser.name} updates {min(named)} but not {left[0]}, so both "
                "cannot be in one block: choose fewer."
            )


def _params(
    project: Project, place: tuple[str, ...], chosen: Mapping[str, Node]
) -> tuple[BlockParam, ...]:
    """Parameters of the block around that these nodes use, to be handed on to the new one."""
    if not place:
        return ()
    used = set[str]().union(*(names_in(v) for n in chosen.values() for v in n.params.values()))
    return tuple(p for p in project.blocks[place[-1]].params if p.name in used)


class _Split:
    """Wires of a graph divided in those inside the block and those around its instance."""

    def __init__(
        self, graph: Graph, chosen: Mapping[str, Node], instance: str, ends: OpenEnds
    ) -> None:
        self.graph, self.chosen, self.instance = graph, chosen, instance
        self.ports: dict[str, Node] = {}
        self.inner: list[Edge] = []
        self.inner_bends: dict[Edge, tuple[Point, ...]] = {}
        self.outer_bends: dict[Edge, tuple[Point, ...]] = {}
        into = [e for e in graph.edges if e.target in chosen and e.source not in chosen]
        outof = [e for e in graph.edges if e.source in chosen and e.target not in chosen]
        entering = _in_order(graph, ((e.source, e.source_port) for e in into))
        leaving = _in_order(graph, ((e.source, e.source_port) for e in outof))
        fed = {end: next(e for e in into if (e.source, e.source_port) == end) for end in entering}
        # A data set's field has a name that says more than the port it arrives at.
        told = {end: end[1] if end[1] != "y" else fed[end].target_port for end in entering}
        xs = [node.position[0] for node in chosen.values()]
        self._inputs = self._made(
            "input", told, min(xs) - COLUMN, [fed[end].target for end in entering]
        )
        self._outputs = self._made(
            "output", {end: end[1] for end in leaving}, max(xs) + COLUMN, [i for i, _ in leaving]
        )
        self.outer = list(dict.fromkeys(self._divided()))
        for node_id, port in ends.entering:
            made = self._made("input", {("", port): port}, min(xs) - COLUMN, [node_id])
            self.inner.append(Edge(made["", port][0], "y", node_id, port))
        for end in ends.leaving:
            made = self._made("output", {end: end[1]}, max(xs) + COLUMN, [end[0]])
            self.inner.append(Edge(*end, made[end][0], "x"))

    def _made(
        self, kind: str, names: Mapping[End, str], x: float, beside: list[str]
    ) -> dict[End, tuple[str, str]]:
        """A port of the block for each value; its node and its name."""
        mine = [node for node in self.ports.values() if node.kind == kind]
        taken = {str(node.params["name"]) for node in mine}
        y = max((node.position[1] for node in mine), default=-float("inf")) + ROW
        found = {}
        for (end, wish), node_id in zip(names.items(), beside, strict=True):
            name, number = wish, 1
            while name in taken:
                number += 1
                name = f"{wish}{number}"
            taken.add(name)
            port_id = free_id(kind, {*self.chosen, *self.ports})
            y = max(y, self.chosen[node_id].position[1])
            self.ports[port_id] = Node(port_id, kind, {"name": name}, (x, y))
            found[end] = (port_id, name)
            y += ROW
        return found

    def _divided(self) -> Iterable[Edge]:
        """Fills what is inside; yields the wires around, some of them several times."""
        ended = set[End]()
        for edge in self.graph.edges:
            end, points = (edge.source, edge.source_port), self.graph.bends.get(edge)
            inside = outside = None
            if edge.source in self.chosen and edge.target in self.chosen:
                inside = edge
            elif edge.target in self.chosen:
                port_id, name = self._inputs[end]
                inside = Edge(port_id, "y", edge.target, edge.target_port)
                yield Edge(*end, self.instance, name)
            elif edge.source in self.chosen:
                port_id, name = self._outputs[end]
                if end not in ended:
                    ended.add(end)
                    self.inner.append(Edge(*end, port_id, "x"))
                outside = Edge(self.instance, name, edge.target, edge.target_port)
            else:
                outside = edge
            if inside is not None:
                self.inner.append(inside)
                if points:
                    self.inner_bends[inside] = points
            if outside is not None:
                if points:
                    self.outer_bends[outside] = points
                yield outside


def _in_order(graph: Graph, ends: Iterable[End]) -> list[End]:
    """Each value once, by the place of its node: top to bottom, then left to right."""
    return sorted(dict.fromkeys(ends), key=lambda end: graph[end[0]].position[::-1])

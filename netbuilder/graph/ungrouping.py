"""A block's instance becomes the nodes inside it again, once for each repetition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from netbuilder.graph.expression import evaluate, is_expression, substituted
from netbuilder.graph.frame import Frame, Point
from netbuilder.graph.grouping import COLUMN, middle
from netbuilder.graph.instances import instances
from netbuilder.graph.model import Edge, Graph, GraphError, Node, Value, free_id
from netbuilder.graph.project import Block, Project

MOST_NODES = 20_000
_PORTS = ("input", "output")


@dataclass(frozen=True)
class _Value:
    """Where a value comes from, and the bends of the wire that brings it so far."""

    node: str
    port: str
    bends: tuple[Point, ...] = ()


def ungrouped(
    project: Project,
    place: tuple[str, ...],
    instance_id: str,
    keep: bool = False,
    learns: Callable[[Node], bool] = lambda node: True,
) -> tuple[Project, tuple[str, ...]]:
    """With an instance replaced by what is inside its block; returns the nodes' ids too.

    The nodes have their own ids where those are free, and the instance's values in place
    of the block's parameters. Wires at each port keep their order. A block that no
    instance is left of goes too, unless `keep` says otherwise. Raises GraphError.
    """
    graph = project.graph_at(place)
    node = graph[instance_id]
    block = project.blocks.get(node.block or "")
    if block is None:
        raise GraphError(f"{instance_id} is not a block that could be taken apart.")
    repeat = _repeat(graph, node, block)
    opened = _Opened(graph, node, block, repeat)
    nodes: dict[str, Node] = {}
    for node_id, other in graph.nodes.items():
        if node_id == instance_id:
            nodes |= opened.nodes
        else:
            nodes[node_id] = other
    outer = replace(
        graph,
        nodes=nodes,
        edges=opened.edges,
        frames={**graph.frames, **opened.frames},
        bends=opened.bends,
    )
    _refuse_twice(outer)
    project = project.with_graph(outer, place)
    if not place:
        inside = tuple(n.id for n in opened.nodes.values() if learns(n))
        project = project.with_ids(lambda i: inside if i == instance_id else (i,))
    if not keep and not instances(project, block.name):
        project = project.without_block(block.name)
    return project, tuple(opened.nodes)


def _repeat(graph: Graph, node: Node, block: Block) -> int:
    """How often the block is laid out. Raises GraphError if it cannot be taken apart."""
    if node.muted:
        raise GraphError(f"{node.id} is muted: let it compute before taking it apart.")
    sharing = next((n.id for n in graph if n.share == node.id), None)
    if node.share is not None or sharing is not None:
        one, other = (node.id, node.share) if node.share else (sharing, node.id)
        raise GraphError(f"{one} shares the weights of {other}: give it its own weights first.")
    repeat = node.params.get("repeat", 1)
    if isinstance(repeat, str) and is_expression(repeat):
        try:
            repeat = evaluate(repeat, {})
        except GraphError:
            raise GraphError(f"{node.id} repeats {repeat} times: set a number first.") from None
    if isinstance(repeat, bool) or not isinstance(repeat, int | float) or repeat < 1:
        raise GraphError(f"{node.id} repeats {repeat!r} times: set a number first.")
    if repeat * len(block.graph) > MOST_NODES:
        raise GraphError(f"Taken apart, {node.id} would be more than {MOST_NODES:,} nodes.")
    return int(repeat)


def _refuse_twice(graph: Graph) -> None:
    """One value cannot reach one port by two wires, though it can through two ports."""
    if len(set(graph.edges)) == len(graph.edges):
        return
    seen = set[Edge]()
    for edge in graph.edges:
        if edge in seen:
            raise GraphError(
                f"{edge.target} takes {edge.source_port} of {edge.source} twice, by two ports of "
                "the block; outside only one wire can bring it."
            )
        seen.add(edge)


class _Opened:
    """What stands in place of the instance, and all wires of the graph around it."""

    def __init__(self, graph: Graph, node: Node, block: Block, repeat: int) -> None:
        self.graph, self.node, self.inner = graph, node, block.graph
        self.nodes: dict[str, Node] = {}
        self.frames: dict[str, Frame] = {}
        self.bends = {
            edge: points
            for edge, points in graph.bends.items()
            if node.id not in (edge.source, edge.target)
        }
        self._scope: dict[str, Value] = {
            p.name: node.params.get(p.name, p.default) for p in block.params
        }
        arriving: dict[str, list[_Value]] = {name: [] for name in block.ports("input")}
        for edge in graph.incoming[node.id]:
            if edge.target_port in arriving:
                points = graph.bends.get(edge, ())
                arriving[edge.target_port].append(_Value(edge.source, edge.source_port, points))
        run: list[Edge] = []
        leaving: dict[str, list[_Value]] = {}
        for number in range(repeat):
            leaving = self._copy(number, arriving, run)
            values = [leaving.get(name, []) for name in block.ports("output")]
            arriving = arriving | dict(zip(arriving, values, strict=False))
        self.edges = tuple(self._placed(run, leaving))

    def _copy(
        self, number: int, arriving: dict[str, list[_Value]], run: list[Edge]
    ) -> dict[str, list[_Value]]:
        """One repetition: adds its nodes and wires, returns what leaves it by port."""
        inside = [node for node in self.inner if node.kind not in _PORTS]
        ports = {n.id: n.port for n in self.inner if n.kind in _PORTS}
        x, y = middle(inside)
        xs = [node.position[0] for node in inside] or [0.0]
        step = number * (max(xs) - min(xs) + COLUMN)
        offset = (self.node.position[0] - x + step, self.node.position[1] - y)
        names = self._added(inside, number, offset)
        leaving: dict[str, list[_Value]] = {}
        for edge in self.inner.edges:
            bends = _moved(self.inner.bends.get(edge, ()), offset)
            if edge.source in ports:
                values = arriving.get(ports[edge.source], [])
            else:
                values = [_Value(names[edge.source], edge.source_port)]
            for value in values:
                points = (*value.bends, *bends)
                if edge.target in ports:
                    passed = _Value(value.node, value.port, points)
                    leaving.setdefault(ports[edge.target], []).append(passed)
                    continue
                wire = Edge(value.node, value.port, names[edge.target], edge.target_port)
                run.append(wire)
                if points:
                    self.bends[wire] = points
        return leaving

    def _added(self, inside: list[Node], number: int, offset: Point) -> dict[str, str]:
        """Add the nodes and frames of one repetition; returns the new id of each node."""
        taken = (self.graph.nodes.keys() - {self.node.id}) | self.nodes.keys()
        names: dict[str, str] = {}
        for node in inside:
            free = node.id not in taken and not number
            names[node.id] = node.id if free else free_id(re.sub(r"_\d+\Z", "", node.id), taken)
            taken.add(names[node.id])
        for node in inside:
            (place,) = _moved([node.position], offset)
            self.nodes[names[node.id]] = replace(
                node,
                id=names[node.id],
                params={n: substituted(v, self._scope) for n, v in node.params.items()},
                position=place,
                share=names.get(node.share or ""),
            )
        for frame in self.inner.frames.values():
            known = {*self.graph.frames, *self.frames}
            frame_id = frame.id if frame.id not in known else free_id("frame", known)
            (place,) = _moved([frame.rect[:2]], offset)
            self.frames[frame_id] = replace(frame, id=frame_id, rect=(*place, *frame.rect[2:]))
        return names

    def _placed(self, run: list[Edge], leaving: dict[str, list[_Value]]) -> Iterator[Edge]:
        """All wires: those inside where the first wire of the instance was."""
        mine = self.node.id
        for edge in self.graph.edges:
            if mine not in (edge.source, edge.target):
                yield edge
                continue
            yield from run
            run.clear()
            for value in leaving.get(edge.source_port, ()) if edge.source == mine else ():
                wire = Edge(value.node, value.port, edge.target, edge.target_port)
                points = (*value.bends, *self.graph.bends.get(edge, ()))
                if points:
                    self.bends[wire] = points
                yield wire
        yield from run


def _moved(points: Iterable[Point], offset: Point) -> tuple[Point, ...]:
    dx, dy = offset
    return tuple((x + dx, y + dy) for x, y in points)

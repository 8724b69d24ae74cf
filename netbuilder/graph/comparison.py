"""Two projects beside each other, for a person: which nodes, wires and settings differ.

`difference` tells a journal how to get from one to the other; this tells what is meant by it.
Places on the canvas, bends and frames change nothing in what is computed and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from netbuilder.graph.model import Edge, Graph, Node
from netbuilder.graph.project import Project, Training
from netbuilder.graph.raw import raw_training

What = Literal["added", "removed", "changed"]
Place = tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """One setting that differs; None on the side that does not have it."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class NodeChange:
    """A node that one project has and the other has not, or has otherwise.

    place: the block it lies in, () for the top graph.
    """

    place: Place
    id: str
    what: What
    kind: str
    values: tuple[Value, ...] = ()


@dataclass(frozen=True)
class WireChange:
    """A wire that one project has and the other has not."""

    place: Place
    edge: Edge
    what: What


@dataclass(frozen=True)
class Comparison:
    """Everything in which `after` differs from `before`."""

    nodes: tuple[NodeChange, ...] = ()
    wires: tuple[WireChange, ...] = ()
    training: tuple[Value, ...] = ()

    @property
    def same(self) -> bool:
        """Whether both compute and train the same."""
        return not (self.nodes or self.wires or self.training)

    def marks(self, place: Place = ()) -> Mapping[str, What]:
        """By node id at a place, what became of it; a block with a change inside is changed."""
        found: dict[str, What] = {}
        for change in self.nodes:
            if change.place == place:
                found[change.id] = change.what
        return found

    def rows(self) -> list[tuple[str, str, str, str]]:
        """(where, what, before, after) for each difference, settings of training first."""
        found = [("training", v.name, text(v.before), text(v.after)) for v in self.training]
        for node in self.nodes:
            where = " / ".join((*node.place, node.id))
            if node.what != "changed":
                before, after = ("–", node.kind) if node.what == "added" else (node.kind, "–")
                found.append((where, f"node {node.what}", before, after))
            found += [(where, v.name, text(v.before), text(v.after)) for v in node.values]
        for wire in self.wires:
            edge = wire.edge
            way = f"{edge.source}.{edge.source_port} → {edge.target}.{edge.target_port}"
            where = " / ".join(wire.place) or "graph"
            pair = ("–", way) if wire.what == "added" else (way, "–")
            found.append((where, f"wire {wire.what}", *pair))
        return found


def compare(before: Project, after: Project) -> Comparison:
    """What differs between two projects."""
    nodes, wires = list[NodeChange](), list[WireChange]()
    for place, old, new in _graphs(before, after):
        nodes += _nodes(place, old, new)
        gone, come = set(old.edges) - set(new.edges), set(new.edges) - set(old.edges)
        wires += [WireChange(place, e, "removed") for e in old.edges if e in gone]
        wires += [WireChange(place, e, "added") for e in new.edges if e in come]
    training = _values(settings_by_name(before.training), settings_by_name(after.training))
    return Comparison(tuple(nodes), tuple(wires), tuple(training))


def united(before: Graph, after: Graph) -> Graph:
    """A graph to draw both in: all of `after`, and what only `before` has, where it lay."""
    nodes = {**after.nodes, **{n.id: n for n in before if n.id not in after}}
    edges = dict.fromkeys((*after.edges, *before.edges))
    return Graph(nodes, tuple(edges))


def text(value: Any) -> str:
    """A value as a person reads it; – where there is none."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (list, tuple)):
        return ", ".join(text(v) for v in value) or "none"
    return str(value) if value != "" else "none"


def _graphs(before: Project, after: Project) -> Iterator[tuple[Place, Graph, Graph]]:
    yield (), before.graph, after.graph
    for name in dict.fromkeys((*before.blocks, *after.blocks)):
        old, new = before.blocks.get(name), after.blocks.get(name)
        yield (name,), old.graph if old else Graph(), new.graph if new else Graph()


def _nodes(place: Place, old: Graph, new: Graph) -> Iterator[NodeChange]:
    for node_id in dict.fromkeys((*old.nodes, *new.nodes)):
        was, now = old.nodes.get(node_id), new.nodes.get(node_id)
        if was is None:
            assert now is not None
            yield NodeChange(place, node_id, "added", now.kind)
        elif now is None:
            yield NodeChange(place, node_id, "removed", was.kind)
        elif was is not now and (values := tuple(_values(_facts(was), _facts(now)))):
            yield NodeChange(place, node_id, "changed", now.kind, values)


def _facts(node: Node) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": node.kind, **node.params}
    if node.share is not None:
        facts["weights of"] = node.share
    if node.muted:
        facts["muted"] = True
    return facts


def settings_by_name(training: Training) -> dict[str, Any]:
    """Settings of a training by their full name: ``epochs``, ``main.lr``."""
    found: dict[str, Any] = {}
    for name, value in raw_training(training).items():
        if name == "optimisers":
            for optimiser in value:
                stem = optimiser["name"]
                found.update(_named({k: v for k, v in optimiser.items() if k != "name"}, stem))
        else:
            found.update(_named({name: value}, ""))
    return found


def _named(raw: Mapping[str, Any], stem: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in raw.items():
        full = stem if name == "settings" else f"{stem}.{name}" if stem else name
        if isinstance(value, Mapping):
            found.update(_named(value, full))
        else:
            found[full] = value
    return found


def _values(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Value]:
    for name in dict.fromkeys((*old, *new)):
        was, now = old.get(name), new.get(name)
        if repr(was) != repr(now):
            yield Value(name, was, now)

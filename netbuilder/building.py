"""Graphs in a few lines of Python.

>>> net = Network("spirals_mlp")
>>> data = net.spirals()
>>> x = net.relu(net.linear(data.point, out_features=32))
>>> logits = net.linear(x, out_features=2)
>>> _ = net.output(logits), net.cross_entropy(logits, data.label)
>>> project = net.project(epochs=20)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Any

from netbuilder.graph import (
    BLOCK_PREFIX,
    Block,
    BlockParam,
    Edge,
    Graph,
    GraphError,
    Node,
    Project,
    Training,
    Value,
)
from netbuilder.graph.arrange import Box, layered
from netbuilder.layers import REGISTRY, ports


@dataclass(frozen=True)
class Output:
    """An output port of a node just placed; other ports by name, such as ``data.label``."""

    node: str
    port: str
    ports: tuple[str, ...]

    def __getattr__(self, name: str) -> Output:
        if name in self.ports:
            return replace(self, port=name)
        raise AttributeError(f"{self.node} has no output {name}; it has {', '.join(self.ports)}")


class Network:
    """Collects nodes and wires; every kind of the registry is a method.

    ``net.conv2d(x, out_channels=16)`` places a node, wires `x` to its first input and
    returns its output; ``mask=m`` wires by name. `id` names the node, `share` uses another
    node's weights.
    """

    def __init__(self, name: str = "untitled", around: Network | None = None) -> None:
        self.name = name
        self.graph = Graph()
        self.blocks: dict[str, Block] = around.blocks if around else {}

    def __getattr__(self, kind: str) -> Callable[..., Output]:
        if kind in self.__dict__.get("blocks", {}):  # also one called like a kind
            return partial(self.place, BLOCK_PREFIX + kind)
        if kind in REGISTRY:
            return partial(self.place, kind)
        raise AttributeError(f"there is no kind of node called {kind}")

    def place(
        self,
        kind: str,
        *inputs: Output,
        id: str = "",
        title: str = "",
        share: str | None = None,
        **params: Value | Output,
    ) -> Output:
        """Place a node of `kind`; inputs go to its ports in order, or by name as keywords.

        Raises GraphError if there are more inputs than ports, or no port of a name.
        """
        stem = kind.removeprefix(BLOCK_PREFIX)
        named = {port: value for port, value in params.items() if isinstance(value, Output)}
        values = {name: v for name, v in params.items() if not isinstance(v, Output)}
        node = Node(id or self.graph.new_id(stem), kind, values, title=title, share=share)
        graph = self.graph.add(node)
        entering, leaving = ports(node, graph, self.blocks)
        names = [port.name for port in entering]
        if entering and entering[-1].many:
            names += [entering[-1].name] * len(inputs)
        if len(inputs) > len(names):
            raise GraphError(f"{kind} has {len(names)} inputs, not {len(inputs)}.")
        if unknown := sorted(set(named) - set(names)):
            raise GraphError(f"{kind} has no input {unknown[0]}.")
        for value, port in [*zip(inputs, names, strict=False), *((v, p) for p, v in named.items())]:
            graph = graph.connect(Edge(value.node, value.port, node.id, port))
        self.graph = graph
        return Output(node.id, leaving[0] if leaving else "", leaving)

    @contextmanager
    def block(self, name: str, **params: Value) -> Iterator[Network]:
        """Define a block: place `input` and `output` nodes in what this yields."""
        inner = Network(name, around=self)
        yield inner
        graph = arranged(inner.graph, self.blocks, block=True)
        self.blocks[name] = Block(name, graph, tuple(BlockParam(n, v) for n, v in params.items()))

    def project(self, *, notes: str = "", **training: Any) -> Project:
        """The project, laid out; keywords are those of `Training`."""
        graph = arranged(self.graph, self.blocks)
        return Project(self.name, graph, self.blocks, Training(**training), notes)


def arranged(graph: Graph, blocks: Mapping[str, Block] | None = None, block: bool = False) -> Graph:
    """The graph with every node in its place, with room for what a canvas shows on it.

    block: the graph is that of a block.
    """
    return graph.move(layered(graph, boxes_of(graph, blocks or {}), block))


def boxes_of(graph: Graph, blocks: Mapping[str, Block]) -> dict[str, Box]:
    """About the size that a canvas will give each node: texts are not measured here."""
    return {node.id: _box(node, graph, blocks) for node in graph}


def _box(node: Node, graph: Graph, blocks: Mapping[str, Block]) -> Box:
    takes, gives = ports(node, graph, blocks)
    rows = max(1, len(takes), len(gives))
    plain = REGISTRY.get(node.kind)
    title = node.title or node.block or (plain.title if plain else node.kind)
    marks = 24 * (node.share is not None) + 32 * (node.params.get("repeat", 1) != 1)
    needed = 43 + 7.0 * len(title) + marks
    picture = {"data": 68, "loss": 0, "metric": 0, "output": 0}.get(plain.role if plain else "", 48)
    return Box(
        width=min(232.0, 140.0 + 8 * max(0, ceil((needed - 140) / 8))),
        height=52.0 + 20 * rows + picture,
        inputs={port.name: 38.0 + 20 * i for i, port in enumerate(takes)},
        outputs={name: 38.0 + 20 * i for i, name in enumerate(gives)},
    )

"""A project: the graph, its blocks, and how it is trained. One value, one file.

`Project` is what a document holds, what undo swaps and what the engine receives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType
from typing import Any

from netbuilder.graph.model import BLOCK_PREFIX, Edge, Graph, GraphError, Node, Value
from netbuilder.graph.names import block_refusal, param_refusal
from netbuilder.graph.search import Search


@dataclass(frozen=True, slots=True)
class BlockParam:
    """A parameter of a block: a number that its nodes may use as ``=name``."""

    name: str
    default: Value = 1
    help: str = ""


@dataclass(frozen=True)
class Block:
    """A named part that can be placed many times; in code, a class.

    Its ports are the `input` and `output` nodes of its graph, named by their `name`
    parameter and ordered by their place from top to bottom, then left to right.
    """

    name: str
    graph: Graph = field(default_factory=Graph)
    params: tuple[BlockParam, ...] = ()

    def ports(self, kind: str) -> tuple[str, ...]:
        """Names of the ports of `kind` ("input" or "output") in drawing order."""
        nodes = [node for node in self.graph if node.kind == kind]
        nodes.sort(key=lambda node: (node.position[1], node.position[0]))
        return tuple(node.port for node in nodes)

    # Only the value travels, not what was remembered with it.
    def __reduce__(self) -> tuple[Any, ...]:
        return (Block, (self.name, self.graph, self.params))


@dataclass(frozen=True)
class Schedule:
    """How a learning rate moves, such as ``Schedule("cosine", {"warmup": 100})``."""

    name: str = "constant"
    settings: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Schedule, (self.name, dict(self.settings)))


@dataclass(frozen=True)
class WeightGroup:
    """Weights of some nodes or block instances that are trained in another way than the rest.

    settings: such as ``{"frozen": True}`` or ``{"rate": 0.1}``, a factor of the learning rate.
    """

    nodes: tuple[str, ...]
    settings: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))

    def __reduce__(self) -> tuple[Any, ...]:
        return (WeightGroup, (self.nodes, dict(self.settings)))


@dataclass(frozen=True)
class Optimiser:
    """One optimiser: what it minimises and what it may change.

    losses: ids of loss nodes whose weighted sum is its objective (None: all of them).
    updates: ids of nodes or block instances whose weights it owns (None: all of them).
    every, steps: it runs on every `every`-th iteration, `steps` times.
    settings: of the algorithm, such as ``{"lr": 1e-3, "weight_decay": 0.01}``.
    groups: nodes with settings of their own; of two that name a node the later counts.
    """

    name: str = "main"
    algorithm: str = "adam"
    settings: Mapping[str, Value] = field(default_factory=lambda: {"lr": 1e-3})
    losses: tuple[str, ...] | None = None
    updates: tuple[str, ...] | None = None
    every: int = 1
    steps: int = 1
    schedule: Schedule = Schedule()
    groups: tuple[WeightGroup, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))

    def __reduce__(self) -> tuple[Any, ...]:
        state = (self.name, self.algorithm, dict(self.settings), self.losses, self.updates)
        return (Optimiser, (*state, self.every, self.steps, self.schedule, self.groups))

    def weights_of(self, node: str) -> Mapping[str, Value]:
        """Settings of its own that a node's weights have; {} if none."""
        own = [group.settings for group in self.groups if node in group.nodes]
        return own[-1] if own else {}

    def with_weights_of(self, node: str, settings: Mapping[str, Value]) -> Optimiser:
        """With settings of a node's weights replaced; nodes of equal settings share a group."""
        rest = [
            replace(group, nodes=nodes)
            for group in self.groups
            if (nodes := tuple(i for i in group.nodes if i != node))
        ]
        if not settings:
            return replace(self, groups=tuple(rest))
        for place, group in enumerate(rest):
            if group.settings == settings:
                rest[place] = replace(group, nodes=(*group.nodes, node))
                return replace(self, groups=tuple(rest))
        return replace(self, groups=(*rest, WeightGroup((node,), settings)))


@dataclass(frozen=True)
class Training:
    """How a project is trained. Fractions are of the rows of the data set.

    split, split_by, folds, fold, resample: how rows come into the parts, see
    `netbuilder.data.division.divided`.
    weights: path of a safetensors file whose weights a run begins with, where name and shape
    are the same; "" for fresh ones.
    settings: of its declared parts, such as ``{"early_stopping": {"patience": 5}}``; what is
    not there is at its default (``netbuilder.training.parts``).
    """

    epochs: int = 10
    batch_size: int = 64
    seed: int = 0
    device: str = "auto"
    validation: float = 0.2
    test: float = 0.2
    optimisers: tuple[Optimiser, ...] = (Optimiser(),)
    weights: str = ""
    split: str = "stratified"
    split_by: str = ""
    folds: int = 0
    fold: int = 0
    resample: int = 0
    settings: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parts = {part: MappingProxyType(dict(v)) for part, v in self.settings.items() if v}
        object.__setattr__(self, "settings", MappingProxyType(parts))

    def __reduce__(self) -> tuple[Any, ...]:
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        values["settings"] = {part: dict(v) for part, v in self.settings.items()}
        return (_training, (values,))

    def with_part(self, part: str, **values: Value) -> Training:
        """With settings of one part changed; None takes one away."""
        after = {
            k: v for k, v in {**self.settings.get(part, {}), **values}.items() if v is not None
        }
        return replace(self, settings={**self.settings, part: after})


def _training(values: Mapping[str, Any]) -> Training:
    return Training(**values)


@dataclass(frozen=True)
class Project:
    """Everything a `.netbuilder` file holds."""

    name: str = "untitled"
    graph: Graph = field(default_factory=Graph)
    blocks: Mapping[str, Block] = field(default_factory=dict)
    training: Training = field(default_factory=Training)
    notes: str = ""
    search: Search = field(default_factory=Search)

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocks", MappingProxyType(dict(self.blocks)))

    def __reduce__(self) -> tuple[Any, ...]:
        state = (self.name, self.graph, dict(self.blocks), self.training, self.notes, self.search)
        return (Project, state)

    @property
    def frozen(self) -> frozenset[str]:
        """Nodes of the top graph whose weights an optimiser leaves as they are."""
        return frozenset(
            node
            for optimiser in self.training.optimisers
            for group in optimiser.groups
            if group.settings.get("frozen")
            for node in group.nodes
        )

    # --- pure edits --------------------------------------------------------------------

    def graph_at(self, place: tuple[str, ...] = ()) -> Graph:
        """The top graph, or that of the last block named in `place`."""
        return self.blocks[place[-1]].graph if place else self.graph

    def with_graph(self, graph: Graph, place: tuple[str, ...] = ()) -> Project:
        """With the graph at `place` replaced; `place` is () for the top one."""
        if not place:
            return replace(self, graph=graph)
        return self.with_block(replace(self.blocks[place[-1]], graph=graph))

    def rename_node(self, old: str, new: str, place: tuple[str, ...] = ()) -> Project:
        """With a node's id changed, also where training or search name it. Raises GraphError."""
        project = self.with_graph(self.graph_at(place).rename(old, new), place)

        def names(node_id: str) -> tuple[str, ...]:
            return (new,) if node_id == old else (node_id,)

        if place:
            return replace(project, search=project.search.with_nodes(names, place[-1]))
        return project.with_ids(names)

    def without_nodes(
        self,
        node_ids: Iterable[str] = (),
        edges: Iterable[Edge] = (),
        place: tuple[str, ...] = (),
    ) -> Project:
        """Without these nodes, their wires and these edges; optimisers forget the nodes.

        An optimiser whose every named loss is gone is left with none, not with all.
        """
        gone = frozenset(node_ids)
        project = self.with_graph(self.graph_at(place).remove(gone, edges), place)
        return project if place else project.forgetting(gone)

    def forgetting(self, node_ids: Iterable[str]) -> Project:
        """With optimisers that no longer name these nodes of the top graph."""
        gone = frozenset(node_ids)
        return self.with_ids(lambda node_id: () if node_id in gone else (node_id,))

    def with_ids(self, names: Callable[[str], tuple[str, ...]]) -> Project:
        """With every node id that an optimiser or the search holds replaced by `names` of it."""

        def mapped(ids: tuple[str, ...] | None) -> tuple[str, ...] | None:
            if ids is None:
                return None
            return tuple(dict.fromkeys(new for old in ids for new in names(old)))

        optimisers = tuple(
            replace(
                o,
                losses=mapped(o.losses),
                updates=mapped(o.updates),
                groups=tuple(
                    replace(group, nodes=nodes)
                    for group in o.groups
                    if (nodes := mapped(group.nodes))
                ),
            )
            for o in self.training.optimisers
        )
        search = self.search.with_nodes(names)
        project = self if search is self.search else replace(self, search=search)
        if optimisers == self.training.optimisers:
            return project
        return replace(project, training=replace(self.training, optimisers=optimisers))

    def rename_block(self, old: str, new: str) -> Project:
        """With a block under another name, also in its instances. Raises GraphError."""
        if new == old:
            return self
        if old not in self.blocks:
            raise GraphError(f"There is no block called {old}.")
        if new in self.blocks:
            raise GraphError(f"There is already a block called {new}.")
        if (why := block_refusal(new)) is not None:
            raise GraphError(why)
        kind = BLOCK_PREFIX + old

        def renamed(graph: Graph) -> Graph:
            instances = [replace(n, kind=BLOCK_PREFIX + new) for n in graph if n.kind == kind]
            return graph.put(*instances) if instances else graph

        blocks = {
            new if name == old else name: replace(
                block, name=new if name == old else name, graph=renamed(block.graph)
            )
            for name, block in self.blocks.items()
        }
        search = self.search.with_block_renamed(old, new)
        return replace(self, graph=renamed(self.graph), blocks=blocks, search=search)

    def without_block(self, name: str) -> Project:
        """Without a block that nothing uses. Raises GraphError if something does."""
        users = [b.name for b in self.blocks.values() if any(n.block == name for n in b.graph)]
        if any(node.block == name for node in self.graph):
            users.append("the project")
        if users:
            raise GraphError(
                f"The block {name} is used in {', '.join(users)}; remove it there first."
            )
        return replace(self, blocks={n: b for n, b in self.blocks.items() if n != name})

    def with_block(self, block: Block) -> Project:
        """With a block added or replaced. Raises GraphError if it would contain itself."""
        for why in (block_refusal(block.name), *(param_refusal(p.name) for p in block.params)):
            if why is not None:
                raise GraphError(why)
        project = replace(self, blocks={**self.blocks, block.name: block})
        if block.name in project.blocks_inside(block.name):
            raise GraphError(f"The block {block.name} cannot contain itself.")
        return project

    def blocks_inside(self, name: str) -> set[str]:
        """Names of the blocks used in a block, at any depth."""
        found, queue = set[str](), [name]
        while queue:
            block = self.blocks.get(queue.pop())
            for node in block.graph if block else ():
                if node.block and node.block not in found:
                    found.add(node.block)
                    queue.append(node.block)
        return found

    def instance(self, block: str, node_id: str, **params: Value) -> Node:
        """A node that is an instance of one of this project's blocks."""
        return Node(node_id, BLOCK_PREFIX + block, params)

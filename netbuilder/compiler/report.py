"""What the compiler says about a project: shapes, costs, problems and their fixes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from netbuilder.graph import Project
from netbuilder.layers import Layer, TensorSpec

#: Where a node is: ids of the block instances around it, then its own id.
Path = tuple[str, ...]


@dataclass(frozen=True)
class Fix:
    """A remedy that one click applies; `apply` is a pure edit of the project."""

    label: str
    apply: Callable[[Project], Project]


@dataclass(frozen=True)
class Problem:
    """One sentence about what is wrong, where, and what would mend it.

    node: id of the node, or None for the whole project. block: name of the block whose
    graph holds the node, or None for the top graph. param, port: the field or port meant.
    """

    message: str
    node: str | None = None
    block: str | None = None
    severity: Literal["error", "warning"] = "error"
    param: str | None = None
    port: str | None = None
    fixes: tuple[Fix, ...] = ()


@dataclass(frozen=True)
class NodeInfo:
    """What is known of one node once what flows into it is known."""

    layer: Layer
    inputs: Mapping[str, tuple[TensorSpec, ...]] = field(default_factory=dict)
    outputs: Mapping[str, TensorSpec] = field(default_factory=dict)
    weights: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    parameters: int = 0
    multiply_adds: int = 0
    #: What is multiplied for one sample, by name: factors of products that sum to it.
    work: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    #: It computes nothing: `outputs` is what it lets through.
    muted: bool = False

    @property
    def output(self) -> TensorSpec | None:
        """What leaves the first output port, if anything."""
        return next(iter(self.outputs.values()), None)


@dataclass(frozen=True)
class Check:
    """Everything that can be said about a project without running it."""

    nodes: Mapping[Path, NodeInfo]
    problems: tuple[Problem, ...]
    parameters: int = 0
    multiply_adds: int = 0

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Problems that keep the project from training."""
        return tuple(p for p in self.problems if p.severity == "error")

    def inside(self, block: str | None = None) -> Mapping[str, NodeInfo]:
        """By id, the nodes of the top graph, or of the first instance of a block."""
        return {node_id: self.nodes[path] for node_id, path in self.paths(block).items()}

    def paths(self, block: str | None = None) -> Mapping[str, Path]:
        """By id, where the nodes of the top graph, or of the first instance of a block, are."""
        if block is None:
            return {path[0]: path for path in self.nodes if len(path) == 1}
        found: dict[str, Path] = {}
        for path in self.nodes:
            if len(path) > 1:
                # A repetition stands in a path as ``block_1[2]``.
                around = self.nodes.get((*path[:-2], path[-2].partition("[")[0]))
                inner = getattr(around.layer, "block", None) if around else None
                if inner is not None and inner.name == block:
                    found.setdefault(path[-1], path)
        return found

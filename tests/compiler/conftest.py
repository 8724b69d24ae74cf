"""An eager interpreter of projects, written for these tests only.

It keeps a dict of values and visits node after node. It shares nothing with the compiler:
modules come from the declarations' calls, shapes from the tensors themselves, and weights
are copied from the generated module by the ids of the nodes.
"""

from __future__ import annotations

import functools
import importlib.util
import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import networkx as nx
import pytest
import torch
from torch import Tensor, nn

from netbuilder.graph import Graph, Node, Project
from netbuilder.layers import Call, In, Layer, TensorSpec, declare

Key = tuple[str, str]
_INFIX = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "@": operator.matmul,
    "/": operator.truediv,
}
_OWNERS = {"nn": torch.nn, "F": torch.nn.functional, "torch": torch}


def interpreted(value: Any, ports: Mapping[str, list[Tensor]], module: Any = None) -> Any:
    """What a call as data gives when run."""
    match value:
        case In(port):
            return ports[port][0]
        case list() | tuple():
            return type(value)(_spread(value, ports, module))
        case Call(target, args, kwargs):
            found = _spread(args, ports, module)
            named = {name: interpreted(arg, ports, module) for name, arg in kwargs.items()}
            if target in _INFIX:
                return functools.reduce(_INFIX[target], found)
            if target.startswith("."):
                return getattr(found[0], target[1:])(*found[1:], **named)
            if target == "self":
                return module(*found, **named)
            owner, _, name = target.rpartition(".")
            return getattr(_OWNERS.get(owner) or importlib.import_module(owner), name)(
                *found, **named
            )
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _spread(args: Sequence[Any], ports: Mapping[str, list[Tensor]], module: Any) -> list[Any]:
    found: list[Any] = []
    for arg in args:
        found.extend(ports[arg.port] if isinstance(arg, In) else [interpreted(arg, ports, module)])
    return found


class Eager:
    """Runs a project node by node on the weights of a generated module."""

    def __init__(self, project: Project, module: nn.Module, every: bool = False) -> None:
        self.project, self.module = project, module
        #: Compute every output port, as the inspector does, or only those that are read.
        self.every = every
        self.built: dict[tuple[str, ...], nn.Module] = {}
        #: Every value seen in the last run, as the inspector names them.
        self.seen: dict[str, Tensor] = {}

    def values(
        self, goals: Iterable[str], given: Mapping[Key, Tensor], first: Iterable[str] = ()
    ) -> dict[Key, Tensor]:
        """Values of everything the goals need; what `first` needs is computed first."""
        self.seen = {}
        return self._graph(self.project.graph, goals, given, (), (), {}, first)

    def _graph(
        self,
        graph: Graph,
        goals: Iterable[str],
        given: Mapping[Key, Tensor],
        path: tuple[str, ...],
        place: tuple[str, ...],
        scope: Mapping[str, Any],
        first: Iterable[str] = (),
    ) -> dict[Key, Tensor]:
        rank = list(graph.nodes)
        drawn = nx.DiGraph()
        drawn.add_nodes_from(rank)
        drawn.add_edges_from((e.source, e.target) for e in graph.edges)
        order = list(nx.lexicographical_topological_sort(drawn, key=rank.index))
        wanted = {a for goal in goals for a in (*nx.ancestors(drawn, goal), goal)}
        early = {a for goal in first for a in (*nx.ancestors(drawn, goal), goal)}
        values = dict(given)
        for key, value in given.items():
            if key[0] in wanted:
                self._saw(path, key, value)
        for node_id in sorted((i for i in order if i in wanted), key=lambda i: i not in early):
            node = graph[node_id]
            layer = declare(node, self.project.blocks, scope)
            if layer.role in ("data", "noise", "input", "output", "metric"):
                continue
            ports: dict[str, list[Key]] = {port.name: [] for port in layer.input_ports()}
            for edge in graph.incoming[node_id]:
                ports[edge.target_port].append((edge.source, edge.source_port))
            for port in layer.input_ports():
                ports[port.name] = ports[port.name] or ports.get(port.default, [])
            root = _root(graph, node)
            tensors = {name: [values[k] for k in keys] for name, keys in ports.items()}
            if node.block is not None:
                found = self._block(layer, node_id, root, tensors, path, place)
            else:
                read = {e.source_port for e in graph.outgoing[node_id] if e.target in wanted}
                used = frozenset(layer.output_ports() if self.every or not read else read)
                found = self._layer(layer, tensors, ports, (*place, root), used)
            for port_name, value in found.items():
                values[node_id, port_name] = value
                self._saw(path, (node_id, port_name), value)
        return values

    def _saw(self, path: tuple[str, ...], key: Key, value: Tensor) -> None:
        self.seen[".".join((*path, *key))] = value

    def _block(
        self,
        layer: Any,
        node_id: str,
        root: str,
        tensors: Mapping[str, list[Tensor]],
        path: tuple[str, ...],
        place: tuple[str, ...],
    ) -> dict[str, Tensor]:
        inner = layer.block.graph
        entering = {name: found[0] for name, found in tensors.items()}
        names = list(entering)
        results: list[Tensor] = []
        for i in range(layer.repeat):
            below = (f"{node_id}[{i}]", f"{root}.{i}") if layer.repeat > 1 else (node_id, root)
            given, ends = {}, {}
            for node in inner:
                name = node.params.get("name")
                if node.kind == "input":
                    given[node.id, "y"] = entering[str(name)]
                elif node.kind == "output":
                    (edge,) = inner.incoming[node.id]
                    ends[str(name)] = (node.id, (edge.source, edge.source_port))
            found = self._graph(
                inner,
                [node_id for node_id, _ in ends.values()],
                given,
                (*path, below[0]),
                (*place, below[1]),
                layer.scope,
            )
            results = [found[ends[name][1]] for name in layer.block.ports("output")]
            entering.update(zip(names, results, strict=False))
        return dict(zip(layer.block.ports("output"), results, strict=True))

    def _layer(
        self,
        layer: Layer,
        tensors: Mapping[str, list[Tensor]],
        keys: Mapping[str, list[Key]],
        place: tuple[str, ...],
        used: frozenset[str],
    ) -> dict[str, Tensor]:
        specs: list[Any] = []
        for port in layer.input_ports():
            found = [
                self._spec(value, key)
                for value, key in zip(tensors[port.name], keys[port.name], strict=True)
            ]
            specs.append(tuple(found) if port.many else next(iter(found), None))
        call = layer.call(*specs)
        if call.is_module:
            module: Any = self._module(call, place)
            result = interpreted(layer.applied(used, *specs), tensors, module)
        else:
            module, result = None, interpreted(call, tensors)
        names: dict[str, Any] = {"result": result, "torch": torch, "self": module}
        exec(re.sub(r"{(\w+)}", r"\1", f"{layer.taken(used)} = result"), names)
        for port_name, expression in layer.picks.items():
            names[port_name] = eval(re.sub(r"{(\w+)}", r"\1", expression), names)
        return {port_name: names[port_name] for port_name in used}

    def _spec(self, value: Tensor, key: Key) -> TensorSpec:
        classes = None
        if key[0] in self.project.graph and not value.dtype.is_floating_point:
            layer = declare(self.project.graph[key[0]])
            classes = layer.fields()[key[1]].classes if layer.role == "data" else None
        return TensorSpec(tuple(value.shape), str(value.dtype).removeprefix("torch."), classes)

    def _module(self, call: Call, place: tuple[str, ...]) -> nn.Module:
        if place not in self.built:
            made = interpreted(call, {})
            theirs = self.module.get_submodule(".".join(place))
            made.load_state_dict(theirs.state_dict())
            made.train(self.module.training)
            self.built[place] = made
        return self.built[place]


def _root(graph: Graph, node: Node) -> str:
    while node.share is not None:
        node = graph[node.share]
    return node.id


def batch(project: Project, source: Any, rows: int, seed: int) -> dict[Key, Tensor]:
    """Random tensors for every port of data and noise that the project reads."""
    generator = torch.Generator().manual_seed(seed)
    found: dict[Key, Tensor] = {}
    for argument in (*source.inputs, *source.fields):
        shape = [rows, *(int(n) for n in argument.spec.shape[1:])]
        key = (argument.node, argument.port)
        if key in found:
            continue
        if argument.spec.dtype == "float32":
            found[key] = torch.randn(shape, generator=generator)
        else:
            found[key] = torch.randint(0, argument.spec.classes, shape, generator=generator)
    for node in project.graph:  # noise that only losses read is no argument
        if node.kind == "noise":
            shape = [rows, *declare(node).size]
            found.setdefault((node.id, "y"), torch.randn(shape, generator=generator))
    return found


def imported(path: Path) -> ModuleType:
    """A Python file as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"compiler_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def random_project() -> Callable[[int], Project]:
    """`random_project(seed)`: a project without errors, remembered."""
    return imported(Path(__file__).with_name("growing.py")).random_project


@pytest.fixture(scope="session")
def eager() -> type[Eager]:
    """The interpreter: `eager(project, module, every=False).values(goals, given)`."""
    return Eager


@pytest.fixture(scope="session")
def random_batch() -> Callable[..., dict[Key, Tensor]]:
    """`random_batch(project, source, rows, seed)`: tensors by (node, port)."""
    return batch

"""Receptive fields: how many values of the data one value of a node depends on.

A layer of span k and step s makes a field r of neighbours j apart into r + (k − 1)·j, and
its own neighbours s·j apart; where ways meet the larger field counts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

from netbuilder.compiler.body import arriving
from netbuilder.compiler.infer import chained
from netbuilder.compiler.report import Check, NodeInfo, Path
from netbuilder.compiler.sharing import positional
from netbuilder.graph import Graph, Project
from netbuilder.graph.order import topological
from netbuilder.layers import BlockInstance, TensorSpec

#: By axis of a value: how many values of the data it sees, and how far apart its neighbours do.
Extents = Mapping[int, tuple[Fraction, Fraction]]
_ONE: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1))


def receptive_fields(project: Project, checked: Check) -> Mapping[Path, tuple[int, ...]]:
    """Of each node that has places along axes: the size of its field along each of them.

    Channels are not counted. Nodes whose values see everything, and vectors, are left out.
    Computed once for each check.
    """
    found: dict[Path, tuple[int, ...]] | None = checked.__dict__.get("_receptive")
    if found is None:
        walk = _Walk(checked.nodes)
        walk.graph(project.graph, (), {})
        found = checked.__dict__["_receptive"] = walk.found
    return found


class _Walk:
    """Follows extents through the graph, and into blocks."""

    def __init__(self, nodes: Mapping[Path, NodeInfo]) -> None:
        self.nodes = nodes
        self.found: dict[Path, tuple[int, ...]] = {}

    def graph(self, graph: Graph, path: Path, given: Mapping[str, Extents]) -> dict[str, Extents]:
        """given: what arrives at the inputs of a block. Returns what leaves it, by port."""
        known: dict[tuple[str, str], Extents] = {}
        leaving: dict[str, Extents] = {}
        for node_id in topological(graph):
            info = self.nodes.get((*path, node_id))
            if info is None:
                continue
            node = graph[node_id]
            keys = arriving(graph, node, info.layer)
            entering = {port: [known.get(k, {}) for k in ks] for port, ks in keys.items()}
            if node.kind == "output":
                leaving[node.port] = next(iter(entering.get("x", [])), {})
                continue
            if node.kind == "input":
                outputs = {port: given.get(node.port, {}) for port in info.outputs}
            elif isinstance(info.layer, BlockInstance) and not info.muted:
                outputs = self._block(info.layer, node_id, path, entering)
            else:
                outputs = _through(info, entering)
            known |= {(node_id, port): extents for port, extents in outputs.items()}
            self._tell((*path, node_id), info.output, next(iter(outputs.values()), {}))
        return leaving

    def _block(
        self, layer: BlockInstance, node_id: str, path: Path, entering: Mapping[str, list[Extents]]
    ) -> dict[str, Extents]:
        given = {port: _joined(ways) for port, ways in entering.items()}
        leaving: dict[str, Extents] = {}
        for repetition in range(layer.repeat):
            name = f"{node_id}[{repetition}]" if layer.repeat > 1 else node_id
            found = self.graph(layer.block.graph, (*path, name), given)
            leaving = {port: found.get(port, {}) for port in layer.output_ports()}
            given = chained(layer, given, leaving)
        return leaving

    def _tell(self, path: Path, spec: TensorSpec | None, extents: Extents) -> None:
        if spec is None or spec.axes < 3:
            return
        # Of a sequence only what ran over time is left; of images the channels stand first.
        axes = [axis for axis in sorted(extents) if axis > 1 or spec.axes == 3]
        if len(axes) == spec.axes - 2:
            self.found[path] = tuple(math.ceil(extents[axis][0]) for axis in axes)


def _through(info: NodeInfo, entering: Mapping[str, list[Extents]]) -> dict[str, Extents]:
    """What leaves a layer, at every port alike."""
    layer = info.layer
    if layer.role == "data":
        return {
            port: {axis: _ONE for axis in range(1, spec.axes)}
            for port, spec in info.outputs.items()
        }
    before = _joined(next(iter(entering.values()), []))
    if info.muted:
        return {port: before for port in info.outputs}
    looks = layer.looks(*positional(layer, info.inputs)) if layer.role == "layer" else {}
    after: dict[int, tuple[Fraction, Fraction]] = {}
    for axis, look in looks.items():
        if look.axis in before:
            size, apart = before[look.axis]
            after[axis] = (size + (look.span - 1) * apart, apart * look.step)
    return {
        port: {axis: extent for axis, extent in after.items() if axis < spec.axes}
        for port, spec in info.outputs.items()
    }


def _joined(ways: list[Extents]) -> Extents:
    """The larger field of each axis; an axis along which one way sees everything is gone."""
    if not ways:
        return {}
    shared = set(ways[0]).intersection(*ways[1:])
    return {axis: max((way[axis] for way in ways), key=lambda e: e[0]) for axis in sorted(shared)}

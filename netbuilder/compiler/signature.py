"""What the generated methods take and return, named after the data and the outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netbuilder.compiler.body import Key
from netbuilder.compiler.naming import RESERVED, local_names, unused
from netbuilder.compiler.report import NodeInfo, Path
from netbuilder.graph import Graph
from netbuilder.graph.order import ancestors


@dataclass(frozen=True)
class Signature:
    """inputs: arguments of forward. outputs: name and node of each result.

    fields: what of a batch the objectives take.
    """

    inputs: Mapping[Key, str]
    outputs: tuple[tuple[str, str], ...]
    fields: Mapping[Key, str]


def signature(
    graph: Graph, infos: Mapping[Path, NodeInfo], losses: Sequence[str], metrics: Sequence[str]
) -> Signature:
    """The signature of a sound graph."""
    ends = [n.id for n in graph if n.kind == "output" and (n.id,) in infos]
    outputs: dict[str, str] = {}
    for node_id in ends:
        name = str(getattr(infos[node_id,].layer, "name"))  # noqa: B009
        outputs[unused(node_id, outputs) if name in outputs else name] = node_id
    model, learned = ancestors(graph, ends), ancestors(graph, [*losses, *metrics])
    names = _named(graph, infos)
    inputs = {k: n for k, n in names.items() if read(graph, k, model)}
    fields = {
        k: n
        for k, n in names.items()
        if infos[k[0],].layer.role == "data" and read(graph, k, learned)
    }
    return Signature(inputs, tuple((name, i) for name, i in outputs.items()), fields)


def read(graph: Graph, key: Key, among: set[str]) -> bool:
    """Whether a wire leads from a port to one of these nodes."""
    return any(e.source_port == key[1] and e.target in among for e in graph.outgoing[key[0]])


def _named(graph: Graph, infos: Mapping[Path, NodeInfo]) -> dict[Key, str]:
    """A name for every port of data and noise; a field is called as its port if that is free."""
    local = local_names(graph)
    names: dict[Key, str] = {}
    for node in graph:
        info = infos.get((node.id,))
        if info is None or info.layer.role not in ("data", "noise"):
            continue
        for port in info.outputs:
            if info.layer.role == "noise":
                names[node.id, port] = local[node.id]
                continue
            taken = {*names.values(), *local.values(), *RESERVED}
            names[node.id, port] = unused(f"{node.id}_{port}", taken) if port in taken else port
    return names

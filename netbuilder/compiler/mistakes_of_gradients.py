"""Mistakes in how a loss reaches the weights: nothing learns from it, or not what is meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from netbuilder.compiler.infer import owners
from netbuilder.compiler.remedies import bypass
from netbuilder.compiler.report import NodeInfo, Problem
from netbuilder.graph import Graph
from netbuilder.graph.order import ancestors, descendants
from netbuilder.layers import REGISTRY, BlockInstance

#: Where the way back of a gradient ends.
_CUTTING = frozenset({"detach", "sign", "step"})


def reached(graph: Graph, node_ids: Iterable[str]) -> set[str]:
    """Nodes that a gradient from these comes to; what cuts it is among them, nothing before."""
    found, ahead = set[str](), list(node_ids)
    while ahead:
        node_id = ahead.pop()
        if node_id in found:
            continue
        found.add(node_id)
        if graph[node_id].kind not in _CUTTING:
            ahead += [edge.source for edge in graph.incoming[node_id]]
    return found


def learning(graph: Graph, infos: Mapping[str, NodeInfo], node_ids: Iterable[str]) -> set[str]:
    """Those of these nodes, by the owner of their weights, that have weights."""
    known = owners(graph, node_ids)
    return {i for i in known if i in infos and infos[i].parameters}


def loss_without_weights(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """A loss from which no gradient comes to a weight trains nothing."""
    for node in graph:
        if node.kind not in REGISTRY or REGISTRY[node.kind].role != "loss":
            continue
        before = ancestors(graph, [node.id])
        if node.id not in infos or any(i not in infos for i in before):
            continue
        way = reached(graph, [node.id])
        if learning(graph, infos, way):
            continue
        cuts = [i for i in way if graph[i].kind in _CUTTING]
        cut = [i for i in cuts if graph[i].kind == "detach"]
        if not learning(graph, infos, before):
            yield Problem(
                "No layer with weights stands before this loss: nothing learns from it.",
                node.id,
                block,
                "warning",
            )
        elif cut and len(cut) == len(cuts):  # of a sign or a step another rule speaks
            fixes = (bypass(f"Remove {cut[0]}", block, cut[0]),) if len(cut) == 1 else ()
            yield Problem(
                f"Its gradient ends at {' and '.join(sorted(cut))}, before any weights: nothing "
                "learns from this loss.",
                node.id,
                block,
                "warning",
                fixes=fixes,
            )


def penalty_of_another_value(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """A gradient penalty asks how scores change with the very value that was judged."""
    for node in graph:
        fed = {e.target_port: e.source for e in graph.incoming[node.id]}
        if node.kind != "gradient_penalty" or not {"scores", "x"} <= set(fed):
            continue
        way = reached(graph, [fed["scores"]])
        if fed["x"] not in way:
            yield Problem(
                f"The scores do not depend on {fed['x']}, which arrives at x: feed the critic the "
                "same wire.",
                node.id,
                block,
                "warning",
                port="x",
            )
        elif graph[fed["x"]].kind in REGISTRY and REGISTRY[graph[fed["x"]].kind].role in (
            "data",
            "noise",
        ):
            yield Problem(
                f"No gradient can be asked for {fed['x']}: put a Random mix behind it, for the "
                "critic and for this loss.",
                node.id,
                block,
                "warning",
                port="x",
            )
        between = way & descendants(graph, [fed["x"]])
        for node_id in sorted(i for i in between if _norms_batches(graph, infos, i)):
            plain = graph[node_id].kind == "batch_norm"
            yield Problem(
                f"Batch norm in {node_id} mixes the samples of a batch, but a gradient penalty "
                "asks for the slope at each: use Layer norm there, or none.",
                node_id,
                block,
                "warning",
                fixes=(bypass(f"Remove {node_id}", block, node_id),) if plain else (),
            )


def _norms_batches(graph: Graph, infos: Mapping[str, NodeInfo], node_id: str) -> bool:
    layer = infos[node_id].layer if node_id in infos else None
    if isinstance(layer, BlockInstance):
        return any(inner.kind == "batch_norm" for inner in layer.block.graph)
    return graph[node_id].kind == "batch_norm"


RULES = (loss_without_weights, penalty_of_another_value)

"""Classic mistakes that run without an error and learn badly: warnings with fixes.

Each rule takes the graph as inferred and names nodes; it never stops training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from netbuilder.compiler.remedies import bypass, set_param
from netbuilder.compiler.report import NodeInfo, Problem
from netbuilder.graph import Graph, Node

Rule = Callable[[Graph, Mapping[str, NodeInfo], str | None], Iterator[Problem]]


def _sources(graph: Graph, node: Node, port: str) -> list[Node]:
    return [graph[e.source] for e in graph.incoming[node.id] if e.target_port == port]


def softmax_before_cross_entropy(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Cross-entropy takes logits; a softmax in front makes gradients tiny (IDL)."""
    for node in graph:
        if node.kind in ("cross_entropy", "bce_with_logits"):
            for source in _sources(graph, node, "logits"):
                wrong = "softmax" if node.kind == "cross_entropy" else "sigmoid"
                if source.kind == wrong:
                    yield Problem(
                        f"This loss applies {wrong} itself; with {source.id} in front of it "
                        "the network learns slowly.",
                        source.id,
                        block,
                        "warning",
                        fixes=(bypass(f"Remove {source.id}", block, source.id),),
                    )


def bias_before_batch_norm(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Batch norm subtracts the mean, so a bias right before it has no effect."""
    for node in graph:
        if node.kind != "batch_norm":
            continue
        for source in _sources(graph, node, "x"):
            info = infos.get(source.id)
            alone = len(graph.outgoing[source.id]) == 1
            if info and alone and "bias" in info.weights and getattr(info.layer, "bias", False):
                yield Problem(
                    "Bias has no effect: the batch norm after it removes the mean.",
                    source.id,
                    block,
                    "warning",
                    param="bias",
                    fixes=(set_param("Turn bias off", block, source.id, "bias", False),),
                )


def linear_after_linear(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Two Linear layers in a row can express no more than one (DLS, IDL)."""
    for node in graph:
        if node.kind == "linear":
            for source in _sources(graph, node, "x"):
                if source.kind == "linear" and len(graph.outgoing[source.id]) == 1:
                    yield Problem(
                        f"{source.id} and {node.id} follow each other without an activation: "
                        "together they are one linear layer.",
                        node.id,
                        block,
                        "warning",
                    )


RULES: tuple[Rule, ...] = (
    softmax_before_cross_entropy,
    bias_before_batch_norm,
    linear_after_linear,
)

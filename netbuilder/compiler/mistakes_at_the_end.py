"""Mistakes between the last layer and the loss: what the loss gets is not what it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netbuilder.compiler.remedies import become, bypass, set_params
from netbuilder.compiler.report import NodeInfo, Problem
from netbuilder.graph import Graph, Node
from netbuilder.layers import REGISTRY

#: What passes values on as they are, in another shape at most.
_PASSING = frozenset({"identity", "flatten", "reshape"})


def judged(graph: Graph, node: Node, port: str) -> Iterator[Node]:
    """What stands before a port of a loss, shapes aside."""
    for edge in graph.incoming[node.id]:
        if edge.target_port != port:
            continue
        source, seen = graph[edge.source], set[str]()
        while source.kind in _PASSING and source.id not in seen and graph.incoming[source.id]:
            seen.add(source.id)
            source = graph[graph.incoming[source.id][0].source]
        yield source


def sigmoid_for_one_class_of_several(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """One class out of several is decided by scores that compete, not by a yes or no for each."""
    for node in graph:
        if node.kind not in ("cross_entropy", "focal", "multiclass_hinge"):
            continue
        for source in judged(graph, node, "logits"):
            if source.kind in ("sigmoid", "hard_sigmoid", "log_sigmoid"):
                yield Problem(
                    f"{source.id} answers each class with a yes or no of its own; of several "
                    "classes only one is true, and this loss takes the scores as they are.",
                    source.id,
                    block,
                    "warning",
                    fixes=(bypass(f"Remove {source.id}", block, source.id),),
                )


def softmax_for_yes_or_no(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """A softmax lets outputs compete of which each is a yes or no of its own."""
    for node in graph:
        if node.kind not in ("bce_with_logits", "binary_focal"):
            continue
        for source in judged(graph, node, "logits"):
            if source.kind in ("softmax", "log_softmax"):
                yield Problem(
                    f"{source.id} lets the outputs compete, but here each is a yes or no of its "
                    "own, and this loss takes the scores as they are.",
                    source.id,
                    block,
                    "warning",
                    fixes=(bypass(f"Remove {source.id}", block, source.id),),
                )


#: Losses of numbers that may have any sign.
_NUMBERS = frozenset({"mse", "l1", "huber", "smooth_l1", "log_cosh", "quantile", "poisson_nll"})


def relu_on_a_regression(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """A ReLU predicts nothing below 0, and where it cuts, no gradient comes back."""
    for node in graph:
        if node.kind not in _NUMBERS or not _measured(graph, infos, node):
            continue
        for source in judged(graph, node, "prediction"):
            before = [infos[e.source] for e in graph.incoming[source.id] if e.source in infos]
            if source.kind not in ("relu", "relu6") or not any(i.weights for i in before):
                continue
            positive = become("Use Softplus instead", block, source.id, "softplus")
            yield Problem(
                f"{source.id} cuts predictions at 0: none can lie below, and where it cuts "
                "nothing is learned.",
                source.id,
                block,
                "warning",
                fixes=(bypass(f"Remove {source.id}", block, source.id), positive),
            )


def _measured(graph: Graph, infos: Mapping[str, NodeInfo], loss: Node) -> bool:
    """Whether the target comes from the data and is not what the network is fed itself.

    A network that draws its input again may know that no pixel is below 0.
    """
    for edge in graph.incoming[loss.id]:
        info = infos.get(edge.source)
        if edge.target_port != "target" or info is None or info.layer.role != "data":
            continue
        readers = {
            graph[e.target].kind
            for e in graph.outgoing[edge.source]
            if e.source_port == edge.source_port
        }
        return all(k in REGISTRY and REGISTRY[k].role in ("loss", "metric") for k in readers)
    return False


def softmax_over_another_axis(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """In images the classes stand behind the batch, in sequences on the last axis."""
    for node in graph:
        info = infos.get(node.id)
        if node.kind not in ("softmax", "log_softmax") or info is None or info.output is None:
            continue
        axes, dim = info.output.axes, info.layer.dim % info.output.axes  # type: ignore[attr-defined]
        ends = {graph[e.target].kind for e in graph.outgoing[node.id]}
        scored = any(
            k in REGISTRY and REGISTRY[k].role == "loss" and REGISTRY[k].inputs[0].name == "logits"
            for k in ends
        )
        classes = None
        if axes == 4 and dim == 3 and (scored or "output" in ends):
            classes = 1
        elif axes == 3 and dim == 1 and scored:
            classes = -1
        if classes is not None:
            yield Problem(
                f"This softmax runs along axis {dim}, but the classes stand along axis "
                f"{classes % axes}.",
                node.id,
                block,
                "warning",
                param="dim",
                fixes=(
                    set_params(
                        f"Set axis to {classes}".replace("-", "−"), block, node.id, dim=classes
                    ),
                ),
            )


RULES = (
    sigmoid_for_one_class_of_several,
    softmax_for_yes_or_no,
    relu_on_a_regression,
    softmax_over_another_axis,
)

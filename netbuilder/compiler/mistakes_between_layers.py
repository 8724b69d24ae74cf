"""Mistakes in the order of layers: what follows what so that it does less than it seems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from netbuilder.compiler.remedies import bypass, edit, insert, reset_param, set_params
from netbuilder.compiler.report import Fix, NodeInfo, Problem
from netbuilder.graph import Edge, Graph, Node
from netbuilder.layers import REGISTRY

#: Activations that may follow another one: they do something else, or nothing at all.
_OTHER = frozenset({"identity", "softmax", "log_softmax", "glu", "maxout", "sign", "step"})
_NEVER_NEGATIVE = frozenset({"relu", "relu6"})
_SQUEEZING = frozenset({"sigmoid", "hard_sigmoid", "softmax", "log_softmax"})


def activations_in_a_row(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """A second activation right behind the first adds nothing, or spoils what it gives."""
    for node in graph:
        first = _only_source(graph, node)
        if first is None or not _activation(node) or not _activation(first):
            continue
        if first.kind in _NEVER_NEGATIVE and node.kind in _SQUEEZING:
            lost = "all low scores are alike" if "softmax" in node.kind else "no answer is a no"
            said = f"Behind {first.id} nothing is negative, so that for {node.id} {lost}."
            fix = bypass(f"Remove {first.id}", block, first.id)
        elif {first.kind, node.kind} & _OTHER:
            continue
        else:
            said = f"{first.id} and {node.id} are two activations in a row: one is enough."
            fix = bypass(f"Remove {node.id}", block, node.id)
        yield Problem(said, node.id, block, "warning", fixes=(fix,))


def _activation(node: Node) -> bool:
    return node.kind in REGISTRY and REGISTRY[node.kind].family == "Activation"


def _only_source(graph: Graph, node: Node) -> Node | None:
    """What feeds a node, if it is one node that feeds nothing else."""
    edges = graph.incoming[node.id]
    if len(edges) != 1 or len(graph.outgoing[edges[0].source]) != 1:
        return None
    return graph[edges[0].source]


#: What leaves a chain of linear maps linear, where it has learned.
_STRAIGHT = frozenset(
    {"batch_norm", "dropout", "flatten", "identity", "avg_pool1d", "avg_pool2d", "global_avg_pool"}
)
_CONVOLUTIONS = frozenset({"conv1d", "conv2d", "conv3d"})


def nothing_between_two_layers(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Convolutions without an activation between them are one convolution (APS360, week 4).

    Not said where a linear map is meant: 1 × 1 and long kernels, groups, patches.
    """
    for node in graph:
        if node.kind not in _CONVOLUTIONS and node.kind != "linear":
            continue
        way = [node]
        while (before := _only_source(graph, way[-1])) is not None and before not in way:
            way.append(before)
            if before.kind not in _STRAIGHT:
                break
        first, between = way[-1], way[1:-1]
        pair = (first.kind in _CONVOLUTIONS or between) and first.kind not in _STRAIGHT
        if len(way) < 2 or not pair or not all(_mixes(n, infos.get(n.id)) for n in (first, node)):
            continue
        if node.kind in _CONVOLUTIONS and first.kind == "linear":
            continue
        # A norm belongs to the layer before it; what only reshapes comes behind the activation.
        normed = len(way) > 2 and way[-2].kind == "batch_norm"
        (edge,) = graph.outgoing[way[-2 if normed else -1].id]
        yield Problem(
            f"There is no activation between {first.id} and {node.id}: together they can do no "
            "more than one of them.",
            node.id,
            block,
            "warning",
            fixes=(insert("Insert ReLU", block, edge, "relu"),),
        )


def _mixes(node: Node, info: NodeInfo | None) -> bool:
    """Whether a node is a plain linear layer, or a convolution over neighbours in all channels."""
    if info is None or node.share is not None or node.kind not in {"linear", *_CONVOLUTIONS}:
        return False
    if node.kind == "linear":
        return True
    layer = info.layer
    kernel = tuple(getattr(layer, "kernel_size", ()))
    square = len(set(kernel)) == 1 and max(kernel, default=1) > 1
    patches = tuple(getattr(layer, "stride", ())) == kernel
    return square and not patches and layer.groups == 1  # type: ignore[attr-defined]


def dropout_before_batch_norm(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Dropout changes the variance in training only, so that the norm learns a wrong one.

    Li et al. 2019.
    """
    for node in graph:
        first = _only_source(graph, node)
        if node.kind == "batch_norm" and first is not None and first.kind == "dropout":
            yield Problem(
                f"{first.id} changes the variance while training only, so {node.id} learns one "
                "that does not hold afterwards.",
                first.id,
                block,
                "warning",
                fixes=(_behind(block, first.id, node.id),),
            )


def _behind(block: str | None, moved: str, after: str) -> Fix:
    """Put a node behind the one that it feeds."""

    def change(graph: Graph) -> Graph:
        def rewired(edge: Edge) -> Edge:
            if edge.target == moved:
                return replace(edge, target=after, target_port="x")
            if edge.source == moved:
                return Edge(after, "y", moved, "x")
            if edge.source == after:
                return replace(edge, source=moved, source_port="y")
            return edge

        edges = [rewired(edge) for edge in graph.edges]
        places = {moved: graph[after].position, after: graph[moved].position}
        return graph.with_edges(edges).move(places)

    return edit(f"Put {moved} behind {after}", block, change)


_DROPOUTS = frozenset({"dropout", "spatial_dropout", "alpha_dropout"})


def dropout_of_everything(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """With a share of 1 nothing is left of what arrives."""
    for node in graph:
        layer = infos[node.id].layer if node.id in infos else None
        if node.kind in _DROPOUTS and getattr(layer, "p", 0.0) == 1.0:
            yield Problem(
                "It deletes everything that arrives while training.",
                node.id,
                block,
                "warning",
                param="p",
                fixes=(set_params("Set it to 0.5", block, node.id, p=0.5),),
            )


def weights_all_alike(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Units that begin alike get the same gradient and stay alike for ever (IDL, week 5).

    Not said of a last layer, nor at the end of a residual branch, where zeros are meant.
    """
    for node in graph:
        info = infos.get(node.id)
        if not _weighs(node) or info is None or node.share is not None:
            continue
        if getattr(info.layer, "weight_init", "") in ("zeros", "constant") and _hidden(graph, node):
            yield Problem(
                "All its weights begin alike, so that all its units learn the same.",
                node.id,
                block,
                "warning",
                param="weight_init",
                fixes=(reset_param("Draw them as torch does", block, node.id, "weight_init"),),
            )


def _weighs(node: Node) -> bool:
    return node.kind == "linear" or node.kind in _CONVOLUTIONS


def _hidden(graph: Graph, node: Node) -> bool:
    """Whether another layer of weights follows, with nothing added or multiplied on the way."""
    seen, ahead = {node.id}, [node.id]
    while ahead:
        for edge in graph.outgoing[ahead.pop()]:
            target = graph[edge.target]
            if target.id in seen:
                continue
            seen.add(target.id)
            if _weighs(target):
                return True
            if _activation(target) or target.kind in _STRAIGHT or "pool" in target.kind:
                ahead.append(target.id)
    return False


RULES = (
    activations_in_a_row,
    nothing_between_two_layers,
    dropout_before_batch_norm,
    dropout_of_everything,
    weights_all_alike,
)

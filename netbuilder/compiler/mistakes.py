"""Classic mistakes that run without an error and learn badly: warnings with fixes.

Each rule takes the graph as inferred and names nodes; it never stops training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from netbuilder.compiler import (
    mistakes_at_the_end,
    mistakes_between_layers,
    mistakes_of_gradients,
)
from netbuilder.compiler.infer import ends, owners
from netbuilder.compiler.naming import shortened
from netbuilder.compiler.remedies import become, bypass, insert, remove, set_params
from netbuilder.compiler.report import NodeInfo, Problem
from netbuilder.graph import Graph, Node
from netbuilder.graph.model import free_id
from netbuilder.graph.order import ancestors, descendants
from netbuilder.layers import REGISTRY
from netbuilder.layers.sizes import by

Rule = Callable[[Graph, Mapping[str, NodeInfo], str | None], Iterator[Problem]]


def _sources(graph: Graph, node: Node, port: str) -> list[Node]:
    return [graph[e.source] for e in graph.incoming[node.id] if e.target_port == port]


#: What losses apply to their scores themselves.
_BUILT_IN: Mapping[str, str] = {
    "cross_entropy": "softmax",
    "bce_with_logits": "sigmoid",
    "focal": "softmax",
    "binary_focal": "sigmoid",
    "kl_divergence": "softmax",
    "ctc": "softmax",
}


def softmax_before_cross_entropy(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Cross-entropy takes logits; a softmax in front makes gradients tiny (IDL)."""
    for node in graph:
        wrong = _BUILT_IN.get(node.kind)
        for source in _sources(graph, node, "logits") if wrong else ():
            if source.kind == wrong:
                yield Problem(
                    f"This loss applies {wrong} itself; with {source.id} in front of it "
                    "the network learns slowly.",
                    source.id,
                    block,
                    "warning",
                    fixes=(bypass(f"Remove {source.id}", block, source.id),),
                )


def scores_as_log_probabilities(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Negative log-likelihood of plain scores falls for ever: they need not sum to one."""
    for node in graph:
        for source in _sources(graph, node, "logits") if node.kind == "nll" else ():
            info = infos.get(source.id)
            if source.kind == "softmax":
                fix = become("Use Log-softmax instead", block, source.id, "log_softmax")
            elif info is not None and info.weights:
                fix = become("Use Cross-entropy instead", block, node.id, "cross_entropy")
            else:
                continue
            yield Problem(
                "This loss takes the logarithms of probabilities, as Log-softmax gives them; "
                f"{source.id} gives something else.",
                node.id,
                block,
                "warning",
                port="logits",
                fixes=(fix,),
            )


#: Activations whose slope is zero everywhere, and what is nearly the same but smooth.
_FLAT: Mapping[str, str] = {"sign": "tanh", "step": "sigmoid"}


def gradient_of_zero(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Behind a sign or a step no loss reaches the weights: its slope is zero everywhere."""
    for node in graph:
        if node.kind not in _FLAT or node.id not in infos or infos[node.id].muted:
            continue
        losses = {n.id for n in graph if n.kind in REGISTRY and REGISTRY[n.kind].role == "loss"}
        before = any(infos[i].weights for i in ancestors(graph, [node.id]) if i in infos)
        if before and losses & descendants(graph, [node.id]):
            smooth = REGISTRY[_FLAT[node.kind]]
            fix = become(f"Use {smooth.title} instead", block, node.id, smooth.kind)
            if any(edge.target in losses for edge in graph.outgoing[node.id]):
                fix = bypass(f"Remove {node.id}", block, node.id)
            yield Problem(
                f"The slope of {node.id} is zero, so that nothing in front of it learns from the "
                "loss behind it.",
                node.id,
                block,
                "warning",
                fixes=(fix,),
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
                    fixes=(set_params("Turn bias off", block, source.id, bias=False),),
                )


def linear_after_linear(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Two Linear layers in a row can express no more than one (DLS, IDL)."""
    for node in graph:
        if node.kind == "linear":
            for edge in graph.incoming[node.id]:
                source = graph[edge.source]
                if source.kind == "linear" and len(graph.outgoing[source.id]) == 1:
                    yield Problem(
                        f"{source.id} and {node.id} follow each other without an activation: "
                        "together they are one linear layer.",
                        node.id,
                        block,
                        "warning",
                        fixes=(insert("Insert ReLU", block, edge, "relu"),),
                    )


#: Of losses that judge, the port where what they judge comes in, and what one calls it.
_JUDGED: Mapping[str, tuple[str, str]] = {
    "cross_entropy": ("logits", "scores"),
    "bce_with_logits": ("logits", "scores"),
    "focal": ("logits", "scores"),
    "binary_focal": ("logits", "scores"),
    "mse": ("prediction", "predictions"),
    "l1": ("prediction", "predictions"),
    "huber": ("prediction", "predictions"),
    "smooth_l1": ("prediction", "predictions"),
    "log_cosh": ("prediction", "predictions"),
}
#: Activations that may well stand before a loss: they limit nothing, or make probabilities.
_FITTING = ("identity", "softmax", "log_softmax", "sigmoid", "log_sigmoid", "maxout", "glu")


def after_the_last_layer(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Dropout, normalisation or an activation right before a loss spoils what it judges."""
    told: set[str] = set()
    for node in (n for n in graph if n.kind in _JUDGED):
        port, words = _JUDGED[node.kind]
        for source in _sources(graph, node, port):
            if source.kind == "dropout":
                why = f"Dropout after the last layer deletes {words} that the loss judges."
            elif source.kind == "batch_norm":
                why = f"Batch norm after the last layer rescales the {words} that the loss judges."
            elif _limits(source.kind) and port == "logits":
                why = f"An activation after the last layer limits the {words} the loss may get."
            else:
                continue
            if source.id not in told and graph.incoming[source.id]:
                told.add(source.id)
                away = bypass(f"Remove {source.id}", block, source.id)
                yield Problem(why, source.id, block, "warning", fixes=(away,))


def _limits(kind: str) -> bool:
    activation = kind in REGISTRY and REGISTRY[kind].family == "Activation"
    return activation and kind not in _FITTING and kind not in _FLAT


def stride_over_the_kernel(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """A window that steps further than it is wide leaves values out; 1×1 does so by intent."""
    for node in graph:
        layer = infos[node.id].layer if node.id in infos else None
        kernel, stride = getattr(layer, "kernel_size", None), getattr(layer, "stride", None)
        if node.kind == "conv_transpose2d" or not kernel or not stride or max(kernel) == 1:
            continue
        if min(stride) > max(kernel):
            yield Problem(
                f"Its stride {by(stride)} is wider than its window {by(kernel)}: values in between "
                "are never looked at.",
                node.id,
                block,
                "warning",
                param="stride",
                fixes=(set_params(f"Set stride to {by(kernel)}", block, node.id, stride=kernel),),
            )


def softmax_of_one(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """A softmax over one value is 1, whatever the value."""
    for node in graph:
        info = infos.get(node.id)
        if node.kind != "softmax" or info is None or info.output is None or info.muted:
            continue
        if info.output.shape[info.layer.dim] == 1:  # type: ignore[attr-defined]
            yield Problem(
                "Softmax over a single value is always 1: for yes or no use Sigmoid.",
                node.id,
                block,
                "warning",
                fixes=(become("Use Sigmoid instead", block, node.id, "sigmoid"),),
            )


def outputs_of_one_name(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """Of two Outputs with one name the code can call only one by it."""
    if block is not None:
        return  # there the compiler refuses it
    seen: set[str] = set()
    names = {n.id: n.port for n in graph if n.kind == "output"}
    for node_id, name in names.items():
        if name in seen:
            free = free_id(name, names.values(), 2)
            yield Problem(
                f"Two outputs are called {shortened(name)}; in the code this one becomes "
                f"{node_id}.",
                node_id,
                block,
                "warning",
                param="name",
                fixes=(set_params(f"Rename to {shortened(free)}", block, node_id, name=free),),
            )
        seen.add(name)


def answer_given_away(
    graph: Graph, infos: Mapping[str, NodeInfo], block: str | None
) -> Iterator[Problem]:
    """A network that is fed the label it should predict only learns to copy it."""
    for node in graph:
        if node.kind not in ("cross_entropy", "mse"):
            continue
        wanted = {
            (e.source, e.source_port)
            for e in graph.incoming[node.id]
            if e.target_port in ("label", "target")
        }
        port, _ = _JUDGED[node.kind]
        judged = [e.source for e in graph.incoming[node.id] if e.target_port == port]
        before = ancestors(graph, judged)
        data = {k for k in wanted if k[0] in infos and infos[k[0]].layer.role == "data"}
        leaks = [e for e in graph.edges if e.target in before and (e.source, e.source_port) in data]
        if leaks and not _autoencodes(graph, data):
            yield Problem(
                f"The network is fed {leaks[0].source_port}, which is what it should predict: it "
                "would learn to copy.",
                leaks[0].target,
                block,
                "warning",
                port=leaks[0].target_port,
            )


def _autoencodes(graph: Graph, data: set[tuple[str, str]]) -> bool:
    """Whether nothing else of these data sets is read: then to copy is the task."""
    owners = {node_id for node_id, _ in data}
    return all((e.source, e.source_port) in data for e in graph.edges if e.source in owners)


def loose_end(graph: Graph, infos: Mapping[str, NodeInfo], block: str | None) -> Iterator[Problem]:
    """What is computed and read by nobody, in a network that is otherwise complete."""
    goals = ends(graph)
    if not goals:
        return
    used = ancestors(graph, goals)
    used |= owners(graph, used)
    for node in graph:
        info = infos.get(node.id)
        if info is None or node.id in used or graph.outgoing[node.id]:
            continue
        if info.layer.role == "layer" and not info.muted and graph.incoming[node.id]:
            way = [i for i in ancestors(graph, [node.id]) - used if _one_end(graph, i)]
            away = "Remove it" if len(way) == 1 else f"Remove its {len(way)} nodes"
            yield Problem(
                f"Nothing reads what {shortened(node.title or node.id)} gives: connect it, or it "
                "is left out of the code.",
                node.id,
                block,
                "warning",
                fixes=(remove(away, block, way),),
            )


def _one_end(graph: Graph, node_id: str) -> bool:
    """Whether of what depends on a node at most one end is loose."""
    below = descendants(graph, [node_id])
    return len([i for i in below if not graph.outgoing[i]]) == 1


RULES: tuple[Rule, ...] = (
    softmax_before_cross_entropy,
    scores_as_log_probabilities,
    gradient_of_zero,
    bias_before_batch_norm,
    linear_after_linear,
    after_the_last_layer,
    stride_over_the_kernel,
    softmax_of_one,
    outputs_of_one_name,
    answer_given_away,
    *mistakes_at_the_end.RULES,
    *mistakes_between_layers.RULES,
    *mistakes_of_gradients.RULES,
)
#: What is said only of a graph without errors, where it is no consequence of another trouble.
LAST_RULES: tuple[Rule, ...] = (loose_end,)

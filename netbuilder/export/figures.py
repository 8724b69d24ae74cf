"""Metrics as a few lines of torch, for a script that stands alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netbuilder.compiler import Source, check
from netbuilder.compiler.infer import positional
from netbuilder.compiler.rendering import rendered
from netbuilder.graph import Project
from netbuilder.layers import Call, Metric

#: By torchmetrics class: name of a function, and its text. None: a table, not printed.
_KNOWN: dict[str, tuple[str, str] | None] = {
    "MulticlassAccuracy": (
        "accuracy",
        '''def accuracy(predicted, label):
    """Share of right answers."""
    return (predicted == label).double().mean().item()''',
    ),
    "MulticlassConfusionMatrix": None,
    "BinaryAccuracy": (
        "binary_accuracy",
        '''def binary_accuracy(probability, target):
    """Share of right answers to a question of yes or no."""
    return ((probability > 0.5) == target.bool()).double().mean().item()''',
    ),
    "R2Score": (
        "r2",
        '''def r2(predicted, target):
    """Share of the target's variation that is explained."""
    predicted, target = predicted.double(), target.double()
    left = (target - predicted).square().sum()
    return 1 - (left / (target - target.mean()).square().sum()).item()''',
    ),
    "MeanAbsoluteError": (
        "mae",
        '''def mae(predicted, target):
    """Mean distance from the target."""
    return (predicted.double() - target.double()).abs().mean().item()''',
    ),
    "MeanSquaredError": (
        "rmse",
        '''def rmse(predicted, target):
    """Root of the mean squared distance from the target."""
    return (predicted.double() - target.double()).square().mean().sqrt().item()''',
    ),
    "TokenBLEU": (
        "bleu",
        '''def bleu(predicted, label, n_gram=4, ignore_index=None):
    """Share of the runs of tokens that stand in the true text too."""
    found, wanted = [], []
    for ours, true in zip(predicted.tolist(), label.tolist(), strict=True):
        kept = [t != ignore_index for t in true]
        found.append(" ".join(str(t) for t, k in zip(ours, kept, strict=True) if k))
        wanted.append([" ".join(str(t) for t, k in zip(true, kept, strict=True) if k)])
    return torchmetrics.text.BLEUScore(n_gram=n_gram)(found, wanted).item()''',
    ),
    "Perplexity": (
        "perplexity",
        '''def perplexity(logits, label):
    """Among how many equally likely tokens the model hesitates."""
    return F.cross_entropy(logits.flatten(0, 1).double(), label.flatten()).exp().item()''',
    ),
}


#: Of these a setting makes another figure.
_SETTLED = frozenset({"MulticlassAccuracy"})


@dataclass(frozen=True)
class Figure:
    """One printed number: its name, the metric node, and the call that computes it.

    text: of the function it calls, empty if that is torchmetrics' own. given: its settings.
    """

    name: str
    node: str
    call: str
    text: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def figures(project: Project, source: Source) -> list[Figure]:
    """The numbers a project's metric nodes stand for, named as training names them."""
    found: list[tuple[str, str, Call]] = []
    nodes = check(project).nodes
    for node_id in source.metrics:
        info = nodes[node_id,]
        if isinstance(info.layer, Metric):
            calls = info.layer.metrics(*positional(info.layer, info.inputs))
            found += [(name, node_id, call) for name, call in calls.items()]
    names = [name for name, _, _ in found]
    made = []
    for name, node_id, call in found:
        shown = name if names.count(name) == 1 else f"{name} ({node_id})"
        short = call.target.rpartition(".")[2]
        # The functions know nothing of settings; a figure for each class is not printed.
        plain = short not in _SETTLED or dict(call.kwargs).get("top_k") is None
        if dict(call.kwargs).get("average") == "none":
            continue
        if short in _KNOWN and plain:
            known = _KNOWN[short]
            if known is not None:
                given = {k: v for k, v in call.kwargs.items() if short == "TokenBLEU"}
                made.append(Figure(shown, node_id, known[0], known[1], given))
        else:
            made.append(Figure(shown, node_id, rendered(call, {})))
    return made

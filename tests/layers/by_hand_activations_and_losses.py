"""Activations and losses as one writes them in torch."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from netbuilder import nn as own
from netbuilder.layers import B, TensorSpec

_X = {"x": TensorSpec((B, 5, 4))}
_LABEL = TensorSpec((B,), "int64", 4)
_ROWS = {"logits": TensorSpec((B, 4)), "label": _LABEL}
_TOKENS = {"logits": TensorSpec((B, 5, 4)), "label": TensorSpec((B, 5), "int64", 4)}
_PIXELS = {"logits": TensorSpec((B, 4, 3, 2)), "label": TensorSpec((B, 3, 2), "int64", 4)}
_NUMBERS = {"prediction": TensorSpec((B, 1)), "target": TensorSpec((B,))}
_YES = {"logits": TensorSpec((B, 3)), "target": TensorSpec((B, 3), "int64", 2)}
_PAIR = {"a": TensorSpec((B, 5)), "b": TensorSpec((B, 5))}
_SAME = {"logits": TensorSpec((B, 4)), "target": TensorSpec((B, 4))}
_WHERE, _IS = TensorSpec((B, 1, 3, 2)), TensorSpec((B, 3, 2), "int64", 2)


def _log_cosh(prediction: Tensor, target: Tensor) -> Tensor:
    distance = (prediction[:, 0] - target).abs()
    return (distance + F.softplus(-2 * distance) - math.log(2)).mean()


def _focal(logits: Tensor, label: Tensor) -> Tensor:
    log_p = logits.flatten(0, 1).log_softmax(1)
    true = label.flatten()
    log_p = log_p[torch.arange(len(true)), true]
    weight = torch.tensor([1, 2, 3, 0.5])[true]
    return (weight * (-(-torch.expm1(log_p) * log_p))).mean()


def _binary_focal(logits: Tensor, target: Tensor) -> Tensor:
    surprise = F.binary_cross_entropy_with_logits(logits, target.float(), reduction="none")
    share = torch.where(target == 1, 0.25, 0.75)
    return (share * ((-torch.expm1(-surprise)) ** 2 * surprise)).mean()


def _dice(logits: Tensor, label: Tensor) -> Tensor:
    p, t = logits.softmax(1).flatten(2), F.one_hot(label, 4).movedim(3, 1).float().flatten(2)
    both = (p * t).sum(2)
    wrong = 0.5 * (p.sum(2) - both) + 0.5 * (t.sum(2) - both)
    return (1 - (both + 1) / (both + wrong + 1)).mean()


def _tversky(logits: Tensor, label: Tensor) -> Tensor:
    p, t = torch.sigmoid(logits).flatten(2), label.float().flatten(1)[:, None]
    both = (p * t).sum(2)
    wrong = 0.3 * (p.sum(2) - both) + 0.7 * (t.sum(2) - both)
    return (1 - (both + 1) / (both + wrong + 1)).mean()


def _prelu(x: Tensor, node: nn.Module) -> Tensor:
    return F.prelu(x, node.get_parameter("weight"))


def _maxout(x: Tensor, node: nn.Module) -> Tensor:
    made = nn.Linear(4, 6)
    linear = node.get_submodule("linear")
    assert isinstance(linear, nn.Linear)
    assert linear.weight.shape == made.weight.shape
    first, second = linear(x).chunk(2, -1)
    return torch.maximum(first, second)


def _hinge(logits: Tensor, target: Tensor) -> Tensor:
    return F.relu(1.0 - torch.where(target == 1, 1.0, -1.0) * logits).mean()


def _multiclass_hinge(logits: Tensor, label: Tensor) -> Tensor:
    cost = F.relu(logits - logits.gather(1, label[:, None]) + 1.0)
    return (cost * (1 - F.one_hot(label, 4))).sum(1).mean()


def _perceptron(logits: Tensor, label: Tensor) -> Tensor:
    t = torch.where(label == 1, 1.0, -1.0)
    wrong = t * logits.squeeze(1) <= 0
    return torch.where(wrong, -(t * logits.squeeze(1)), 0.0).mean()


def _ctc(logits: Tensor, label: Tensor) -> Tensor:
    steps = logits.log_softmax(2).transpose(0, 1)
    lengths = [int((row != 0).sum()) for row in label]
    return F.ctc_loss(steps, label, [9] * 6, lengths, zero_infinity=True)


def _info_nce(a: Tensor, b: Tensor) -> Tensor:
    scores = F.normalize(a, dim=1) @ F.normalize(b, dim=1).T / 0.1
    pairs = torch.arange(6)
    return 0.5 * (F.cross_entropy(scores, pairs) + F.cross_entropy(scores.T, pairs))


def _kl(logits: Tensor, target: Tensor) -> Tensor:
    return F.kl_div(logits.log_softmax(-1), target.softmax(-1), reduction="none").sum(-1).mean()


CASES = [
    ("relu", {}, _X, lambda x: F.relu(x)),
    ("leaky_relu", {"negative_slope": 0.2}, _X, lambda x: F.leaky_relu(x, 0.2)),
    ("prelu", {}, _X, _prelu),
    ("prelu", {"per_channel": True, "init": 0.1}, _X, _prelu),
    ("relu6", {}, _X, lambda x: F.relu6(x)),
    ("elu", {"alpha": 0.5}, _X, lambda x: F.elu(x, 0.5)),
    ("selu", {}, _X, lambda x: F.selu(x)),
    ("gelu", {"approximate": "tanh"}, _X, lambda x: F.gelu(x, approximate="tanh")),
    ("silu", {}, _X, lambda x: F.silu(x)),
    ("mish", {}, _X, lambda x: F.mish(x)),
    ("softplus", {"beta": 2.0}, _X, lambda x: F.softplus(x, 2.0)),
    ("sigmoid", {}, _X, lambda x: torch.sigmoid(x)),
    ("log_sigmoid", {}, _X, lambda x: F.logsigmoid(x)),
    ("tanh", {}, _X, lambda x: torch.tanh(x)),
    ("hard_sigmoid", {}, _X, lambda x: F.hardsigmoid(x)),
    ("hard_swish", {}, _X, lambda x: F.hardswish(x)),
    ("hard_tanh", {}, _X, lambda x: F.hardtanh(x)),
    ("identity", {}, _X, lambda x, node: x * 1),
    ("sign", {}, _X, lambda x: torch.sign(x)),
    ("step", {}, _X, lambda x: torch.sign(x).clamp(min=0)),
    ("softmax", {"temperature": 0.5}, _X, lambda x: F.softmax(x / 0.5, dim=-1)),
    ("log_softmax", {"dim": 1}, _X, lambda x: F.log_softmax(x, dim=1)),
    ("glu", {}, _X, lambda x: F.glu(x)),
    ("maxout", {"out_features": 3}, _X, _maxout),
    ("cross_entropy", {}, _ROWS, lambda logits, label: F.cross_entropy(logits, label)),
    (
        "cross_entropy",
        {"class_weights": "1, 2 3,0.5", "ignore_index": 1, "label_smoothing": 0.1},
        _PIXELS,
        lambda logits, label: F.cross_entropy(
            logits, label, torch.tensor([1.0, 2, 3, 0.5]), ignore_index=1, label_smoothing=0.1
        ),
    ),
    (
        "nll",
        {},
        _TOKENS,
        lambda logits, label: F.nll_loss(logits.flatten(0, 1), label.flatten()),
    ),
    (
        "bce_with_logits",
        {"pos_weight": "1, 2, 5"},
        _YES,
        lambda logits, target: F.binary_cross_entropy_with_logits(
            logits, target.float(), pos_weight=torch.tensor([1.0, 2, 5])
        ),
    ),
    (
        "bce_with_logits",
        {"pos_weight": "3"},
        _YES,
        lambda logits, target: F.binary_cross_entropy_with_logits(
            logits, target.float(), pos_weight=torch.tensor([3.0])
        ),
    ),
    ("mse", {}, _NUMBERS, lambda prediction, target: F.mse_loss(prediction[:, 0], target)),
    ("l1", {}, _NUMBERS, lambda prediction, target: F.l1_loss(prediction[:, 0], target)),
    (
        "huber",
        {"delta": 0.3},
        _NUMBERS,
        lambda prediction, target: F.huber_loss(prediction[:, 0], target, delta=0.3),
    ),
    (
        "smooth_l1",
        {"beta": 0.3},
        _NUMBERS,
        lambda prediction, target: F.smooth_l1_loss(prediction[:, 0], target, beta=0.3),
    ),
    ("log_cosh", {}, _NUMBERS, _log_cosh),
    (
        "quantile",
        {"q": 0.9},
        _NUMBERS,
        lambda prediction, target: torch.maximum(
            0.9 * (target - prediction[:, 0]), -0.1 * (target - prediction[:, 0])
        ).mean(),
    ),
    (
        "poisson_nll",
        {},
        _NUMBERS,
        lambda prediction, target: F.poisson_nll_loss(prediction[:, 0], target),
    ),
    ("focal", {"gamma": 1.0, "alpha": "1, 2 3,0.5"}, _TOKENS, _focal),
    ("binary_focal", {}, _YES, _binary_focal),
    ("dice_loss", {}, _PIXELS, _dice),
    ("tversky", {}, {"logits": _WHERE, "label": _IS}, _tversky),
    (
        "margin_ranking",
        {},
        {"a": TensorSpec((B, 1)), "b": TensorSpec((B, 1))},
        lambda a, b: F.relu(1 - (a - b)).mean(),
    ),
    (
        "margin_ranking",
        {"margin": 0.2},
        {"a": TensorSpec((B, 1)), "b": TensorSpec((B, 1)), "target": TensorSpec((B,), "int64", 2)},
        lambda a, b, target: F.margin_ranking_loss(a[:, 0], b[:, 0], 2.0 * target - 1, 0.2),
    ),
    ("hinge", {}, _YES, _hinge),
    ("multiclass_hinge", {}, _ROWS, _multiclass_hinge),
    (
        "perceptron_loss",
        {},
        {"logits": TensorSpec((B, 1)), "label": TensorSpec((B,), "int64", 2)},
        _perceptron,
    ),
    (
        "perceptron_loss",
        {},
        _ROWS,
        lambda logits, label: (
            logits.gather(1, logits.argmax(1)[:, None]) - logits.gather(1, label[:, None])
        ).mean(),
    ),
    ("wasserstein", {}, {"score": TensorSpec((B, 1))}, lambda score: -score.mean()),
    ("wasserstein", {"goal": "down"}, {"score": TensorSpec((B, 1))}, lambda score: score.mean()),
    (
        "ctc",
        {},
        {"logits": TensorSpec((B, 9, 4)), "label": TensorSpec((B, 3), "int64", 4)},
        _ctc,
    ),
    ("kl_divergence", {}, _SAME, _kl),
    ("info_nce", {}, _PAIR, _info_nce),
    (
        "triplet",
        {"margin": 0.5},
        {p: TensorSpec((B, 5)) for p in ("anchor", "positive", "negative")},
        lambda **x: F.triplet_margin_loss(*x.values(), margin=0.5),
    ),
    ("cosine_loss", {}, _PAIR, lambda a, b: (1 - F.cosine_similarity(a, b)).mean()),
    (
        "cosine_loss",
        {"margin": 0.2},
        {**_PAIR, "target": TensorSpec((B,), "int64", 2)},
        lambda a, b, target: F.cosine_embedding_loss(a, b, 2.0 * target - 1, margin=0.2),
    ),
    (
        "gaussian_kl",
        {},
        {"mu": TensorSpec((B, 5)), "log_variance": TensorSpec((B, 5))},
        lambda mu, log_variance: own.gaussian_kl(mu, log_variance),
    ),
    (
        "gaussian_nll",
        {},
        {p: TensorSpec((B, 5)) for p in ("prediction", "log_variance", "target")},
        lambda prediction, log_variance, target: (
            0.5 * (log_variance + (prediction - target) ** 2 * torch.exp(-log_variance)).mean()
        ),
    ),
    ("custom", {}, _X, lambda x, node: torch.sin(node.get_parameter("frequency") * x)),
]

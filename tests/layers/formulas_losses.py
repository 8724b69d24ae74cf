"""Losses as their formulas say, number by number.

A case: parameters, what arrives by port, and a function of values, weights and outputs.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from netbuilder.layers import Dim, TensorSpec

N = Dim("B", 5)
SCORED = {"logits": TensorSpec((N, 4)), "label": TensorSpec((N,), "int64", 4)}
MEASURED = {"prediction": TensorSpec((N, 3)), "target": TensorSpec((N, 3))}
YES = {"logits": TensorSpec((N, 3)), "target": TensorSpec((N, 3), "int64", 2)}
SHARES = {"logits": TensorSpec((N, 3)), "target": (TensorSpec((N, 3)), torch.rand(5, 3).double())}
PAIR = {"a": TensorSpec((N, 6)), "b": TensorSpec((N, 6))}
LABELS = torch.tensor([[1, 2], [2, 0], [1, 1], [0, 0], [2, 1]])

WORDS = {
    "center": TensorSpec((N, 4)), "context": TensorSpec((N, 4)), "negatives": TensorSpec((N, 3, 4)),
}  # fmt: skip
COUNTED = {
    "word": TensorSpec((N, 4)), "context": TensorSpec((N, 4)), "word_bias": TensorSpec((N, 1)),
    "context_bias": TensorSpec((N, 1)),
    "count": (TensorSpec((N,)), torch.tensor([0.5, 1.0, 7.0, 20.0, 90.0])),
}  # fmt: skip


def sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))


def softmax(x: Tensor) -> Tensor:
    return torch.exp(x) / torch.exp(x).sum(-1, keepdim=True)


def mean(values) -> Tensor:
    values = list(values)
    return sum(values) / len(values)


def norm(x: Tensor) -> Tensor:
    return torch.sqrt((x**2).sum())


def cos(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum() / (norm(a) * norm(b))


def relu(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, torch.zeros_like(x))


def signs(target: Tensor) -> Tensor:
    return 2.0 * target - 1


def rows(v):
    return zip(v["logits"], v["label"].tolist(), strict=True)


def _sampled(v, w, y):
    found = []
    for c, o, n in zip(v["center"], v["context"], v["negatives"], strict=True):
        wrong = sum(torch.log(sigmoid(-(c * k).sum())) for k in n)
        found.append(-torch.log(sigmoid((c * o).sum())) - wrong)
    return mean(found)


def _counted(v, w, y):
    found = []
    for i, n in enumerate(v["count"].double()):
        guess = (v["word"][i] * v["context"][i]).sum() + v["word_bias"][i] + v["context_bias"][i]
        found.append(min(1.0, float(n) / 20) ** 0.5 * (guess - torch.log(n)) ** 2)
    return mean(found)[0]


def _bce(v, w, y):
    t, p = v["target"], sigmoid(v["logits"])
    return -(2.0 * t * torch.log(p) + (1 - t) * torch.log(1 - p)).sum() / 15


def _gaussian_nll(v, w, y):
    variance = torch.exp(v["log_variance"])
    inner = torch.log(variance) + (v["prediction"] - v["target"]) ** 2 / variance
    return inner.sum() / (2 * 15)


def _ctc(v, w, y):
    """The sum over every path of classes that collapses to the label."""

    def collapsed(path):
        kept = [c for c, _ in itertools.groupby(path)]
        return [c for c in kept if c != 0]

    losses = []
    for logits, label in zip(v["logits"], LABELS.tolist(), strict=True):
        wanted = [c for c in label if c != 0]
        p = softmax(logits)
        total = sum(
            torch.prod(torch.stack([p[t, c] for t, c in enumerate(path)]))
            for path in itertools.product(range(3), repeat=4)
            if collapsed(path) == wanted
        )
        losses.append(-torch.log(total) / max(1, len(wanted)))
    return mean(losses)


def _huber(v, w, y):
    d = torch.abs(v["prediction"] - v["target"])
    return torch.where(d <= 0.7, 0.5 * d**2, 0.7 * (d - 0.5 * 0.7)).sum() / 15


def _smooth(v, w, y):
    d = torch.abs(v["prediction"] - v["target"])
    return torch.where(d < 0.7, d**2 / (2 * 0.7), d - 0.5 * 0.7).sum() / 15


def _gaussian_kl(v, w, y):
    variance = torch.exp(v["log_variance"])
    return (v["mu"] ** 2 + variance - 1 - torch.log(variance)).sum() / (2 * 5)


def _kl(v, w, y):
    p, q = softmax(v["target"] / 2.0), softmax(v["logits"] / 2.0)
    return 2.0**2 * (p * torch.log(p / q)).sum() / 5


def _info_nce(v, w, y):
    s = torch.stack([torch.stack([cos(a, b) for b in v["b"]]) for a in v["a"]]) / 0.3
    parts = [
        2 * s[i, i] - torch.log(torch.exp(s[i]).sum()) - torch.log(torch.exp(s[:, i]).sum())
        for i in range(5)
    ]
    return -sum(parts) / (2 * 5)


def _triplet(v, w, y):
    triples = zip(v["anchor"], v["positive"], v["negative"], strict=True)
    return mean(relu(norm(a - p) - norm(a - n) + 0.8) for a, p, n in triples)


def _cosine(v, w, y):
    together = v["target"].tolist()
    return mean(
        1 - cos(a, b) if t else relu(cos(a, b) - 0.1)
        for a, b, t in zip(v["a"], v["b"], together, strict=True)
    )


def _multiclass_hinge(v, w, y):
    return mean(
        sum(relu(s[k] - s[label] + 0.5) for k in range(4) if k != label) for s, label in rows(v)
    )


def _binary_focal(v, w, y):
    yes, t = sigmoid(v["logits"]), v["target"]
    p, alpha = torch.where(t > 0, yes, 1 - yes), torch.where(t > 0, 0.25, 0.75)
    return -(alpha * (1 - p) ** 2 * torch.log(p)).sum() / 15


def _overlap(alpha, beta, smooth):
    """1 − (TP + s) / (TP + α FP + β FN + s) for each class of each sample, averaged."""

    def by_hand(v, w, y):
        p = torch.exp(v["logits"]) / torch.exp(v["logits"]).sum(1, keepdim=True)
        found = []
        for n in range(5):
            for k in range(3):
                true = (v["label"][n] == k).double()
                tp, fp = (p[n, k] * true).sum(), (p[n, k] * (1 - true)).sum()
                fn = ((1 - p[n, k]) * true).sum()
                found.append(1 - (tp + smooth) / (tp + alpha * fp + beta * fn + smooth))
        return mean(found)

    return by_hand


def _dice(v, w, y):
    p = torch.exp(v["logits"]) / torch.exp(v["logits"]).sum(1, keepdim=True)
    found = []
    for n in range(5):
        for k in range(3):
            t = (v["label"][n] == k).double()
            above = 2 * (p[n, k] * t).sum() + 2 * 1.0
            found.append(1 - above / (p[n, k].sum() + t.sum() + 2 * 1.0))
    return mean(found)


def _quantile(v, w, y):
    d = v["target"] - v["prediction"]
    return torch.where(0.7 * d > -0.3 * d, 0.7 * d, -0.3 * d).sum() / 15


def _log_cosh(v, w, y):
    d = v["prediction"] - v["target"]
    return torch.log((torch.exp(d) + torch.exp(-d)) / 2).sum() / 15


PIXELS = {"logits": TensorSpec((N, 3, 4, 2)), "label": TensorSpec((N, 4, 2), "int64", 3)}
SIDES = {
    "logits": TensorSpec((N, 3)),
    "target": (TensorSpec((N, 3)), (torch.rand(5, 3) > 0.5).double()),
}
RANKED = {
    "a": TensorSpec((N,)), "b": TensorSpec((N,)),
    "target": (TensorSpec((N,), "int64", 2), torch.tensor([1, 0, 0, 1, 0])),
}  # fmt: skip
JUDGED = torch.rand(5, 3).double().requires_grad_()
#: The critic is x · x, whose gradient is 2x.
CRITIC = {
    "scores": (TensorSpec((N,)), (JUDGED**2).sum(1)), "x": (TensorSpec((N, 3)), JUDGED),
}  # fmt: skip

FORMULAS = {
    "focal": [
        (
            {},
            SCORED,
            lambda v, w, y: -mean(
                (1 - softmax(s)[k]) ** 2 * torch.log(softmax(s)[k]) for s, k in rows(v)
            ),
        )
    ],
    "binary_focal": [({}, SIDES, _binary_focal)],
    "tversky": [({"smooth": 0.5}, PIXELS, _overlap(0.3, 0.7, 0.5))],
    "dice_loss": [({}, PIXELS, _dice)],
    "quantile": [({"q": 0.7}, MEASURED, _quantile)],
    "log_cosh": [({}, MEASURED, _log_cosh)],
    "poisson_nll": [
        (
            {},
            MEASURED,
            lambda v, w, y: (
                torch.exp(v["prediction"]) - v["target"] * v["prediction"]
            ).sum()
            / 15,
        )
    ],
    "margin_ranking": [
        (
            {"margin": 0.5},
            RANKED,
            lambda v, w, y: relu(0.5 - signs(v["target"]) * (v["a"] - v["b"])).sum() / 5,
        )
    ],
    "gradient_penalty": [
        ({"slope": 0.8}, CRITIC, lambda v, w, y: mean((norm(2 * x) - 0.8) ** 2 for x in v["x"]))
    ],
    "cross_entropy": [
        ({}, SCORED, lambda v, w, y: -mean(torch.log(softmax(s)[k]) for s, k in rows(v)))
    ],
    "nll": [({}, SCORED, lambda v, w, y: -mean(s[k] for s, k in rows(v)))],
    "bce_with_logits": [({"pos_weight": "2"}, SHARES, _bce)],
    "gaussian_nll": [({}, {**MEASURED, "log_variance": TensorSpec((N, 3))}, _gaussian_nll)],
    "ctc": [
        (
            {},
            {
                "logits": TensorSpec((N, 4, 3)),
                "label": (TensorSpec((N, 2), "int64", 3), LABELS),
            },
            _ctc,
        )
    ],
    "mse": [
        ({}, MEASURED, lambda v, w, y: ((v["prediction"] - v["target"]) ** 2).sum() / 15)
    ],
    "l1": [
        ({}, MEASURED, lambda v, w, y: torch.abs(v["prediction"] - v["target"]).sum() / 15)
    ],
    "huber": [({"delta": 0.7}, MEASURED, _huber)],
    "smooth_l1": [({"beta": 0.7}, MEASURED, _smooth)],
    "gaussian_kl": [
        ({}, {"mu": TensorSpec((N, 3)), "log_variance": TensorSpec((N, 3))}, _gaussian_kl)
    ],
    "kl_divergence": [
        (
            {"temperature": 2.0},
            {"logits": TensorSpec((N, 4)), "target": TensorSpec((N, 4))},
            _kl,
        )
    ],
    "info_nce": [({"temperature": 0.3}, PAIR, _info_nce)],
    "triplet": [
        (
            {"margin": 0.8},
            {name: TensorSpec((N, 6)) for name in ("anchor", "positive", "negative")},
            _triplet,
        )
    ],
    "cosine_loss": [
        (
            {"margin": 0.1},
            {**PAIR, "target": (TensorSpec((N,), "int64", 2), torch.tensor([1, 0, 0, 1, 0]))},
            _cosine,
        )
    ],
    "hinge": [
        (
            {"margin": 0.5},
            YES,
            lambda v, w, y: relu(0.5 - signs(v["target"]) * v["logits"]).sum() / 15,
        )
    ],
    "multiclass_hinge": [({"margin": 0.5}, SCORED, _multiclass_hinge)],
    "perceptron_loss": [
        (
            {},
            {"logits": TensorSpec((N, 1)), "label": TensorSpec((N,), "int64", 2)},
            lambda v, w, y: relu(-signs(v["label"]) * v["logits"][:, 0]).sum() / 5,
        ),
        ({}, SCORED, lambda v, w, y: mean(s.max() - s[k] for s, k in rows(v))),
    ],
    "negative_sampling": [({}, WORDS, _sampled)],
    "glove": [({"most": 20.0, "power": 0.5}, COUNTED, _counted)],
    "wasserstein": [
        ({"goal": "up"}, {"score": TensorSpec((N, 2))}, lambda v, w, y: -v["score"].sum() / 10),
        ({"goal": "down"}, {"score": TensorSpec((N, 2))}, lambda v, w, y: v["score"].sum() / 10),
    ],
}  # fmt: skip

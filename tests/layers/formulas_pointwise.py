"""Activations, sums and rearrangements as their formulas say, in elementary operations.

A case: parameters, what arrives by port, and a function of values, weights and outputs.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from netbuilder.layers import Dim, TensorSpec

N = Dim("B", 5)
ANY = {"x": TensorSpec((N, 3, 4))}
ROW = {"x": TensorSpec((N, 6))}
MAP = {"x": TensorSpec((N, 4, 4, 6))}
TOKENS = TensorSpec((N, 7), "int64", 6)


def sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))


def tanh(x: Tensor) -> Tensor:
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))


def softmax(x: Tensor) -> Tensor:
    return torch.exp(x) / torch.exp(x).sum(-1, keepdim=True)


def upto(x: Tensor, most: float) -> Tensor:
    return torch.where(x < most, x, torch.full_like(x, most))


def above(x: Tensor, least: float) -> Tensor:
    return torch.where(x > least, x, torch.full_like(x, least))


def normal_share(x: Tensor) -> Tensor:
    """Φ."""
    return torch.tensor(
        [0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x.flatten().tolist()]
    ).view(x.shape)


def elu(x: Tensor, alpha: float) -> Tensor:
    return torch.where(x > 0, x, alpha * (torch.exp(x) - 1))


def _maxout(v, w, y):
    pieces = w["linear.weight"].view(3, 2, 6), w["linear.bias"].view(3, 2)
    answers = [v["x"] @ pieces[0][k].T + pieces[1][k] for k in range(3)]
    return torch.stack(answers).max(0).values


def _glu(v, w, y):
    a, b = v["x"][..., :2], v["x"][..., 2:]
    return a * sigmoid(b)


def _shuffled(v, w, y):
    x, r = v["x"], 2
    out = torch.zeros(5, 1, 8, 12)
    for c in range(1):
        for i in range(8):
            for j in range(12):
                out[:, c, i, j] = x[:, c * r * r + (i % r) * r + j % r, i // r, j // r]
    return out


def _unshuffled(v, w, y):
    x, r = v["x"], 2
    out = torch.zeros(5, 16, 2, 3)
    for k in range(16):
        c, i, j = k // 4, k % 4 // 2, k % 2
        out[:, k] = x[:, c, i::r, j::r]
    return out


def _padded(v, w, y):
    out = torch.zeros(5, 4, 8, 10)
    out[:, :, 2:6, 2:8] = v["x"]
    return out


def _detached(v, w, y):
    assert v["x"].requires_grad
    assert not y["y"].requires_grad
    return v["x"]


def _reparameterised(v, w, y):
    sigma = torch.exp(v["log_variance"] / 2)
    epsilon = ((y["z"] - v["mu"]) / sigma).detach()
    assert abs(float(epsilon.mean())) < 0.06
    assert abs(float((epsilon**2).mean()) - 1) < 0.06
    assert abs(float((epsilon * v["mu"].detach()).mean())) < 0.06  # of itself, not of what arrives
    return v["mu"] + sigma * epsilon


def _mixed(v, w, y):
    share = ((y["y"] - v["b"]) / (v["a"] - v["b"])).detach()[:, :1]  # one for each sample
    assert float(share.min()) >= 0
    assert float(share.max()) <= 1
    assert float(share.std()) > 0.05
    return share * v["a"] + (1 - share) * v["b"]


def _dropped(v, w, y):
    mask = (y["y"] != 0).double()
    assert abs(float(mask.mean()) - 0.75) < 0.05
    return mask * v["x"] / (1 - 0.25)


def _channels_dropped(v, w, y):
    mask = (y["y"] != 0).double().amax((2, 3), keepdim=True)
    assert 0.5 < float(mask.mean()) < 0.95
    return mask * v["x"] / (1 - 0.25)


def _alpha_dropped(v, w, y):
    alpha, q = -1.7580993408473766, 0.75
    a = (q + alpha**2 * q * (1 - q)) ** -0.5
    b = -a * (1 - q) * alpha
    mask = (torch.abs(y["y"] - (a * alpha + b)) > 1e-9).double()
    assert abs(float(mask.mean()) - 0.75) < 0.05
    return a * (mask * v["x"] + (1 - mask) * alpha) + b


MANY = {"x": TensorSpec((N, 50, 40))}
GAUSSIAN = {"mu": TensorSpec((N, 1000)), "log_variance": TensorSpec((N, 1000))}

FORMULAS = {
    "relu": [({}, ANY, lambda v, w, y: above(v["x"], 0))],
    "leaky_relu": [
        ({"negative_slope": 0.2}, ANY, lambda v, w, y: above(v["x"], 0) + 0.2 * upto(v["x"], 0))
    ],
    "prelu": [
        ({}, ANY, lambda v, w, y: above(v["x"], 0) + w["weight"] * upto(v["x"], 0)),
        (
            {"per_channel": True},
            ANY,
            lambda v, w, y: above(v["x"], 0) + w["weight"][:, None] * upto(v["x"], 0),
        ),
    ],
    "sigmoid": [({}, ANY, lambda v, w, y: sigmoid(v["x"]))],
    "tanh": [({}, ANY, lambda v, w, y: tanh(v["x"]))],
    "identity": [({}, ANY, lambda v, w, y: v["x"])],
    "sign": [({}, ANY, lambda v, w, y: (v["x"] > 0).double() - (v["x"] < 0).double())],
    "step": [({}, ANY, lambda v, w, y: (v["x"] > 0).double())],
    "maxout": [({"out_features": 2, "pieces": 3}, ROW, _maxout)],
    "glu": [({}, ANY, _glu)],
    "relu6": [({}, ANY, lambda v, w, y: upto(above(v["x"], 0), 6))],
    "hard_sigmoid": [({}, ANY, lambda v, w, y: upto(above(v["x"] + 3, 0), 6) / 6)],
    "hard_swish": [({}, ANY, lambda v, w, y: v["x"] * upto(above(v["x"] + 3, 0), 6) / 6)],
    "hard_tanh": [({}, ANY, lambda v, w, y: upto(above(v["x"], -1), 1))],
    "gelu": [({}, ANY, lambda v, w, y: v["x"] * normal_share(v["x"]))],
    "silu": [({}, ANY, lambda v, w, y: v["x"] * sigmoid(v["x"]))],
    "mish": [({}, ANY, lambda v, w, y: v["x"] * tanh(torch.log(1 + torch.exp(v["x"]))))],
    "softplus": [
        ({"beta": 2.0}, ANY, lambda v, w, y: torch.log(1 + torch.exp(2.0 * v["x"])) / 2.0)
    ],
    "log_sigmoid": [({}, ANY, lambda v, w, y: -torch.log(1 + torch.exp(-v["x"])))],
    "elu": [({"alpha": 0.7}, ANY, lambda v, w, y: elu(v["x"], 0.7))],
    "selu": [({}, ANY, lambda v, w, y: 1.0507009873554805 * elu(v["x"], 1.6732632423543772))],
    "softmax": [({"temperature": 2.0}, ANY, lambda v, w, y: softmax(v["x"] / 2.0))],
    "log_softmax": [
        (
            {"temperature": 2.0},
            ANY,
            lambda v, w, y: v["x"] / 2.0
            - torch.log(torch.exp(v["x"] / 2.0).sum(-1, keepdim=True)),
        )
    ],
    "add": [({}, ANY, lambda v, w, y: v["x"][0] + v["x"][1])],
    "multiply": [({}, ANY, lambda v, w, y: v["x"][0] * v["x"][1])],
    "scale": [({"factor": 0.3}, ANY, lambda v, w, y: 0.3 * v["x"])],
    "concat": [
        ({}, ANY, lambda v, w, y: torch.stack([*v["x"][0].unbind(1), *v["x"][1].unbind(1)], 1))
    ],
    "detach": [({}, ANY, _detached)],
    "linear": [({"out_features": 3}, ANY, lambda v, w, y: v["x"] @ w["weight"].T + w["bias"])],
    "embedding": [({"embedding_dim": 3}, {"x": TOKENS}, lambda v, w, y: w["weight"][v["x"]])],
    "embedding_bag": [
        ({"embedding_dim": 3}, {"x": TOKENS}, lambda v, w, y: w["weight"][v["x"]].sum(1) / 7)
    ],
    "one_hot": [
        ({}, {"x": TOKENS}, lambda v, w, y: (v["x"][..., None] == torch.arange(6)).double())
    ],
    "tied_linear": [
        ({}, {**ROW, "table": TensorSpec((8, 6))}, lambda v, w, y: v["x"] @ v["table"].T)
    ],
    "learned": [
        ({"sizes": (2, 3)}, ROW, lambda v, w, y: torch.stack([w["value"] for _ in range(5)]))
    ],
    "dropout": [
        ({"p": 0.25}, MANY, _dropped),
        ({"p": 0.25}, MANY, lambda v, w, y: v["x"], "after training"),
    ],
    "spatial_dropout": [
        ({"p": 0.25}, {"x": TensorSpec((N, 40, 3, 3))}, _channels_dropped),
        ({"p": 0.25}, MAP, lambda v, w, y: v["x"], "after training"),
    ],
    "alpha_dropout": [
        ({"p": 0.25}, MANY, _alpha_dropped),
        ({"p": 0.25}, MANY, lambda v, w, y: v["x"], "after training"),
    ],
    "reparameterise": [
        ({}, GAUSSIAN, _reparameterised),
        ({}, GAUSSIAN, lambda v, w, y: v["mu"], "after training"),
    ],
    "random_mix": [({}, {"a": TensorSpec((N, 6)), "b": TensorSpec((N, 6))}, _mixed)],
    "pad": [({"amount": (2,)}, MAP, _padded)],
    "crop": [({"amount": (1,)}, MAP, lambda v, w, y: v["x"][:, :, 1:3, 1:5])],
    "flatten": [
        ({}, ANY, lambda v, w, y: torch.stack([v["x"][:, i // 4, i % 4] for i in range(12)], 1))
    ],
    "reshape": [
        (
            {"sizes": (2, 3)},
            ROW,
            lambda v, w, y: torch.stack([v["x"][:, :3], v["x"][:, 3:]], 1),
        )
    ],
    "transpose": [
        ({}, ANY, lambda v, w, y: torch.stack([v["x"][:, :, i] for i in range(4)], 1))
    ],
    "select": [({"dim": 1, "index": 2}, ANY, lambda v, w, y: v["x"][:, 2])],
    "to_tokens": [
        (
            {},
            MAP,
            lambda v, w, y: torch.stack([v["x"][:, :, i // 6, i % 6] for i in range(24)], 1),
        )
    ],
    "pixel_shuffle": [({}, MAP, _shuffled)],
    "pixel_unshuffle": [({}, MAP, _unshuffled)],
    "last_step": [({}, ANY, lambda v, w, y: v["x"][:, 2])],
    "repeat_vector": [({"steps": 3}, ROW, lambda v, w, y: torch.stack([v["x"]] * 3, 1))],
    "padding_mask": [({"padding": 2}, {"x": TOKENS}, lambda v, w, y: v["x"] != 2)],
}  # fmt: skip

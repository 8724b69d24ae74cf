"""Recurrent layers step by step and attention from its definition.

A case: parameters, what arrives by port, and a function of values, weights and outputs.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from netbuilder.layers import Dim, TensorSpec

N = Dim("B", 3)
X = {"x": TensorSpec((N, 5, 4))}
SELF = {"query": TensorSpec((N, 5, 6))}
CROSS = {
    "query": TensorSpec((N, 5, 6)), "key": TensorSpec((N, 4, 6)), "value": TensorSpec((N, 4, 2)),
}  # fmt: skip
WIDE = {"x": TensorSpec((N, 5, 6))}
SMALL = {"num_heads": 2, "hidden": 4, "activation": "relu", "dropout": 0.0}
OTHER = {**CROSS, "key": TensorSpec((N, 4, 3))}


def sigmoid(x: Tensor) -> Tensor:
    return 1 / (1 + torch.exp(-x))


def tanh(x: Tensor) -> Tensor:
    return 2 * sigmoid(2 * x) - 1


def softmax(x: Tensor) -> Tensor:
    return torch.exp(x) / torch.exp(x).sum(-1, keepdim=True)


def gates(w, count):
    """W, U, b and b′ of each gate, in the order of torch."""
    rows = [
        w[f"{name}_l0"].chunk(count) for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    ]
    return list(zip(*rows, strict=True))


def _rnn(v, w, y):
    ((wx, u, b, d),) = gates(w, 1)
    h, found = torch.zeros(3, 4), []
    for t in range(5):
        h = tanh(v["x"][:, t] @ wx.T + b + h @ u.T + d)
        found.append(h)
    return {"y": torch.stack(found, 1), "last": h}


def _lstm(v, w, y):
    h = c = torch.zeros(3, 4)
    found = []
    for t in range(5):
        i, f, g, o = (v["x"][:, t] @ wx.T + h @ u.T + b + d for wx, u, b, d in gates(w, 4))
        i, f, g, o = sigmoid(i), sigmoid(f), tanh(g), sigmoid(o)
        c = f * c + i * g
        h = o * tanh(c)
        found.append(h)
    return {"y": torch.stack(found, 1), "last": h, "cell": c[:, None]}


def _gru(v, w, y):
    h, found = torch.zeros(3, 4), []
    for t in range(5):
        x = v["x"][:, t]
        (wr, ur, br, dr), (wz, uz, bz, dz), (wn, un, bn, dn) = gates(w, 3)
        r = sigmoid(x @ wr.T + h @ ur.T + br + dr)
        z = sigmoid(x @ wz.T + h @ uz.T + bz + dz)
        n = tanh(x @ wn.T + bn + r * (h @ un.T + dn))
        h = (1 - z) * n + z * h
        found.append(h)
    return {"y": torch.stack(found, 1), "last": h}


def _multihead(v, w, y):
    x = v["query"]
    wq, wk, wv = w["in_proj_weight"].chunk(3)
    heads, weights = [], []
    for h in range(3):
        rows = slice(2 * h, 2 * h + 2)  # d = 2
        q, k, told = x @ wq[rows].T, x @ wk[rows].T, x @ wv[rows].T
        a = softmax(q @ k.transpose(1, 2) / math.sqrt(2))
        heads.append(a @ told)
        weights.append(a)
    told = torch.cat(heads, -1) @ w["out_proj.weight"].T
    return {"y": told, "weights": torch.stack(weights, 1)}


def _grouped(v, w, y):
    x, heads, groups = v["query"], 3, 1
    found, weights = [], []
    for h in range(heads):
        g = h * groups // heads
        own, shared = slice(2 * h, 2 * h + 2), slice(2 * g, 2 * g + 2)
        q = x @ w["q_proj.weight"][own].T
        k, told = x @ w["k_proj.weight"][shared].T, x @ w["v_proj.weight"][shared].T
        a = softmax(q @ k.transpose(1, 2) / math.sqrt(2))
        found.append(a @ told)
        weights.append(a)
    return {"y": torch.cat(found, -1) @ w["out_proj.weight"].T, "weights": torch.stack(weights, 1)}


def _normed(x, w, name):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + 1e-5) * w[f"{name}.weight"] + w[f"{name}.bias"]


def _attended(x, m, w, name):
    """MHA with two heads over values 3 wide each."""
    rows = w[f"{name}.in_proj_weight"].chunk(3), w[f"{name}.in_proj_bias"].chunk(3)
    q, k, v = (t @ u.T + b for t, u, b in zip((x, m, m), *rows, strict=True))
    parts = []
    for h in (slice(0, 3), slice(3, 6)):
        scores = q[..., h] @ k[..., h].transpose(1, 2) / math.sqrt(3)
        if x is m and name.endswith("self_attn") and w["causal"]:
            scores = scores - 1e9 * torch.ones(5, 5).triu(1)
        parts.append(softmax(scores) @ v[..., h])
    return torch.cat(parts, -1) @ w[f"{name}.out_proj.weight"].T + w[f"{name}.out_proj.bias"]


def _forward(x, w):
    inner = x @ w["layers.0.linear1.weight"].T + w["layers.0.linear1.bias"]
    return inner.clamp(min=0) @ w["layers.0.linear2.weight"].T + w["layers.0.linear2.bias"]


def _encoded_first(v, w, y):
    w = {**w, "causal": False}
    n = _normed(v["x"], w, "layers.0.norm1")
    z = v["x"] + _attended(n, n, w, "layers.0.self_attn")
    return {"y": z + _forward(_normed(z, w, "layers.0.norm2"), w)}


def _encoded_last(v, w, y):
    w = {**w, "causal": False}
    z = _normed(v["x"] + _attended(v["x"], v["x"], w, "layers.0.self_attn"), w, "layers.0.norm1")
    return {"y": _normed(z + _forward(z, w), w, "layers.0.norm2")}


def _written(v, w, y):
    w = {**w, "causal": True}
    n = _normed(v["x"], w, "layers.0.norm1")
    z = v["x"] + _attended(n, n, w, "layers.0.self_attn")
    n = _normed(z, w, "layers.0.norm2")
    z = z + _attended(n, v["memory"], w, "layers.0.multihead_attn")
    return {"y": z + _forward(_normed(z, w, "layers.0.norm3"), w)}


def gathered(scores: Tensor, value: Tensor) -> dict[str, Tensor]:
    """α_t = softmax(e_t), y_t = Σ_s α_ts v_s."""
    weights = softmax(scores)
    y = (weights[..., None] * value[:, None]).sum(2)
    return {"y": y, "weights": weights[:, None]}


def _dot(v, w, y):
    scores = torch.einsum("btc,bsc->bts", v["query"], v["key"]) / math.sqrt(6)
    return gathered(scores, v["value"])


def _cosine(v, w, y):
    q, k = v["query"], v["key"]
    lengths = [torch.sqrt((t**2).sum(-1)) for t in (q, k)]
    scores = torch.einsum("btc,bsc->bts", q, k) / (lengths[0][:, :, None] * lengths[1][:, None])
    return gathered(scores / 0.5, v["value"])


def _bilinear(v, w, y):
    asked = torch.einsum("kc,btc->btk", w["query.weight"], v["query"])
    return gathered(torch.einsum("bsk,btk->bts", v["key"], asked), v["value"])


def _additive(v, w, y):
    scores = torch.stack(
        [
            torch.stack(
                [
                    tanh(
                        v["query"][:, t] @ w["query.weight"].T + v["key"][:, s] @ w["key.weight"].T
                    )
                    @ w["score.weight"][0]
                    for s in range(4)
                ],
                -1,
            )
            for t in range(5)
        ],
        1,
    )
    return gathered(scores, v["value"])


def _pooling(v, w, y):
    weights = softmax(v["x"] @ w["score.weight"][0] + w["score.bias"])
    return sum(weights[:, t, None] * v["x"][:, t] for t in range(5))


def _positions(v, w, y):
    waves = torch.zeros(5, 4)
    for t in range(5):
        for i in range(2):
            angle = t / 10000 ** (2 * i / 4)
            waves[t, 2 * i], waves[t, 2 * i + 1] = math.sin(angle), math.cos(angle)
    return v["x"] + waves


def _decoded(v, w, out):
    """Told the tokens before: attention, a GRU's cell, scores of state and what was told."""
    h, m, found = torch.zeros(3, 3), v["memory"], []
    pairs = (("weight_ih", "bias_ih"), ("weight_hh", "bias_hh"))
    for t in range(4):
        a = w["attention.query.weight"] @ h[:, :, None]
        b = m @ w["attention.key.weight"].T
        alpha = softmax((tanh(a.mT + b) * w["attention.score.weight"][0]).sum(-1))
        c = (alpha[:, :, None] * m).sum(1)
        x = torch.cat([w["embedding.weight"][v["before"][:, t]], c], 1)
        (xr, xz, xn), (hr, hz, hn) = (
            (y @ w[f"cell.{u}"].T + w[f"cell.{d}"]).chunk(3, 1)
            for y, (u, d) in zip((x, h), pairs, strict=True)
        )
        z = sigmoid(xz + hz)
        h = (1 - z) * tanh(xn + sigmoid(xr + hr) * hn) + z * h
        found.append(torch.cat([h, c], 1) @ w["score.weight"].T + w["score.bias"])
    return torch.stack(found, 1)


def _real(v, w, out):
    return torch.stack([torch.arange(5) < max(int(n), 1) for n in v["lengths"]])


FORMULAS = {
    "rnn": [({"hidden_size": 4}, X, _rnn)],
    "lstm": [({"hidden_size": 4}, X, _lstm)],
    "gru": [({"hidden_size": 4}, X, _gru)],
    "multihead_attention": [({"num_heads": 3, "bias": False}, SELF, _multihead)],
    "grouped_query_attention": [
        ({"num_heads": 3, "num_kv_heads": 1, "bias": False}, SELF, _grouped)
    ],
    "transformer_encoder": [
        ({**SMALL, "norm_first": True}, WIDE, _encoded_first),
        ({**SMALL, "norm_first": False}, WIDE, _encoded_last),
    ],
    "transformer_decoder": [(SMALL, {**WIDE, "memory": TensorSpec((N, 4, 6))}, _written)],
    "dot_product_attention": [({}, CROSS, _dot)],
    "cosine_attention": [({"temperature": 0.5}, CROSS, _cosine)],
    "bilinear_attention": [({}, OTHER, _bilinear)],
    "additive_attention": [({"hidden": 3}, OTHER, _additive)],
    "attention_pooling": [({}, X, _pooling)],
    "positional_encoding": [({}, X, _positions)],
    "length_mask": [({}, {**X, "lengths": TensorSpec((N,), "int64", 7)}, _real)],
    "attention_decoder": [
        (
            {"hidden_size": 3, "embedding_dim": 2},
            {"memory": TensorSpec((N, 5, 4)), "before": TensorSpec((N, 4), "int64", 6)},
            _decoded,
        )
    ],
}

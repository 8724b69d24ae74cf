"""Sums, shapes, pooling of sequences and attention as one writes them in torch."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from netbuilder.layers import B, TensorSpec

_X = {"x": TensorSpec((B, 5, 4))}
_TWO = {"x": TensorSpec((B, 5, 4)), "z": TensorSpec((B, 5, 4))}
_LONG = {"query": TensorSpec((B, 5, 4)), "key": TensorSpec((B, 7, 4))}


def _linear(x: Tensor, node: nn.Module) -> Tensor:
    return F.linear(x, node.get_parameter("weight"), node.get_parameter("bias"))


def _angle(step: int, i: int, width: int) -> float:
    return step / 10000 ** ((i - i % 2) / width)


def _table(x: Tensor, node: nn.Module) -> Tensor:
    return x + node.get_parameter("table")[:5]


def _waves(x: Tensor, node: nn.Module) -> Tensor:
    table = node.get_buffer("table")[:5]
    for t in range(5):
        for i in range(4):
            wave = (math.sin, math.cos)[i % 2](_angle(t, i, 4))
            assert math.isclose(table[t, i].item(), wave, abs_tol=1e-6)
    return x + table


def _weight(node: nn.Module, name: str) -> Tensor:
    return node.get_parameter(f"{name}.weight")


def _gathered(scores: Tensor, values: Tensor) -> Tensor:
    return scores.softmax(-1) @ values


def _additive(query: Tensor, key: Tensor, node: nn.Module) -> Tensor:
    q, k = F.linear(query, _weight(node, "query")), F.linear(key, _weight(node, "key"))
    e = F.linear((q.unsqueeze(2) + k.unsqueeze(1)).tanh(), _weight(node, "score"))
    return _gathered(e.squeeze(3), key)


def _cosine(query: Tensor, key: Tensor, node: nn.Module) -> Tensor:
    assert not list(node.parameters())
    q, k = F.normalize(query, dim=2), F.normalize(key, dim=2)
    return _gathered(q @ k.mT / 0.5, key)


def _pooled(x: Tensor, node: nn.Module) -> Tensor:
    e = F.linear(x, _weight(node, "score"), node.get_parameter("score.bias"))
    return (e.mT.softmax(-1) @ x).squeeze(1)


def _grouped(x: Tensor, node: nn.Module) -> Tensor:
    def heads(name: str, count: int) -> Tensor:
        y = F.linear(x, _weight(node, name), node.get_parameter(f"{name}.bias"))
        return y.view(6, 5, count, 2).transpose(1, 2)

    q, k, v = heads("q_proj", 2), heads("k_proj", 1), heads("v_proj", 1)
    k, v = k.expand(6, 2, 5, 2), v.expand(6, 2, 5, 2)
    y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
    return F.linear(y, _weight(node, "out_proj"), node.get_parameter("out_proj.bias"))


CASES = [
    ("add", {}, _TWO, lambda x, z: x + z),
    ("multiply", {}, _TWO, lambda x, z: x * z),
    ("concat", {"dim": -1}, _TWO, lambda x, z: torch.cat([x, z], dim=-1)),
    ("flatten", {}, _X, lambda x: x.view(6, 20)),
    ("reshape", {"sizes": (2, -1)}, _X, lambda x: x.view(6, 2, 10)),
    ("transpose", {}, _X, lambda x: x.mT),
    ("to_tokens", {}, {"x": TensorSpec((B, 3, 5, 4))}, lambda x: x.flatten(2).mT),
    ("linear", {"out_features": 3}, _X, _linear),
    ("mean_pool", {}, _X, lambda x: x.mean(1)),
    ("positional_encoding", {"method": "learned"}, _X, _table),
    ("positional_encoding", {"method": "sinusoidal"}, _X, _waves),
    ("additive_attention", {"hidden": 3}, _LONG, _additive),
    ("cosine_attention", {"temperature": 0.5}, _LONG, _cosine),
    ("attention_pooling", {}, _X, _pooled),
    ("grouped_query_attention", {"num_heads": 2, "num_kv_heads": 1}, _X, _grouped),
    ("torch_layer", {"name": "nn.Softsign"}, _X, lambda x, node: F.softsign(x)),
    ("torch_layer", {"name": "F.tanhshrink"}, _X, lambda x: F.tanhshrink(x)),
    (
        "torch_loss",
        {"name": "F.smooth_l1_loss"},
        {p: TensorSpec((B, 5)) for p in ("input", "target")},
        lambda input, target: F.smooth_l1_loss(input, target),
    ),
]

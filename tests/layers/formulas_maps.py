"""Convolution, pooling and norms as their formulas say, place by place.

A case: parameters, what arrives by port, and a function of values, weights and outputs.
"""

from __future__ import annotations

import itertools
import math

import torch
from torch import Tensor

from netbuilder.layers import Dim, TensorSpec

N = Dim("B", 3)
SIGNAL = {"x": TensorSpec((N, 4, 9))}
IMAGE = {"x": TensorSpec((N, 4, 7, 6))}
VOLUME = {"x": TensorSpec((N, 2, 5, 4, 4))}
ARRIVING = {1: SIGNAL, 2: IMAGE, 3: VOLUME}
STEPPED = {
    "kernel_size": (3,), "stride": (2,), "padding": "custom", "pad": (2,), "dilation": (2,),
}  # fmt: skip


def places(sizes):
    return itertools.product(*map(range, sizes))


def at(x: Tensor, place) -> Tensor:
    """The values of all channels at a place, zeros outside."""
    if all(0 <= i < n for i, n in zip(place, x.shape[2:], strict=True)):
        return x[(slice(None), slice(None), *place)]
    return torch.zeros(x.shape[:2], dtype=x.dtype)


def out_size(n: int, k: int, s: int, p: int, d: int) -> int:
    return math.floor((n + 2 * p - d * (k - 1) - 1) / s) + 1


def correlated(x, weight, bias=0.0, s=1, p=0, d=1):
    """y_k,i = b_k + Σ_c,u w_k,c,u x_c,(si + du − p)."""
    kernel = weight.shape[2:]
    sizes = [out_size(n, k, s, p, d) for n, k in zip(x.shape[2:], kernel, strict=True)]
    y = torch.zeros(x.shape[0], weight.shape[0], *sizes)
    for i in places(sizes):
        total = torch.zeros(x.shape[0], weight.shape[0]) + bias
        for u in places(kernel):
            place = [s * a + d * b - p for a, b in zip(i, u, strict=True)]
            total = total + at(x, place) @ weight[(slice(None), slice(None), *u)].T
        y[(slice(None), slice(None), *i)] = total
    return y


def one_by_one(x, weight, s=1, p=0, d=1):
    """A kernel for each channel alone; weight (C, 1, …)."""
    found = [
        correlated(x[:, c : c + 1], weight[c : c + 1], 0.0, s, p, d) for c in range(x.shape[1])
    ]
    return torch.cat(found, 1)


def stamped(x, weight, bias, s, p, d, extra):
    """y_k,o: the sum of x_c,i w_c,k,u over all si + du − p = o."""
    kernel = weight.shape[2:]
    sizes = [
        s * (n - 1) + d * (k - 1) - 2 * p + extra + 1
        for n, k in zip(x.shape[2:], kernel, strict=True)
    ]
    y = torch.zeros(x.shape[0], weight.shape[1], *sizes) + bias.view(-1, *[1] * len(kernel))
    for i in places(x.shape[2:]):
        for u in places(kernel):
            o = [s * a + d * b - p for a, b in zip(i, u, strict=True)]
            if all(0 <= a < n for a, n in zip(o, sizes, strict=True)):
                y[(slice(None), slice(None), *o)] += (
                    at(x, i) @ weight[(slice(None), slice(None), *u)]
                )
    return y


def windows(x, k, s, p, d):
    """By place of the result: the values of its window that lie inside."""
    sizes = [out_size(n, k, s, p, d) for n in x.shape[2:]]
    for i in places(sizes):
        found = []
        for u in places([k] * len(sizes)):
            place = [s * a + d * b - p for a, b in zip(i, u, strict=True)]
            if all(0 <= a < n for a, n in zip(place, x.shape[2:], strict=True)):
                found.append(x[(slice(None), slice(None), *place)])
        yield i, sizes, torch.stack(found)


def pooled(x, reduce, k=2, s=2, p=0, d=1):
    y = None
    for i, sizes, values in windows(x, k, s, p, d):
        y = torch.zeros(*x.shape[:2], *sizes) if y is None else y
        y[(slice(None), slice(None), *i)] = reduce(values)
    return y


def adaptive(x, m, reduce):
    n = x.shape[2]
    parts = [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]
    return torch.stack([reduce(x[:, :, a:b]) for a, b in parts], 2)


def normed(x, axes, gamma=1.0, beta=0.0, eps=1e-5):
    """γ (x − μ) / √(σ² + ε) + β, with μ and σ² over these axes."""
    count = math.prod(x.shape[a] for a in axes)
    mu = x.sum(axes, keepdim=True) / count
    variance = ((x - mu) ** 2).sum(axes, keepdim=True) / count
    return gamma * (x - mu) / torch.sqrt(variance + eps) + beta


def _channelwise(t: Tensor, axes: int) -> Tensor:
    return t.view(-1, *[1] * axes)


def _batch_norm(v, w, y):
    x, gamma, beta = v["x"], _channelwise(w["weight"], 2), _channelwise(w["bias"], 2)
    # Two batches passed, the same one twice: r ← (1 − m) r + m μ, from 0 and from 1.
    count = x.shape[0] * x.shape[2] * x.shape[3]
    mu = x.sum((0, 2, 3)) / count
    unbiased = ((x - _channelwise(mu, 2)) ** 2).sum((0, 2, 3)) / (count - 1)
    m = 0.3
    torch.testing.assert_close(w["running_mean"], (1 - m) * (m * mu) + m * mu)
    torch.testing.assert_close(
        w["running_var"], (1 - m) * ((1 - m) * 1.0 + m * unbiased) + m * unbiased
    )
    return normed(x, (0, 2, 3), gamma, beta)


def _batch_norm_afterwards(v, w, y):
    x, gamma, beta = v["x"], _channelwise(w["weight"], 2), _channelwise(w["bias"], 2)
    mu, variance = _channelwise(w["running_mean"], 2), _channelwise(w["running_var"], 2)
    assert float(mu.detach().abs().max()) > 0
    return gamma * (x - mu) / torch.sqrt(variance + 1e-5) + beta


def _zero_to_one(v, w, y):
    x = v["x"]
    least = torch.stack([x[:, c].min() for c in range(4)]).view(4, 1, 1)
    most = torch.stack([x[:, c].max() for c in range(4)]).view(4, 1, 1)
    return (x - least) / (most - least)


def _group_norm(v, w, y):
    x = v["x"]
    halves = [normed(x[:, :2], (1, 2, 3)), normed(x[:, 2:], (1, 2, 3))]
    return _channelwise(w["weight"], 2) * torch.cat(halves, 1) + _channelwise(w["bias"], 2)


def _rms_norm(v, w, y):
    x = v["x"]
    root = torch.sqrt((x**2).sum(-1, keepdim=True) / x.shape[-1] + 1e-6)
    return w["weight"] * x / root


def _conv(axes):
    def by_hand(v, w, y):
        return correlated(v["x"], w["weight"], w["bias"], 2, 2, 2)

    return ({**STEPPED, "out_channels": 3}, ARRIVING[axes], by_hand)


def _causal(v, w, y):
    x = torch.cat([torch.zeros(3, 4, 4), v["x"]], 2)  # nothing after itself is seen
    return correlated(x, w["weight"], w["bias"], 1, 0, 2)


def _transposed(axes):
    params = {
        "out_channels": 3, "kernel_size": (3,), "stride": (2,), "pad": (1,),
        "output_padding": (1,), "dilation": (2,),
    }  # fmt: skip

    def by_hand(v, w, y):
        return stamped(v["x"], w["weight"], w["bias"], 2, 1, 2, 1)

    return (params, ARRIVING[axes], by_hand)


def _max_pool(axes):
    params = {"kernel_size": (2,), "stride": (1,), "pad": (1,), "dilation": (2,)}
    return (
        params,
        ARRIVING[axes],
        lambda v, w, y: pooled(v["x"], lambda t: t.max(0).values, 2, 1, 1, 2),
    )


def _avg_pool(axes):
    params = {"kernel_size": (3,), "stride": (2,), "pad": (1,)}
    return (
        params,
        ARRIVING[axes],
        lambda v, w, y: pooled(v["x"], lambda t: t.sum(0) / 3**axes, 3, 2, 1, 1),
    )


def _sobel(v, w, y):
    across = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]).double()
    kernels = [k.expand(4, 1, 3, 3) / 8 for k in (across, across.T)]
    inside = [one_by_one(v["x"], k, 1, 1, 1)[:, :, 1:-1, 1:-1] for k in kernels]
    steep = torch.sqrt(inside[0] ** 2 + inside[1] ** 2)
    edge = y["y"].detach().clone()  # what lies over the edge is not in the formula
    edge[:, :, 1:-1, 1:-1] = steep
    return edge


def _unpooled(v, w, y):
    out = torch.zeros(3, 4, 4)
    out[:, :, [1, 2]] = v["x"]
    return out


PLACES = torch.tensor([1, 2]).expand(3, 4, 2)


def _heard(v, w, y):
    """Frame by frame and frequency by frequency: a sum of waves under a window of Hann."""
    n = torch.arange(8.0)
    hann = 0.5 - 0.5 * torch.cos(2 * math.pi * n / 8)
    found = []
    for t in range(4):
        part = v["x"][:, 4 * t : 4 * t + 8] * hann
        rows = []
        for f in range(5):
            angle = 2 * math.pi * f * n / 8
            cosine, sine = (part * torch.cos(angle)).sum(1), (part * torch.sin(angle)).sum(1)
            rows.append(torch.log(cosine**2 + sine**2 + 1e-6))
        found.append(torch.stack(rows, 1))
    return torch.stack(found, 1)[:, None]


FORMULAS = {
    "spectrogram": [({"window": 8, "hop": 4}, {"x": TensorSpec((3, 20))}, _heard)],
    "conv1d": [
        _conv(1),
        (
            {"padding": "causal", "dilation": (2,), "out_channels": 3},
            SIGNAL,
            _causal,
        ),
    ],
    "conv2d": [_conv(2)],
    "conv3d": [_conv(3)],
    "pointwise_conv": [
        ({"out_channels": 3}, IMAGE, lambda v, w, y: correlated(v["x"], w["weight"], w["bias"]))
    ],
    "depthwise_conv": [
        (
            STEPPED,
            IMAGE,
            lambda v, w, y: one_by_one(v["x"], w["weight"], 2, 2, 2)
            + _channelwise(w["bias"], 2),
        )
    ],
    "separable_conv": [
        (
            {**STEPPED, "out_channels": 3},
            IMAGE,
            lambda v, w, y: correlated(
                one_by_one(v["x"], w["0.weight"], 2, 2, 2), w["1.weight"], w["1.bias"]
            ),
        )
    ],
    "conv_transpose1d": [_transposed(1)],
    "conv_transpose2d": [_transposed(2)],
    "conv_transpose3d": [_transposed(3)],
    "max_pool1d": [_max_pool(1)],
    "max_pool2d": [_max_pool(2)],
    "max_pool3d": [_max_pool(3)],
    "avg_pool1d": [_avg_pool(1)],
    "avg_pool2d": [_avg_pool(2)],
    "avg_pool3d": [_avg_pool(3)],
    "adaptive_avg_pool": [
        (
            {"output_size": (4,)},
            SIGNAL,
            lambda v, w, y: adaptive(v["x"], 4, lambda t: t.sum(2) / t.shape[2]),
        )
    ],
    "adaptive_max_pool": [
        (
            {"output_size": (4,)},
            SIGNAL,
            lambda v, w, y: adaptive(v["x"], 4, lambda t: t.max(2).values),
        )
    ],
    "global_avg_pool": [({}, IMAGE, lambda v, w, y: v["x"].sum((2, 3)) / 42)],
    "global_max_pool": [({}, IMAGE, lambda v, w, y: v["x"].max(3).values.max(2).values)],
    "mean_pool": [({}, SIGNAL, lambda v, w, y: v["x"].sum(1) / 4)],
    "sobel": [({}, IMAGE, _sobel)],
    "max_unpool": [
        ({}, {"x": TensorSpec((N, 4, 2)), "indices": (TensorSpec((N, 4, 2), "int64"), PLACES)},
         _unpooled)
    ],
    "upsample": [
        (
            {"scale_factor": 2.0},
            SIGNAL,
            lambda v, w, y: torch.stack([v["x"][:, :, i // 2] for i in range(18)], 2),
        )
    ],
    "batch_norm": [
        ({"momentum": 0.3}, IMAGE, _batch_norm),
        ({"momentum": 0.3}, IMAGE, _batch_norm_afterwards, "after training"),
    ],
    "normalise": [
        ({}, IMAGE, lambda v, w, y: normed(v["x"], (0, 2, 3), eps=0.0)),
        ({"method": "zero_to_one"}, IMAGE, _zero_to_one),
    ],
    "layer_norm": [
        ({"axes": 2}, IMAGE, lambda v, w, y: normed(v["x"], (2, 3), w["weight"], w["bias"]))
    ],
    "instance_norm": [
        (
            {"affine": True},
            IMAGE,
            lambda v, w, y: normed(
                v["x"], (2, 3), _channelwise(w["weight"], 2), _channelwise(w["bias"], 2)
            ),
        )
    ],
    "group_norm": [({"num_groups": 2}, IMAGE, _group_norm)],
    "rms_norm": [({"eps": 1e-6}, SIGNAL, _rms_norm)],
}  # fmt: skip

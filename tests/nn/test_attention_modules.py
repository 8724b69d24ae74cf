"""Attention, rotary positions and learned values against their formulas, in double precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder import nn as own
from netbuilder.nn.grouped_attention import rotated

Q, K, V = (torch.randn(2, n, w, dtype=torch.float64) for n, w in ((3, 4), (5, 4), (5, 6)))
MASK = torch.tensor([[True] * 5, [True, True, False, True, False]])


def cosine(q: Tensor, k: Tensor) -> Tensor:
    return q @ k / (q.norm() * k.norm())


SCORES: dict[str, tuple[Callable[[], Any], Callable[[Any, Tensor, Tensor], Tensor]]] = {
    "dot": (lambda: own.DotProductAttention(scaled=False), lambda m, q, k: q @ k),
    "scaled": (own.DotProductAttention, lambda m, q, k: q @ k / 2),
    "cosine": (lambda: own.CosineAttention(0.3), lambda m, q, k: cosine(q, k) / 0.3),
    "bilinear": (lambda: own.BilinearAttention(4, 4), lambda m, q, k: k @ m.query.weight @ q),
    "additive": (
        lambda: own.AdditiveAttention(4, 4, 7),
        lambda m, q, k: m.score.weight[0] @ torch.tanh(m.query.weight @ q + m.key.weight @ k),
    ),
}


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("masked", [True, False])
def test_a_score_for_each_pair_then_softmax_then_the_sum(name: str, masked: bool) -> None:
    made, score = SCORES[name]
    module = made().double().eval()
    y, weights = module(Q, K, V, *([MASK] if masked else []))
    assert weights.shape == (2, 1, 3, 5)
    for b in range(2):
        kept = [s for s in range(5) if not masked or MASK[b, s]]
        for t in range(3):
            e = torch.stack([score(module, Q[b, t], K[b, s]) for s in kept])
            alpha = e.exp() / e.exp().sum()
            torch.testing.assert_close(weights[b, 0, t, kept], alpha)
            torch.testing.assert_close(y[b, t], alpha @ V[b, kept])
    if masked:
        assert weights[1, 0, :, [2, 4]].eq(0).all()


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("causal", [True, False])
def test_gradients_are_those_of_small_steps(name: str, causal: bool) -> None:
    module = SCORES[name][0]().double()
    module.causal = causal
    inputs = [torch.randn(2, 4, 4, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    mask = torch.tensor([[True, True, False, True]] * 2)
    assert torch.autograd.gradcheck(lambda *x: module(*x, mask), inputs)
    if causal:
        weights = module(*inputs, mask)[1]
        assert weights.triu(1).eq(0).all()
        assert weights[..., 2].eq(0).all()
        assert weights[..., 3, 3].gt(0).all()


@pytest.mark.parametrize("name", ["dot", "scaled"])
@pytest.mark.parametrize("causal", [True, False])
def test_weights_that_are_not_needed_change_nothing(name: str, causal: bool) -> None:
    module = SCORES[name][0]().double()
    module.causal = causal
    x = torch.randn(2, 5, 4, dtype=torch.float64)
    y, weights = module(x, x, x, MASK)
    spared, none = module(x, x, x, MASK, need_weights=False)
    assert none is None
    assert weights is not None
    torch.testing.assert_close(spared, y)


@pytest.mark.parametrize("need_weights", [True, False])
def test_a_row_without_any_token_gives_zeros_and_no_nan(need_weights: bool) -> None:
    module = own.GroupedQueryAttention(4, 2, 1, bias=False)
    x = torch.randn(2, 5, 4, requires_grad=True)
    mask = torch.tensor([[True] * 5, [False] * 5])
    y, _ = module(x, x, x, mask, need_weights=need_weights)
    assert y[1].eq(0).all()
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()


@pytest.mark.parametrize("hidden", [0, 3])
@pytest.mark.parametrize("masked", [True, False])
def test_attention_pooling_is_a_weighted_mean(hidden: int, masked: bool) -> None:
    module = own.AttentionPooling(4, hidden).double()
    mask = MASK if masked else None
    y, weights = module(K, mask)
    inner = module.hidden(K).tanh() if module.hidden is not None else K
    g = module.score(inner)[..., 0].exp() * (MASK if masked else 1)
    alpha = g / g.sum(1, keepdim=True)
    torch.testing.assert_close(weights[:, 0, 0], alpha)
    torch.testing.assert_close(y, (alpha[..., None] * K).sum(1))
    x = K.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda v: module(v, mask), [x])


def test_rotary_turns_pairs_as_complex_numbers() -> None:
    x = torch.randn(2, 3, 7, 6, dtype=torch.float64)
    found = rotated(x, 100.0)
    for t in range(7):
        for i in range(3):
            angle = t * 100.0 ** (-2 * i / 6)
            turned = torch.complex(x[:, :, t, 2 * i], x[:, :, t, 2 * i + 1]) * complex(
                math.cos(angle), math.sin(angle)
            )
            torch.testing.assert_close(found[:, :, t, 2 * i], turned.real, rtol=1e-5, atol=1e-6)
            torch.testing.assert_close(found[:, :, t, 2 * i + 1], turned.imag, rtol=1e-5, atol=1e-6)


def test_after_rotary_scores_depend_on_distance_alone() -> None:
    q, k = (torch.randn(8).repeat(1, 1, 9, 1) for _ in range(2))
    scores = (rotated(q) @ rotated(k).mT)[0, 0]
    for distance in range(-8, 9):
        along = scores.diagonal(distance)
        torch.testing.assert_close(along, along[:1].expand_as(along), rtol=1e-4, atol=1e-4)
    assert (scores[0, 0] - scores[0, 4]).abs() > 1e-3


def _copied(ours: Any, theirs: nn.MultiheadAttention) -> None:
    with torch.no_grad():
        for part, weight, bias in zip(
            (ours.q_proj, ours.k_proj, ours.v_proj),
            theirs.in_proj_weight.chunk(3),
            theirs.in_proj_bias.chunk(3),
            strict=True,
        ):
            part.weight.copy_(weight)
            part.bias.copy_(bias.normal_())
        ours.out_proj.load_state_dict(theirs.out_proj.state_dict())


@pytest.mark.parametrize("need_weights", [True, False])
def test_as_many_key_heads_as_heads_is_multi_head_attention(need_weights: bool) -> None:
    theirs = nn.MultiheadAttention(12, 3, batch_first=True)
    ours = own.GroupedQueryAttention(12, 3, 3)
    _copied(ours, theirs)
    q, k = torch.randn(2, 3, 12), torch.randn(2, 5, 12)
    y, weights = ours(q, k, k, MASK, need_weights=need_weights)
    expected, maps = theirs(q, k, k, key_padding_mask=~MASK, average_attn_weights=False)
    torch.testing.assert_close(y, expected)
    if need_weights:
        torch.testing.assert_close(weights, maps)


def test_neighbouring_heads_share_a_key_head() -> None:
    module = own.GroupedQueryAttention(8, 4, 2, causal=True, rotary=True).double()
    x = torch.randn(2, 5, 8, dtype=torch.float64)
    y, weights = module(x, x, x)
    q = rotated(module.q_proj(x).unflatten(2, (4, 2)).transpose(1, 2))
    k = rotated(module.k_proj(x).unflatten(2, (2, 2)).transpose(1, 2))
    v = module.v_proj(x).unflatten(2, (2, 2)).transpose(1, 2)
    hidden = torch.ones(5, 5, dtype=torch.bool).triu(1)
    heads = []
    for h in range(4):
        scores = (q[:, h] @ k[:, h // 2].mT / math.sqrt(2)).masked_fill(hidden, -math.inf)
        torch.testing.assert_close(weights[:, h], scores.softmax(-1))
        heads.append(scores.softmax(-1) @ v[:, h // 2])
    torch.testing.assert_close(y, module.out_proj(torch.cat(heads, -1)))
    inputs = [torch.randn(1, 3, 8, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    assert torch.autograd.gradcheck(lambda *i: module(*i), inputs)


@pytest.mark.parametrize("made", [own.DotProductAttention, lambda **k: own.CosineAttention(**k)])
def test_dropout_acts_only_while_training(made: Callable[..., nn.Module]) -> None:
    torch.manual_seed(0)
    module = made(dropout=0.5)
    x = torch.randn(2, 5, 4)
    assert not torch.equal(module(x, x, x)[0], module(x, x, x)[0])
    module.eval()
    assert torch.equal(module(x, x, x)[0], module(x, x, x)[0])


def test_a_learned_value_is_the_same_for_every_sample_and_learns_from_all() -> None:
    module = own.Learned(2, 3, std=0.5)
    y = module(torch.zeros(4, 7, dtype=torch.int64))
    assert y.shape == (4, 2, 3)
    assert torch.equal(y[0], y[3])
    y.sum().backward()
    grad = module.get_parameter("value").grad
    assert grad is not None
    assert torch.equal(grad, torch.full((2, 3), 4.0))
    assert own.Learned(1000, std=0.02).get_parameter("value").std().item() == pytest.approx(
        0.02, rel=0.15
    )

"""A decoder with attention: told the truth, told nothing, and something between."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from netbuilder import nn as own

SCORES: dict[str, Any] = {
    "additive": lambda: own.AdditiveAttention(4, 4, 4),
    "dot": own.DotProductAttention,
    "bilinear": lambda: own.BilinearAttention(4, 4),
    "cosine": lambda: own.CosineAttention(0.1),
    "none": lambda: None,
}


def made(attention: str = "additive", **more: Any) -> own.AttentionDecoder:
    torch.manual_seed(0)
    return own.AttentionDecoder(7, 3, 4, 4, SCORES[attention](), **more).double()


def by_hand(
    m: own.AttentionDecoder, memory: Tensor, tokens: Tensor, state: Tensor, mask: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """Scores and states of every step for these tokens before it, from the equations."""
    scores, states = [], []
    cell = m.cell
    for t in range(tokens.size(1)):
        x = m.embedding.weight[tokens[:, t]]
        told = memory[:, 0, :0]
        if m.attention is not None:
            query = m.attention.query.weight @ state[:, :, None]
            keys = memory @ m.attention.key.weight.T
            e = (query.mT + keys).tanh() @ m.attention.score.weight[0]
            told = (e.masked_fill(~mask, -torch.inf).softmax(1)[:, :, None] * memory).sum(1)
            x = torch.cat([x, told], 1)
        r, z, n = (x @ cell.weight_ih.T + cell.bias_ih).chunk(3, 1)
        hr, hz, hn = (state @ cell.weight_hh.T + cell.bias_hh).chunk(3, 1)
        z = (z + hz).sigmoid()
        state = z * state + (1 - z) * (n + (r + hr).sigmoid() * hn).tanh()
        scores.append(torch.cat([state, told], 1) @ m.score.weight.T + m.score.bias)
        states.append(state)
    return scores, states


MEMORY = torch.randn(2, 5, 4, dtype=torch.float64)
BEFORE = torch.tensor([[1, 3, 4, 5], [1, 6, 2, 0]])
MASK = torch.tensor([[True] * 5, [True, True, False, False, False]])


@pytest.mark.parametrize("attention", ["additive", "none"])
def test_it_follows_its_equations_where_the_teacher_is_heard(attention: str) -> None:
    module, start = made(attention), torch.randn(2, 4, dtype=torch.float64)
    y, weights, tokens, state = module(MEMORY, BEFORE, start, MASK)
    scores, states = by_hand(module, MEMORY, BEFORE, start, MASK)
    torch.testing.assert_close(y, torch.stack(scores, 1))
    torch.testing.assert_close(state, states[-1])
    assert torch.equal(tokens, y.argmax(2))
    assert weights.shape == (2, 1, 4, 5)
    if attention != "none":
        torch.testing.assert_close(weights.sum(-1), torch.ones(2, 1, 4, dtype=torch.float64))
        assert weights[1, ..., 2:].eq(0).all()


def test_in_evaluation_it_hears_only_itself() -> None:
    module = made().eval()
    y, _, tokens, _ = module(MEMORY, BEFORE, None, MASK)
    heard = torch.cat([torch.ones(2, 1, dtype=torch.int64), tokens[:, :-1]], 1)
    scores, _ = by_hand(module, MEMORY, heard, MEMORY.new_zeros(2, 4), MASK)
    torch.testing.assert_close(y, torch.stack(scores, 1))
    other = module(MEMORY, torch.zeros_like(BEFORE), None, MASK)[0]
    assert torch.equal(y, other)  # what is true is not looked at
    longer = module(MEMORY, BEFORE[:, :1], None, MASK, steps=6)[2]
    assert longer.shape == (2, 6)
    assert torch.equal(longer[:, :4], tokens)


def test_the_ratio_is_the_share_of_steps_that_hear_the_teacher() -> None:
    """Told and own tokens differ everywhere, so what a step heard is seen from its scores."""
    torch.manual_seed(0)
    module = own.AttentionDecoder(3, 2, 4, 4, None, teacher_forcing=0.3).double()
    with torch.no_grad():
        module.score.weight.zero_()
        module.score.bias.copy_(torch.tensor([0.0, 0.0, 9.0]))  # it always says 2
        module.cell.weight_hh.zero_()
    memory, before = torch.zeros(400, 1, 4).double(), torch.ones(400, 21, dtype=torch.int64)
    heard: list[Tensor] = []
    module.embedding.register_forward_hook(lambda m, x, y: heard.append(x[0]))
    module(memory, before)
    shares = torch.stack(heard, 1)
    assert shares[:, 0].eq(1).all()
    told = shares[:, 1:].eq(1).double()
    assert told.mean().item() == pytest.approx(0.3, abs=0.02)
    assert told.std(0).min() > 0.3  # drawn for each sample


@pytest.mark.parametrize("attention", SCORES)
def test_gradients_are_those_of_small_steps(attention: str) -> None:
    module = made(attention)
    memory = MEMORY.clone().requires_grad_()
    start = torch.randn(2, 4, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda m, s: module(m, BEFORE[:, :2], s, MASK)[0], [memory, start], fast_mode=True
    )

"""Sequences of several lengths in one batch: what fills them up changes nothing at all."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder import nn as own

LENGTHS = torch.tensor([3, 6, 1, 4])
MADE: dict[str, Any] = {
    "rnn": lambda **more: nn.RNN(3, 5, batch_first=True, **more),
    "rnn relu": lambda **more: nn.RNN(3, 5, nonlinearity="relu", batch_first=True, **more),
    "gru": lambda **more: nn.GRU(3, 5, batch_first=True, **more),
    "gru without bias": lambda **more: nn.GRU(3, 5, bias=False, batch_first=True, **more),
    "lstm": lambda **more: nn.LSTM(3, 5, batch_first=True, **more),
    "lstm projection": lambda **more: nn.LSTM(3, 5, proj_size=2, batch_first=True, **more),
}
FORMS: list[dict[str, Any]] = [{}, {"num_layers": 2, "bidirectional": True}]
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections")


def _started(layer: nn.RNNBase, rows: int, seed: int) -> Any:
    torch.manual_seed(seed)
    ways = layer.num_layers * (2 if layer.bidirectional else 1)
    sizes = [layer.proj_size or layer.hidden_size]
    sizes += [layer.hidden_size] if layer.mode == "LSTM" else []
    found = tuple(torch.randn(ways, rows, size, dtype=torch.float64) for size in sizes)
    return found if layer.mode == "LSTM" else found[0]


def _row(state: Any, i: int) -> Any:
    return (
        tuple(s[:, i : i + 1] for s in state) if isinstance(state, tuple) else state[:, i : i + 1]
    )


def _equal(found: Any, expected: Any) -> None:
    for one, other in zip(
        found if isinstance(found, tuple) else (found,),
        expected if isinstance(expected, tuple) else (expected,),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("way", [own.read_packed, own.read_stepwise])
@pytest.mark.parametrize("form", FORMS, ids=["plain", "stacked both ways"])
@pytest.mark.parametrize("start", [False, True], ids=["zeros", "from a state"])
@pytest.mark.parametrize("name", MADE)
def test_each_sequence_is_read_as_if_it_were_alone(
    name: str, start: bool, form: dict[str, Any], way: Any
) -> None:
    torch.manual_seed(0)
    layer = MADE[name](**form).double()
    x = torch.randn(4, 6, 3, dtype=torch.float64)
    first = _started(layer, 4, 1) if start else None
    y, state = way(layer, x, LENGTHS, first)
    assert y.shape[:2] == (4, 6)
    for i, length in enumerate(LENGTHS.tolist()):
        alone, end = layer(x[i : i + 1, :length], _row(first, i) if start else None)
        torch.testing.assert_close(y[i : i + 1, :length], alone)
        assert y[i, length:].eq(0).all()
        _equal(_row(state, i), end)


@pytest.mark.parametrize("name", ["rnn", "gru", "lstm", "lstm projection"])
def test_what_fills_up_gets_no_gradient_and_the_rest_the_right_one(name: str) -> None:
    layer = MADE[name](bidirectional=True).double()
    x = torch.randn(2, 4, 3, dtype=torch.float64, requires_grad=True)
    lengths = torch.tensor([2, 4])
    assert torch.autograd.gradcheck(lambda v: own.read_packed(layer, v, lengths)[0], [x])
    assert torch.autograd.gradcheck(lambda v: own.read_stepwise(layer, v, lengths)[0], [x])
    (grad,) = torch.autograd.grad(own.read_packed(layer, x, lengths)[0].square().sum(), x)
    assert grad[0, 2:].eq(0).all()
    assert grad[0, :2].ne(0).all()


def test_steps_that_count_and_the_last_and_mean_of_them() -> None:
    x = torch.randn(4, 6, 3, dtype=torch.float64, requires_grad=True)
    mask = own.length_mask(x, LENGTHS)
    assert mask.sum(1).tolist() == [3, 6, 1, 4]
    last, mean = own.last_step(x, LENGTHS), own.masked_mean(x, LENGTHS)
    for i, length in enumerate(LENGTHS.tolist()):
        torch.testing.assert_close(last[i], x[i, length - 1])
        torch.testing.assert_close(mean[i], x[i, :length].mean(0))
    for function in (own.last_step, own.masked_mean):
        assert torch.autograd.gradcheck(lambda v, f=function: f(v, LENGTHS), [x])


@pytest.mark.parametrize("length", [0, 9])
def test_a_length_that_cannot_be_is_the_nearest_that_can(length: int) -> None:
    layer, x = MADE["gru"](), torch.randn(1, 4, 3)
    steps = 1 if length == 0 else 4
    found: list[Tensor] = [way(layer, x, torch.tensor([length]))[1] for way in
                           (own.read_packed, own.read_stepwise)]  # fmt: skip
    for state in found:
        torch.testing.assert_close(state, layer(x[:, :steps])[1])
    torch.testing.assert_close(own.last_step(x, torch.tensor([length])), x[:, steps - 1])
    assert own.length_mask(x, torch.tensor([length])).sum().item() == steps

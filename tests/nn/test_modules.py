"""Modules that torch lacks, against their formulas."""

from __future__ import annotations

import math

import pytest
import torch

from netbuilder import nn as own


@pytest.mark.parametrize("width", [1, 6, 7])
def test_sinusoidal_positions_follow_vaswani(width: int) -> None:
    module = own.SinusoidalPositions(width, max_length=20)
    added = module(torch.zeros(2, 9, width))[1]
    for t in range(9):
        for i in range(width):
            angle = t / 10000 ** ((i - i % 2) / width)
            expected = math.cos(angle) if i % 2 else math.sin(angle)
            assert added[t, i].item() == pytest.approx(expected, abs=1e-5)
    assert module.state_dict() == {}


@pytest.mark.parametrize("kind", [own.SinusoidalPositions, own.LearnedPositions])
def test_positions_take_any_length_up_to_the_greatest(kind: type[torch.nn.Module]) -> None:
    module = kind(4, 16)
    x = torch.randn(3, 16, 4)
    for steps in (1, 7, 16):
        torch.testing.assert_close(module(x[:, :steps]), module(x)[:, :steps])


def test_learned_positions_receive_gradients_only_where_used() -> None:
    module = own.LearnedPositions(4, 16)
    module(torch.zeros(3, 5, 4)).sum().backward()
    grad = module.get_parameter("table").grad
    assert grad is not None
    assert torch.equal(grad[:5], torch.full((5, 4), 3.0))
    assert torch.equal(grad[5:], torch.zeros(11, 4))


def test_reparameterise_samples_while_training_and_gives_the_mean_afterwards() -> None:
    torch.manual_seed(0)
    module = own.Reparameterise()
    mu = torch.full((20_000, 2), 3.0, requires_grad=True)
    log_variance = torch.full((20_000, 2), math.log(4.0), requires_grad=True)
    z = module(mu, log_variance)
    assert z.mean().item() == pytest.approx(3.0, abs=0.05)
    assert z.std().item() == pytest.approx(2.0, abs=0.05)
    z.sum().backward()
    assert mu.grad is not None
    assert log_variance.grad is not None
    assert torch.equal(mu.grad, torch.ones_like(mu))
    torch.testing.assert_close(log_variance.grad, 0.5 * (z - mu).detach())
    assert module.eval()(mu, log_variance) is mu


def test_gaussian_kl_sums_over_a_sample_and_averages_over_the_batch() -> None:
    assert own.gaussian_kl(torch.zeros(4, 3), torch.zeros(4, 3)).item() == 0.0
    mu, log_variance = torch.ones(4, 3), torch.full((4, 3), math.log(2.0))
    expected = 3 * 0.5 * (1 + 2 - 1 - math.log(2.0))
    assert own.gaussian_kl(mu, log_variance).item() == pytest.approx(expected, abs=1e-6)


def test_the_causal_mask_is_true_above_the_diagonal() -> None:
    mask = own.causal_mask(torch.zeros(2, 3, 5))
    expected = [[False, True, True], [False, False, True], [False, False, False]]
    assert mask.tolist() == expected

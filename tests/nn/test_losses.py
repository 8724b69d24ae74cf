"""Losses that torch lacks, against their formulas written out number by number."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from netbuilder import nn as own

LABEL = torch.tensor([2, 0, 3, 1])
YES = torch.tensor([1, 0, 1, 0])
DIFFERENTIABLE: dict[str, tuple[int, Callable[..., Tensor]]] = {
    "maxout": (1, lambda x: _double(own.Maxout(4, 3, 3))(x)),
    "hinge": (1, lambda x: own.hinge(x[:, 0], YES, 0.7)),
    "squared hinge": (1, lambda x: own.hinge(x[:, 0], YES, 0.7, squared=True)),
    "multiclass_hinge": (1, lambda x: own.multiclass_hinge(x, LABEL)),
    "perceptron_loss": (1, lambda x: own.perceptron_loss(x[:, 0], YES)),
    "multiclass_perceptron": (1, lambda x: own.multiclass_perceptron(x, LABEL)),
    "info_nce": (2, own.info_nce),
    "nt_xent": (2, own.nt_xent),
    "kl_divergence": (2, lambda x, y: own.kl_divergence(x, y, 2.0)),
    "gaussian_kl": (2, own.gaussian_kl),
    "gaussian_nll": (3, own.gaussian_nll),
    "ctc_loss": (1, lambda x: own.ctc_loss(x.expand(2, 4, 4), torch.tensor([[1, 2], [3, 0]]))),
}


def _double(module: torch.nn.Module) -> torch.nn.Module:
    torch.manual_seed(1)
    for weight in module.parameters():
        torch.nn.init.normal_(weight)
    return module.double()


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_gradients_are_those_of_the_formula(name: str) -> None:
    count, function = DIFFERENTIABLE[name]
    torch.manual_seed(0)
    given = [torch.randn(4, 4, dtype=torch.float64, requires_grad=True) for _ in range(count)]
    assert torch.autograd.gradcheck(function, given)


def test_maxout_is_the_largest_of_its_pieces() -> None:
    module = own.Maxout(4, 3, pieces=5)
    x = torch.randn(2, 7, 4)
    weight = module.linear.weight.view(5, 3, 4)
    bias = module.linear.bias.view(5, 3)
    pieces = torch.stack([x @ weight[k].T + bias[k] for k in range(5)])
    torch.testing.assert_close(module(x), pieces.max(0).values)
    assert sum(p.numel() for p in module.parameters()) == 5 * (4 * 3 + 3)


def test_maxout_can_be_relu_and_the_absolute_value() -> None:
    module = own.Maxout(1, 2, pieces=2)
    with torch.no_grad():
        module.linear.bias.zero_()
        module.linear.weight.copy_(torch.tensor([[1.0], [1.0], [0.0], [-1.0]]))
    x = torch.linspace(-2, 2, 9)[:, None]
    assert torch.equal(module(x), torch.cat((x.relu(), x.abs()), 1))


@pytest.mark.parametrize("targets", [[1.0, -1.0, 1.0], [1.0, 0.0, 1.0], [True, False, True]])
def test_hinge_takes_either_way_of_saying_no(targets: list[Any]) -> None:
    score = torch.tensor([0.25, 0.5, 3.0])
    target = torch.tensor(targets)
    assert own.signed(target).tolist() == [1.0, -1.0, 1.0]
    assert own.hinge(score, target).item() == pytest.approx((0.75 + 1.5 + 0) / 3)
    squares = (0.75**2 + 1.5**2 + 0) / 3
    assert own.hinge(score, target, squared=True).item() == pytest.approx(squares)
    assert own.perceptron_loss(score, target).item() == pytest.approx(0.5 / 3)


def test_multiclass_hinge_sums_over_the_other_classes() -> None:
    scores = torch.randn(4, 5)
    expected = 0.0
    for row, true in enumerate(LABEL.tolist()):
        for k in range(5):
            if k != true:
                expected += max(0.0, scores[row, k].item() - scores[row, true].item() + 1) / 4
    assert own.multiclass_hinge(scores, LABEL).item() == pytest.approx(expected, rel=1e-5)
    torch_has = F.multi_margin_loss(scores, LABEL)  # the same, divided by the classes
    torch.testing.assert_close(own.multiclass_hinge(scores, LABEL), 5 * torch_has)


def test_losses_of_classes_take_pixels() -> None:
    scores, label = torch.randn(2, 3, 4, 5), torch.randint(3, (2, 4, 5))
    rows = scores.movedim(1, -1).reshape(-1, 3), label.flatten()
    for loss in (own.multiclass_hinge, own.multiclass_perceptron):
        torch.testing.assert_close(loss(scores, label), loss(*rows))


def test_a_score_of_zero_is_a_mistake_of_a_perceptron() -> None:
    """So that the classical rule starts from weights of zero."""
    score = torch.zeros(2, requires_grad=True)
    own.perceptron_loss(score, torch.tensor([1, 0])).backward()
    assert score.grad is not None
    assert score.grad.tolist() == [-0.5, 0.5]


def test_info_nce_finds_each_pair_in_both_directions() -> None:
    a, b = torch.randn(3, 4), torch.randn(3, 4)
    cosine = [[F.cosine_similarity(x, y, 0).item() / 0.2 for y in b] for x in a]
    expected = 0.0
    for i in range(3):
        among = math.log(sum(math.exp(cosine[i][k]) for k in range(3)))
        back = math.log(sum(math.exp(cosine[k][i]) for k in range(3)))
        expected += 0.5 * (among + back - 2 * cosine[i][i]) / 3
    assert own.info_nce(a, b, 0.2).item() == pytest.approx(expected, rel=1e-5)
    assert own.info_nce(a[:1], b[:1]).item() == 0.0


def test_nt_xent_takes_both_views_as_negatives() -> None:
    a, b = torch.randn(3, 4), torch.randn(3, 4)
    both = torch.cat((a, b))
    expected = 0.0
    for i in range(6):
        scores = [F.cosine_similarity(both[i], both[k], 0).item() / 0.5 for k in range(6)]
        among = sum(math.exp(s) for k, s in enumerate(scores) if k != i)
        expected += (math.log(among) - scores[(i + 3) % 6]) / 6
    assert own.nt_xent(a, b, 0.5).item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("temperature", [1.0, 4.0])
def test_kl_divergence_is_that_of_torch_distributions(temperature: float) -> None:
    student, teacher = torch.randn(2, 5, 4), torch.randn(2, 5, 4)
    named = [torch.distributions.Categorical(logits=x / temperature) for x in (teacher, student)]
    expected = torch.distributions.kl_divergence(*named).mean() * temperature**2
    torch.testing.assert_close(own.kl_divergence(student, teacher, temperature), expected)
    if temperature == 1:
        given = own.kl_divergence(student, teacher.softmax(-1), probabilities=True)
        torch.testing.assert_close(given, expected)
        certain = F.one_hot(torch.zeros(2, 5, dtype=torch.long), 4).float()  # with zeros in it
        surprise = -student.log_softmax(-1)[..., 0].mean()
        found = own.kl_divergence(student, certain, probabilities=True)
        torch.testing.assert_close(found, surprise)


def test_gaussian_nll_is_that_of_torch() -> None:
    y, log_variance, t = torch.randn(3, 5, 2)
    expected = F.gaussian_nll_loss(y, t, log_variance.exp())
    torch.testing.assert_close(own.gaussian_nll(y, log_variance, t), expected)


def test_ctc_sums_over_every_alignment() -> None:
    """All 3⁴ paths of 4 steps, those that collapse to the label; blank is class 0."""
    torch.manual_seed(0)
    logits = torch.randn(2, 4, 3)
    label, lengths = torch.tensor([[1, 2], [2, 0]]), torch.tensor([4, 3])
    expected = 0.0
    for row, wanted in enumerate([(1, 2), (2,)]):
        steps = int(lengths[row])
        p = logits[row].softmax(-1)
        total = 0.0
        for path in product(range(3), repeat=steps):
            merged = [c for i, c in enumerate(path) if i == 0 or path[i - 1] != c]
            if tuple(c for c in merged if c) == wanted:
                total += math.prod(p[t, c].item() for t, c in enumerate(path))
        expected += -math.log(total) / len(wanted) / 2
    assert own.ctc_loss(logits, label, lengths).item() == pytest.approx(expected, rel=1e-5)


def test_ctc_bears_what_cannot_be_aligned() -> None:
    logits = torch.randn(1, 2, 3, requires_grad=True)
    loss = own.ctc_loss(logits, torch.tensor([[1, 2, 1]]), torch.tensor([9]))
    loss.backward()
    assert loss.item() == 0.0
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()

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
    "focal": (1, lambda x: own.focal(x, LABEL, 2.0, torch.tensor([1.0, 2, 3, 4]).double())),
    "focal with a small gamma": (1, lambda x: own.focal(x, LABEL, 0.5)),
    "binary_focal": (1, lambda x: own.binary_focal(x[:, 0], YES.double(), 1.5, 0.25)),
    "tversky": (1, lambda x: own.tversky(x[None], LABEL[:, None].expand(4, 4)[None, 0], 0.3, 0.7)),
    "tversky of one region": (1, lambda x: own.tversky(x, x.detach().sign().clamp(min=0))),
    "log_cosh": (2, own.log_cosh),
    "quantile": (2, lambda x, y: own.quantile(x, y, 0.9)),
    "random_mix": (2, lambda x, y: _seeded(own.random_mix, x, y).sum()),
    "gradient_penalty": (1, lambda x: own.gradient_penalty((x**3).sum(1), x)),
    "one-sided gradient_penalty": (
        1,
        lambda x: own.gradient_penalty((x**3).sum(1), x, 2.0, one_sided=True),
    ),
    "ctc_loss": (1, lambda x: own.ctc_loss(x.expand(2, 4, 4), torch.tensor([[1, 2], [3, 0]]))),
}


def _double(module: torch.nn.Module) -> torch.nn.Module:
    torch.manual_seed(1)
    for weight in module.parameters():
        torch.nn.init.normal_(weight)
    return module.double()


def _seeded(function: Callable[..., Tensor], *given: Tensor) -> Tensor:
    torch.manual_seed(3)
    return function(*given)


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


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_is_cross_entropy_times_what_is_missing(gamma: float) -> None:
    logits, alpha = torch.randn(2, 4, 3), torch.tensor([1.0, 2.0, 0.5, 3.0])
    label = torch.randint(4, (2, 3))
    expected = 0.0
    for row in range(2):
        for place in range(3):
            true = int(label[row, place])
            p = logits[row, :, place].softmax(0)[true].item()
            expected -= alpha[true].item() * (1 - p) ** gamma * math.log(p) / 6
    assert own.focal(logits, label, gamma, alpha).item() == pytest.approx(expected, rel=1e-5)
    if gamma == 0:
        torch.testing.assert_close(own.focal(logits, label, 0), F.cross_entropy(logits, label))


def test_binary_focal_weighs_yes_and_no() -> None:
    score, target = torch.tensor([0.5, -2.0]), torch.tensor([1.0, 0.0])
    p, q = 1 / (1 + math.exp(-0.5)), 1 / (1 + math.exp(-2))
    expected = -(0.25 * (1 - p) ** 2 * math.log(p) + 0.75 * (1 - q) ** 2 * math.log(q)) / 2
    assert own.binary_focal(score, target, 2.0, 0.25).item() == pytest.approx(expected, rel=1e-5)
    plain = F.binary_cross_entropy_with_logits(score, target)
    torch.testing.assert_close(own.binary_focal(score, target, 0.0), plain)


def test_what_is_certain_and_right_has_a_slope_that_is_a_number() -> None:
    score = torch.tensor([200.0, -200.0], requires_grad=True)
    own.binary_focal(score, torch.tensor([1.0, 0.0]), 0.5).backward()
    logits = torch.tensor([[300.0, 0.0]], requires_grad=True)
    own.focal(logits, torch.tensor([0]), 0.5).backward()
    for tensor in (score, logits):
        assert tensor.grad is not None
        assert torch.isfinite(tensor.grad).all()


def test_dice_counts_the_overlap_of_each_class() -> None:
    logits, label = torch.randn(2, 3, 4, 5), torch.randint(3, (2, 4, 5))
    p = logits.softmax(1)
    dice = iou = 0.0
    for row in range(2):
        for k in range(3):
            mine, true = p[row, k], (label[row] == k).float()
            both, all_of = (mine * true).sum(), mine.sum() + true.sum()
            dice += (1 - (2 * both + 2) / (all_of + 2)).item() / 6
            iou += (1 - (both + 1) / (all_of - both + 1)).item() / 6
    assert own.tversky(logits, label).item() == pytest.approx(dice, rel=1e-5)
    assert own.tversky(logits, label, 1.0, 1.0).item() == pytest.approx(iou, rel=1e-5)


def test_an_empty_region_that_is_found_empty_costs_next_to_nothing() -> None:
    nothing = torch.zeros(1, 8, 8, dtype=torch.int64)
    assert own.tversky(torch.full((1, 8, 8), -30.0), nothing).item() < 1e-6
    assert own.tversky(torch.full((1, 8, 8), 30.0), nothing).item() > 0.9


def test_log_cosh_and_quantile_far_from_the_target() -> None:
    y, t = torch.tensor([300.0, -300.0]), torch.zeros(2)
    assert own.log_cosh(y, t).item() == pytest.approx(300 - math.log(2))
    # Above the target 0.1 of the distance, below it 0.9.
    assert own.quantile(y, t, 0.9).item() == pytest.approx((0.1 * 300 + 0.9 * 300) / 2)


def test_the_best_quantile_is_the_quantile() -> None:
    targets = torch.arange(1.0, 101.0)
    costs = [own.quantile(torch.full((100,), q), targets, 0.9).item() for q in range(101)]
    assert 90 <= costs.index(min(costs)) <= 91


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_the_slope_of_a_plane_is_its_normal(slope: float) -> None:
    weight = torch.tensor([[3.0, 4.0]], requires_grad=True)
    x = own.random_mix(torch.randn(6, 2), torch.randn(6, 2))
    penalty = own.gradient_penalty(F.linear(x, weight), x, slope)
    assert penalty.item() == pytest.approx((5 - slope) ** 2)
    penalty.backward()
    assert weight.grad is not None
    expected = 2 * (5 - slope) * weight.detach() / 5
    torch.testing.assert_close(weight.grad, expected)


def test_a_score_that_does_not_depend_on_x_has_no_slope() -> None:
    x = torch.randn(3, 2)
    assert own.gradient_penalty(torch.randn(3, requires_grad=True), x).item() == 1.0
    mixed = own.random_mix(x)
    assert own.gradient_penalty(torch.randn(3, requires_grad=True), mixed).item() == 1.0
    assert own.gradient_penalty(mixed.detach().sum(1), mixed, one_sided=True).item() == 0.0
    assert not x.requires_grad  # the batch itself is left as it was
    assert torch.equal(mixed, x)


def test_a_mix_lies_between_and_elsewhere_for_each_sample() -> None:
    mixed = own.random_mix(torch.ones(50, 2, 3), torch.zeros(50, 2, 3)).detach()
    assert (mixed == mixed[:, :1, :1]).all()
    assert 0 <= mixed.min() < 0.2 < 0.8 < mixed.max() <= 1
    assert len(mixed[:, 0, 0].unique()) == 50

"""The finder of rates and the batch learned by heart, on networks whose answers are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from netbuilder.building import Network
from netbuilder.data import Fields
from netbuilder.graph import Optimiser, Project
from netbuilder.training.failure import TrainingError
from netbuilder.training.rehearsal import HIGH, LEARNED, LOW, one_batch, sweep


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def slope(scale: float = 1.0) -> tuple[Project, dict[str, Fields]]:
    """Least squares in one weight: plain descent diverges from a rate of about 1/scale² on."""
    net = Network("slope")
    data = net.random_numbers(sizes=(1,))
    guess = net.linear(data.values, out_features=1, bias=False)
    net.output(guess)
    net.mse(guess, data.values)
    sgd = Optimiser("main", "sgd", {"lr": 0.01})
    project = net.project(optimisers=(sgd,), batch_size=64, device="cpu")
    x = np.random.default_rng(0).standard_normal((1000, 1)).astype(np.float32) * scale
    (node,) = [n.id for n in project.graph if n.kind == "random_numbers"]
    return project, {node: Fields({"values": x, "label": np.zeros(1000, np.int64)})}


@pytest.mark.parametrize("scale", [1.0, 10.0])
def test_the_suggestion_lies_below_where_descent_diverges(scale: float) -> None:
    project, data = slope(scale)
    found = sweep(project, data=data)
    limit = 1 / scale**2  # twice the reciprocal of the curvature 2·E[x²]
    assert found.suggestion is not None
    assert limit / 300 < found.suggestion < limit
    assert found.rates[0] == pytest.approx(LOW)
    assert limit < found.rates[-1] <= HIGH * 1.001  # it went on until the loss rose
    assert len(found.rates) == len(found.losses) == len(found.smoothed)
    assert f"{found.suggestion:.1g}" in found.sentence


def test_a_network_learns_better_at_the_suggested_rate(classifier: Callable[..., Project]) -> None:
    found = sweep(classifier())
    assert found.suggestion is not None
    assert 1e-4 <= found.suggestion <= 1
    ended = {
        rate: one_batch(classifier(lr=rate), steps=60).losses[-1]
        for rate in (found.suggestion / 1000, found.suggestion)
    }
    assert ended[found.suggestion] < ended[found.suggestion / 1000]


def test_the_rate_of_one_optimiser_by_its_name(classifier: Callable[..., Project]) -> None:
    assert sweep(classifier(), "main", steps=20).rates.size > 0
    with pytest.raises(TrainingError, match="There is no optimiser second; this project has main"):
        sweep(classifier(), "second")


def test_one_batch_is_learned_by_heart(classifier: Callable[..., Project]) -> None:
    found = one_batch(classifier(width=64, lr=0.05, batch_size=16))
    assert found.learned
    assert found.losses[-1] < LEARNED * found.losses[0]
    assert found.sentence.startswith("It can learn: the loss of one batch of 16 fell from ")


def test_what_cannot_learn_is_told_apart(classifier: Callable[..., Project]) -> None:
    slow = one_batch(classifier(lr=1e-6, batch_size=16), steps=40)
    assert not slow.learned
    assert "hardly fell" in slow.sentence
    wild = one_batch(classifier(algorithm="sgd", lr=1e6), steps=40)
    assert not wild.learned
    nothing = classifier()
    bare = replace(nothing, graph=nothing.graph.remove(["ce", "acc"]))
    with pytest.raises(ValueError, match=r"\.$"):
        one_batch(bare)

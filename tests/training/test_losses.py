"""Losses on the host and on the device tell the same, and a bad one stops at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from netbuilder.graph import Optimiser
from netbuilder.training import algorithms
from netbuilder.training.losses import DeviceLosses, HostLosses, Losses, NonFinite, collector

CPU = torch.device("cpu")
NAMES = ("a", "b")


def kinds(first: int = 0) -> list[Losses]:
    return [HostLosses(NAMES, first), DeviceLosses(NAMES, CPU, first)]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.floats(-1e3, 1e3, width=32),
            st.none() | st.floats(-1e3, 1e3, width=32),
            st.integers(1, 64),
            st.booleans(),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_both_kinds_agree_whenever_they_are_read(
    steps: list[tuple[float, float | None, int, bool]],
) -> None:
    told: list[list[float]] = []
    means: list[dict[str, float]] = []
    for losses in kinds():
        values: list[float] = []
        for a, b, rows, read in steps:
            losses.add(0, torch.tensor(a))
            if b is not None:
                losses.add(1, torch.tensor(b))
            losses.end_step(rows)
            if read:
                values += losses.read()[1]["b"].tolist()
        values += losses.read()[1]["b"].tolist()
        told.append(values)
        means.append(losses.means())
    assert told[0] == told[1]
    assert means[0] == means[1]
    rows_a = sum(rows for *_, rows, _ in steps)
    assert means[0]["a"] == pytest.approx(sum(a * r for a, _, r, _ in steps) / rows_a, abs=1e-6)


def test_a_step_in_which_it_does_not_run_repeats_the_last_value_but_does_not_count() -> None:
    for losses in kinds(first=5):
        for step, value in enumerate((2.0, None, 4.0)):
            losses.add(0, torch.tensor(float(step)))
            if value is not None:
                losses.add(1, torch.tensor(value))
            losses.end_step(10)
        first, values = losses.read()
        assert first == 5
        np.testing.assert_array_equal(values["b"], np.float32([2, 2, 4]))
        assert losses.means()["b"] == 3.0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_the_host_finds_a_bad_loss_before_the_step(value: float) -> None:
    losses = HostLosses(NAMES)
    losses.add(0, torch.tensor(1.0))
    losses.end_step(1)
    with pytest.raises(NonFinite) as caught:
        losses.add(0, torch.tensor(value))
    assert (caught.value.objective, caught.value.step) == ("a", 1)
    first, values = losses.read()
    assert (first, values["a"].tolist()) == (0, [1.0])


@pytest.mark.parametrize("algorithm", ["sgd", "adam", "adamw", "adagrad"])
def test_on_the_device_weights_stand_from_the_bad_loss_on(algorithm: str) -> None:
    weight = nn.Parameter(torch.ones(4))
    optimiser = algorithms.build(Optimiser(algorithm=algorithm, settings={}), [weight], CPU)
    losses = DeviceLosses(("a",), CPU)
    losses.guard(optimiser)
    kept = []
    for step in range(6):
        weight.grad = None
        loss = (weight * (math.inf if step == 3 else 1.0)).sum()
        losses.add(0, loss)
        loss.backward()
        optimiser.step()
        losses.end_step(1)
        kept.append(weight.detach().clone())
    assert not torch.equal(kept[1], kept[2])
    for later in kept[3:]:
        assert torch.equal(later, kept[2])
    with pytest.raises(NonFinite) as caught:
        losses.read()
    assert caught.value.step == 3


def test_a_bad_loss_is_found_even_if_a_later_one_of_the_step_is_good() -> None:
    losses = DeviceLosses(("a",), CPU)
    losses.add(0, torch.tensor(math.nan))
    losses.add(0, torch.tensor(1.0))
    losses.end_step(1)
    with pytest.raises(NonFinite):
        losses.read()


def test_the_kind_suits_device_and_optimiser() -> None:
    def built(name: str) -> torch.optim.Optimizer:
        weight = nn.Parameter(torch.ones(1))
        return algorithms.build(Optimiser(algorithm=name, settings={}), [weight], CPU)

    assert isinstance(collector(("a",), [built("adam")], CPU), HostLosses)
    meta = torch.device("meta")  # stands for a device whose values cannot be read for free
    assert isinstance(collector(("a",), [built("adam")], meta), DeviceLosses)
    assert isinstance(collector(("a",), [built("rmsprop")], meta), HostLosses)

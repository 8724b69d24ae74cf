"""The probe takes what is clearly faster and gives the same loss, and disturbs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder.compiler import generate
from netbuilder.graph import Project
from netbuilder.training.speed import PLAIN, Plan
from netbuilder.training.speed.known import key, recall, remember
from netbuilder.training.speed.probe import Found, Step, candidates, needless, probe

CPU = torch.device("cpu")
LAST = Plan("channels_last")
HALF = Plan("contiguous", "bfloat16")
BATCH = {"x": torch.ones(4, 2)}


class Timed:
    """Steps that take as long, and give such a loss, as a table says."""

    def __init__(self, seconds: Mapping[Plan, float], losses: Mapping[Plan, float] = {}) -> None:
        self.seconds, self.losses = seconds, losses
        self.steps = 0

    def __call__(self, model: nn.Module, plan: Plan) -> Step:
        def step(batch: Mapping[str, Tensor]) -> float:
            self.steps += 1
            torch.rand(3)  # what dropout would draw
            with torch.no_grad():
                next(model.parameters()).add_(1)
            return self.losses.get(plan, 1.0)

        step.seconds = self.seconds[plan]  # type: ignore[attr-defined]
        return step


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A step takes as long as its table says, however busy the machine is."""

    def by_table(step: Any, batch: Mapping[str, Tensor], device: torch.device) -> float:
        step(batch)
        return float(step.seconds)

    monkeypatch.setattr("netbuilder.training.speed.probe.timed", by_table)


def looked(timed: Timed, *plans: Plan, steps: int = 100_000) -> Found:
    return probe(nn.Linear(2, 1), timed, lambda: BATCH, [PLAIN, *plans], steps, CPU)


def test_the_faster_one_is_taken_and_its_gain_told() -> None:
    found = looked(Timed({PLAIN: 0.02, LAST: 0.005}), LAST)
    assert found.plan == LAST
    assert found.gain == 4
    assert set(found.times) == {"eager", "channels-last"}


def test_what_is_hardly_faster_is_not() -> None:
    found = looked(Timed({PLAIN: 0.02, HALF: 0.019}), HALF)
    assert (found.plan, found.gain) == (PLAIN, 1.0)


def test_what_won_by_chance_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    # Something else ran during most of the plain steps; one of them was not disturbed.
    taken = {0.02: iter([0.03, 0.03, 0.02] * 9), 0.0199: iter([0.0199, 0.021] * 9)}

    def disturbed(step: Any, batch: Mapping[str, Tensor], device: torch.device) -> float:
        step(batch)
        return next(taken[step.seconds])

    monkeypatch.setattr("netbuilder.training.speed.probe.timed", disturbed)
    found = looked(Timed({PLAIN: 0.02, LAST: 0.0199}), LAST)
    assert found.times["channels-last"] < 0.9 * found.times["eager"]
    assert (found.plan, found.gain) == (PLAIN, 1.0)


def test_what_gives_another_loss_is_not() -> None:
    timed = Timed({PLAIN: 0.01, LAST: 0.001, HALF: 0.001}, {LAST: 1.01, HALF: float("nan")})
    assert looked(timed, LAST, HALF).plan == PLAIN


def test_a_short_run_is_not_probed() -> None:
    assert "too short" in needless([PLAIN, LAST], 500)
    assert "nothing to choose" in needless([PLAIN], 100_000)
    assert not needless([PLAIN, LAST], 1000)


@pytest.mark.parametrize("steps", [1000, 2000, 100_000])
def test_looking_costs_at_most_a_hundredth_of_the_steps(steps: int) -> None:
    timed = Timed({PLAIN: 1.0, LAST: 1.0})
    looked(timed, LAST, steps=steps)
    assert 0 < timed.steps <= steps / 100


def test_the_model_and_the_random_numbers_stay_as_they_were() -> None:
    model = nn.Linear(2, 1)
    before = [p.detach().clone() for p in model.parameters()]
    torch.manual_seed(7)
    expected = torch.rand(4)
    torch.manual_seed(7)
    probe(model, Timed({PLAIN: 1.0, LAST: 1.0}), lambda: BATCH, [PLAIN, LAST], 10_000, CPU)
    assert torch.equal(torch.rand(4), expected)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_candidates_follow_the_network_and_what_a_person_chose() -> None:
    images, vectors = nn.Conv2d(1, 2, 3), nn.Linear(2, 2)
    assert candidates(images, CPU, precision="float32") == [PLAIN, LAST]
    assert candidates(vectors, CPU, precision="float32") == [PLAIN]
    assert candidates(images, CPU, "channels_last", "bfloat16") == [
        Plan("channels_last", "bfloat16")
    ]


def test_what_was_found_is_remembered(own_home: Path, classifier: Callable[..., Project]) -> None:
    source = generate(classifier())
    name = key(source, 64, "cpu", [PLAIN, LAST])
    assert name != key(source, 32, "cpu", [PLAIN, LAST])
    assert recall(name) is None
    remember(name, Found(LAST, 1.4, {"eager": 0.2}, "It was faster."))
    again = recall(name)
    assert again is not None
    assert (again.plan, again.gain, again.why) == (LAST, 1.4, "It was faster.")
    (own_home / "probes.json").write_text("{broken", encoding="utf-8")
    assert recall(name) is None

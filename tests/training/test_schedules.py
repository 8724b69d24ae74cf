"""The curve of a schedule that the window draws, against torch's own schedulers at work."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from netbuilder.graph import Schedule
from netbuilder.training.algorithm import SettingError
from netbuilder.training.schedules import SCHEDULES, checked_schedule, rates
from netbuilder.training.scheduling import Scheduling

EPOCHS, PER_EPOCH, RATE = 12, 7, 0.3
#: Settings that make the numbers differ from those of a constant rate within so short a run.
SHORT = {
    "step": {"step_size": 3},
    "multi_step": {"milestones": (9, 4), "gamma": 0.5},
    "cosine": {"eta_min": 0.01},
    "cosine_restarts": {"T_0": 2, "T_mult": 2, "eta_min": 0.02},
    "linear": {"end_factor": 0.1},
    "one_cycle": {"pct_start": 0.25},
}
STEPS = np.arange(EPOCHS * PER_EPOCH, dtype=float)


def optimiser() -> torch.optim.Optimizer:
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)


def walked(schedule: Schedule, optimiser: torch.optim.Optimizer) -> list[float]:
    """The rate in each step of a run."""
    scheduling, found = Scheduling(schedule, optimiser, PER_EPOCH, EPOCHS), []
    for step in range(EPOCHS * PER_EPOCH):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduling.stepped()
        if (step + 1) % PER_EPOCH == 0:
            scheduling.epoch_done(-float(step))  # better every time
    return found


@pytest.mark.parametrize("warmup", [{}, {"warmup": 10}, {"warmup": 2, "warmup_unit": "epochs"}])
@pytest.mark.parametrize("unit", ["epoch", "step"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_the_curve_is_what_torch_does(name: str, unit: str, warmup: dict) -> None:
    own = {} if SCHEDULES[name].unit else {"unit": unit}
    schedule = Schedule(name, {**SHORT.get(name, {}), **own, **warmup})
    drawn = rates(schedule, RATE, PER_EPOCH, EPOCHS, STEPS)
    assert drawn == pytest.approx(walked(schedule, optimiser()), rel=1e-9, abs=1e-12)


def test_formulas_of_the_textbooks() -> None:
    by_epoch = np.arange(EPOCHS).repeat(PER_EPOCH)
    found = rates(Schedule("inverse_time", {"decay": 0.5}), RATE, PER_EPOCH, EPOCHS, STEPS)
    assert found == pytest.approx(RATE / (1 + 0.5 * by_epoch))
    found = rates(Schedule("inverse_sqrt"), RATE, PER_EPOCH, EPOCHS, STEPS)
    assert found == pytest.approx(RATE / np.sqrt(by_epoch + 1))


def test_a_warm_up_rises_in_a_straight_line_and_reaches_the_rate() -> None:
    found = rates(Schedule("constant", {"warmup": 4}), 1.0, PER_EPOCH, EPOCHS, STEPS)
    assert found[:6] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0, 1.0])


def test_a_plateau_lowers_the_rate_when_a_figure_stalls() -> None:
    schedule = Schedule("plateau", {"patience": 2, "gamma": 0.5})
    sgd = optimiser()
    scheduling, found = Scheduling(schedule, sgd, 1, 10), []
    for loss in (5, 4, 4, 4, 4, 3, 3, float("nan"), 3, 3):
        sgd.step()
        scheduling.stepped()
        scheduling.epoch_done(loss)
        found.append(sgd.param_groups[0]["lr"] / RATE)
    assert found == [1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25]


@pytest.mark.parametrize("name", SCHEDULES)
def test_set_by_hand_all_later_rates_are_larger_by_the_same_factor(name: str) -> None:
    schedule = Schedule(name, {**SHORT.get(name, {}), "warmup": 3})
    alone, sgd, factors = walked(schedule, optimiser()), optimiser(), []
    scheduling = Scheduling(schedule, sgd, PER_EPOCH, EPOCHS)
    for step in range(EPOCHS * PER_EPOCH):
        if step == 20:
            scheduling.scale(3.0)
        factors.append(sgd.param_groups[0]["lr"] / alone[step])
        sgd.step()
        scheduling.stepped()
        if (step + 1) % PER_EPOCH == 0:
            scheduling.epoch_done(-float(step))
    assert factors[:20] == pytest.approx([1.0] * 20)
    assert factors[20:] == pytest.approx([3.0] * (len(factors) - 20))


@pytest.mark.parametrize("name", SCHEDULES)
def test_it_goes_on_from_its_state_to_the_bit_or_from_the_number_of_steps(name: str) -> None:
    schedule = Schedule(name, {**SHORT.get(name, {}), "warmup": 3})
    sgd, later, anew = optimiser(), optimiser(), optimiser()
    first = Scheduling(schedule, sgd, PER_EPOCH, EPOCHS)
    for step in range(40):
        sgd.step()
        first.stepped()
        if (step + 1) % PER_EPOCH == 0:
            first.epoch_done(1.0)
    second = Scheduling(schedule, later, PER_EPOCH, EPOCHS)
    second.load(first.state())
    third = Scheduling(schedule, anew, PER_EPOCH, EPOCHS)
    third.catch_up(40)
    for step in range(40, EPOCHS * PER_EPOCH):
        assert sgd.param_groups[0]["lr"] == later.param_groups[0]["lr"]
        if name != "plateau":
            assert sgd.param_groups[0]["lr"] == pytest.approx(anew.param_groups[0]["lr"])
        for each in (first, second, third):
            each.optimiser.step()
            each.stepped()
            if (step + 1) % PER_EPOCH == 0:
                each.epoch_done(1.0)


@pytest.mark.parametrize(
    ("schedule", "part"),
    [
        (Schedule("sawtooth"), "There is no schedule sawtooth; choose constant, step"),
        (Schedule("step", {"step_size": 0}), "Every is at least 1"),
        (Schedule("cosine", {"gamma": 0.1}), "The schedule Cosine has no setting gamma"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(schedule: Schedule, part: str) -> None:
    with pytest.raises(SettingError) as caught:
        checked_schedule(schedule)
    assert part in str(caught.value)

"""Every optimiser that is declared can be built, learns, and refuses what it cannot use."""

from __future__ import annotations

import inspect
import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from netbuilder import nn as ours
from netbuilder.graph import Optimiser
from netbuilder.training import algorithms
from netbuilder.training.declared_algorithms import BESIDES
from netbuilder.training.settings import ALGORITHMS, SettingError, checked, construction

CPU = torch.device("cpu")


#: Declared settings that torch does not know by that name, or not at all.
NOT_TORCHS = {*BESIDES, "lr", "line_search", "adjust_lr_fn", "damping"}


def weight() -> nn.Parameter:
    return nn.Parameter(torch.tensor([[3.0, -2.0]]))


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_algorithm_goes_downhill(name: str) -> None:
    w = weight()
    optimiser = algorithms.build(Optimiser(algorithm=name, settings={}), [w], CPU)
    before = w.detach().square().sum().item()

    def closure() -> torch.Tensor:
        w.grad = None
        loss = w.square().sum()
        if name != "newton":
            loss.backward()
        return loss

    for _ in range(20):
        closure()
        optimiser.step(closure)
    assert w.detach().square().sum().item() < before


@pytest.mark.parametrize("name", ALGORITHMS)
def test_fused_where_it_says_so(name: str) -> None:
    optimiser = algorithms.build(Optimiser(algorithm=name, settings={}), [weight()], CPU)
    assert algorithms.is_fused(optimiser) == ALGORITHMS[name].fused


@pytest.mark.parametrize("name", ALGORITHMS)
def test_defaults_are_those_of_torch(name: str) -> None:
    """So that the exported call may leave them out."""
    found = ALGORITHMS[name]
    torchs = inspect.signature(ours.Newton if found.own else getattr(torch.optim, found.target))
    for setting in found.settings:
        if setting.name in NOT_TORCHS or (found.closure and setting.name == "weight_decay"):
            continue
        if setting.name in ("beta1", "beta2"):
            default = torchs.parameters["betas"].default[setting.name == "beta2"]
        else:
            default = torchs.parameters[setting.name].default
        assert setting.default == default, setting.name


@pytest.mark.parametrize("name", ALGORITHMS)
def test_every_setting_reaches_torch(name: str) -> None:
    settings = {"lr": 0.5}
    values = {"bool": True, "float": 0.25, "int": 3}
    for setting in ALGORITHMS[name].settings[1:]:
        apart = setting.name in NOT_TORCHS or ALGORITHMS[name].closure
        if setting.type in values and not (apart and setting.name in ("weight_decay", *NOT_TORCHS)):
            settings[setting.name] = values[setting.type]
    optimiser = algorithms.build(Optimiser(algorithm=name, settings=settings), [weight()], CPU)
    group = optimiser.param_groups[0]
    for key, value in settings.items():
        if key in ("beta1", "beta2"):
            assert group["betas"][key == "beta2"] == value
        else:
            assert group[key] == value


def test_construction_names_only_what_differs() -> None:
    plain = Optimiser(algorithm="adam", settings={"lr": 0.1, "clip": 1.0, "beta1": 0.9})
    assert construction(plain) == ("Adam", {"lr": 0.1})
    other = replace(plain, settings={"lr": 0.1, "beta2": 0.99, "weight_decay": 0.01})
    assert construction(other)[1] == {"lr": 0.1, "betas": (0.9, 0.99), "weight_decay": 0.01}


@pytest.mark.parametrize(
    ("algorithm", "settings", "part"),
    [
        ("adamm", {}, "There is no optimiser adamm; choose sgd, adam"),
        ("sgd", {"beta1": 0.5}, "SGD has no setting beta1; it has lr, momentum"),
        ("adam", {"lr": -1.0}, "Learning rate is at least 0"),
        ("adam", {"lr": math.nan}, "Learning rate is not a finite number."),
        ("adam", {"lr": 1e12}, "Learning rate is at most"),
        ("adam", {"lr": "fast"}, "Learning rate is a number"),
        ("adam", {"beta1": 1.0}, "Beta 1 is at most"),
        ("sgd", {"nesterov": True}, "Nesterov needs a momentum above 0"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(algorithm: str, settings: dict, part: str) -> None:
    with pytest.raises(SettingError) as caught:
        checked(algorithm, settings)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_optimiser_without_weights_is_refused() -> None:
    with pytest.raises(SettingError, match="critic has no weights to change"):
        algorithms.build(Optimiser("critic"), [], CPU)


def test_the_rate_changes_and_is_held_to_its_range() -> None:
    optimiser = algorithms.build(Optimiser(), [weight()], CPU)
    algorithms.set_learning_rate(optimiser, "adam", 0.25)
    assert algorithms.learning_rate(optimiser) == 0.25
    with pytest.raises(SettingError):
        algorithms.set_learning_rate(optimiser, "adam", -0.1)
    assert algorithms.learning_rate(optimiser) == 0.25

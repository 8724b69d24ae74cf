"""What fails while running is brought back to the node whose line it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from netbuilder.building import Network
from netbuilder.compiler import check
from netbuilder.compiler.build import blame, build
from netbuilder.graph import Project


@pytest.fixture
def project() -> Project:
    """An activation at the top, in two instances of a block, and in one that repeats."""
    net = Network("blamed")
    with net.block("inner") as b:
        b.output(b.gelu(b.input(name="x"), id="bend"), name="y")
    with net.block("body") as b:
        x = b.linear(b.input(name="x"), out_features=4, id="mix")
        b.output(b.inner(x, id="core"), name="y")
    data = net.iris()
    x = net.body(data.features, id="first")
    x = net.body(x, id="second", repeat=3)
    x = net.body(x, id="third", share="first")
    logits = net.linear(net.relu(x, id="act"), out_features=3, id="head")
    net.output(logits)
    net.cross_entropy(logits, data.label, id="judge")
    return net.project()


class Boom(RuntimeError):
    pass


def failing(function: Callable[..., Any], at: int) -> Callable[..., Any]:
    """`function`, but its call number `at` fails."""
    calls = 0

    def wrapped(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            raise Boom
        return function(*args, **kwargs)

    return wrapped


def blamed(module: nn.Module, *args: torch.Tensor, **fields: torch.Tensor) -> Any:
    call = module.objective_main if fields else module
    with pytest.raises(Boom) as error:
        call(*args, **fields)
    return blame(error.value, module.source)


def test_a_function_at_the_top(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    module = build(project)
    monkeypatch.setattr("torch.nn.functional.relu", failing(torch.relu, 1))
    assert blamed(module, torch.randn(2, 4)) == ("act",)


@pytest.mark.parametrize(
    ("call", "path"),
    [
        (1, ("first", "core", "bend")),
        (2, ("second[0]", "core", "bend")),
        (4, ("second[2]", "core", "bend")),
        (5, ("third", "core", "bend")),
    ],
)
def test_a_function_inside_blocks(
    project: Project, monkeypatch: pytest.MonkeyPatch, call: int, path: tuple[str, ...]
) -> None:
    """The very instance and repetition; `third` runs on the weights of `first`."""
    module = build(project)
    monkeypatch.setattr("torch.nn.functional.gelu", failing(torch.relu, call))
    assert blamed(module, torch.randn(2, 4)) == path
    assert path in check(project).nodes


def test_a_layer_and_a_loss(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    module = build(project)
    fields = {"features": torch.randn(2, 4), "label": torch.tensor([0, 1])}
    monkeypatch.setattr("torch.nn.functional.cross_entropy", failing(torch.relu, 1))
    assert blamed(module, **fields) == ("judge",)
    monkeypatch.setattr(module.head, "forward", failing(torch.relu, 1))
    assert blamed(module, **fields) == ("head",)


def test_torchs_own_errors_are_blamed_too(project: Project) -> None:
    module = build(project)
    with pytest.raises(RuntimeError) as error:
        module(torch.randn(2, 7))
    assert blame(error.value, module.source) == ("first", "mix")


def test_a_loop_over_a_block_with_two_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    net = Network("loop")
    with net.block("step") as b:
        x = b.add(b.input(name="state"), b.input(name="context"))
        b.output(b.gelu(x, id="bend"), name="state")
    data = net.iris()
    x = net.linear(net.step(data.features, data.features, repeat=3, id="walk"), out_features=3)
    net.output(x)
    net.cross_entropy(x, data.label)
    module = build(net.project())
    monkeypatch.setattr("torch.nn.functional.gelu", failing(torch.relu, 2))
    assert blamed(module, torch.randn(2, 4)) == ("walk[1]", "bend")


def test_what_did_not_happen_in_the_code_blames_nobody(project: Project) -> None:
    assert blame(Boom(), build(project).source) is None
    with pytest.raises(Boom) as error:
        raise Boom
    assert blame(error.value, build(project).source) is None

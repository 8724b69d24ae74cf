"""The gradient noise scale against its definition, and that measuring changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder.building import Network
from netbuilder.graph import Project
from netbuilder.training import checkpoint
from netbuilder.training.control import Control
from netbuilder.training.events import EpochDone, Finished
from netbuilder.training.loop import train
from netbuilder.training.noise_scale import FIGURE, NoiseScale, unbiased
from netbuilder.training.run import Run

Making = Callable[..., Project]


class Mean(nn.Module):
    """Learns the mean of its rows: the gradient of a row x is w - x."""

    def __init__(self) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.tensor([1.0, -2.0]))

    def objective(self, x: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        return 0.5 * (self.w - x).square().sum(1).mean(), {}


def turn(model: Mean, accumulate: int = 1) -> Any:
    return SimpleNamespace(
        name="main", method=model.objective, params=[model.w], accumulate=accumulate
    )


@pytest.mark.parametrize("accumulate", [1, 3])
def test_over_all_batches_it_is_the_variance_over_the_square(accumulate: int) -> None:
    """Every batch that can be drawn from three rows, each as likely: then it is no estimate."""
    rows = torch.tensor([[0.0, 1.0], [3.0, 0.5], [-2.0, 4.0]])
    model, noise = Mean(), NoiseScale(1)
    size = max(2, accumulate)
    for drawn in itertools.product(rows, repeat=size):
        noise.measure(model, [turn(model, accumulate)], {"x": torch.stack(drawn)})
    each = model.w.detach() - rows  # gradients
    variance = (each - each.mean(0)).square().sum(1).mean()
    expected = float(variance / each.mean(0).square().sum())
    assert noise.taken() == {FIGURE: pytest.approx(expected, rel=1e-6)}
    assert noise.taken() == {}
    assert model.w.grad is None


def test_gradients_without_noise_have_a_scale_of_zero() -> None:
    gradients = [[torch.tensor([3.0, 4.0])]] * 2
    assert unbiased(gradients, 8).tolist() == [0.0, 25.0]
    model, noise = Mean(), NoiseScale(1)
    noise.measure(model, [turn(model)], {"x": torch.zeros(1, 2)})  # no two parts
    assert noise.taken() == {}


def project(every: int, **training: Any) -> Project:
    """With batch norm and dropout, which have a state that measuring must leave alone."""
    net = Network("noisy")
    data = net.blobs(points=200)
    x = net.dropout(net.batch_norm(net.linear(data.point, out_features=8)), p=0.3)
    scores = net.linear(net.tanh(x), out_features=3)
    net.output(scores)
    net.cross_entropy(scores, data.label)
    settings = {"noise_scale": {"every": every}}
    options = {"epochs": 2, "batch_size": 24, "device": "cpu", "settings": settings}
    return net.project(**{**options, **training})


def test_a_run_has_its_curve_and_is_the_same_bit_by_bit(tmp_path: Path) -> None:
    folders = tmp_path / "off", tmp_path / "on"
    for every, folder in zip((0, 3), folders, strict=True):
        *_, end = train(project(every), folder=folder)
        assert isinstance(end, Finished), end
    off, on = (Run(folder) for folder in folders)
    one, other = (checkpoint.read(run.last).tensors for run in (off, on))
    assert all(torch.equal(tensor, other[name]) for name, tensor in one.items())
    with on.record() as record, off.record() as plain:
        points = record.epochs("train")[FIGURE]
        assert [epoch for epoch, _ in points] == [1, 2]
        assert all(value > 0 for _, value in points)
        assert FIGURE not in plain.epochs("train")


def test_a_run_that_was_stopped_goes_on_with_what_it_had_measured(tmp_path: Path) -> None:
    *_, end = train(project(1), folder=tmp_path / "whole")
    control = Control()
    events = train(project(1), folder=tmp_path / "parts", control=control)
    next(events)
    control.pause()
    control.step()
    for event in events:
        if type(event).__name__ == "Paused" and event.step:
            control.stop()
    *_, end = train(project(1), resume=tmp_path / "parts")
    assert isinstance(end, Finished), end
    found = []
    for name in ("whole", "parts"):
        with Run(tmp_path / name).record() as record:
            found.append(record.epochs("train")[FIGURE])
    assert found[0] == found[1]


def test_several_objectives_each_have_theirs(adversaries: Making) -> None:
    settings = {"noise_scale": {"every": 5}}
    events = list(train(adversaries(points=200, epochs=1, settings=settings)))
    (done,) = [event for event in events if isinstance(event, EpochDone)]
    figures = {name for name in done.train if name.startswith(FIGURE)}
    assert figures <= {f"{FIGURE} (front)", f"{FIGURE} (back)"}
    assert figures

"""A run probes when that pays, keeps its plan in its record, and goes on with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from netbuilder import load
from netbuilder.compiler import generate
from netbuilder.graph import Project
from netbuilder.resources import example
from netbuilder.training import checkpoint
from netbuilder.training.events import Finished, Started
from netbuilder.training.loop import train
from netbuilder.training.run import Run
from netbuilder.training.speed import choosing
from netbuilder.training.speed.plan import Plan
from netbuilder.training.speed.probe import Found


def digits(epochs: int, **speed: str) -> Project:
    project = load(example("digits_cnn"))
    training = replace(project.training, epochs=epochs, device="cpu", settings={"speed": speed})
    return replace(project, training=training)


def ran(events: Iterator[Any]) -> tuple[Started, Finished]:
    begin, *_, end = events
    assert isinstance(begin, Started), begin
    assert isinstance(end, Finished), end
    return begin, end


def test_a_short_run_is_plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "probe", lambda *_: pytest.fail("it must not look"))
    begin, _ = ran(train(digits(1), folder=tmp_path / "run"))
    assert (begin.plan, begin.gain) == ("eager", 1.0)
    assert "too short" in Run(tmp_path / "run").environment["speed"]["why"]


@pytest.mark.slow
def test_a_long_run_looks_once_and_the_next_one_remembers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, looked = digits(100), []

    def stopped(name: str) -> Started:
        events = train(project, folder=tmp_path / name)
        begin = next(events)
        events.close()  # type: ignore[attr-defined]
        assert isinstance(begin, Started), begin
        return begin

    real = choosing.probe
    monkeypatch.setattr(choosing, "probe", lambda *a: looked.append(1) or real(*a))
    first, second = stopped("first"), stopped("second")
    assert len(looked) == 1
    assert first.plan == second.plan
    speed = Run(tmp_path / "second").environment["speed"]
    assert {"eager", "channels-last"} <= set(speed["times"])
    assert all(seconds > 0 for seconds in speed["times"].values())


@pytest.mark.slow
def test_looking_changes_no_bit_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The probe forced upon a run that it would leave alone, choosing nothing."""
    real, tried = choosing.probe, []

    def kept(*arguments: Any) -> Found:
        found = real(*arguments)
        tried.append(found.times)
        return replace(found, plan=Plan())

    ran(train(digits(1), folder=tmp_path / "plain"))
    monkeypatch.setattr(choosing, "probe", kept)
    monkeypatch.setattr(choosing, "needless", lambda *_: "")
    ran(train(digits(1), folder=tmp_path / "probed"))
    assert tried
    a, b = (checkpoint.read(Run(tmp_path / n).last).tensors for n in ("plain", "probed"))
    assert all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.slow
def test_channels_last_is_resumed_to_the_same_bits(tmp_path: Path) -> None:
    whole, part = tmp_path / "whole", tmp_path / "part"
    begin, _ = ran(train(digits(2, layout="channels_last"), folder=whole))
    assert begin.plan == "channels-last"
    ran(train(digits(1, layout="channels_last"), folder=part))
    begin, _ = ran(train(digits(2, layout="channels_last"), resume=part))
    assert begin.plan == "channels-last"
    a, b = (checkpoint.read(Run(f).last).tensors for f in (whole, part))
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_lower_precision_learns_as_well(tmp_path: Path, classifier: Callable[..., Project]) -> None:
    project = classifier(epochs=8)
    half = replace(
        project, training=replace(project.training, settings={"speed": {"precision": "bfloat16"}})
    )
    begin, end = ran(train(half, folder=tmp_path / "half"))
    assert begin.plan == "bf16"
    assert end.test["accuracy"] > 0.85
    weights = checkpoint.read(Run(tmp_path / "half").last).part("model")
    assert {t.dtype for t in weights.values()} == {torch.float32}


@pytest.mark.parametrize("algorithm", ["adam", "newton"])
def test_what_differentiates_twice_is_not_compiled_though_it_was_asked_for(
    critic: Callable[..., Project], classifier: Callable[..., Project], algorithm: str
) -> None:
    project = critic() if algorithm == "adam" else classifier(algorithm=algorithm)
    training = project.training.with_part("speed", compile="on")
    source, model = generate(project), torch.nn.Linear(2, 2)
    found = choosing.choose(model, source, training, dict, torch.device("cpu"), 10)
    assert not found.plan.compiled
    assert "differentiates twice" in found.why
    found = choosing.choose(model, generate(classifier()), training, dict, torch.device("cpu"), 10)
    assert found.plan.compiled

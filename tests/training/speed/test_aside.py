"""A long run compiles in another process and changes over only if that won."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from netbuilder.graph import Project
from netbuilder.training.events import Finished, PlanChanged
from netbuilder.training.loop import train
from netbuilder.training.run import Run
from netbuilder.training.speed import aside
from netbuilder.training.speed.aside import Aside, Raced
from netbuilder.training.speed.plan import PLAIN, Plan


def test_who_wins() -> None:
    assert Raced(1.0, 0.5, True).won
    assert Raced(1.0, 0.5, True).gain == 2
    assert not Raced(1.0, 0.95, True).won
    assert not Raced(1.0, 0.5, False).won


class Fake:
    """Stands for the process: over at once, with such a result."""

    result: Raced | None = None

    def __init__(self, run: Path, plan: Plan, batch: Mapping[str, Tensor]) -> None:
        assert (run / "project.netbuilder").exists()
        assert {len(t) for t in batch.values()} == {32}
        self.ended, self.closed = True, False

    def poll(self) -> Raced | None:
        return self.result

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("won", [True, False])
def test_it_changes_over_if_it_won(
    won: bool, classifier: Callable[..., Project], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Fake, "result", Raced(1.0, 0.5 if won else 2.0, True))
    monkeypatch.setattr(aside, "Aside", Fake)
    monkeypatch.setattr(aside, "WORTH_S", 0.0)
    monkeypatch.setattr(aside, "possible", lambda device: True)
    monkeypatch.setattr("netbuilder.training.loop.REPORT_S", 0.0)
    compiled: list[object] = []
    monkeypatch.setattr(
        "netbuilder.training.speed.plan._compiled", lambda m: compiled.append(m) or m
    )
    *events, end = train(classifier(epochs=3, batch_size=32), folder=tmp_path / "run")
    assert isinstance(end, Finished), end
    changed = [e for e in events if isinstance(e, PlanChanged)]
    assert len(changed) == len(compiled) == int(won)
    if won:
        assert (changed[0].plan, changed[0].gain) == ("compiled", 2.0)
        with Run(tmp_path / "run").record() as record:
            assert record.facts()["compiled_from"] == str(changed[0].step)


def test_a_process_that_fails_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    made = Aside(tmp_path / "run", PLAIN, {})
    deadline = time.monotonic() + 120
    while not made.ended and time.monotonic() < deadline:
        time.sleep(0.05)
    assert made.ended
    assert made.poll() is None
    made.close()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")  # of torch, about torch
@pytest.mark.skipif(sys.platform != "linux", reason="the compiler is found by its name")
def test_really_compiled_steps_give_the_same_losses(
    classifier: Callable[..., Project], tmp_path: Path
) -> None:
    import torch

    if not aside.possible(torch.device("cpu")):
        pytest.skip("There is no compiler of C++ here.")
    found: dict[str, Any] = {}
    for name in ("off", "on"):
        project = classifier(epochs=1, points=200)
        settings = {"speed": {"compile": name}}
        project = replace(project, training=replace(project.training, settings=settings))
        events = list(train(project, folder=tmp_path / name))
        begin, end = events[0], events[-1]
        assert isinstance(end, Finished), end
        found[name] = begin.plan, end.test["main"]
    assert (found["off"][0], found["on"][0]) == ("eager", "compiled")
    assert found["on"][1] == pytest.approx(found["off"][1], rel=1e-4)

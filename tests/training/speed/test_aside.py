"""A long run compiles in another process and changes over only if that won."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from netbuilder.compiler import generate
from netbuilder.compiler.build import build
from netbuilder.graph import Optimiser, Project, Training
from netbuilder.training.events import Finished, PlanChanged
from netbuilder.training.loop import train
from netbuilder.training.run import Run
from netbuilder.training.speed import aside
from netbuilder.training.speed.aside import Aside, Raced, contestants, judged
from netbuilder.training.speed.choosing import steps_of
from netbuilder.training.speed.compiling import race
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


@pytest.mark.parametrize(("won", "graphs"), [(True, False), (True, True), (False, False)])
def test_it_changes_over_if_it_won(
    won: bool,
    graphs: bool,
    classifier: Callable[..., Project],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = {"eager": 1.0, "compiled": 0.5}
    monkeypatch.setattr(Fake, "result", Raced(1.0, 0.5 if won else 2.0, True, graphs, times))
    project = classifier(epochs=3, batch_size=32)
    monkeypatch.setattr(aside, "Aside", Fake)
    monkeypatch.setattr(aside, "WORTH_S", 0.0)
    monkeypatch.setattr(aside, "possible", lambda device: True)
    monkeypatch.setattr("netbuilder.training.loop.REPORT_S", 0.0)
    compiled: list[object] = []
    monkeypatch.setattr(
        "netbuilder.training.speed.plan._compiled", lambda m, _: compiled.append(m) or m
    )
    *events, end = train(project, folder=tmp_path / "run")
    assert isinstance(end, Finished), end
    changed = [e for e in events if isinstance(e, PlanChanged)]
    assert len(changed) == len(compiled) == int(won)
    with Run(tmp_path / "run").record() as record:
        facts = record.facts()
    assert json.loads(facts["raced"]) == times
    assert ("compiled_from" in facts) == won
    if won:
        title = "compiled · CUDA graphs" if graphs else "compiled"
        assert (changed[0].plan, changed[0].gain) == (title, 2.0)
        assert facts["compiled_from"] == str(changed[0].step)


def test_what_differentiates_twice_is_never_compiled(
    critic: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aside, "Aside", lambda *_: pytest.fail("it must not try"))
    monkeypatch.setattr(aside, "WORTH_S", 0.0)
    monkeypatch.setattr(aside, "possible", lambda device: True)
    monkeypatch.setattr("netbuilder.training.loop.REPORT_S", 0.0)
    *_, end = train(critic())
    assert isinstance(end, Finished), end


CUDA, CPU = torch.device("cuda"), torch.device("cpu")
COMPILED, GRAPHS = Plan(compiled=True), Plan(compiled=True, graphs=True)


@pytest.mark.parametrize(
    ("device", "optimiser", "graphs", "expected"),
    [
        (CUDA, Optimiser(), "auto", [COMPILED, GRAPHS]),
        (CPU, Optimiser(), "auto", [COMPILED]),
        (CUDA, Optimiser(), "off", [COMPILED]),
        (CUDA, Optimiser(settings={"accumulate": 2}), "auto", [COMPILED]),
        (CUDA, Optimiser(algorithm="lbfgs"), "auto", [COMPILED]),
    ],
)
def test_who_takes_part(
    device: torch.device, optimiser: Optimiser, graphs: str, expected: list[Plan]
) -> None:
    training = Training(optimisers=(optimiser,)).with_part("speed", graphs=graphs)
    assert contestants(PLAIN, training, device) == expected


def test_the_fastest_of_those_with_the_same_losses_wins() -> None:
    times, losses = {PLAIN: 1.0, COMPILED: 0.8, GRAPHS: 0.2}, [0.5, 0.4]
    same = dict.fromkeys(times, losses)
    raced = judged(times, same)
    assert (raced.compiled, raced.graphs, raced.won) == (0.2, True, True)
    assert raced.times == {"eager": 1.0, "compiled": 0.8, "compiled · CUDA graphs": 0.2}
    # A replay that does not see the new weights has the right loss once.
    raced = judged(times, {**same, GRAPHS: [0.5, 0.5]})
    assert (raced.compiled, raced.graphs, raced.won) == (0.8, False, True)
    assert not judged(times, {**same, COMPILED: [1, 1], GRAPHS: [1, 1]}).won
    assert not judged({PLAIN: 1.0}, same).won


def test_what_cannot_be_computed_takes_no_part(
    classifier: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race itself, with real steps, where graphs fail as torch says it: in a later step."""
    source = generate(classifier(width=4))
    calls: list[int] = []

    def compiled(method: Any, graphs: bool) -> Any:
        def called(**batch: Tensor) -> Any:
            calls.append(1)
            if len(calls) > 1:
                raise RuntimeError("accessing tensor output of CUDAGraphs that was overwritten")
            return method(**batch)

        return called if graphs else method

    monkeypatch.setattr("netbuilder.training.speed.plan._compiled", compiled)
    rows = {"point": torch.randn(8, 2), "label": torch.randint(2, (8,))}
    prepare = steps_of(source, CPU)

    class OnCuda(Plan):
        """As a plan is on a graphics card."""

        def method(self, method: Any, device: torch.device) -> Any:
            return super().method(method, CUDA)

    graphs = OnCuda(compiled=True, graphs=True)
    raced = race(build(source), [PLAIN, COMPILED, graphs], prepare, rows, CPU)
    assert len(calls) == 2
    assert set(raced.times) == {"eager", "compiled"}
    assert raced.agree


def test_graphs_are_of_one_size_of_batch_and_only_on_a_card(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    modes, fast, marked = [], [], []

    def compile(method: Any, **options: Any) -> Any:
        modes.append(options["mode"])
        return lambda **batch: fast.append(len(batch["x"])) or method(**batch)

    monkeypatch.setattr(torch, "compile", compile)
    monkeypatch.setattr(torch.compiler, "cudagraph_mark_step_begin", lambda: marked.append(1))
    for device in (CUDA, CPU):
        made = GRAPHS.method(lambda x: (x.sum(), {}), device)
        for size in (4, 4, 3):
            assert float(made(x=torch.ones(size))[0]) == size
    assert modes == ["reduce-overhead", None]
    assert fast == [4, 4, 4, 4]  # the last, smaller batch runs as it is
    assert len(marked) == 3


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

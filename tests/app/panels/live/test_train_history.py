"""A run as its events tell it, and as its record does."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.train.figure_plot import FigurePlot
from netbuilder.app.panels.train.history import History
from netbuilder.graph import Project
from netbuilder.training.events import EpochDone, Failed, Finished, Started, Steps
from netbuilder.training.record import Record
from netbuilder.training.run import create


def started(step: int = 0, objectives: tuple[str, ...] = ("main",), epochs: int = 5) -> Started:
    return Started("run-1", "/runs/run-1", epochs, 10, 64, "cpu", 7, 100, objectives,
                   {"train": 640, "validation": 100}, step)  # fmt: skip


def steps(first: int, *values: float, name: str = "main") -> Steps:
    return Steps(first, 1 + first // 10, {name: np.array(values, np.float32)}, 1000.0, 5.0)


def test_losses_and_figures_arrive() -> None:
    history = History()
    assert history.empty
    for event in (started(), steps(0, *np.linspace(2, 1, 10)),
                  EpochDone(1, 9, {"main": 1.5}, {"main": 1.1, "accuracy": 0.8},
                            {"confusion": np.eye(3)})):  # fmt: skip
        history.apply(event)
    assert len(history.losses["main"].raw) == 10
    assert list(history.validation["main"].values) == [1.1]
    assert history.metrics == ("accuracy",)
    assert history.tables["confusion"].shape == (3, 3)
    assert history.in_epochs(np.array([9.0]))[0] == 1.0
    assert history.seed == 7
    assert 1.0 < history.losses["main"].latest < 2.0


def test_a_resumed_run_writes_over_what_comes_after() -> None:
    history = History()
    history.apply(started())
    history.apply(steps(0, *[1.0] * 30))
    history.apply(EpochDone(1, 9, {}, {"main": 0.9}))
    history.apply(EpochDone(2, 19, {}, {"main": 0.8}))
    history.apply(started(step=15))
    assert len(history.losses["main"].raw) == 30
    history.apply(steps(15, *[5.0] * 5))
    history.apply(EpochDone(2, 19, {}, {"main": 0.7}))
    assert len(history.losses["main"].raw) == 20
    assert history.losses["main"].raw.at(14) == 1.0
    assert history.losses["main"].raw.at(15) == 5.0
    assert list(history.validation["main"].values) == [0.9, 0.7]


def test_a_gap_between_steps_is_a_gap() -> None:
    history = History()
    history.apply(started())
    history.apply(steps(0, 1.0, 1.0))
    history.apply(steps(5, 2.0))
    raw = history.losses["main"].raw
    assert len(raw) == 6
    assert math.isnan(raw.at(3))


def test_another_run_starts_over_but_is_seen_as_a_change() -> None:
    history = History()
    history.apply(started())
    history.apply(steps(0, 1.0))
    before = history.revision
    history.apply(started(objectives=("judge", "forger")))
    assert history.objectives == ("judge", "forger")
    assert len(history.losses["judge"].raw) == 0
    assert history.revision > before


def test_divergence_is_where_the_loss_stops_being_a_number() -> None:
    history = History()
    history.apply(started())
    history.apply(steps(0, 1.0, 2.0, math.nan, math.nan))
    history.apply(Failed("The loss became NaN at step 2; lower the learning rate.", step=2))
    assert history.divergence is not None
    assert (history.divergence.step, history.divergence.objective) == (2, "main")
    assert history.losses["main"].raw.last() == 2.0
    assert "became NaN" in history.failure
    assert history.ended


def test_the_test_split_is_kept() -> None:
    history = History()
    history.apply(started())
    history.apply(Finished("run-1", "", False, 49, 5, {"accuracy": 0.9}))
    assert history.test == {"accuracy": 0.9}


def test_a_record_says_the_same_as_the_events(tmp_path: Path) -> None:
    run = create(Project("p"), {"seed": 3, "steps_per_epoch": 10}, tmp_path / "run-9")
    told = History()
    told.apply(started(epochs=10))
    events = [steps(0, *np.linspace(3, 2, 10)), steps(10, *np.linspace(2, 1, 10))]
    done = EpochDone(1, 9, {"main": 2.5}, {"main": 2.0, "accuracy": 0.5},
                     {"confusion": np.eye(2)})  # fmt: skip
    with Record(run.folder / "run.sqlite", write=True) as record:
        for event in events:
            told.apply(event)
            record.steps(event)
        told.apply(done)
        record.epoch(done)
        record.finished(Finished("run-9", "", False, 19, 2, {"accuracy": 0.6}))
    read = History.of_run(run.folder)
    a, b = told.losses["main"].smooth.view(500), read.losses["main"].smooth.view(500)
    np.testing.assert_allclose(a[1], b[1], rtol=1e-6)
    assert list(read.validation["accuracy"].values) == [0.5]
    assert read.test == {"accuracy": 0.6}
    assert read.epochs == Project().training.epochs
    assert read.steps_per_epoch == 10
    np.testing.assert_array_equal(read.tables["confusion"], np.eye(2))


def test_a_run_without_a_record_says_so(tmp_path: Path) -> None:
    run = create(Project("p"), {}, tmp_path / "run-8")
    with pytest.raises(ValueError, match="no record"):
        History.of_run(run.folder)


def test_a_figure_of_training_alone_is_drawn_as_such(qtbot: QtBot) -> None:
    history = History()
    history.apply(started(epochs=2))
    for epoch, scale in ((1, 40.0), (2, 90.0)):
        train = {"main": 1.0, "noise_scale": scale}
        history.apply(EpochDone(epoch, epoch * 10, train, {"main": 0.9, "accuracy": 0.5}))
    assert history.metrics == ("accuracy", "noise_scale")
    plot = FigurePlot(("noise_scale",))
    qtbot.addWidget(plot)
    plot.show_history(history)
    assert plot.plot._series["train"].curve.getData()[1].tolist() == [40.0, 90.0]

"""A run is trained again from its record; another process trains it without a window."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from netbuilder.graph import Project
from netbuilder.training import headless, presence
from netbuilder.training.control import Control
from netbuilder.training.events import EpochDone, Failed, Finished, Started, Steps
from netbuilder.training.follower import Follower, follow
from netbuilder.training.loop import train
from netbuilder.training.repeat import Repeated, repeat
from netbuilder.training.run import Run, RunError, create

Making = Callable[..., Project]


def test_rates_set_by_hand_are_set_again(classifier: Making, tmp_path: Path) -> None:
    control = Control()
    folder = tmp_path / "run"
    for event in train(classifier(epochs=4, batch_size=16), folder=folder, control=control):
        if isinstance(event, EpochDone) and event.epoch == 2:
            control.set_learning_rate("main", 0.2)
    with Run(folder).record() as record:
        assert [rate for _, _, rate in record.rates()] == [0.05, 0.2]
    *_, result = repeat(Run(folder), tmp_path / "again")
    assert isinstance(result, Repeated)
    assert result.identical, result.sentence
    with Run(tmp_path / "again").record() as again, Run(folder).record() as record:
        assert again.rates() == record.rates()


def test_a_run_that_was_stopped_is_repeated_as_far(classifier: Making, tmp_path: Path) -> None:
    control, folder = Control(), tmp_path / "run"
    for event in train(classifier(epochs=50), folder=folder, control=control):
        if isinstance(event, EpochDone):
            control.stop()
    *_, result = repeat(Run(folder), tmp_path / "again")
    assert isinstance(result, Repeated)
    assert result.identical
    assert result.folder == tmp_path / "again"


def test_nothing_on_record_is_said(classifier: Making, tmp_path: Path) -> None:
    run = create(classifier(), {}, tmp_path / "run")
    run.record(write=True).close()
    with pytest.raises(RunError, match="nothing to repeat"):
        next(iter(repeat(run)))


def test_what_is_new_is_polled(classifier: Making, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    events = train(classifier(epochs=40, batch_size=4), folder=folder)
    next(events)
    follower = Follower(Run(folder))
    told = follower.poll()
    assert isinstance(told[0], Started)
    for event in events:
        told += follower.poll() if isinstance(event, (Steps, EpochDone)) else []
    told += follower.poll()
    last = told[-1]
    assert isinstance(last, Finished)
    assert not last.stopped
    assert follower.over
    assert follower.poll() == []
    losses = np.concatenate([e.losses["main"] for e in told if isinstance(e, Steps)])
    with Run(folder).record() as record:
        assert losses.tolist() == record.losses()["main"][1].tolist()  # each once
    assert [e.epoch for e in told if isinstance(e, EpochDone)] == list(range(1, 41))


def test_a_process_that_went_away_is_told(classifier: Making, tmp_path: Path) -> None:
    run = create(classifier(), {"steps_per_epoch": 5}, tmp_path / "run")
    with run.record(write=True) as record:
        record.rate(0, "main", 0.1)
        record.info(state="running")
    *_, last = follow(run)
    assert isinstance(last, Failed)
    assert "go on from its last checkpoint" in last.message


@pytest.mark.slow
def test_a_run_goes_on_in_a_process_of_its_own(
    classifier: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    project = classifier(epochs=30, batch_size=8)
    control = Control()
    for event in train(project, folder=tmp_path / "run", control=control):
        if isinstance(event, EpochDone) and event.epoch == 3:
            control.abandon()
    run = Run(tmp_path / "run")
    process = headless.go_on(run)
    while not presence.present(run.folder):
        assert not (found := os.waitpid(process, os.WNOHANG))[0], (
            found, (run.folder / headless.LOG).read_text())  # fmt: skip
    told = list(follow(run))
    os.waitpid(process, 0)
    assert isinstance(told[-1], Finished)
    assert told[-1].epoch == 30
    list(train(project, folder=tmp_path / "whole"))
    with run.record() as record, Run(tmp_path / "whole").record() as whole:
        assert record.losses()["main"][1].tobytes() == whole.losses()["main"][1].tobytes()

"""Another process sees whether a run trains, and can ask it to end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from netbuilder.graph import Project
from netbuilder.training import presence, trash
from netbuilder.training.control import Control
from netbuilder.training.events import EpochDone, Failed, Finished, Started, Steps
from netbuilder.training.loop import train
from netbuilder.training.run import Run, list_runs

Making = Callable[..., Project]


def test_a_run_is_present_while_it_trains(classifier: Making, tmp_path: Path) -> None:
    events = train(classifier(epochs=3), folder=tmp_path / "run")
    assert not presence.present(tmp_path / "run")
    next(events)
    run = Run(tmp_path / "run")
    assert presence.present(run.folder)
    assert run.state == "running"
    (refused,) = list(train(classifier(epochs=3), resume=run.folder))
    assert isinstance(refused, Failed)
    assert "trained by another process" in refused.message
    list(events)
    assert not presence.present(run.folder)
    assert run.state == "finished"


@pytest.mark.slow
def test_a_killed_run_is_interrupted(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; import netbuilder as nb\n"
        "project = nb.load(nb.examples()['spirals_mlp'])\n"
        "events = iter(nb.train(project, folder=sys.argv[1])); next(events); os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "run")], check=False)
    assert done.returncode == 9
    assert Run(tmp_path / "run").state == "interrupted"


@pytest.mark.parametrize(("wish", "whole"), [("stop", False), ("stop after epoch", True)])
def test_a_run_ends_as_it_is_asked(
    classifier: Making, tmp_path: Path, wish: presence.Wish, whole: bool
) -> None:
    events = train(classifier(epochs=1_000_000, batch_size=8), folder=tmp_path / "run")
    started = next(events)
    assert isinstance(started, Started)
    next(e for e in events if isinstance(e, Steps))
    assert presence.ask(tmp_path / "run", wish)
    *_, last = events
    assert isinstance(last, Finished)
    assert last.stopped
    assert not whole or last.step % started.steps_per_epoch == 0
    assert last.epoch == last.step // started.steps_per_epoch
    assert not presence.ask(tmp_path / "run", wish)


def test_what_was_asked_of_the_one_before_is_forgotten(classifier: Making, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    list(train(classifier(epochs=1), folder=folder))
    (folder / "request").write_text("stop")
    *_, last = train(classifier(epochs=3), resume=folder)
    assert isinstance(last, Finished)
    assert not last.stopped


def test_stop_after_the_epoch_ends_a_pause(classifier: Making, tmp_path: Path) -> None:
    control = Control()
    control.pause()
    control.finish_epoch()
    assert not control.waiting
    assert control.ending
    assert not control.stopped
    events = list(train(classifier(epochs=5), folder=tmp_path / "run", control=control))
    assert sum(isinstance(e, EpochDone) for e in events) == 0  # it was asked before the first


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_no_reason_to_fail_in_the_end(tmp_path: Path) -> None:
    (tmp_path / "training.lock").symlink_to("/dev/full")
    held = presence.Presence(Control())
    held.hold(tmp_path)
    held.release()


def test_runs_that_cannot_be_kept_are_said_to_be_so(
    classifier: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("NETBUILDER_HOME", str(tmp_path / "file" / "home"))
    assert list_runs() == []
    assert trash.discarded() == []
    (event,) = train(classifier(epochs=1))
    assert isinstance(event, Failed)
    assert "cannot be made, and runs are kept there; set NETBUILDER_HOME" in event.message

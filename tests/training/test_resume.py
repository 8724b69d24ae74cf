"""A run killed at any moment ends, resumed, on the same bits as one left alone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from netbuilder.graph import Project, Schedule
from netbuilder.graph import file as project_file
from netbuilder.training import checkpoint, loop, session
from netbuilder.training.events import EpochDone, Failed, Finished, Started
from netbuilder.training.loop import train
from netbuilder.training.run import Run

_PROGRAM = """
import sys
from pathlib import Path
import torch
torch.set_num_threads(1)
from netbuilder.graph import file
from netbuilder.training import session
from netbuilder.training.loop import train
session._EVERY_S, session._AT_LEAST_S, session._SHARE = 0.02, 0.0, 1.0
project, folder = file.load(Path(sys.argv[1])).project, Path(sys.argv[2])
started = (folder / "run.json").exists()
print("go", flush=True)
for event in train(project, **{"resume" if started else "folder": folder}):
    print(type(event).__name__, getattr(event, "step", ""), flush=True)
"""


@pytest.mark.slow
def test_killed_at_random_steps_it_ends_on_the_same_bits(
    classifier: Callable[..., Project], tmp_path: Path
) -> None:
    project = classifier(dropout=True, epochs=40, batch_size=16, points=1000)
    path, folder = tmp_path / "p.netbuilder", tmp_path / "run"
    project_file.save(project, path)
    kills, wanted = 0, 3 if os.environ.get("NETBUILDER_LONG") else 2
    rng = random.Random(0)
    for attempt in range(20):
        child = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(path), str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert child.stdout is not None
        if kills < wanted:
            while not child.stdout.readline().startswith(("Steps", "EpochDone", "Finished")):
                assert child.poll() is None, child.stderr and child.stderr.read()
            time.sleep(rng.uniform(0.0, 0.4))
            if child.poll() is None:
                os.kill(child.pid, signal.SIGKILL)
                kills += 1
            child.communicate()
            assert (folder / "checkpoints" / "last.safetensors").exists()
        else:
            out, errors = child.communicate(timeout=120)
            assert "Finished" in out, (attempt, out[-500:], errors)
            break
    assert kills == wanted
    torch.set_num_threads(1)
    events = list(train(project))
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    alone, killed = Run(Path(events[0].folder)), Run(folder)
    for name in ("last", "best"):
        a, b = (checkpoint.read(getattr(run, name)).tensors for run in (alone, killed))
        assert a.keys() == b.keys()
        for key, tensor in a.items():
            assert torch.equal(tensor, b[key]), (name, key)
    with alone.record() as first, killed.record() as second:
        assert first.losses()["main"][1].tobytes() == second.losses()["main"][1].tobytes()
        assert first.epochs() == second.epochs()
        assert first.epochs("train") == second.epochs("train")
        assert first.epochs("test") == second.epochs("test")


def test_a_run_killed_before_its_first_checkpoint_begins_anew(
    classifier: Callable[..., Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = classifier(epochs=1)
    whole = list(train(project))
    folder = Path(whole[0].folder)
    for path in (folder / "checkpoints").iterdir():
        path.unlink()
    again = list(train(project, resume=folder))
    assert again[0].step == 0
    assert again[-1].test == whole[-1].test


def test_checkpoints_keep_to_their_share_of_the_time(classifier: Callable[..., Project]) -> None:
    made = session.Session(classifier())
    made.save()
    made._cost = 0.0  # however busy the machine was
    now = time.perf_counter()
    assert not made.due(now + 4.9)
    assert made.due(now + 5.1)
    assert made.due(now + 0.6, epoch_ended=True)
    made._cost = 10.0  # a checkpoint that takes 10 s comes every 200 s
    assert not made.due(now + 190)
    made.close()


def test_killed_between_the_last_step_of_an_epoch_and_its_end_no_rate_is_missing(
    classifier: Callable[..., Project], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = classifier(epochs=3, points=60)
    adam = replace(plain.training.optimisers[0], schedule=Schedule("cosine", {"warmup": 5}))
    project = replace(plain, training=replace(plain.training, optimisers=(adam,)))
    assert isinstance(list(train(project, folder=tmp_path / "alone"))[-1], Finished)
    ended = loop._Loop._epoch_done

    def dies(self: loop._Loop, begin: float) -> EpochDone:
        if self.session.epochs_done == 1:
            self.session.save()
            raise RuntimeError("killed")
        return ended(self, begin)

    with monkeypatch.context() as patch:
        patch.setattr(loop._Loop, "_epoch_done", dies)
        assert isinstance(list(train(project, folder=tmp_path / "killed"))[-1], Failed)
    assert isinstance(list(train(project, resume=tmp_path / "killed"))[-1], Finished)
    with Run(tmp_path / "alone").record() as one, Run(tmp_path / "killed").record() as other:
        assert other.rates() == one.rates()
        assert len(one.rates()) == 4

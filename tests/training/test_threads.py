"""Threads: one where a step is small, and in a run that goes on as many as it began with."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from netbuilder import resources
from netbuilder.graph import Project
from netbuilder.graph.file import load
from netbuilder.training import devices
from netbuilder.training.events import Finished
from netbuilder.training.loop import train
from netbuilder.training.waiting import wait_asleep


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has said how many threads there are to be."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def spirals() -> Project:
    project = load(resources.example("spirals_mlp")).project
    return replace(project, training=replace(project.training, epochs=1))


@pytest.mark.usefixtures("free")
def test_a_small_step_takes_one_thread_and_a_large_one_all_cores_but_one() -> None:
    assert devices.use_threads(1_000_000) == 1
    assert devices.use_threads(500_000_000) == 3
    assert devices.use_threads(1_000_000, recorded=2) == 2


@pytest.mark.usefixtures("free")
def test_a_person_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    torch.set_num_threads(2)
    assert devices.use_threads(1) == devices.use_threads(10**9) == 2


@pytest.mark.usefixtures("free")
def test_a_run_goes_on_with_the_threads_of_its_record(spirals: Project, tmp_path: Path) -> None:
    torch.set_num_threads(3)
    seen = []
    *_, end = train(spirals, folder=tmp_path)
    assert isinstance(end, Finished)
    assert torch.get_num_threads() == 3  # as it was before
    record = Path(end.folder) / "run.json"
    facts = json.loads(record.read_text())
    assert facts["threads"] == 1
    record.write_text(json.dumps({**facts, "threads": 2}))  # as on a larger computer
    longer = replace(spirals, training=replace(spirals.training, epochs=2))
    for _ in train(longer, resume=Path(end.folder)):
        seen.append(torch.get_num_threads())
    assert set(seen) == {2}
    assert torch.get_num_threads() == 3


def test_threads_sleep_unless_a_person_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    wait_asleep()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
    monkeypatch.delenv("OMP_WAIT_POLICY")
    wait_asleep()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"

"""Curves of a run that grows are those of the run read anew."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from netbuilder.app.panels.runs.curves import RunCurves, read
from netbuilder.folders import runs
from netbuilder.graph import Project
from netbuilder.training.events import EpochDone, Steps
from netbuilder.training.record import Record
from netbuilder.training.run import create


def goes_on(record: Record, first: int, count: int, epoch: int, seed: int = 0) -> None:
    rng = np.random.default_rng(first + seed)
    losses = {n: rng.random(count, np.float32) for n in ("generator", "discriminator")}
    record.steps(Steps(first, 1, losses, 0.0, 0.0))
    figures = {"accuracy": float(rng.random()), "main": math.nan if epoch == 2 else 0.5}
    record.epoch(EpochDone(epoch, first + count, {"main": 1.0}, figures))


def assert_same(found: RunCurves, anew: RunCurves) -> None:
    assert not found.trouble
    assert (found.epochs, found.stride) == (anew.epochs, anew.stride)
    for name, expected in anew.losses.items():
        assert len(found.losses[name]) == len(expected)
        for ours, theirs in zip(found.losses[name].view(300), expected.view(300), strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5)
    for name, (epochs, values) in anew.figures.items():
        np.testing.assert_array_equal(found.figures[name][0], epochs)
        np.testing.assert_array_equal(found.figures[name][1], values)


@pytest.fixture
def folder() -> Path:
    return create(Project("long"), {"steps_per_epoch": 1000}, runs() / "long").folder


def test_what_is_new_is_added(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_from = list[int]()
    chunks = Record.chunks
    monkeypatch.setattr(
        Record, "chunks", lambda self, since=0: read_from.append(since) or chunks(self, since)
    )
    with Record(folder / "run.sqlite", write=True) as record:
        goes_on(record, 0, 30_000, 1)
        short = read(folder)
        goes_on(record, 30_000, 30_007, 2)
        found = read(folder, short)  # its span grew: smoothed anew
        before = [pyramid.view(100)[1] for pyramid in found.losses.values()]
        for epoch, (first, count) in enumerate([(60_007, 13), (60_020, 40_000)], start=3):
            goes_on(record, first, count, epoch)
            longer = read(folder, found)
            assert read_from[-1] > 50_000
            assert_same(longer, read(folder))
        for old, pyramid in zip(before, found.losses.values(), strict=True):
            np.testing.assert_array_equal(old, pyramid.view(100)[1])  # it may still be drawn
        assert_same(read(folder, longer), longer)


def test_a_run_that_was_resumed_is_read_anew(folder: Path) -> None:
    with Record(folder / "run.sqlite", write=True) as record:
        goes_on(record, 0, 55_000, 1)
        goes_on(record, 55_000, 5_000, 2)
        before = read(folder)
        record.cut(55_000, 1)
        goes_on(record, 55_000, 9_000, 2, seed=1)
        found = read(folder, before)
        assert_same(found, read(folder))
        assert found.figures["accuracy"][1][-1] != before.figures["accuracy"][1][-1]

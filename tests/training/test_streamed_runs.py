"""Runs whose data stays in its files: the same bits, broken files named, nothing left behind."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from netbuilder.compiler import generate
from netbuilder.data import images as reading
from netbuilder.graph import Project
from netbuilder.templates import TEMPLATES, started
from netbuilder.training import checkpoint
from netbuilder.training.control import Control
from netbuilder.training.events import EpochDone, Event, Failed, Finished, Skipped, Started
from netbuilder.training.feed import Feed
from netbuilder.training.follower import Follower, follow
from netbuilder.training.loop import train
from netbuilder.training.presence import Presence
from netbuilder.training.record import Record
from netbuilder.training.run import Run, create
from tests.data.conftest import pictures


def reading_ahead() -> int:
    """Threads that read for a run; a test runner has threads of its own."""
    return sum(t.name.startswith("batches") for t in threading.enumerate())


def project(kind: str, epochs: int = 3, **given: object) -> Project:
    (template,) = (t for t in TEMPLATES if t.name == "classification")
    made = started(template, kind, given)  # type: ignore[arg-type]
    training = replace(made.training, epochs=epochs, device="cpu", batch_size=8)
    return replace(made, training=training)


def with_data(made: Project, **settings: object) -> Project:
    return replace(made, training=replace(made.training, settings={"data": settings}))  # type: ignore[dict-item]


@pytest.fixture
def arrays(tmp_path: Path) -> Project:
    random = np.random.default_rng(0)
    y = np.arange(90) % 3
    np.savez(tmp_path / "rows.npz", x=random.standard_normal((90, 5)) + y[:, None], y=y)
    return project("numpy_file", path=str(tmp_path / "rows.npz"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(reading, "KEPT", 0)  # read each time
    made = pictures(tmp_path / "pictures", 20)
    whole = (made / "red" / "5.png").read_bytes()
    (made / "red" / "5.png").write_bytes(whole[: len(whole) // 2])
    (made / "green" / "text.png").write_text("no image at all")
    return made


def told(events: list[Event]) -> Run:
    last = events[-1]
    assert isinstance(last, Finished), last
    return Run(Path(last.folder))


def test_streamed_or_not_and_after_a_stop_the_bits_are_the_same(arrays: Project) -> None:
    whole = told(list(train(with_data(arrays, streaming="off"))))
    streamed = told(list(train(with_data(arrays, streaming="on"))))
    control, begun = Control(), Path()
    for event in train(with_data(arrays, streaming="on"), control=control):
        begun = Path(getattr(event, "folder", begun))
        if isinstance(event, EpochDone):
            break  # whoever listened goes away in the middle
    assert reading_ahead() == 0
    resumed = told(list(train(with_data(arrays, streaming="on"), resume=begun)))
    assert reading_ahead() == 0
    for run in (streamed, resumed):
        a, b = (checkpoint.read(r.last).tensors for r in (whole, run))
        assert a.keys() == b.keys()
        assert all(torch.equal(a[key], b[key]) for key in a)
        with whole.record() as first, run.record() as second:
            assert first.losses()["main"][1].tobytes() == second.losses()["main"][1].tobytes()
            assert first.epochs() == second.epochs()


def test_what_does_not_fit_is_streamed(arrays: Project) -> None:
    source, cpu = generate(arrays), torch.device("cpu")
    assert not Feed(arrays, source, cpu).streams
    for settings, streams in (({"limit_mb": 1}, False), ({"streaming": "on"}, True)):
        assert Feed(with_data(arrays, **settings), source, cpu).streams is streams


def test_broken_images_are_named_counted_and_recorded(folder: Path) -> None:
    made = project("image_folder", 1, path=str(folder), height=8, width=8)
    events = list(train(with_data(made, streaming="on")))
    (skipped,) = (e for e in events if isinstance(e, Skipped))
    assert dict(skipped.bad) == {
        "green/text.png": "it is no image",
        "red/5.png": "it is cut off",
    }
    assert skipped.count == 2
    with told(events).record() as record:
        assert record.bad() == (list(skipped.bad), 2)
    (heard,) = (e for e in follow(told(events)) if isinstance(e, Skipped))
    assert (heard.bad, heard.count) == (skipped.bad, 2)


def test_what_another_process_leaves_out_is_told_once_as_it_comes(tmp_path: Path) -> None:
    run = create(Project("images"), {"steps_per_epoch": 5}, tmp_path / "run")
    presence = Presence(Control())
    presence.hold(run.folder)
    with Record(run.folder / "run.sqlite", write=True) as record:
        follower, found = Follower(run), list[list[tuple[str, str]]]()
        for names in (["a.png"], ["a.png"], ["a.png", "b.png"]):
            record.skipped([(name, "it is cut off") for name in names])
            heard = [e for e in follower.poll() if isinstance(e, Skipped)]
            found.append([name for e in heard for name, _ in e.bad])
        follower.close()
    presence.release()
    assert found == [["a.png"], [], ["b.png"]]


def test_an_image_that_disappears_does_not_stop_the_run(folder: Path) -> None:
    made = project("image_folder", 3, path=str(folder), height=8, width=8)
    events: list[Event] = []
    for event in train(with_data(made, streaming="on")):
        events.append(event)
        if isinstance(event, EpochDone) and event.epoch == 1:
            for i in range(8, 14):
                (folder / "green" / f"{i}.png").unlink()
    found = [e for e in events if isinstance(e, Skipped)]
    gone = {n for e in found[1:] for n, reason in e.bad if reason == "it is not there any more"}
    assert gone
    assert gone <= {f"green/{i}.png" for i in range(8, 14)}
    assert told(events)
    assert reading_ahead() == 0


def test_a_folder_that_disappears_ends_the_run_with_its_name(folder: Path) -> None:
    made = project("image_folder", 3, path=str(folder), height=8, width=8)
    events: list[Event] = []
    for event in train(with_data(made, streaming="on")):
        events.append(event)
        if isinstance(event, EpochDone) and event.epoch == 1:
            folder.rename(folder.with_name("elsewhere"))
    last = events[-1]
    assert isinstance(last, Failed)
    assert "No row of the data can be read any more" in last.message
    assert reading_ahead() == 0


def test_an_image_damaged_between_two_parts_of_a_run_is_left_out_and_the_rows_stay(
    tmp_path: Path,
) -> None:
    made = project("image_folder", 3, path=str(pictures(tmp_path / "p", 8)), height=8, width=8)
    (tmp_path / "p" / "red" / "1.png").write_text("no image at all")
    begun, rows = Path(), {}
    for event in train(made):
        if isinstance(event, Started):
            begun, rows = Path(event.folder), dict(event.rows)
        elif isinstance(event, EpochDone):
            break
    broken = tmp_path / "p" / "green" / "3.png"
    broken.write_bytes(broken.read_bytes()[:60])  # in place: its folder stays as it was
    pictures(tmp_path / "new", 8)
    whole = (tmp_path / "new" / "red" / "1.png").read_bytes()
    (tmp_path / "p" / "red" / "1.png").write_bytes(whole)  # that one is mended
    events = list(train(made, resume=begun))
    assert [e.rows for e in events if isinstance(e, Started)] == [rows]
    (skipped,) = (e for e in events if isinstance(e, Skipped))
    assert skipped.bad == (("green/3.png", "it is cut off"),)
    with told(events).record() as record:
        assert record.bad() == ([("green/3.png", "it is cut off")], 1)

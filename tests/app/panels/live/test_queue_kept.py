"""What waits in the queue outlives its window, and a run is repeated from the panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

import netbuilder as nb
from netbuilder.app.panels.runs import RunsPanel
from netbuilder.app.panels.runs.queue import RunQueue
from netbuilder.app.panels.runs.queue_view import QueueView
from netbuilder.folders import queues, runs
from netbuilder.graph import Project
from netbuilder.graph.atomic import FileError
from netbuilder.training.events import Failed, Finished, Started
from netbuilder.training.run import list_runs
from tests.app.panels.live.test_runs_compared import a_run
from tests.tuning.conftest import searched

Make = Callable[[Project], Any]


class Trained:
    """A session in which the test says what becomes of a run."""

    def __init__(self, make: Make, project: Project) -> None:
        self.session = make(project)
        self.names: list[str] = []
        self.session.train = lambda p: self.names.append(p.name)
        self.queue = RunQueue(self.session)

    def tell(self, *events: object, state: str) -> None:
        self.session.state = state
        self.session.events.emit(list(events))


@pytest.fixture
def window(make_session: Make, digits: Project) -> Callable[[], Trained]:
    return lambda: Trained(make_session, digits)


def test_what_waits_is_in_the_next_window_until_it_is_trained(
    window: Callable[[], Trained], digits: Project, qtbot: QtBot
) -> None:
    first = window()
    projects = [replace(digits, name=name) for name in "abc"]
    for project in projects:
        first.queue.add(project)
    first.tell(Started("a", "a", 1, 1, 1, "cpu", 0, 1, ("main",), {}), state="running")
    other = window()  # beside the first one, which holds its queue
    assert other.queue.take_up() == []
    assert other.queue.items == []
    first.queue.close()

    second = window()
    view = QueueView(second.queue)
    qtbot.addWidget(view)
    assert second.queue.take_up() == []
    assert [item.project for item in second.queue.items] == projects[1:]
    assert second.names == []  # nothing trains because a window was opened
    assert not view.held.isHidden()
    view.held.links()[0].click()
    assert second.names == ["b"]
    assert view.held.isHidden()
    second.tell(Started("b", "b", 1, 1, 1, "cpu", 0, 1, ("main",), {}), state="running")
    second.tell(Failed("NaN.", run="b"), state="stopped")
    qtbot.waitUntil(lambda: second.names == ["b", "c"])
    second.tell(Started("c", "c", 1, 1, 1, "cpu", 0, 1, ("main",), {}), state="running")
    assert list(queues().iterdir()) == []  # nothing waits any more


def test_folds_that_are_done_still_count_in_the_next_window(
    window: Callable[[], Trained], digits: Project, qtbot: QtBot
) -> None:
    first = window()
    first.queue.add_several(digits, "folds", 3)
    run = a_run(digits, "20250201-fold-1", 0.7)
    begun = Started(run.id, str(run.folder), 1, 1, 1, "cpu", 0, 1, ("main",), {})
    first.tell(begun, state="running")
    first.tell(Finished(run.id, str(run.folder), False, 1, 1, {}), state="stopped")
    qtbot.waitUntil(lambda: len(first.names) == 2)  # the second, which has no folder yet
    first.queue.close()
    second = window()
    second.queue.take_up()
    states = [(item.label, item.state) for item in second.queue.items]
    assert states == [
        ("fold 1 of 3", "finished"), ("fold 2 of 3", "waiting"), ("fold 3 of 3", "waiting"),
    ]  # fmt: skip
    several = second.queue.several
    assert several is not None
    assert several.items == second.queue.items
    assert dict(several.rows())["accuracy"] == "70.0 % ± –"


def test_a_damaged_queue_is_left_out_with_a_sentence(
    window: Callable[[], Trained], digits: Project
) -> None:
    first = window()
    for name in "ab":
        first.queue.add(replace(digits, name=name))
    first.queue.close()
    (file,) = queues().glob("*.json")
    (queues() / "1-a.json").write_text('{"groups": [], "entries": [{"project": "{"')
    (queues() / "2-b.json").write_bytes(file.read_bytes()[:-9])
    second = window()
    sentences = second.queue.take_up()
    assert len(sentences) == 2
    assert all("cannot be read and is left out" in sentence for sentence in sentences)
    assert [item.project.name for item in second.queue.items] == ["a", "b"]
    assert window().queue.take_up() == []  # said once
    assert len(list(queues().glob("*.damaged"))) == 2


def test_a_queue_that_cannot_be_kept_is_said_once_and_goes_on(
    window: Callable[[], Trained], digits: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise FileError("The disk is full.")

    monkeypatch.setattr("netbuilder.app.panels.runs.queue_file.atomic_write", full)
    first, said = window(), []
    first.queue.trouble.connect(said.append)
    for name in "ab":
        first.queue.add(replace(digits, name=name))
    assert said == ["The queue is not kept for the next window: The disk is full."]
    assert first.names == ["a"]


def test_where_no_folder_can_be_made_the_queue_works_without_one(
    window: Callable[[], Trained], digits: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NETBUILDER_HOME", str(tmp_path / "file"))
    first, said = window(), list[str]()
    first.queue.trouble.connect(said.append)
    assert first.queue.take_up() == []
    first.queue.add(digits)
    assert first.names == [digits.name]
    assert len(said) == 1
    assert said[0].startswith("The queue is not kept for the next window: ")


@pytest.mark.slow
def test_a_run_is_repeated_from_the_panel(
    qtbot: QtBot, make_session: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[4]))
    project = searched({}, epochs=2)
    list(nb.train(project, folder=runs() / "20250101-first"))
    panel = RunsPanel(make_session(project))
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.model.filled):
        panel.show()
    panel.more.menu.aboutToShow.emit()
    assert panel.more.repeat.isEnabled()
    with qtbot.waitSignal(panel.more.repeating.done, timeout=120_000) as told:
        panel.more.repeat.trigger()
    identical, sentence = told.args
    assert identical, sentence
    assert "the same to the last bit" in panel._toasts.visible()[-1].text()
    assert panel.more.button.text() == "More"
    assert len(list_runs()) == 2

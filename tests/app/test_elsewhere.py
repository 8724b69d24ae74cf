"""A run outlives its window: what closing asks, and what a new window finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.train import History
from netbuilder.graph import Project
from netbuilder.training import headless
from netbuilder.training.control import Control
from netbuilder.training.events import EpochDone, Finished, Started
from netbuilder.training.loop import train
from netbuilder.training.run import Run

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

pytestmark = pytest.mark.slow


def test_closing_asks_what_becomes_of_the_run(
    open_window: Callable[..., MainWindow], blobs: Callable[..., Project], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    handed: list[Path] = []
    monkeypatch.setattr(headless, "go_on", lambda run: handed.append(run.folder))
    asked: list[str] = []
    for answer, closes, goes_on in (
        ("cancel", False, []), ("stop", True, []), ("keep", True, [tmp_path / "run"]),
    ):  # fmt: skip
        window = open_window(blobs())
        window.session.state, window.session.run = "running", str(tmp_path / "run")
        window.elsewhere.ask = lambda name, answer=answer: asked.append(name) or answer
        assert window.close() is closes, answer
        assert handed == goes_on
        window.session.state = "stopped"
        window.close()
    assert asked == ["blobs"] * 3
    assert handed == [tmp_path / "run"]  # once, though closed again


def test_a_window_finds_follows_and_stops_a_run(
    open_window: Callable[..., MainWindow], blobs: Callable[..., Project], qtbot: QtBot
) -> None:
    # The lock belongs to the open file: for a window, another trains, though in this process.
    events = train(blobs(epochs=1_000_000, batch_size=8))
    started = next(events)
    assert isinstance(started, Started)
    run = Run(Path(started.folder))
    window = open_window(blobs())
    window.elsewhere.offer()
    (toast,) = window.toasts.visible()
    assert run.id in toast.text()
    assert toast.link is not None
    toast.link.click()
    history = window.train_panel.history
    assert window.bottom.current == "train"
    for event in events:
        if isinstance(event, EpochDone) and event.epoch >= 3:
            break
    qtbot.waitUntil(lambda: history.epoch >= 3)
    window.bottom.show_panel("runs")
    qtbot.waitUntil(lambda: window.runs.model.count == 1)
    assert window.runs.stop_button.isVisible()
    assert not window.runs.resume_button.isVisible()
    window.runs.stop_button.click()
    *_, last = events
    assert isinstance(last, Finished)
    qtbot.waitUntil(lambda: window.elsewhere.following is None)
    assert history.ended
    assert run.state == "stopped"
    assert window.elsewhere.found() == []


def test_another_run_lies_behind_the_one_in_sight(
    open_window: Callable[..., MainWindow], blobs: Callable[..., Project], tmp_path: Path
) -> None:
    for name in ("first", "second"):
        list(train(blobs(epochs=3), folder=tmp_path / name, control=Control()))
    window = open_window(blobs())
    window.bottom.show_panel("train")
    panel = window.train_panel
    panel.show_run(History.of_run(tmp_path / "first"))
    plain = set(panel.loss.legend())
    window.runs.ghost_wanted.emit(History.of_run(tmp_path / "second"))
    assert set(panel.loss.legend()) == plain | {"compared"}
    (figure,) = panel.figures
    assert "compared" in figure.plot._series
    panel.comparing.click()
    assert set(panel.loss.legend()) == plain
    assert "compared" not in figure.plot._series


def test_the_menu_queues_a_project_and_begins_one_apart(
    open_window: Callable[..., MainWindow], blobs: Callable[..., Project],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    window = open_window(blobs())
    window.menus.by_name["queue"].trigger()
    assert window.bottom.current == "runs"
    assert window.runs.details.pages.currentWidget() is window.runs.details.waiting
    assert [item.project for item in window.runs.queue.items] == [window.document.project]
    begun: list[Project] = []

    def begin(project: Project) -> Run:
        begun.append(project)
        return Run(tmp_path / "apart")

    monkeypatch.setattr(headless, "begin", begin)
    window.menus.by_name["apart"].trigger()
    assert begun == [window.document.project]
    assert "apart" in window.toasts.visible()[-1].text()


def test_the_project_of_a_run_comes_back_as_an_edit(
    open_window: Callable[..., MainWindow], blobs: Callable[..., Project], tmp_path: Path
) -> None:
    trained = blobs(epochs=1, name="trained")
    list(train(trained, folder=tmp_path / "run", control=Control()))
    window = open_window(blobs(name="open"))
    before = window.document.project
    window.runs.restore_wanted.emit(str(tmp_path / "run"))
    assert window.document.project == trained
    window.document.undo()
    assert window.document.project is before

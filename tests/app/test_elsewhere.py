"""A run outlives its window: what closing asks, and what a new window finds."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.train import History
from netbuilder.graph import Project
from netbuilder.training import presence
from netbuilder.training.control import Control
from netbuilder.training.loop import train
from netbuilder.training.run import Run

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

START_MS = 120_000

pytestmark = pytest.mark.slow


def test_closing_asks_and_a_new_window_finds_the_run(
    open_window: Callable[..., MainWindow], blobs: Callable[..., Project], qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[2]))
    window = open_window(blobs(epochs=1_000_000, batch_size=8), begin=True)
    qtbot.waitUntil(lambda: window.session.engine is not None, timeout=START_MS)
    window.trainer.run()
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=START_MS)
    run = Run(Path(window.session.run or ""))
    asked: list[str] = []
    window.elsewhere.ask = lambda name: asked.append(name) or "cancel"
    assert not window.close()
    assert asked == ["blobs"]
    assert window.session.state == "running"
    window.elsewhere.ask = lambda name: "keep"
    assert window.close()
    assert multiprocessing.active_children() == []
    qtbot.waitUntil(lambda: presence.present(run.folder), timeout=START_MS)
    qtbot.waitUntil(lambda: run.state == "running", timeout=START_MS)
    later = open_window(blobs())
    later.elsewhere.offer()
    (toast,) = later.toasts.visible()
    assert run.id in toast.text()
    assert toast.link is not None
    toast.link.click()
    history = later.train_panel.history
    before = history.step
    qtbot.waitUntil(lambda: history.step > before, timeout=START_MS)
    assert later.bottom.current == "train"
    later.bottom.show_panel("runs")
    qtbot.waitUntil(lambda: later.runs.model.count == 1)
    later.runs.choose(run.folder)
    assert later.runs.stop_button.isVisible()
    later.runs.stop_button.click()
    qtbot.waitUntil(lambda: later.elsewhere.following is None, timeout=START_MS)
    assert run.state == "stopped"
    assert history.ended


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

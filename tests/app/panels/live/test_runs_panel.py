"""The runs panel: what it lists, deleting and bringing back, curves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.runs import RunsPanel
from netbuilder.app.panels.runs.summary import RunSummary
from netbuilder.folders import runs
from netbuilder.graph import Project
from netbuilder.graph.atomic import FileError
from netbuilder.training import trash
from netbuilder.training.events import EpochDone, Finished, Started, Steps
from netbuilder.training.record import Record
from netbuilder.training.run import Run, create

Make = Callable[[Project], Any]


def a_run(name: str, accuracy: float = 0.9, state: str = "finished") -> Run:
    run = create(Project(name), {"device": "cpu", "seed": 1, "steps_per_epoch": 5}, runs() / name)
    with Record(run.folder / "run.sqlite", write=True) as record:
        record.steps(Steps(0, 1, {"main": np.ones(10, np.float32)}, 1.0, 0.0))
        for epoch, loss in ((1, 0.5), (2, 0.2), (3, 0.4)):
            figures = {"main": loss, "accuracy": accuracy - loss / 10}
            record.epoch(EpochDone(epoch, epoch * 5, {"main": loss}, figures))
        record.finished(Finished(name, "", False, 15, 3, {"main": 0.3, "accuracy": accuracy}))
        record.info(state=state)
    return run


@pytest.fixture
def panel(qtbot: QtBot, make_session: Make) -> RunsPanel:
    a_run("20250101-digits")
    a_run("20250102-spirals", state="stopped")
    made = RunsPanel(make_session(Project()))
    made.resize(1200, 278)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.model.filled):
        made.show()
    return made


def cell(panel: RunsPanel, row: int, column: int) -> str:
    return str(panel.model.data(panel.model.index(row, column)))


def test_runs_are_listed_newest_first(panel: RunsPanel) -> None:
    assert [cell(panel, row, 0) for row in (0, 1)] == ["20250102-spirals", "20250101-digits"]
    assert cell(panel, 1, 2) == "3"
    # The epoch with the lowest loss, with its accuracy.
    assert cell(panel, 1, 3) == "accuracy 88.0 % · loss 0.200"
    assert cell(panel, 1, 4) == "accuracy 90.0 % · loss 0.300"
    assert (cell(panel, 1, 5), cell(panel, 1, 6)) == ("cpu", "finished")
    assert panel.count.text() == "2 runs"


def test_a_damaged_run_is_listed_too(panel: RunsPanel, qtbot: QtBot) -> None:
    folder = runs() / "20250103-broken"
    folder.mkdir()
    (folder / "run.json").write_text("{")
    with qtbot.waitSignal(panel.model.filled):
        panel.refresh()
    assert cell(panel, 0, 6) == "damaged"
    (folder / "run.json").write_text(json.dumps({"project": "p"}))
    assert RunSummary.of(Run(folder)).name == "p"


def test_curves_project_folder_and_resuming(panel: RunsPanel, qtbot: QtBot) -> None:
    panel.choose(runs() / "20250101-digits")
    with qtbot.waitSignal(panel.curves_wanted) as curves:
        qtbot.keyClick(panel.table, Qt.Key.Key_Return)
    assert list(curves.args[0].validation["main"].values) == [0.5, 0.2, 0.4]
    with qtbot.waitSignal(panel.project_wanted) as wanted:
        panel.project_button.click()
    assert wanted.args[0].is_file()
    opened: list[Path] = []
    panel.open_folder = opened.append
    panel.folder_button.click()
    assert opened == [runs() / "20250101-digits"]
    assert not panel.resume_button.isEnabled()
    panel.choose(runs() / "20250102-spirals")
    with qtbot.waitSignal(panel.resume_wanted) as resumed:
        panel.resume_button.click()
    assert resumed.args == [str(runs() / "20250102-spirals")]


def test_deleting_can_be_undone(panel: RunsPanel, qtbot: QtBot) -> None:
    panel.choose(runs() / "20250101-digits")
    with qtbot.waitSignal(panel.model.filled):
        panel.delete()
    assert not (runs() / "20250101-digits").exists()
    assert (trash.folder() / "20250101-digits" / "run.sqlite").is_file()
    assert panel.model.rowCount() == 1
    (toast,) = panel._toasts.visible()
    assert toast.link is not None
    with qtbot.waitSignal(panel.model.filled):
        toast.link.click()
    assert panel.model.rowCount() == 2
    assert (runs() / "20250101-digits" / "run.sqlite").is_file()


def test_a_run_in_progress_is_not_deleted(panel: RunsPanel) -> None:
    folder = runs() / "20250102-spirals"
    panel._session.started = Started("20250102-spirals", str(folder), 3, 5, 64, "cpu", 0, 1,
                                     ("main",), {})  # fmt: skip
    panel._session.state = "running"
    panel.choose(folder)
    panel.delete()
    assert folder.exists()
    assert "in progress" in panel.callout.text()
    assert panel.callout.isVisible()


def test_nothing_is_overwritten_by_bringing_back() -> None:
    run = a_run("twice")
    trashed = trash.discard(run.folder)
    a_run("twice")
    with pytest.raises(FileError, match="another run called twice"):
        trash.restore(trashed, "twice")
    assert trash.discard(runs() / "twice").name != "twice"
    assert len(list(trash.folder().iterdir())) == 2


def test_no_runs_yet(qtbot: QtBot, make_session: Make) -> None:
    panel = RunsPanel(make_session(Project()))
    qtbot.addWidget(panel)
    with qtbot.waitSignal(panel.model.filled):
        panel.show()
    assert panel.empty.isVisible()
    assert not panel.delete_button.isVisible()

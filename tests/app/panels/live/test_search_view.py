"""A parameter is marked in the inspector, searched by a process, and the best taken over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.inspector.node_page import NodePage
from netbuilder.app.panels.marking import RangeDialog
from netbuilder.app.panels.train import TrainPanel
from netbuilder.app.panels.train.asides import SEARCH
from netbuilder.app.panels.train.search_view import SearchView
from netbuilder.graph import Project, Range
from tests.tuning.conftest import searched

Make = Callable[[Project], Any]
SPACE = {
    "linear_1.out_features": Range(2, 32, log=True),
    "training.lr": Range(1e-4, 0.1, log=True),
    "training.algorithm": Range(choices=("adam", "sgd")),
}
BEGUN = {
    "event": "StudyBegun", "study": "small-1", "storage": "", "project": "small",
    "names": list(SPACE), "method": "tpe", "metric": "accuracy", "higher": True, "trials": 4,
    "done": 0,
}  # fmt: skip


def tried(number: int, width: int, rate: float, algorithm: str, value: float) -> dict[str, Any]:
    values = {"linear_1.out_features": width, "training.lr": rate, "training.algorithm": algorithm}
    return {
        "event": "TrialEnded", "number": number, "state": "complete", "value": value,
        "values": values, "message": "", "run": f"run-{number}", "epoch": 2, "seconds": 1.0,
    }  # fmt: skip


@pytest.fixture
def panel(qtbot: QtBot, make_session: Make) -> TrainPanel:
    made = TrainPanel(make_session(searched(SPACE, metric="accuracy")))
    made.resize(1200, 300)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def view(qtbot: QtBot, panel: TrainPanel) -> SearchView:
    qtbot.mouseClick(panel.asides.links[SEARCH], Qt.MouseButton.LeftButton)
    return panel.asides.search


def told(view: SearchView) -> None:
    for event in (
        BEGUN,
        tried(0, 4, 0.001, "adam", 0.6),
        tried(1, 16, 0.01, "adam", 0.9),
        tried(2, 32, 0.0001, "sgd", 0.4),
        {**tried(3, 8, 0.1, "sgd", 0.0), "state": "failed", "value": None, "message": "NaN."},
    ):
        view.take(event)


def numbers(view: SearchView) -> list[str]:
    return [view.table.item(line, 0).text() for line in range(view.table.rowCount())]  # type: ignore[union-attr]


def test_a_parameter_is_marked_changed_and_unmarked(qtbot: QtBot, make_session: Make) -> None:
    document = make_session(searched({})).document
    page = NodePage(document)
    qtbot.addWidget(page)
    page.show_node((), "linear_1")
    page.show()

    def ask() -> RangeDialog:
        row = page.form.rows["out_features"]
        (action,) = (a for a in row.menu().actions() if "earch" in a.text())
        action.trigger()
        return next(d for d in page.findChildren(RangeDialog) if d.isVisible())

    dialog = ask()
    dialog.high.selectAll()
    qtbot.keyClicks(dialog.high, "0")
    assert "at least 1" in dialog.message.text()
    assert not dialog.accept_button.isEnabled()
    dialog.high.selectAll()
    qtbot.keyClicks(dialog.high, "64")
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    marked = document.project.search.space["linear_1.out_features"]
    assert (marked.low, marked.high) == (2, 64)
    page.show_node((), "linear_1")
    assert page.form.rows["out_features"].searched.text() == "searched: 2 to 64, log"
    document.undo()
    assert not document.project.search.space
    document.redo()
    page.show_node((), "linear_1")
    qtbot.mouseClick(page.form.rows["out_features"].searched, Qt.MouseButton.LeftButton)
    dialog = next(d for d in page.findChildren(RangeDialog) if d.isVisible())
    qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert not document.project.search.space


def test_trials_are_rows_and_lines_the_best_on_top(view: SearchView) -> None:
    told(view)
    assert numbers(view) == ["1", "0", "2", "3"]
    assert view.callout.text() == "4 of 4 trials. Best: trial 1, accuracy 0.9."
    assert [axis.name for axis in view.plot.axes] == [*SPACE, "accuracy"]
    view.take({"event": "StudyEnded", "best": 1, "value": 0.9, "values": {}, "stopped": False,
               "importances": {"training.lr": 0.8, "linear_1.out_features": 0.2}})  # fmt: skip
    assert view.importances.values()[0] == ("training.lr", 0.8)
    assert view.callout.text() == "4 trials are done. Best: trial 1, accuracy 0.9."


def test_a_drag_along_an_axis_leaves_the_lines_that_pass_there(
    qtbot: QtBot, view: SearchView
) -> None:
    told(view)
    qtbot.waitUntil(lambda: view.plot.width() > 300, timeout=5000)
    plot = view.plot
    x = round(plot.x_of(3))
    top, middle = (QPoint(x, round(plot.y_of(share))) for share in (1.0, 0.7))
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=top)
    qtbot.mouseMove(plot, middle)
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=middle)
    assert numbers(view) == ["1"]
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=middle)
    assert len(numbers(view)) == 4


def test_the_best_is_taken_over_by_one_click_and_undone(qtbot: QtBot, view: SearchView) -> None:
    told(view)
    before = view._session.project
    link = view.callout.links()[1]
    assert link.text() == "Take its values over"
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    after = view._session.project
    assert after.graph["linear_1"].params["out_features"] == 16
    assert after.training.optimisers[0].settings["lr"] == 0.01
    view._session.document.undo()
    assert view._session.project == before


def test_how_it_is_searched_is_part_of_the_project(qtbot: QtBot, view: SearchView) -> None:
    view.form.count.selectAll()
    qtbot.keyClicks(view.form.count, "7")
    qtbot.keyClick(view.form.count, Qt.Key.Key_Return)
    assert view._session.project.search.trials == 7
    assert list(view.form.links) == list(SPACE)
    assert view.form.links["training.algorithm"].text() == "training.algorithm  adam, sgd"


def test_a_storage_that_cannot_be_meant_is_said_beneath_its_field(
    qtbot: QtBot, view: SearchView, own_home: Path
) -> None:
    form = view.form
    for field, text in ((form.storage, "my database"), (form.study, "a b")):
        field.selectAll()
        qtbot.keyClicks(field, text)
    qtbot.mouseClick(form.button, Qt.MouseButton.LeftButton)
    assert not view.trials.running
    assert "is no URL of a database" in form.rows["Storage"].message.text()
    assert "letters, digits" in form.rows["Study"].message.text()


def test_a_password_goes_to_processes_but_into_no_file(
    view: SearchView, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = view.searcher
    given: list[list[str]] = []
    monkeypatch.setattr(searcher, "_detached", lambda arguments, log=None: given.append(arguments))
    monkeypatch.setattr(searcher, "_listen", lambda: None)
    url = "postgresql://me:secret@host/db"
    searcher.begin(view._session.project, 2, url, "shared")
    assert searcher._environment().value("NETBUILDER_STORAGE") == url
    assert given[0][-3:] == ["--jobs", "2", "--json"]
    kept = "".join(p.read_text() for p in (own_home / "studies").iterdir())
    assert "postgresql://me@host/db" in kept
    assert "secret" not in kept + str(given)
    assert searcher.latest(view._session.project) == ("shared", "postgresql://me@host/db")


@pytest.mark.slow
def test_a_search_runs_in_processes_of_its_own_and_its_best_is_opened(
    qtbot: QtBot, panel: TrainPanel, tmp_path: Path
) -> None:
    view = panel.asides.search
    document = panel._session.document
    project = searched({"training.lr": Range(choices=(0.05, 1e-6))}, 1, method="grid")
    document.edit("few", project)
    qtbot.mouseClick(panel.asides.links[SEARCH], Qt.MouseButton.LeftButton)
    qtbot.keyClicks(view.form.storage, f"sqlite:///{tmp_path / 'all.db'}")
    qtbot.mouseClick(view.form.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: view.trials.study != "" and not view.trials.running, timeout=90_000)
    assert sorted(row["state"] for row in view.trials.rows.values()) == ["complete", "complete"]
    assert view.trials.rows[view.trials.best]["values"] == {"training.lr": 0.05}  # type: ignore[index]
    with qtbot.waitSignal(view.project_wanted, timeout=30_000) as opened:
        qtbot.mouseClick(view.callout.links()[0], Qt.MouseButton.LeftButton)
    (found,) = opened.args
    assert found.name == f"small_trial_{view.trials.best}"
    assert not found.search.space
    assert found.training.optimisers[0].settings["lr"] == 0.05
    assert document.project == project  # the open one is left alone
    view.searcher.close()

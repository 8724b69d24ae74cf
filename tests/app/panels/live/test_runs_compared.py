"""Several runs at once: finding, overlaid curves, differences, notes, the queue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.runs import RunsPanel
from netbuilder.folders import runs
from netbuilder.graph import Project
from netbuilder.training import labels
from netbuilder.training.events import EpochDone, Failed, Finished, Started, Steps
from netbuilder.training.labels import Labels
from netbuilder.training.record import Record
from netbuilder.training.run import Run, create

Make = Callable[[Project], Any]


def a_run(project: Project, name: str, accuracy: float, steps: int = 3000) -> Run:
    run = create(project, {"device": "cpu", "seed": 1, "steps_per_epoch": 1000}, runs() / name)
    with Record(run.folder / "run.sqlite", write=True) as record:
        losses = np.linspace(2, 0.1, steps, dtype=np.float32)
        record.steps(Steps(0, 1, {"main": losses}, 1.0, 0.0))
        for epoch in range(1, steps // 1000 + 1):
            figures = {"main": 0.5 / epoch, "accuracy": accuracy}
            record.epoch(EpochDone(epoch, epoch * 1000, {"main": 0.5}, figures))
        record.info(state="finished")
    return run


@pytest.fixture
def panel(qtbot: QtBot, make_session: Make, digits: Project) -> RunsPanel:
    graph = digits.graph.put(digits.graph["conv2d_1"].with_params(out_channels=9))
    a_run(digits, "20250101-narrow", 0.8)
    wider = replace(digits.with_graph(graph), training=replace(digits.training, epochs=20))
    a_run(wider, "20250102-wide", 0.9, steps=5000)
    a_run(replace(digits, name="spirals"), "20250103-other", 0.6)
    made = RunsPanel(make_session(digits))
    made.resize(1200, 320)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.model.filled):
        made.show()
    return made


def listed(panel: RunsPanel) -> list[str]:
    return [panel.model.summary(row).id for row in range(panel.model.rowCount())]


def click(panel: RunsPanel, qtbot: QtBot, row: int, *keys: Qt.KeyboardModifier) -> None:
    place = panel.table.visualRect(panel.model.index(row, 1)).center()
    held = keys[0] if keys else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, held, place)


def test_typing_finds_and_a_header_sorts(panel: RunsPanel, qtbot: QtBot) -> None:
    assert listed(panel) == ["20250103-other", "20250102-wide", "20250101-narrow"]
    qtbot.mouseClick(panel.field, Qt.MouseButton.LeftButton)
    qtbot.keyClicks(panel.field, "accuracy>0.7")
    assert listed(panel) == ["20250102-wide", "20250101-narrow"]
    assert panel.count.text() == "2 of 3 runs"
    header = panel.table.horizontalHeader()
    place = header.sectionViewportPosition(3) + 8
    at = header.viewport().rect().center()
    at.setX(place)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert listed(panel) == ["20250101-narrow", "20250102-wide"]
    qtbot.keyClicks(panel.field, "x")  # accuracy>0.7x
    assert "accuracy>0.9" in panel.callout.text()
    assert len(listed(panel)) == 2  # what was found stays
    panel.field.clear()
    assert not panel.callout.isVisible()
    assert len(listed(panel)) == 3


def test_curves_of_all_selected_runs_lie_in_one_plot(panel: RunsPanel, qtbot: QtBot) -> None:
    overlay = panel.details.overlay
    qtbot.waitUntil(lambda: overlay.loss.drawn == 1)
    click(panel, qtbot, 0)
    click(panel, qtbot, 2, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: overlay.loss.drawn == 3)
    assert overlay.loss.plot.getPlotItem().viewRange()[0] == [0.0, 5.0]  # the longest
    assert overlay.figure.itemText(0) == "Accuracy"
    assert overlay.validation.drawn == 3
    icons = [panel.model.data(panel.model.index(row, 0), Qt.ItemDataRole.DecorationRole)
             for row in range(3)]  # fmt: skip
    pictures = {icon.pixmap(26, 14).toImage().constBits().tobytes() for icon in icons}
    assert len(pictures) == 3
    y = overlay.loss.lines[0].y
    assert y.max() <= np.log10(2) + 1e-6
    overlay.log.click()
    assert overlay.loss.lines[0].y.max() > 1.5
    click(panel, qtbot, 1)
    qtbot.waitUntil(lambda: overlay.loss.drawn == 1)


def test_a_curve_grows_while_its_run_trains(panel: RunsPanel, qtbot: QtBot) -> None:
    overlay = panel.details.overlay
    qtbot.waitUntil(lambda: overlay.loss.drawn == 1)
    assert float(overlay.loss.lines[0].x[-1]) == pytest.approx(3.0, abs=0.1)
    with Record(runs() / "20250103-other" / "run.sqlite", write=True) as record:
        record.steps(Steps(3000, 4, {"main": np.full(1000, 0.05, np.float32)}, 1.0, 0.0))
    qtbot.waitUntil(lambda: float(overlay.loss.lines[0].x[-1]) > 3.9)
    panel.hide()
    assert not overlay._growing.isActive()


def test_two_runs_differ_in_values_and_in_a_picture(panel: RunsPanel, qtbot: QtBot) -> None:
    view = panel.details.difference
    tab = panel.details.tabs.tabRect(1).center()
    qtbot.mouseClick(panel.details.tabs, Qt.MouseButton.LeftButton, pos=tab)
    assert "Select two runs" in view.words.text()
    click(panel, qtbot, 1)
    click(panel, qtbot, 2, Qt.KeyboardModifier.ControlModifier)
    rows = [[view.table.item(r, c).text() for c in range(4)]
            for r in range(view.table.rowCount())]  # fmt: skip
    assert rows == [
        ["≠ training", "epochs", "8", "20"],
        ["≠ conv2d_1", "out_channels", "4", "9"],
    ]
    texts = view.picture.texts()
    assert "≠ conv2d_1" in texts
    assert "out_channels 4 → 9" in texts
    assert "relu_1" in texts


def test_notes_are_kept_and_found(panel: RunsPanel, qtbot: QtBot) -> None:
    panel.details.turn_to("Notes")
    click(panel, qtbot, 1)
    notes = panel.details.notes
    notes.tags.setFocus()
    qtbot.keyClicks(notes.tags, "#good paper")
    qtbot.keyClick(notes.tags, Qt.Key.Key_Return)
    notes.note.setFocus()
    qtbot.keyClicks(notes.note, "Wider.")
    click(panel, qtbot, 2)  # what was typed is kept, and the other run has none
    assert labels.read(runs() / "20250102-wide") == Labels(("good", "paper"), "Wider.")
    assert notes.note.toPlainText() == ""
    qtbot.waitUntil(lambda: not panel.model._timer.isActive())
    panel.field.setText("#paper wider")
    assert listed(panel) == ["20250102-wide"]


def test_several_runs_are_deleted_and_brought_back(panel: RunsPanel, qtbot: QtBot) -> None:
    click(panel, qtbot, 0)
    click(panel, qtbot, 1, Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(panel.model.filled):
        qtbot.keyClick(panel.table, Qt.Key.Key_Delete)
    assert listed(panel) == ["20250101-narrow"]
    (toast,) = panel._toasts.visible()
    assert toast.text() == "2 runs deleted"
    assert toast.link is not None
    with qtbot.waitSignal(panel.model.filled):
        toast.link.click()
    assert len(listed(panel)) == 3


@pytest.mark.slow
def test_figures_are_written_for_tensorboard(
    panel: RunsPanel, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[4]))
    click(panel, qtbot, 1)
    panel.more.choose_folder = lambda: str(tmp_path / "events")
    panel.more.export.trigger()
    qtbot.waitUntil(lambda: bool(panel._toasts.visible()), timeout=60_000)
    (events,) = (tmp_path / "events" / "20250102-wide").glob("events.out.tfevents.*")
    assert events.stat().st_size > 5000 * 20
    assert panel.more.button.text() == "More"


def test_the_queue_goes_on_whatever_becomes_of_a_run(
    panel: RunsPanel, qtbot: QtBot, digits: Project
) -> None:
    session, queue = panel._session, panel.queue
    trained: list[str] = []
    session.train = lambda project: trained.append(project.name)

    def tell(*events: object, state: str) -> None:
        session.state = state
        session.events.emit(list(events))

    projects = [replace(digits, name=name) for name in "abcd"]
    for project in projects:
        queue.add(project)
    assert trained == ["a"]
    tell(Started("a", "a", 1, 1, 1, "cpu", 0, 1, ("main",), {}), state="running")
    panel.details.turn_to("Queue")
    view = panel.details.waiting
    assert panel.details.tabs.tabText(3) == "Queue (3)"
    view.list.setCurrentRow(3)
    view.up.click()
    assert [item.project.name for item in queue.items] == ["a", "b", "d", "c"]
    view.list.setCurrentRow(0)
    assert not view.down.isEnabled()  # it trains
    view.list.setCurrentRow(3)
    view.remove.click()
    tell(Failed("The loss became NaN.", run="a"), state="stopped")
    qtbot.waitUntil(lambda: trained == ["a", "b"])
    tell(Finished("b", "b", False, 1, 1, {}), state="stopped")
    qtbot.waitUntil(lambda: trained == ["a", "b", "d"])
    assert [item.state for item in queue.items] == ["failed", "finished", "running"]
    assert "NaN" in view.list.item(0).text()
    view.clear.click()
    assert [item.project.name for item in queue.items] == ["d"]


def test_folds_are_queued_and_their_figures_are_told_as_mean_and_deviation(
    panel: RunsPanel, qtbot: QtBot, digits: Project
) -> None:
    session, queue = panel._session, panel.queue
    trained: list[tuple[int, int]] = []
    session.train = lambda p: trained.append((p.training.folds, p.training.fold))
    view = panel.details.waiting
    view.form.wanted.connect(lambda kind, count: queue.add_several(digits, kind, count))
    panel.ask_several("folds")
    assert view.form.isVisible()
    view.form.count.setFocus()
    view.form.count.selectAll()
    qtbot.keyClicks(view.form.count, "3")
    qtbot.mouseClick(view.form.add, Qt.MouseButton.LeftButton)
    assert not view.form.isVisible()
    assert [item.label for item in queue.items] == [f"fold {n} of 3" for n in (1, 2, 3)]
    for number, accuracy in enumerate((0.7, 0.8, 0.9), start=1):
        qtbot.waitUntil(lambda n=number: trained[-1] == (3, n))
        run = a_run(digits, f"20250201-fold-{number}", accuracy)
        session.state = "running"
        session.events.emit([
            Started(run.id, str(run.folder), 1, 1, 1, "cpu", 0, 1, ("main",), {}),
            Steps(0, 1, {"main": np.ones(1, np.float32)}, 1.0, 20.0),
        ])  # fmt: skip
        if number == 1:
            assert view.figures.heading.text() == "0 of 3 runs done · about 60 s left"
        session.state = "stopped"
        session.events.emit([Finished(run.id, str(run.folder), False, 1, 1, {})])
    assert "3 runs" in view.figures.heading.text()
    rows = {
        view.figures.table.item(row, 0).text(): view.figures.table.item(row, 1).text()
        for row in range(view.figures.table.rowCount())
    }
    assert rows["accuracy"] == "80.0 % ± 10.0 %"
    view.clear.click()
    assert view.figures.isHidden()

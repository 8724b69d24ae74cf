"""The document: every edit is undone, nothing unsaved is lost, files stay whole."""

from __future__ import annotations

import errno
import os
import random
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from netbuilder.app import document as document_module
from netbuilder.app.document import UNDO_LIMIT, Document
from netbuilder.app.recent import forget_all, recent, remember
from netbuilder.folders import recovery
from netbuilder.graph import Edge, Graph, Node, Optimiser, Project, Training
from netbuilder.graph.atomic import FileError
from netbuilder.graph.file import load, save
from netbuilder.graph.journal import Journal

GRAPH = Graph().add(Node("linear_1", "linear"), Node("relu_1", "relu"), Node("mse_1", "mse"))
PROJECT = Project("demo", GRAPH)


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document(PROJECT)


def slope(document: Document, value: object, merge: object | None = None) -> None:
    graph = document.project.graph.set_param("relu_1", "slope", value)  # type: ignore[arg-type]
    document.edit_graph("Set slope", graph, merge=merge)


def journals() -> list[str]:
    return [path.name for path in recovery().glob("*.journal")]


def test_an_edit_is_shown_and_undone(document: Document) -> None:
    shown: list[tuple[Project, Project]] = []
    document.changed.connect(lambda before, after: shown.append((before, after)))
    slope(document, 0.5)
    edited = document.project
    assert edited.graph["relu_1"].params == {"slope": 0.5}
    assert document.stack.undoText() == "Set slope"
    document.undo()
    assert document.project is PROJECT
    document.redo()
    assert document.project is edited
    assert shown == [(PROJECT, edited), (edited, PROJECT), (PROJECT, edited)]
    document.close()


def test_training_settings_are_undone_too(document: Document) -> None:
    document.edit("Epochs", replace(PROJECT, training=Training(epochs=99)))
    document.edit("Notes", replace(document.project, notes="a"))
    document.undo()
    document.undo()
    assert document.project is PROJECT
    document.close()


def test_the_same_value_is_no_edit_but_true_is_not_one(document: Document) -> None:
    slope(document, 1)
    slope(document, 1)
    assert document.stack.count() == 1
    slope(document, True)
    slope(document, 1.0)
    assert document.stack.count() == 3
    assert type(document.project.graph["relu_1"].params["slope"]) is float
    document.close()


def test_steps_with_one_key_merge_within_a_second(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(document_module.time, "monotonic", lambda: now[0])
    for value in (1, 2, 3):
        slope(document, value, merge=("slope", "relu_1"))
        now[0] += 0.9
    assert document.stack.count() == 1
    slope(document, 4, merge=("slope", "other"))
    slope(document, 5)
    slope(document, 6)
    assert document.stack.count() == 4
    slope(document, 7, merge="key")
    now[0] += 1.1
    slope(document, 8, merge="key")
    assert document.stack.count() == 6
    for _ in range(6):
        document.undo()
    assert document.project is PROJECT
    document.close()


def test_a_drag_back_to_the_start_leaves_no_step(document: Document) -> None:
    document.edit_graph("Move", PROJECT.graph.move({"relu_1": (5, 5)}), merge="drag")
    document.edit_graph("Move", PROJECT.graph.move({"relu_1": (0, 0)}), merge="drag")
    assert document.stack.count() == 0
    assert document.project == PROJECT
    assert document.clean
    document.close()


def test_an_undone_step_is_not_merged_into(document: Document) -> None:
    slope(document, 1, merge="k")
    document.undo()
    slope(document, 2, merge="k")
    document.undo()
    assert document.project is PROJECT
    document.close()


def test_removed_nodes_leave_the_optimisers_and_come_back(document: Document) -> None:
    training = Training(optimisers=(Optimiser(losses=("mse_1",), updates=("linear_1",)),))
    document.edit("Assign", replace(PROJECT, training=training))
    document.edit_graph("Delete", document.project.graph.remove(["mse_1"]))
    (optimiser,) = document.project.training.optimisers
    assert (optimiser.losses, optimiser.updates) == ((), ("linear_1",))
    document.undo()
    assert document.project.training == training
    document.close()


def test_the_history_is_bounded(document: Document) -> None:
    for value in range(UNDO_LIMIT + 20):
        slope(document, value)
    assert document.stack.count() == UNDO_LIMIT
    while document.stack.canUndo():
        document.undo()
    assert document.project.graph["relu_1"].params == {"slope": 19}
    assert not document.clean
    document.close()


def test_any_walk_through_the_history_shows_what_was_made(document: Document) -> None:
    draw, states, place = random.Random(1), [PROJECT], 0
    for step in range(400):
        choice = draw.random()
        if choice < 0.3 and place:
            document.undo()
            place -= 1
        elif choice < 0.5 and place < len(states) - 1:
            document.redo()
            place += 1
        else:
            slope(document, step)
            states[place + 1 :] = [document.project]
            place += 1
        assert document.project is states[place]
    document.close()


def test_an_edit_while_another_is_shown_is_a_mistake(document: Document) -> None:
    caught: list[str] = []

    def edit_again(_before: Project, _after: Project) -> None:
        try:
            slope(document, 9)
        except RuntimeError as error:
            caught.append(str(error))

    document.changed.connect(edit_again)
    slope(document, 1)
    assert caught == ["an edit was made while another was being shown"]
    assert document.project.graph["relu_1"].params == {"slope": 1}
    document.close()


def test_every_project_is_checked_once(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Project] = []

    def checking(project: Project, like: Project | None) -> object:
        asked.append(project)
        return ("checked", project)

    monkeypatch.setattr(document_module, "check", checking)
    seen: list[object] = []
    document.checked.connect(seen.append)
    slope(document, 1)
    assert document.check is document.check
    assert seen == [("checked", document.project)]
    assert asked == [document.project]
    document.close()


def test_problems_follow_the_edit(document: Document) -> None:
    def blamed() -> set[str | None]:
        return {problem.node for problem in document.check.problems}

    assert "relu_1" in blamed()
    document.edit_graph("Connect", GRAPH.connect(Edge("linear_1", "y", "relu_1", "x")))
    assert "relu_1" not in blamed()
    document.undo()
    assert "relu_1" in blamed()
    document.close()


def test_saving_cleans_and_opening_starts_anew(
    document: Document, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "demo"
    slope(document, 1)
    assert not document.clean
    assert journals() != []
    with qtbot.waitSignals([document.clean_changed, document.path_changed]):
        document.save_as(path)
    assert document.path == tmp_path / "demo.netbuilder"
    assert document.title == "demo"
    assert document.clean
    assert journals() == []
    slope(document, 2)
    document.undo()
    assert document.clean
    assert journals() == []
    saved = document.project
    document.new()
    assert document.path is None
    assert document.title == "untitled"
    with qtbot.waitSignal(document.opened):
        assert document.open(tmp_path / "demo.netbuilder") == []
    assert document.project == saved
    assert document.stack.count() == 0
    document.close()


def test_saving_without_a_file_asks_for_one(document: Document) -> None:
    with pytest.raises(FileError, match="save it under a name"):
        document.save()
    with pytest.raises(FileError, match="no file to go back to"):
        document.revert()


def test_a_failed_save_loses_nothing(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "demo.netbuilder"
    document.save_as(path)
    slope(document, 1)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(FileError, match="disk is full"):
            document.save()
    assert load(path).project == PROJECT
    assert not document.clean
    assert journals() != []
    with pytest.raises(FileError, match="is not a folder"):
        document.save_as(path / "inside.netbuilder")
    assert document.path == path
    document.save()
    assert load(path).project == document.project
    document.close()


def test_a_file_that_cannot_be_opened_changes_nothing(document: Document, tmp_path: Path) -> None:
    broken = tmp_path / "broken.netbuilder"
    broken.write_text('{"version": 1, "graph": {"nodes": {')
    slope(document, 1)
    before = document.project
    with pytest.raises(FileError, match="breaks off"):
        document.open(broken)
    assert document.project is before
    assert document.stack.canUndo()
    assert recent() == ()
    document.close()


def test_warnings_reach_the_person(document: Document, tmp_path: Path) -> None:
    path = tmp_path / "dangling.netbuilder"
    path.write_text('{"version": 1, "graph": {"edges": ["a.y -> b.x"]}}')
    (warning,) = document.open(path)
    assert "left out, because there is no a and no b" in warning


def test_reverting_can_be_undone(document: Document, tmp_path: Path) -> None:
    document.save_as(tmp_path / "demo.netbuilder")
    slope(document, 1)
    edited = document.project
    document.revert()
    assert document.project == PROJECT
    assert document.clean
    document.undo()
    assert document.project is edited
    assert not document.clean
    document.close()


def test_opening_over_unsaved_work_keeps_it(document: Document, tmp_path: Path) -> None:
    save(Project("other"), tmp_path / "other.netbuilder")
    slope(document, 1)
    unsaved = document.project
    document.open(tmp_path / "other.netbuilder")
    (leftover,) = document.leftovers()
    assert leftover.project == unsaved
    document.recover(leftover)
    assert document.project == unsaved
    assert not document.clean
    document.new(discard=True)
    assert document.leftovers() == ()


def test_recovery_survives_a_crash_during_recovery(
    document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "demo.netbuilder"
    save(PROJECT, home)
    died = Journal(home)
    edited = PROJECT.with_graph(GRAPH.set_param("relu_1", "slope", 7))
    died.record(PROJECT, edited)
    died.abandon()
    (leftover,) = document.leftovers()
    # Dying right before the old journal goes away leaves both.
    with monkeypatch.context() as patch:
        patch.setattr(document_module, "discard", lambda leftover: None)
        document.recover(leftover)
    document._journal.abandon()
    after_crash = Document()
    assert [found.project for found in after_crash.leftovers()] == [edited, edited]
    for found in after_crash.leftovers():
        after_crash.recover(found)
        assert after_crash.path == home
        assert after_crash.project == edited
        assert not after_crash.clean
    after_crash.save()
    assert load(home).project == edited


def test_a_journal_that_cannot_be_written_is_told_once(
    document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    document.trouble.connect(told.append)

    def full(*_: object) -> None:
        raise FileError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(document._journal, "record", full)
        slope(document, 1)
        slope(document, 2)
    assert told == ["The disk is full."]
    assert document.project.graph["relu_1"].params == {"slope": 2}
    slope(document, 3)
    (path,) = recovery().glob("*.journal")
    assert path.exists()
    document.close()


def test_edits_reach_the_disk_within_a_second(document: Document, qtbot: QtBot) -> None:
    assert document._sync_timer.interval() <= 1000
    document._sync_timer.setInterval(20)
    slope(document, 1)
    assert document._journal.unsynced
    qtbot.waitUntil(lambda: not document._journal.unsynced, timeout=2000)
    document.close()


def test_recent_files_latest_first_without_missing_ones(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.netbuilder" for i in range(15)]
    for path in paths:
        path.touch()
        remember(path)
    remember(paths[5])
    assert recent()[:2] == (paths[5], paths[14])
    assert len(recent()) == 12
    paths[5].unlink()
    assert recent()[0] == paths[14]
    forget_all()
    assert recent() == ()
    (Path(os.environ["NETBUILDER_HOME"]) / "recent.json").write_text('{"a": [1]}')
    assert recent() == ()

"""New, open, save and close, with whoever answers the dialogs put in place."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from netbuilder import resources
from netbuilder.app.document import Document
from netbuilder.app.files import Files
from netbuilder.app.recovery import Recovery
from netbuilder.graph import Project
from netbuilder.graph.file import load, save


class Window(QWidget):
    """As much of a window as files need: it notes what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self.links: list[tuple[str, Callable[[], None]]] = []
        self.saved = 0
        self.status = self
        self.recovery: Recovery

    def say(self, kind: str, text: str, link: str | None = None, action: Any = None) -> None:
        self.said.append((kind, text))
        if link is not None:
            self.links.append((link, action))

    def set_saved(self) -> None:
        self.saved += 1


@pytest.fixture
def window(qtbot: QtBot) -> Window:
    made = Window()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def files(window: Window, blobs: Callable[..., Project]) -> Iterator[Files]:
    document = Document(blobs())
    window.recovery = Recovery(window, document)  # type: ignore[arg-type]
    yield Files(window, document)  # type: ignore[arg-type]
    document.close()


def rename(files: Files, name: str) -> None:
    """An edit."""
    graph = files.document.project.graph
    files.document.edit_graph("Rename", graph.set_param("linear_1", "out_features", len(name)))


def test_saving_asks_once_for_a_name(files: Files, window: Window, tmp_path: Path) -> None:
    asked: list[str] = []

    def choose(suggestion: str) -> str:
        asked.append(suggestion)
        return str(tmp_path / "mine")

    files.choose_save = choose
    assert files.save()
    rename(files, "long")
    assert files.save()
    assert [Path(a).name for a in asked] == ["blobs.netbuilder"]
    assert load(tmp_path / "mine.netbuilder").project == files.document.project
    assert window.saved == 2
    assert window.said == []


def test_giving_up_the_dialog_changes_nothing(files: Files) -> None:
    files.choose_save = lambda _: ""
    files.choose_open = lambda: ""
    before = files.document.project
    rename(files, "long")
    assert not files.save()
    files.open()
    assert files.document.path is None
    assert not files.document.clean
    files.document.undo()
    assert files.document.project is before


def test_another_project_leaves_a_way_back(files: Files, window: Window) -> None:
    rename(files, "longer")
    edited = files.document.project
    files.new()
    assert len(files.document.project.graph.nodes) == 0
    ((kind, text),) = window.said
    assert (kind, text) == ("info", "Unsaved changes of blobs are kept.")
    ((link, action),) = window.links
    assert link == "Bring back"
    action()
    assert files.document.project == edited
    assert not files.document.clean


def test_nothing_is_said_when_nothing_was_unsaved(files: Files, window: Window) -> None:
    files.show_example("spirals_mlp")
    assert window.said == []
    assert files.document.path is None
    assert files.document.title == "spirals_mlp"


def test_an_example_is_never_overwritten(files: Files) -> None:
    path = resources.example("digits_cnn")
    assert files.open_path(path)
    assert files.document.path is None
    rename_asked: list[str] = []
    files.choose_save = lambda suggestion: rename_asked.append(suggestion) or ""
    assert not files.save()
    assert Path(rename_asked[0]).name == "digits_cnn.netbuilder"


def test_a_broken_file_is_told_and_the_project_stays(
    files: Files, window: Window, tmp_path: Path
) -> None:
    rename(files, "edit")
    before = files.document.project
    assert not files.open_path(tmp_path / "gone.netbuilder")
    (tmp_path / "half.netbuilder").write_text('{"version": 1, "graph": {')
    assert not files.open_path(tmp_path / "half.netbuilder")
    assert files.document.project is before
    assert [kind for kind, _ in window.said] == ["error", "error"]
    assert "gone.netbuilder" in window.said[0][1]
    assert "breaks off" in window.said[1][1]


def test_what_was_left_out_is_told(files: Files, window: Window, tmp_path: Path) -> None:
    path = tmp_path / "dangling.netbuilder"
    path.write_text('{"version": 1, "graph": {"edges": ["a.y -> b.x"]}}')
    assert files.open_path(path)
    ((kind, text),) = window.said
    assert kind == "warning"
    assert "left out" in text


@pytest.mark.parametrize("fault", ["below a file", "full disk"])
def test_a_save_that_fails_loses_nothing(
    files: Files, window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    rename(files, "edit")
    edited = files.document.project
    target = tmp_path / "mine.netbuilder"
    if fault == "below a file":
        (tmp_path / "file").write_text("")
        target = tmp_path / "file" / "mine.netbuilder"
    files.choose_save = lambda _: str(target)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if fault == "full disk":
            patch.setattr(os, "write", full)
        assert not files.save()
    ((kind, text),) = window.said
    assert kind == "error"
    assert text.endswith("Nothing is lost: save it elsewhere.")
    assert files.document.project is edited
    assert (files.document.path, files.document.clean) == (None, False)
    files.choose_save = lambda _: str(tmp_path / "elsewhere.netbuilder")
    assert files.save()
    assert load(tmp_path / "elsewhere.netbuilder").project == edited


@pytest.mark.parametrize(
    ("answer", "closes", "saved"),
    [("save", True, True), ("discard", True, False), ("cancel", False, False)],
)
def test_closing_asks_about_unsaved_edits(
    files: Files, tmp_path: Path, answer: str, closes: bool, saved: bool
) -> None:
    files.ask_to_save = lambda title: pytest.fail("nothing was unsaved")
    assert files.may_close()
    rename(files, "edit")
    files.ask_to_save = lambda title: answer
    files.choose_save = lambda _: str(tmp_path / "mine.netbuilder")
    assert files.may_close() is closes
    assert (tmp_path / "mine.netbuilder").exists() is saved


def test_a_failed_save_keeps_the_window_open(files: Files, tmp_path: Path) -> None:
    rename(files, "edit")
    files.ask_to_save = lambda title: "save"
    files.choose_save = lambda _: ""
    assert not files.may_close()


@pytest.mark.parametrize(
    ("button", "answer"), [("Save", "save"), ("Discard", "discard"), ("Keep editing", "cancel")]
)
def test_the_real_question(files: Files, qtbot: QtBot, button: str, answer: str) -> None:
    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        next(b for b in box.buttons() if b.text() == button).click()

    QTimer.singleShot(50, press)
    assert files.ask_to_save("blobs") == answer


def test_saved_projects_open_again(files: Files, tmp_path: Path) -> None:
    other = Project("other")
    save(other, tmp_path / "other.netbuilder")
    files.choose_open = lambda: str(tmp_path / "other.netbuilder")
    files.open()
    assert files.document.project == other
    assert files.document.path == tmp_path / "other.netbuilder"

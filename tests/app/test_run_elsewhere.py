"""The dialog that writes how a run is started elsewhere, by gesture; and following what comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from netbuilder.app.document import Document
from netbuilder.app.run_elsewhere import RunElsewhere
from netbuilder.graph import Project
from netbuilder.graph.file import load
from netbuilder.training.events import Steps
from netbuilder.training.loop import train

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

Making = Callable[..., Project]
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(qtbot: QtBot, blobs: Making, tmp_path: Path) -> RunElsewhere:
    made = RunElsewhere(Document(blobs()))
    qtbot.addWidget(made)
    made.show()
    made.script.setText(str(tmp_path / "there" / "job.sh"))
    return made


def test_the_script_follows_what_is_chosen(dialog: RunElsewhere, qtbot: QtBot) -> None:
    assert "torchrun --standalone" in dialog.preview.toPlainText()
    assert not dialog.head.isEnabled()
    assert not dialog.minutes.isEnabled()
    qtbot.keyClick(dialog.nodes, Qt.Key.Key_Up)
    assert "--nnodes 2" in dialog.preview.toPlainText()
    qtbot.keyClicks(dialog.head, "node7")
    assert "node7:29500" in dialog.preview.toPlainText()
    qtbot.keyClicks(dialog.head, ";")
    assert dialog.callout.text() == "node7; is not the name or address of a machine."
    assert not dialog.save_button.isEnabled()
    qtbot.keyClick(dialog.head, Qt.Key.Key_Backspace)
    assert "strategy" not in dialog.preview.toPlainText()
    qtbot.keyClick(dialog.strategy, Qt.Key.Key_Down)
    assert "--set training.processes.strategy=fsdp" in dialog.preview.toPlainText()
    qtbot.keyClick(dialog.way, Qt.Key.Key_Down)
    assert "#SBATCH --nodes=2" in dialog.preview.toPlainText()
    assert dialog.minutes.isEnabled()


def test_the_command_is_copied(dialog: RunElsewhere, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.copy_button, LEFT)
    copied = QGuiApplication.clipboard().text()
    assert "--nproc-per-node 2" in copied
    assert "\n" not in copied


def test_the_script_is_saved_with_its_project(
    dialog: RunElsewhere, qtbot: QtBot, blobs: Making, tmp_path: Path
) -> None:
    qtbot.mouseClick(dialog.save_button, LEFT)
    assert dialog.callout.kind() == "ok"
    there = tmp_path / "there"
    assert (there / "job.sh").read_text() == dialog.preview.toPlainText()
    assert load(there / "blobs.netbuilder").project == blobs()
    with qtbot.waitSignal(dialog.follow_wanted) as asked:
        qtbot.mouseClick(dialog.callout.links()[0], LEFT)
    assert asked.args == [str(there / "blobs-run")]


def test_what_cannot_be_written_is_said(dialog: RunElsewhere, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for text in ("", str(tmp_path / "file" / "job.sh")):
        dialog.script.setText(text)
        qtbot.mouseClick(dialog.save_button, LEFT)
        assert dialog.callout.kind() == "error"
        assert dialog.callout.text().endswith(".")


@pytest.mark.slow
def test_a_run_is_followed_once_it_begins(
    open_window: Callable[..., MainWindow], blobs: Making, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(blobs())
    menu = window.menus.menus["Train"]
    next(a for a in menu.actions() if a.text() == "Run elsewhere…").trigger()
    elsewhere = window.elsewhere
    assert elsewhere.launching is not None
    elsewhere.launching.follow_wanted.emit(str(tmp_path / "run"))
    assert elsewhere.awaited == tmp_path / "run"
    events = train(blobs(epochs=1_000_000), folder=tmp_path / "run")
    next(e for e in events if isinstance(e, Steps))
    qtbot.waitUntil(lambda: elsewhere.following is not None, timeout=10_000)
    qtbot.waitUntil(
        lambda: window.train_panel.history.folder == str(tmp_path / "run"), timeout=10_000
    )
    events.close()
    qtbot.waitUntil(lambda: elsewhere.following is None, timeout=10_000)

"""The export dialog: nothing typed is lost, nothing half-written appears."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.panels.export_dialog import ExportDialog
from netbuilder.app.panels.export_dialog.kinds import CHOICES
from netbuilder.graph import Project
from netbuilder.training.events import Started

Make = Callable[[Project], Any]


@pytest.fixture
def session(digits: Project, make_session: Make, tmp_path: Path) -> Any:
    made = make_session(digits)
    made.document.save_as(tmp_path / "zeichen.netbuilder")
    return made


@pytest.fixture
def dialog(qtbot: QtBot, session: Any) -> ExportDialog:
    made = ExportDialog(session.document, session)
    qtbot.addWidget(made)
    made.show()
    return made


def report(question: Any, **more: Any) -> dict[str, Any]:
    path = Path(question.arguments["path"])
    path.write_bytes(b"model" * 10)
    return {"kind": question.arguments["to"], "paths": (str(path),), "bytes": 50,
            "sentence": "zeichen.onnx (50 bytes), checked.", "differences": {}, **more}  # fmt: skip


def choose(dialog: ExportDialog, kind: str) -> None:
    row = next(i for i, c in enumerate(CHOICES) if c.kind == kind)
    dialog.kinds.button(row).click()


def test_the_name_follows_the_project_and_the_kind(dialog: ExportDialog, tmp_path: Path) -> None:
    assert dialog.path.text() == str(tmp_path / "zeichen.py")
    choose(dialog, "onnx")
    assert dialog.path.text() == str(tmp_path / "zeichen.onnx")


def test_what_was_typed_stays(dialog: ExportDialog, qtbot: QtBot, tmp_path: Path) -> None:
    dialog.path.clear()
    qtbot.keyClicks(dialog.path, str(tmp_path / "mine.py"))
    choose(dialog, "pt2")
    assert dialog.path.text() == str(tmp_path / "mine.pt2")
    dialog.path.clear()
    qtbot.keyClicks(dialog.path, str(tmp_path / "no_folder" / "my.model"))
    choose(dialog, "onnx")
    assert dialog.path.text() == str(tmp_path / "no_folder" / "my.model")
    dialog.export_button.click()
    assert "no folder" in dialog.callout.text()
    assert dialog.path.text() == str(tmp_path / "no_folder" / "my.model")
    dialog.close()
    dialog.show()
    assert dialog.path.text() == str(tmp_path / "no_folder" / "my.model")


def test_an_export_with_its_differences(dialog: ExportDialog, session: Any, tmp_path: Path) -> None:
    choose(dialog, "onnx")
    dialog.export_button.click()
    assert dialog.busy.isVisible()
    assert not dialog.export_button.isEnabled()
    question = session.last("export")
    assert question.arguments["to"] == "onnx"
    assert not (tmp_path / "zeichen.onnx").exists()
    differences = {1: 5.7e-6, 2: 7.6e-6, 5: 9.5e-6}
    session.give(question, report(question, differences=differences))
    assert (tmp_path / "zeichen.onnx").read_bytes() == b"model" * 10
    assert not dialog.busy.isVisible()
    assert dialog.result_view.isVisible()
    assert dialog.result_view.cells() == [
        ["batch", "1", "2", "5"],
        ["largest difference", "5.7e-06", "7.6e-06", "9.5e-06"],
    ]
    assert str(tmp_path / "zeichen.onnx") in dialog.result_view.files.text()
    assert "50 bytes" in dialog.result_view.files.text()
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("chosen", ["best", "last", "current"])
def test_which_weights(dialog: ExportDialog, session: Any, chosen: str) -> None:
    session.started = Started("run-1", "/runs/run-1", 3, 5, 64, "cpu", 0, 1, ("main",), {})
    choose(dialog, "safetensors")
    assert dialog.weights.currentData() == "best"
    dialog.weights.show_value(chosen)
    dialog.export_button.click()
    arguments = session.last("export").arguments
    assert arguments.get("which") == (None if chosen == "current" else chosen)
    assert ("run" in arguments) == (chosen != "current")
    dialog.cancel()


def test_code_needs_no_weights(dialog: ExportDialog, session: Any) -> None:
    assert not dialog.weights.isEnabled()
    dialog.export_button.click()
    assert "which" not in session.last("export").arguments
    dialog.cancel()


def test_cancelling_leaves_nothing_behind(
    dialog: ExportDialog, session: Any, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "zeichen.py").write_text("old")
    before = {p.name for p in tmp_path.iterdir()}
    dialog.export_button.click()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert not dialog.exporting
    question = session.last("export")
    session.give(question, report(question))
    assert {p.name for p in tmp_path.iterdir()} == before
    assert (tmp_path / "zeichen.py").read_text() == "old"
    assert not dialog.result_view.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_refusal_and_a_dead_engine(dialog: ExportDialog, session: Any, tmp_path: Path) -> None:
    before = {p.name for p in tmp_path.iterdir()}
    dialog.export_button.click()
    session.give(session.last("export"), "conv2d_1 cannot be written as ONNX: no.")
    assert dialog.callout.text() == "conv2d_1 cannot be written as ONNX: no."
    dialog.export_button.click()
    session.engine_died.emit("The engine was killed.")
    assert dialog.callout.text() == "The engine was killed. Nothing was exported; try again."
    assert dialog.export_button.isEnabled()
    assert {p.name for p in tmp_path.iterdir()} == before


def test_a_file_that_is_there_is_announced(dialog: ExportDialog, qtbot: QtBot, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "there.onnx").write_bytes(b"")
    dialog.choose_path = lambda now: str(tmp_path / "there.onnx")  # type: ignore[method-assign]
    assert not dialog.replaces.isVisible()
    dialog.browse_button.click()
    assert dialog.path.text() == str(tmp_path / "there.onnx")
    assert dialog.replaces.isVisible()
    dialog.path.clear()
    dialog.path.typed.emit("")
    assert not dialog.export_button.isEnabled()


def test_fresh_weights_are_called_so(dialog: ExportDialog, session: Any) -> None:
    choose(dialog, "onnx")
    dialog.export_button.click()
    question = session.last("export")
    session.give(question, report(question, weights={"origin": "fresh"}))
    assert "nothing was trained yet" in dialog.result_view.outcome.text()


def test_it_is_not_modal_and_wide_enough(dialog: ExportDialog) -> None:
    assert not dialog.isModal()
    assert dialog.width() >= 540

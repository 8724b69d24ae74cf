"""Files let fall on the canvas of a window: data, runs, weights, and what is none of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from safetensors.numpy import save_file

from netbuilder.app.window import MainWindow
from netbuilder.graph import Graph, Project
from netbuilder.training.run import Run
from tests.data.conftest import pictures

pytestmark = pytest.mark.slow
Open = Callable[..., MainWindow]
Making = Callable[..., Project]
LEFT = Qt.MouseButton.LeftButton
#: Weights of the two linear layers of the small project.
SHAPES = {
    "linear_1.weight": (8, 2),
    "linear_1.bias": (8,),
    "linear_2.weight": (3, 8),
    "linear_2.bias": (3,),
}


def let_fall(window: MainWindow, path: Path) -> None:
    """Carry a file from the desktop onto the middle of the canvas and let go of it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    middle = QPointF(window.canvas.viewport().rect().center())
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(middle.toPoint(), copy, data, LEFT, none),
        QDragMoveEvent(middle.toPoint(), copy, data, LEFT, none),
        QDropEvent(middle, copy, data, LEFT, none),
    ):
        QApplication.sendEvent(window.canvas.viewport(), event)


def weights(path: Path, **changed: tuple[int, ...] | None) -> Path:
    """A file of weights; keywords are of other shapes, by name with _ for the dot."""
    shapes = {n: changed.get(n.replace(".", "_"), s) for n, s in SHAPES.items()}
    save_file({n: np.ones(s, np.float32) for n, s in shapes.items() if s is not None}, path)
    return path


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run of another project."""
    from netbuilder.training.loop import train
    from tests.app.conftest import blobs_project

    folder = tmp_path_factory.mktemp("runs") / "20260102-030405-first"
    for _ in train(blobs_project(name="first", epochs=2), folder=folder):
        pass
    return Run(folder)


def test_a_table_becomes_a_node_in_one_step(
    open_window: Open, blobs: Making, tmp_path: Path
) -> None:
    window = open_window(blobs())
    (tmp_path / "table.csv").write_text("a,b,label\n1,2,x\n2,1,y\n")
    before = window.document.project
    let_fall(window, tmp_path / "table.csv")
    (added,) = set(window.document.project.graph.nodes) - set(before.graph.nodes)
    node = window.document.project.graph[added]
    assert (node.kind, node.params["path"]) == ("csv", str(tmp_path / "table.csv"))
    item = window.canvas.canvas.nodes[added]
    middle = window.canvas.mapToScene(window.canvas.viewport().rect().center())
    assert (item.box.center() - middle).manhattanLength() < 60
    assert window.document.stack.count() == 1
    window.document.undo()
    assert window.document.project == before
    assert added not in window.canvas.canvas.nodes


@pytest.mark.parametrize("what", ["numpy_file", "image_folder"])
def test_arrays_and_a_folder_of_images_become_nodes(
    open_window: Open, blobs: Making, tmp_path: Path, what: str
) -> None:
    path = tmp_path / "rows.npy" if what == "numpy_file" else pictures(tmp_path / "pictures", 2)
    if what == "numpy_file":
        np.save(path, np.ones((4, 3)))
    window = open_window(blobs())
    before = window.document.project
    let_fall(window, path)
    (added,) = set(window.document.project.graph.nodes) - set(before.graph.nodes)
    node = window.document.project.graph[added]
    assert (node.kind, node.params["path"]) == (what, str(path))
    assert not window.canvas.note.isVisible()


@pytest.mark.parametrize("part", ["", "checkpoints/best.safetensors", "run.json", "checkpoints"])
def test_a_run_opens_with_its_project_and_curves(
    open_window: Open, blobs: Making, run: Run, part: str
) -> None:
    window = open_window(blobs(name="other"))
    let_fall(window, run.folder / part)
    assert window.document.project == run.project()
    assert window.document.path is None  # the run keeps what it was
    assert window.train_panel.history.run == run.id
    assert window.bottom.current == "train"
    assert window.session.run == str(run.folder)
    assert "its weights answer" in window.toasts.visible()[-1].text()


def test_its_weights_answer_what_is_asked(
    open_window: Open, blobs: Making, run: Run, qtbot: QtBot
) -> None:
    window = open_window(blobs(name="other"), begin=True)
    let_fall(window, run.folder)
    answers: list[object] = []
    window.session.ask("activations", {"sample": 0}, answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=60_000)
    result = answers[0].result  # type: ignore[attr-defined]
    assert result is not None, answers
    assert result["weights"]["run"] == run.id
    assert result["weights"]["origin"] == "best"


def test_runs_may_begin_with_its_weights(open_window: Open, blobs: Making, run: Run) -> None:
    window = open_window(blobs(name="other"))
    let_fall(window, run.folder)
    click_link(window)
    assert window.document.project.training.weights == str(run.checkpoint)
    window.document.undo()
    assert window.document.project == run.project()


def click_link(window: MainWindow) -> None:
    toast = window.toasts.visible()[-1]
    QTest.mouseClick(toast.link, LEFT)


def test_weights_that_fit_are_offered_and_taken_in_one_step(
    open_window: Open, blobs: Making, tmp_path: Path
) -> None:
    window = open_window(blobs())
    before = window.document.project
    let_fall(window, weights(tmp_path / "start.safetensors"))
    assert window.document.project is before  # only offered
    words = window.toasts.visible()[-1].text()
    assert words.startswith("start.safetensors has all 4 weights of this network.")
    click_link(window)
    path = str(tmp_path / "start.safetensors")
    training = replace(before.training, weights=path)
    assert window.document.project == replace(before, training=training)
    assert window.document.stack.count() == 1
    assert window.document.stack.undoText() == "Begin with start.safetensors"
    window.canvas.select(())
    assert window.inspector.project.training.form.rows["weights"].control.value_text() == path
    window.document.undo()
    assert window.document.project == before


def test_of_weights_that_fit_in_part_the_number_is_said(
    open_window: Open, blobs: Making, tmp_path: Path
) -> None:
    window = open_window(blobs())
    path = weights(tmp_path / "part.safetensors", linear_2_weight=(5, 8), linear_2_bias=(5,))
    let_fall(window, path)
    assert "part.safetensors has 2 of 4 weights" in window.toasts.visible()[-1].text()


def test_what_cannot_be_used_says_why_and_changes_nothing(
    open_window: Open, blobs: Making, tmp_path: Path
) -> None:
    window = open_window(blobs())
    before = window.document.project
    (tmp_path / "broken.safetensors").write_bytes(b"12345678 nothing")
    (tmp_path / "model.pt").write_bytes(b"\x80\x04")
    (tmp_path / "folder").mkdir()
    other = {f"{name}s": (1,) for name in SHAPES}
    save_file({n: np.ones(s, np.float32) for n, s in other.items()}, tmp_path / "else.safetensors")
    sentences = {}
    for name in ("broken.safetensors", "model.pt", "folder", "else.safetensors"):
        let_fall(window, tmp_path / name)
        sentences[name] = window.canvas.note.sentence
        assert window.canvas.note.isVisible()
    assert sentences["broken.safetensors"].startswith("broken.safetensors cannot be used: ")
    assert "could run anything" in sentences["model.pt"]
    assert sentences["folder"].startswith("folder is a folder without images: drop")
    assert sentences["else.safetensors"].startswith("None of the weights in else.safetensors")
    assert window.document.project is before
    assert window.document.stack.count() == 0
    assert window.toasts.visible() == []


def test_in_an_empty_window_the_start_page_says_it(open_window: Open, tmp_path: Path) -> None:
    window = open_window(Project(graph=Graph()))
    let_fall(window, weights(tmp_path / "start.safetensors"))
    assert window.document.project.training.weights == ""
    assert window.toasts.visible() == []


def test_a_run_without_a_readable_record_is_one_sentence(
    open_window: Open, blobs: Making, run: Run, tmp_path: Path
) -> None:
    window = open_window(blobs())
    before = window.document.project
    folder = tmp_path / "half"
    folder.mkdir()
    (folder / "run.json").write_text("{}")
    (folder / "project.netbuilder").write_bytes((run.folder / "project.netbuilder").read_bytes())
    let_fall(window, folder)
    assert window.canvas.note.sentence.endswith(".")
    assert window.document.project is before


def test_while_a_run_is_in_progress_no_other_opens(
    open_window: Open, blobs: Making, run: Run
) -> None:
    window = open_window(blobs())
    window.session.state = "running"
    let_fall(window, run.folder)
    assert window.canvas.note.sentence.startswith("A run is in progress; stop it")
    window.session.state = "idle"
    assert window.document.project.name == "blobs"

"""Bad input through the window: one plain sentence each, nothing lost, no traceback."""

from __future__ import annotations

import errno
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app.canvas import KIND_MIME
from netbuilder.app.canvas.catalogue import entries
from netbuilder.app.panels.inspector.naming import NameRow
from netbuilder.app.panels.problems.list import ProblemsList
from netbuilder.app.window import MainWindow
from netbuilder.graph import Block, Edge, Graph, Node, Optimiser, Project, Training
from netbuilder.graph.file import dumps, load
from netbuilder.training import checkpoint
from netbuilder.training.events import EpochDone, Event, Failed, Finished, Started, Steps

pytestmark = pytest.mark.slow
LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
Open = Callable[..., MainWindow]
Making = Callable[..., Project]
READY_MS = 60_000


@pytest.fixture(autouse=True)
def quiet(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Nothing of this may end in a traceback, of the window or of its engine."""
    yield
    said = capfd.readouterr().err
    assert "Traceback" not in said, said


def toasts(window: MainWindow) -> list[str]:
    return [toast.text() for toast in window.toasts.visible()]


def listed(window: MainWindow) -> list[str]:
    """The sentences of the problems panel."""
    window.bottom.show_panel("problems")
    problems = window.problems.findChild(ProblemsList)
    assert problems is not None
    model = problems.model()
    rows = range(model.rowCount())
    return [problems._model.problem(model.index(row, 0)).message for row in rows]


def press_run(window: MainWindow) -> None:
    QTest.mouseClick(window.toolbar.buttons["run"], LEFT)


def still_saves(window: MainWindow, folder: Path) -> None:
    """What is open can be saved, and the file holds it."""
    target = folder / "kept" / "kept.netbuilder"
    target.parent.mkdir()
    window.files.choose_save = lambda _: str(target)
    window.menus.by_name["save_as"].trigger()
    # Dumped, because NaN is not equal to itself.
    assert dumps(load(target).project) == dumps(window.document.project)


# --- project files -----------------------------------------------------------------------------

Change = Callable[[dict[str, Any]], object]


def changed(project: Project, change: Change) -> str:
    raw = json.loads(dumps(project))
    change(raw)
    return json.dumps(raw)


REFUSED: dict[str, tuple[Callable[[str], str], str]] = {
    "truncated": (lambda text: text[:150], "breaks off"),
    "empty": (lambda text: "", "is empty"),
    "no JSON": (lambda text: "\x00\x01", "is not valid JSON"),
    "other JSON": (lambda text: "[1, 2]", "not a NetBuilder project"),
    "newer": (lambda text: text.replace('"version": 1', '"version": 99'), "by a newer NetBuilder"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_file_that_cannot_be_opened(
    open_window: Open, blobs: Making, tmp_path: Path, fault: str
) -> None:
    window = open_window(blobs())
    spoil, words = REFUSED[fault]
    (tmp_path / "bad.netbuilder").write_text(spoil(dumps(blobs())))
    window.files.choose_open = lambda: str(tmp_path / "bad.netbuilder")
    before = window.document.project
    window.menus.by_name["open"].trigger()
    (sentence,) = toasts(window)
    assert sentence.startswith("bad.netbuilder")
    assert words in sentence
    assert sentence.endswith(".")
    assert window.document.project is before
    still_saves(window, tmp_path)


def loop(project: dict[str, Any]) -> None:
    project["graph"]["edges"][0] = "tanh_1.y -> linear_1.x"


def features(value: float) -> Change:
    def change(project: dict[str, Any]) -> None:
        project["graph"]["nodes"]["linear_1"]["params"]["out_features"] = value

    return change


def rate(value: float) -> Change:
    optimiser = {"name": "main", "algorithm": "adam", "settings": {"lr": value}}
    return lambda p: p.update(training={"optimisers": [optimiser]})


def edge(index: int, text: str) -> Change:
    return lambda p: p["graph"]["edges"].__setitem__(index, text)


OPENED: dict[str, tuple[Change, str]] = {
    "unknown kind": (
        lambda p: p["graph"]["nodes"]["linear_1"].update(kind="warp"),
        "warp is not installed here",
    ),
    "cycle": (loop, "form a loop"),
    "dangling edge": (edge(0, "ghost.y -> linear_1.x"), "left out, because there is no ghost"),
    "missing port": (edge(0, "blobs_1.pont -> linear_1.x"), "port pont of blobs_1"),
    "NaN": (features(float("nan")), "was NaN"),
    "huge": (features(10**12), "at most"),
    "fraction": (features(2.5), "whole number"),
    "NaN as a rate": (rate(float("nan")), "NaN"),
    "huge rate": (rate(1e12), "Learning rate"),
}


@pytest.mark.parametrize("fault", OPENED)
def test_a_file_with_a_fault_inside(
    open_window: Open, blobs: Making, tmp_path: Path, fault: str
) -> None:
    """It opens, says what is wrong, and is written back as it came."""
    window = open_window(blobs())
    change, words = OPENED[fault]
    path = tmp_path / "bad.netbuilder"
    path.write_text(changed(blobs(), change))
    assert window.files.open_path(path)
    sentences = [*toasts(window), *listed(window)]
    window.toasts.clear()
    press_run(window)
    assert window.session._early == []  # it is not sent to the engine
    (told,) = toasts(window)
    assert any(words in sentence for sentence in (*sentences, told)), (sentences, told)
    assert told.startswith("It cannot be trained yet. ")
    assert told.endswith(".")
    still_saves(window, tmp_path)


# --- graphs ------------------------------------------------------------------------------------

LACKING = {
    "data": (["blobs_1"], "add a Data node"),
    "loss": (["cross_entropy_1"], "nothing to minimise"),
    "output": (["output_1"], "Nothing is marked as the result"),
    "anything": (
        ["blobs_1", "linear_1", "tanh_1", "linear_2", "output_1", "cross_entropy_1", "accuracy_1"],
        "",
    ),
}


@pytest.mark.parametrize("lack", LACKING)
def test_a_graph_without(open_window: Open, blobs: Making, tmp_path: Path, lack: str) -> None:
    window = open_window(blobs())
    gone, words = LACKING[lack]
    window.canvas.select(gone)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    before = window.document.project
    press_run(window)
    assert window.bottom.current == "problems"
    assert any(words in sentence for sentence in listed(window))
    (told,) = toasts(window)
    assert told.startswith("It cannot be trained yet. ")
    assert window.session._early == []
    assert window.document.project is before
    still_saves(window, tmp_path)


def test_shapes_that_do_not_fit(open_window: Open, blobs: Making, tmp_path: Path) -> None:
    window = open_window(blobs())
    narrow = window.document.project.graph.set_param("linear_2", "out_features", 2)
    window.document.edit_graph("Outputs", narrow)
    press_run(window)
    (told,) = toasts(window)
    assert "The labels have 3 classes, but scores for only 2 arrive." in told
    assert window.canvas.selected == ("cross_entropy_1",)
    assert window.canvas.canvas.nodes["cross_entropy_1"].face.problem
    assert window.session._early == []
    still_saves(window, tmp_path)


# --- what is pasted, dropped and named ---------------------------------------------------------

FOREIGN = ["Dear Sir or Madam", "{}", '{"version": 1', "[1, 2]", "  ", "\x00", "9" * 9_000_000]


def paste(window: MainWindow, text: str) -> str:
    """Paste a text on the canvas; returns what is said there."""
    QGuiApplication.clipboard().setText(text)
    window.canvas.note.hide()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_V, CTRL)
    QGuiApplication.clipboard().clear()
    return window.canvas.note.sentence if window.canvas.note.isVisible() else ""


@pytest.mark.parametrize("text", FOREIGN, ids=lambda text: text[:12])
def test_foreign_text_on_the_clipboard(
    open_window: Open, blobs: Making, tmp_path: Path, text: str
) -> None:
    window = open_window(blobs())
    before = window.document.project
    said = paste(window, text)
    assert "clipboard" in said
    assert said.endswith(".")
    assert window.document.project is before
    assert window.document.stack.count() == 0
    still_saves(window, tmp_path)


def test_a_clipboard_of_a_newer_version(open_window: Open, blobs: Making, tmp_path: Path) -> None:
    window = open_window(blobs())
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_A, CTRL)
    QTest.keyClick(window.canvas, Qt.Key.Key_C, CTRL)
    before = window.document.project
    text = QGuiApplication.clipboard().text().replace('"version": 1', '"version": 7')
    assert paste(window, text) == (
        "These nodes come from a newer NetBuilder (format 7); update to paste them."
    )
    assert window.document.project is before
    still_saves(window, tmp_path)


def drop(window: MainWindow, what: Path | str) -> str:
    """Drop a file or a kind on the canvas; returns what is said there."""
    data = QMimeData()
    if isinstance(what, Path):
        data.setUrls([QUrl.fromLocalFile(str(what))])
    else:
        data.setData(KIND_MIME, what.encode())
    middle = QPointF(window.canvas.viewport().rect().center())
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(middle.toPoint(), copy, data, LEFT, none),
        QDragMoveEvent(middle.toPoint(), copy, data, LEFT, none),
        QDropEvent(middle, copy, data, LEFT, none),
    ):
        QApplication.sendEvent(window.canvas.viewport(), event)
    return window.canvas.note.sentence if window.canvas.note.isVisible() else ""


UNREADABLE: dict[str, tuple[bytes | None, str]] = {
    "song.mp3": (b"", "is of no kind that is known here"),
    "folder": (None, "is a folder"),
    "broken.netbuilder": (b'{"version": 1', "breaks off"),
    "picture.netbuilder": (b"\x89PNG\r\n\x1a\n\xff", "not a text in UTF-8"),
    "empty.csv": (b"", "empty.csv"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n\xff\x00", "picture.csv"),
    "gone.csv": (None, "gone.csv"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_an_unreadable_file_is_dropped(
    open_window: Open, blobs: Making, tmp_path: Path, name: str
) -> None:
    window = open_window(blobs())
    before = window.document.project
    content, words = UNREADABLE[name]
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    elif name == "folder":
        path.mkdir()
    said = drop(window, path)
    assert words in said
    assert said.endswith(".")
    assert window.document.project is before
    still_saves(window, tmp_path)


def test_a_file_that_may_not_be_read_is_dropped(
    open_window: Open, blobs: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = open_window(blobs())
    before = window.document.project
    path = tmp_path / "mine.netbuilder"
    path.write_text(dumps(blobs()))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        said = drop(window, path)
    assert "mine.netbuilder" in said
    assert said.endswith(".")
    assert window.document.project is before
    still_saves(window, tmp_path)


def nested() -> Project:
    """A block `inner` in a block `outer`, and an instance of that."""
    inner = Block("inner", Graph({"relu_1": Node("relu_1", "relu")}))
    outer = Block("outer", Graph({"inner_1": Node("inner_1", "block:inner")}))
    graph = Graph({"outer_1": Node("outer_1", "block:outer")})
    return Project("nested", graph, {"inner": inner, "outer": outer})


@pytest.mark.parametrize("how", ["pasted", "dropped", "searched"])
def test_a_block_that_would_contain_itself(open_window: Open, tmp_path: Path, how: str) -> None:
    window = open_window(nested())
    canvas = window.canvas
    canvas.select(["outer_1"])
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    canvas.enter_place(("outer", "inner"))
    before = window.document.project
    if how == "pasted":
        assert paste(window, text) == "The block outer cannot be pasted into itself."
    elif how == "dropped":
        assert drop(window, "block:outer") == "The block outer cannot contain itself."
    else:
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
        assert canvas.search is not None
        offered = {entry.kind for entry in entries(before, canvas.place)}
        assert "linear" in offered
        assert not {"block:outer", "block:inner"} & offered
        canvas.close_search()
    assert window.document.project is before
    canvas.enter_place(())
    still_saves(window, tmp_path)


def test_renaming_to_a_name_in_use(open_window: Open, blobs: Making, tmp_path: Path) -> None:
    window = open_window(blobs())
    window.canvas.select(["tanh_1"])
    before = window.document.project
    row = window.inspector.findChild(NameRow)
    assert row is not None
    row.field.setFocus()
    row.field.selectAll()
    QTest.keyClicks(row.field, "linear_1")
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    said = row.message.text()
    assert "linear_1" in said
    assert said.endswith(".")
    assert window.document.project is before
    QTest.keyClick(row.field, Qt.Key.Key_Escape)
    assert row.field.text() == "tanh_1"
    still_saves(window, tmp_path)


# --- ten thousand nodes ------------------------------------------------------------------------


def ten_thousand() -> Project:
    nodes = [Node("digits_1", "digits"), Node("flatten_1", "flatten", position=(176, 0))]
    wires = [Edge("digits_1", "image", "flatten_1", "x")]
    for i in range(9_998):
        kind, params = ("relu", {}) if i % 2 else ("linear", {"out_features": 16})
        where = (176.0 * (i % 100), 200.0 + 160.0 * (i // 100))
        nodes.append(Node(f"{kind}_{i}", kind, params, where))
        wires.append(Edge(nodes[-2].id, "y", nodes[-1].id, "x"))
    return Project("many", Graph({n.id: n for n in nodes}, tuple(wires)))


def test_ten_thousand_nodes_are_opened_pasted_and_undone(open_window: Open, tmp_path: Path) -> None:
    """It says that this takes a while; and a selection of many is told once, not for each."""
    path = tmp_path / "many.netbuilder"
    path.write_text(dumps(ten_thousand()))
    window = open_window()
    said: list[str] = []
    window.document.busy.connect(said.append)
    seen: list[bool] = []
    window.document.changed.connect(lambda *_: seen.append(window.busy._note.isVisible()))
    assert window.files.open_path(path)
    assert said == ["10 000 nodes are being checked and drawn: this takes some seconds.", ""]
    assert seen == [True]
    assert not window.busy._note.isVisible()
    assert QApplication.overrideCursor() is None
    assert len(window.canvas.canvas.nodes) == 10_000
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_A, CTRL)
    QTest.keyClick(window.canvas, Qt.Key.Key_C, CTRL)
    QTest.keyClick(window.canvas, Qt.Key.Key_V, CTRL)
    assert len(window.canvas.canvas.nodes) == 20_000
    assert len(window.canvas.selected) == 10_000
    told: list[object] = []
    window.canvas.selection_changed.connect(told.append)
    window.document.undo()
    assert len(window.canvas.canvas.nodes) == 10_000
    assert 1 <= len(told) <= 2
    assert window.document.project.graph == ten_thousand().graph
    QGuiApplication.clipboard().clear()


# --- disks -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["read-only folder", "full disk"])
def test_a_place_that_takes_no_file(
    open_window: Open, blobs: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    window = open_window(blobs())
    window.canvas.select(["tanh_1"])
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    edited = window.document.project
    window.files.choose_save = lambda _: str(tmp_path / "mine.netbuilder")

    def refuse(*_: object, **__: object) -> None:
        code = errno.EROFS if fault == "read-only folder" else errno.ENOSPC
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "open" if fault == "read-only folder" else "write", refuse)
        window.menus.by_name["save"].trigger()
    (told,) = toasts(window)
    assert "mine.netbuilder" in told
    assert ("read-only" if fault == "read-only folder" else "disk is full") in told
    assert window.document.project is edited
    assert not window.document.clean
    assert list(tmp_path.iterdir()) == []
    still_saves(window, tmp_path)


def test_a_journal_on_a_full_disk_is_told_once(
    open_window: Open, blobs: Making, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window = open_window(blobs())

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    window.canvas.select(["tanh_1"])
    window.canvas.setFocus()
    with monkeypatch.context() as patch:
        patch.setattr("netbuilder.graph.journal.Journal._append", full)
        for _ in range(3):
            QTest.keyClick(window.canvas, Qt.Key.Key_Right)
    (told,) = toasts(window)
    assert "disk is full" in told
    still_saves(window, tmp_path)


# --- training ----------------------------------------------------------------------------------


def follow(window: MainWindow, qtbot: QtBot) -> list[Event]:
    """Wait for the engine, and note what it tells."""
    told: list[Event] = []
    window.session.events.connect(told.extend)
    qtbot.waitUntil(lambda: window.session.engine is not None, timeout=READY_MS)
    return told


def regression() -> Project:
    """Diabetes by one linear layer: at a rate above 1, plain descent leaves all bounds."""
    nodes = (
        Node("diabetes_1", "diabetes", {}, (0, 0)),
        Node("linear_1", "linear", {"out_features": 1}, (176, 0)),
        Node("output_1", "output", {}, (352, 0)),
        Node("mse_1", "mse", {}, (352, 160)),
    )
    wires = (
        ("diabetes_1", "features", "linear_1", "x"),
        ("linear_1", "y", "output_1", "x"),
        ("linear_1", "y", "mse_1", "prediction"),
        ("diabetes_1", "target", "mse_1", "target"),
    )
    graph = Graph({n.id: n for n in nodes}, tuple(Edge(*w) for w in wires))
    sgd = Optimiser(algorithm="sgd", settings={"lr": 0.001})
    return Project("line", graph, training=Training(20_000, 32, optimisers=(sgd,)))


def type_rate(window: MainWindow, value: str) -> None:
    field = window.toolbar.rate.field
    QTest.mouseClick(field, LEFT)
    field.selectAll()
    QTest.keyClicks(field, value)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_rate_that_makes_the_loss_nan(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    window = open_window(regression(), begin=True)
    told = follow(window, qtbot)
    press_run(window)
    qtbot.waitUntil(lambda: any(isinstance(e, EpochDone) for e in told), timeout=READY_MS)
    type_rate(window, "1")
    qtbot.waitUntil(lambda: window.session.state == "stopped", timeout=READY_MS)
    failure = told[-1]
    assert isinstance(failure, Failed)
    losses = np.concatenate([e.losses["main"] for e in told if isinstance(e, Steps)])
    assert np.count_nonzero(~np.isfinite(losses)) <= 1  # it stopped within a step
    (toast,) = window.toasts.visible()
    assert toast.text() == failure.message
    assert "lower the learning rate (now 1)" in toast.text()
    assert window.status.labels["state"].text() == "Run failed"
    run = Path(window.session.run or "")
    for name in ("last", "best"):
        saved = checkpoint.read(run / "checkpoints" / f"{name}.safetensors")
        assert all(bool(t.isfinite().all()) for t in saved.part("model").values())
    type_rate(window, "0.001")
    told.clear()
    assert toast.link is not None
    QTest.mouseClick(toast.link, LEFT)
    qtbot.waitUntil(lambda: any(isinstance(e, EpochDone) for e in told), timeout=READY_MS)
    again = next(e for e in told if isinstance(e, Started))
    assert (again.folder, again.step > 0) == (str(run), True)
    QTest.mouseClick(window.toolbar.buttons["stop"], LEFT)
    qtbot.waitUntil(lambda: window.session.state == "stopped", timeout=10_000)
    still_saves(window, tmp_path)


def table_project(table: Path) -> Project:
    nodes = (
        Node("csv_1", "csv", {"path": str(table)}, (0, 0)),
        Node("linear_1", "linear", {"out_features": 2}, (176, 0)),
        Node("output_1", "output", {}, (352, 0)),
        Node("cross_entropy_1", "cross_entropy", {}, (352, 160)),
    )
    wires = (
        ("csv_1", "features", "linear_1", "x"),
        ("linear_1", "y", "output_1", "x"),
        ("linear_1", "y", "cross_entropy_1", "logits"),
        ("csv_1", "label", "cross_entropy_1", "label"),
    )
    return Project("table", Graph({n.id: n for n in nodes}, tuple(Edge(*w) for w in wires)))


@pytest.mark.parametrize("when", ["before it is opened", "after"])
def test_a_data_set_that_is_gone(
    open_window: Open, qtbot: QtBot, tmp_path: Path, when: str
) -> None:
    table = tmp_path / "table.csv"
    rows = [f"{i % 7},{i % 5},{'ab'[i % 2]}" for i in range(60)]
    text = "\n".join(["x,y,label", *rows]) + "\n"
    if when == "after":
        table.write_text(text)
    window = open_window(table_project(table), begin=True)
    if when == "after":
        assert window.document.check.errors == ()
        follow(window, qtbot)
        table.unlink()
    press_run(window)
    qtbot.waitUntil(lambda: bool(toasts(window)), timeout=READY_MS)
    (told,) = toasts(window)
    assert "table.csv" in told
    assert told.endswith(".")
    window.toasts.clear()
    still_saves(window, tmp_path)
    table.write_text(text)  # it is back, and nothing else has to be done
    follow(window, qtbot)
    press_run(window)
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=READY_MS)


def test_the_engine_killed_while_training(
    open_window: Open, blobs: Making, qtbot: QtBot, tmp_path: Path
) -> None:
    window = open_window(blobs(epochs=20_000), begin=True)
    told = follow(window, qtbot)
    press_run(window)
    qtbot.waitUntil(lambda: sum(isinstance(e, Steps) for e in told) > 3, timeout=READY_MS)
    run, pid = window.session.run, window.session._client.pid  # type: ignore[union-attr]
    before = window.document.project
    assert run is not None
    last = Path(run) / "checkpoints" / "last.safetensors"
    qtbot.waitUntil(lambda: checkpoint.read(last).values["step"] > 0, timeout=READY_MS)
    os.kill(pid, signal.SIGKILL)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: window.session.lost == run, timeout=10_000)
    (toast,) = window.toasts.visible()
    assert toast.text() == (
        "The engine was killed, perhaps for lack of memory; "
        "the run can go on from its last checkpoint."
    )
    assert window.document.project is before
    told.clear()
    assert toast.link is not None
    QTest.mouseClick(toast.link, LEFT)
    qtbot.waitUntil(lambda: any(isinstance(e, Started) for e in told), timeout=READY_MS)
    again = next(e for e in told if isinstance(e, Started))
    assert (again.folder, again.step > 0) == (run, True)
    assert window.toasts.visible() == []
    qtbot.waitUntil(lambda: window.toolbar.buttons["stop"].isEnabled())
    QTest.mouseClick(window.toolbar.buttons["stop"], LEFT)
    qtbot.waitUntil(lambda: window.session.state == "stopped", timeout=10_000)
    assert isinstance(told[-1], Finished)
    still_saves(window, tmp_path)

"""The whole window: its parts follow each other, keys are unambiguous, nothing is left behind."""

from __future__ import annotations

import gc
import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.app.command_palette import CommandPalette
from netbuilder.app.panels.problems.list import ProblemsList
from netbuilder.app.window import MainWindow
from netbuilder.graph import Optimiser, Project
from netbuilder.graph.file import save
from netbuilder.training.events import Finished, Started

pytestmark = pytest.mark.slow
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LEFT = Qt.MouseButton.LeftButton
Open = Callable[..., MainWindow]
Making = Callable[..., Project]


def key(key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key as the window system would deliver it, shortcuts and all."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, keys)


# --- parts follow each other -----------------------------------------------------------------


def test_the_title_says_file_and_unsaved(open_window: Open, blobs: Making, tmp_path: Path) -> None:
    window = open_window(blobs())
    assert window.windowTitle() == "blobs – NetBuilder"
    window.canvas.select(["tanh_1"])
    window.canvas.setFocus()
    key(Qt.Key.Key_Delete)
    assert window.windowTitle() == "blobs • – NetBuilder"
    assert window.status.labels["saved"].text() == "Unsaved changes"
    window.files.choose_save = lambda _: str(tmp_path / "mine.netbuilder")
    key(Qt.Key.Key_S, CTRL)
    assert window.windowTitle() == "mine.netbuilder – NetBuilder"
    assert window.status.labels["saved"].text() == "Saved just now"
    key(Qt.Key.Key_Z, CTRL)
    assert window.windowTitle() == "mine.netbuilder • – NetBuilder"
    key(Qt.Key.Key_Y, CTRL)
    assert window.windowTitle() == "mine.netbuilder – NetBuilder"


def test_selection_reaches_inspector_code_and_status(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    head = window.canvas.canvas.nodes["linear_2"].box.topLeft() + QPointF(60, 14)
    viewport = window.canvas.viewport()
    QTest.mouseClick(viewport, LEFT, pos=window.canvas.mapFromScene(head))
    assert window.status.labels["selection"].text() == "1 node selected"
    fields = [f.text() for f in window.inspector.findChildren(QLineEdit) if f.isVisible()]
    assert "linear_2" in fields
    QTest.mouseClick(viewport, LEFT, pos=QPoint(viewport.width() - 10, viewport.height() // 2))
    assert window.status.labels["selection"].text() == ""


def test_problems_are_counted_everywhere(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    index = window.bottom.names.index("problems")
    assert window.bottom.tabs.tabText(index) == "Problems"
    window.canvas.select(["linear_1"])
    window.canvas.setFocus()
    key(Qt.Key.Key_Delete)
    assert window.bottom.tabs.tabText(index) != "Problems"
    assert "error" in window.status.labels["problems"].text()


def test_a_rate_set_in_the_toolbar_keeps_the_ratio(open_window: Open, blobs: Making) -> None:
    pair = (Optimiser("a", settings={"lr": 0.01}), Optimiser("b", settings={"lr": 0.04}))
    window = open_window(blobs(optimisers=pair))
    field = window.toolbar.rate.field
    assert window.toolbar.rate.value() == 0.01
    QTest.mouseClick(field, LEFT)
    field.selectAll()
    QTest.keyClicks(field, "0.001")
    QTest.keyClick(field, Qt.Key.Key_Return)
    rates = [o.settings["lr"] for o in window.document.project.training.optimisers]
    assert rates == [0.001, 0.004]
    window.document.undo()
    assert window.toolbar.rate.value() == 0.01


def test_files_dropped_on_the_canvas(open_window: Open, blobs: Making, tmp_path: Path) -> None:
    window = open_window(blobs())
    (tmp_path / "table.csv").write_text("a,b,label\n1,2,x\n2,1,y\n")
    (tmp_path / "song.mp3").write_bytes(b"")
    drop(window, tmp_path / "table.csv")
    (added,) = [n for n in window.document.project.graph if n.kind == "csv"]
    assert added.params["path"] == str(tmp_path / "table.csv")
    drop(window, tmp_path / "song.mp3")
    assert window.canvas.note.sentence.startswith("song.mp3 is of no kind that is known here")
    save(Project("other"), tmp_path / "other.netbuilder")
    drop(window, tmp_path / "other.netbuilder")
    assert window.document.path == tmp_path / "other.netbuilder"
    assert window.toasts.visible()[-1].text() == "Unsaved changes of blobs are kept."


def drop(window: MainWindow, path: Path) -> None:
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


def test_messages_are_seen_while_a_panel_is_large(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    key_to_window(window, Qt.Key.Key_F, CTRL | SHIFT)
    assert not window.canvas.isVisible()
    assert not window.docks["palette"].isVisible()
    window.say("error", "Something is wrong.")
    (toast,) = window.panel_toasts.visible()
    assert toast.isVisible()
    key_to_window(window, Qt.Key.Key_F, CTRL | SHIFT)
    assert window.canvas.isVisible()
    assert window.docks["inspector"].isVisible()


def key_to_window(window: MainWindow, key: Qt.Key, keys: Qt.KeyboardModifier) -> None:
    QTest.keyClick(window, key, keys)
    QApplication.processEvents()


def test_another_project_takes_the_finished_run_away(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    started = Started("1", "/r", 5, 3, 64, "cpu", 0, 35, ("main",), {"train": 180})
    window.session.events.emit([started, Finished("1", "/r", False, 15, 5, {"accuracy": 0.99})])
    window.session._set_state("stopped")
    assert window.toasts.visible()[-1].text() == "Finished after 0 s. Test split: accuracy 0.99"
    assert window.toolbar.epoch.text() == "Epoch 5 of 5"
    window.document.new(blobs(name="other"))
    assert window.toolbar.epoch.text() == "Ready to train"


# --- size ------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme_name", ["dark", "light"])
def test_a_small_screen_is_enough(open_window: Open, blobs: Making, theme_name: str) -> None:
    window = open_window(blobs())
    window.menus.by_name[f"theme.{theme_name}"].trigger()
    window.resize(1280, 720)
    window.reset_layout()
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1280, 720)
    for name in window.bottom.names:
        window.bottom.show_panel(name)
        QApplication.processEvents()
        assert (window.width(), window.height()) == (1280, 720), name
    assert window.canvas.height() >= 350
    whole = window.rect()
    for part in (window.toolbar, window.canvas, window.palette_panel, window.inspector,
                 window.bottom, window.status):  # fmt: skip
        corner = part.mapTo(window, part.rect().bottomRight())
        assert whole.contains(corner), part


def test_places_are_remembered(open_window: Open) -> None:
    first = open_window()
    first.docks["palette"].hide()
    first.resize(1300, 800)
    QApplication.processEvents()
    first.close()
    second = open_window()
    assert not second.docks["palette"].isVisible()
    second.menus.by_name["reset_layout"].trigger()
    assert second.docks["palette"].isVisible()


# --- keys ------------------------------------------------------------------------------------


def test_no_key_means_two_things(open_window: Open) -> None:
    window = open_window()
    everywhere: Counter[str] = Counter()
    canvas: Counter[str] = Counter()
    for action in all_actions(window):
        for keys in action.shortcuts():
            on_canvas = action.shortcutContext() == Qt.ShortcutContext.WidgetWithChildrenShortcut
            (canvas if on_canvas else everywhere)[keys.toString()] += 1
    assert [k for k, n in everywhere.items() if n > 1] == []
    assert [k for k, n in canvas.items() if n > 1] == []
    assert set(everywhere) & set(canvas) == set()
    assert len(everywhere) > 15
    assert len(canvas) > 25


def all_actions(window: MainWindow) -> list[QAction]:
    return [a for a in window.findChildren(QAction) if not a.shortcut().isEmpty()]


def test_single_letters_act_on_the_canvas_only(open_window: Open) -> None:
    window = open_window()
    for action in all_actions(window):
        for keys in action.shortcuts():
            pressed = keys[0].keyboardModifiers()
            if pressed & (CTRL | ALT) or Qt.Key.Key_F1 <= keys[0].key() <= Qt.Key.Key_F12:
                continue
            if keys[0].key() == Qt.Key.Key_Pause:  # no field has a use for it
                continue
            context = action.shortcutContext()
            assert context == Qt.ShortcutContext.WidgetWithChildrenShortcut, action.text()


def test_letters_in_a_field_are_letters(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    before = window.document.project
    window.canvas.select(["linear_1", "tanh_1"])
    field = window.palette_panel.findChild(QLineEdit)
    assert field is not None
    field.setFocus()
    for letter in "fjul[]":
        QTest.keyClicks(field, letter)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == "fjul["
    assert window.document.project is before
    assert window.canvas.selected == ("linear_1", "tanh_1")


@pytest.mark.parametrize(
    ("pressed", "keys", "panel"),
    [(Qt.Key(Qt.Key.Key_1 + i), ALT, name) for i, name in
     enumerate(("train", "look_inside", "data", "code", "problems", "runs", "history"))],
)  # fmt: skip
def test_panels_by_key(
    open_window: Open, pressed: Qt.Key, keys: Qt.KeyboardModifier, panel: str
) -> None:
    window = open_window()
    window.bottom.show_panel("runs" if panel != "runs" else "train")
    key_to_window(window, pressed, keys)
    assert window.bottom.current == panel


def test_f6_goes_round(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    window.canvas.setFocus()
    seen = []
    for _ in range(5):
        seen.append(part(window, QApplication.focusWidget()))
        key(Qt.Key.Key_F6)
    assert seen == ["canvas", "inspector", "bottom", "toolbar", "palette_panel"]
    key(Qt.Key.Key_F6, SHIFT)
    assert part(window, QApplication.focusWidget()) == "palette_panel"


def part(window: MainWindow, widget: QWidget | None) -> str:
    names = ("canvas", "inspector", "bottom", "toolbar", "palette_panel")
    return next(
        (n for n in names if (p := getattr(window, n)) is widget or p.isAncestorOf(widget)), ""
    )


def test_help_by_f1(open_window: Open) -> None:
    window = open_window()
    key_to_window(window, Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier)
    assert window._help is not None
    assert window._help.isVisible()


def test_a_command_by_its_name(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    key_to_window(window, Qt.Key.Key_P, CTRL | SHIFT)
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    QTest.keyClicks(palette.field, "select all")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert len(window.canvas.selected) == 7


def test_every_command_is_in_the_palette_by_one_name(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    window.menus.set_state("idle")
    names = Counter(a.text() for a in window.menus.actions_in_order())
    assert [n for n, count in names.items() if count > 1] == []
    for name in ("New", "Save", "Run", "Export…", "Guide", "Add a node …", "Light", "digits cnn"):
        assert names[name] == 1, name


def test_ctrl_enter_on_a_problem_is_its_remedy(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    without = window.document.project.graph.remove(["output_1"])
    window.document.edit_graph("Delete", without)
    window.bottom.show_panel("problems")
    QApplication.processEvents()
    listed = window.problems.findChild(ProblemsList)
    assert listed is not None
    rows = range(listed.model().rowCount())
    row = next((r for r in rows if listed._model.problem(listed._model.index(r)).fixes), None)
    assert row is not None
    listed.setFocus()
    listed.setCurrentIndex(listed.model().index(row, 0))
    before = window.document.project
    key(Qt.Key.Key_Return, CTRL)
    assert window.document.project is not before
    assert window.session.state == "starting"
    assert window.session._early == []


def test_keys_of_the_menus_do_what_they_say(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    window.canvas.setFocus()
    done: list[str] = []
    for name, keys in shortcuts(window).items():
        action = window.menus.by_name[name]
        action.setEnabled(True)
        action.triggered.disconnect()
        action.triggered.connect(lambda _=False, n=name: done.append(n))
        for sequence in keys:
            QTest.keySequence(QApplication.focusWidget(), sequence)
            assert done.pop() == name, sequence.toString()
            assert done == []


def shortcuts(window: MainWindow) -> dict[str, list[QKeySequence]]:
    named = {n: a.shortcuts() for n, a in window.menus.by_name.items() if a.shortcuts()}
    assert len(named) > 18
    return {n: keys for n, keys in named.items() if n not in ("quit", "undo", "redo")}


# --- nothing is left behind ------------------------------------------------------------------


def test_opening_and_closing_leaves_nothing(qapp: QApplication, blobs: Making) -> None:
    def count() -> dict[str, Any]:
        # A widget in a cycle of Python objects goes when the collector comes by, not before.
        gc.collect()
        qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qapp.processEvents()
        return {
            "threads": sorted(t.name for t in threading.enumerate()),
            "processes": len(multiprocessing.active_children()),
            "top": len([w for w in qapp.topLevelWidgets() if isinstance(w, MainWindow)]),
            "widgets": len(qapp.allWidgets()),
        }

    seen = []
    for _ in range(4):
        window = MainWindow()
        window.document.new(blobs())
        window.show()
        window.begin()
        window.show_help("index")
        window.show_export()
        window.bottom.show_panel("look_inside")
        qapp.processEvents()
        window.close()
        window.deleteLater()
        del window
        seen.append(count())
    assert seen[-1]["processes"] == 0
    assert seen[-1]["top"] == 0
    assert seen[1:] == [seen[1]] * 3, seen


def test_closing_in_the_midst_of_training(open_window: Open, blobs: Making, qtbot: QtBot) -> None:
    window = open_window(blobs(epochs=20_000), begin=True)
    qtbot.waitUntil(lambda: window.session.engine is not None, timeout=60_000)
    QTest.mouseClick(window.toolbar.buttons["run"], LEFT)
    qtbot.waitUntil(lambda: bool(window.session.run), timeout=60_000)
    window.close()
    assert multiprocessing.active_children() == []
    assert not window.isVisible()


def test_a_project_opened_before_the_window_is_seen_fills_the_canvas(qapp: QApplication) -> None:
    window = MainWindow()
    window.files.ask_to_save = lambda title: "discard"
    try:
        window.files.open_example("digits_cnn")
        window.resize(1440, 900)
        window.show()
        seen = window.canvas.camera.seen
        assert seen.contains(window.canvas.canvas.bounds())
        assert window.canvas.camera.scale > 0.5
    finally:
        window.close()
        window.deleteLater()

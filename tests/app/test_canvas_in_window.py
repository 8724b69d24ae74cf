"""Keys of the canvas that reach into the rest of the window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app.command_palette import CommandPalette
from netbuilder.app.shortcut_sheet import ShortcutSheet
from netbuilder.app.window import MainWindow
from netbuilder.graph import Project

pytestmark = pytest.mark.slow
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT, NO = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
Open = Callable[..., MainWindow]
Making = Callable[..., Project]


def press(key: Qt.Key, keys: Qt.KeyboardModifier = NO) -> None:
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, keys)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_goes_to_the_properties_of_the_selected_node(
    open_window: Open, blobs: Making, key: Qt.Key
) -> None:
    window = open_window(blobs())
    window.canvas.setFocus()
    window.canvas.select(["linear_1"])
    before = window.document.project
    press(key)
    row = window.inspector.node.form.rows["out_features"]
    assert row.control.isAncestorOf(QApplication.focusWidget()) or row.control.hasFocus()
    assert window.document.project is before
    window.canvas.setFocus()
    window.canvas.select([])
    press(key)  # nothing to open
    assert window.canvas.hasFocus()


def test_ctrl_enter_runs_and_ctrl_alt_enter_stops(
    open_window: Open, blobs: Making, qtbot: QtBot
) -> None:
    window = open_window(blobs(epochs=100_000), begin=True)
    window.canvas.setFocus()
    before = window.document.project
    press(Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: window.session.state == "running", timeout=60_000)
    qtbot.waitUntil(lambda: window.session.run is not None, timeout=60_000)
    assert window.canvas.canvas.graph is before.graph
    window.canvas.setFocus()
    press(Qt.Key.Key_Return, CTRL | ALT)
    qtbot.waitUntil(lambda: window.session.state == "stopped", timeout=60_000)
    assert window.document.project is before
    assert window.document.stack.count() == 0


def test_the_question_mark_opens_the_sheet_of_keys(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    window.canvas.setFocus()
    press(Qt.Key.Key_Question)
    sheet = next(w for w in window.findChildren(ShortcutSheet) if w.isVisible())
    listed = dict(sheet.commands.shown())
    for action in window.canvas.actions_by_name.values():
        if not action.shortcut().isEmpty():
            assert action.text() in listed, action.text()
    assert "M" in listed["Mute"]
    sheet.close()


def test_the_palette_of_commands_has_the_same_actions(open_window: Open, blobs: Making) -> None:
    window = open_window(blobs())
    window.canvas.setFocus()
    window.canvas.select(["tanh_1"])
    press(Qt.Key.Key_P, CTRL | SHIFT)
    palette = QApplication.activePopupWidget()
    assert isinstance(palette, CommandPalette)
    rows = [palette.list.item(i) for i in range(palette.list.count())]
    actions = [row.data(Qt.ItemDataRole.UserRole) for row in rows]
    assert window.canvas.actions_by_name["mute"] in actions
    assert window.menus.by_name["run"] in actions
    assert all(isinstance(action, QAction) for action in actions)
    QTest.keyClicks(palette.field, "mute")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert window.document.project.graph["tanh_1"].muted
    assert window.canvas.canvas.nodes["tanh_1"].face.muted
    assert window.document.stack.count() == 1
    window.document.undo()
    assert not window.canvas.canvas.nodes["tanh_1"].face.muted

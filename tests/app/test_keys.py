"""Keys that a person gives to commands: by click and press, at once everywhere, and for good."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTreeWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.app.command_palette import CommandPalette
from netbuilder.app.keys_page import KeysPage
from netbuilder.app.shortcut_sheet import ShortcutSheet
from netbuilder.graph import Graph, Node, Project

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

pytestmark = pytest.mark.slow
Open = Callable[..., "MainWindow"]
LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier


def wait_for(window: QWidget) -> None:
    """Until a window has the focus, which takes some turns of the event loop."""
    for _ in range(200):
        if window.isActiveWindow():
            return
        QTest.qWait(5)
    raise AssertionError(f"{window.windowTitle()} never became active")


class Page:
    """The page of keys of a window, and a hand that clicks and presses on it."""

    def __init__(self, window: MainWindow) -> None:
        window.menus.by_name["change_keys"].trigger()
        (self.page,) = window.findChildren(KeysPage)
        wait_for(self.page)
        self.window = window

    def row(self, words: str) -> QTreeWidgetItem:
        (found,) = (r for r in self.page.commands.rows() if r.text(0) == words)
        return found

    def click(self, words: str) -> None:
        row, tree = self.row(words), self.page.tree
        tree.scrollToItem(row)
        QTest.mouseClick(tree.viewport(), LEFT, pos=tree.visualItemRect(row).center())

    def press(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        assert self.page.recording is not None
        QTest.keyClick(self.page.recording, key, held)

    def say(self) -> str:
        return self.page.note.text()

    def link(self, words: str) -> None:
        (link,) = (found for found in self.page.note.links() if found.text() == words)
        QTest.mouseClick(link, LEFT)

    def close(self) -> None:
        self.page.close()
        QApplication.sendPostedEvents(None, 0)
        self.window.activateWindow()
        wait_for(self.window)


def heap() -> Project:
    """Three nodes on one another, for a layout to part."""
    nodes = {f"relu_{n}": Node(f"relu_{n}", "relu", position=(0, 0)) for n in (1, 2, 3)}
    return Project("heap", Graph(nodes))


def laid_out(window: MainWindow) -> bool:
    return len({n.position for n in window.document.project.graph}) > 1


def keys_of(window: MainWindow, name: str) -> list[str]:
    action = window.menus.by_name.get(name) or window.canvas.actions_by_name[name]
    return [key.toString() for key in action.shortcuts()]


def test_another_key_for_the_layout(open_window: Open, qtbot: QtBot) -> None:
    window = open_window(heap())
    page = Page(window)
    page.click("Lay out")
    page.press(Qt.Key.Key_K)
    assert page.say() == "Lay out has K now."
    page.close()
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_L)
    assert not laid_out(window)
    assert window.document.stack.count() == 0
    QTest.keyClick(window.canvas, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: laid_out(window))
    # The menu draws the key that its action has.
    action = window.canvas.actions_by_name["layout"]
    assert action in window.menus.menus["Graph"].actions()
    assert keys_of(window, "layout") == ["K"]
    window.show_keys()
    (sheet,) = window.findChildren(ShortcutSheet)
    assert ("Lay out", "K") in sheet.commands.shown()
    sheet.close()
    window.show_commands()
    (palette,) = window.findChildren(CommandPalette)
    QTest.keyClicks(palette.field, "lay out")
    rows = [palette.list.item(i).text() for i in range(palette.list.count())]
    assert "Lay out    K" in rows
    palette.close()
    again = open_window(heap())
    assert keys_of(again, "layout") == ["K"]
    again.canvas.setFocus()
    QTest.keyClick(again.canvas, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: laid_out(again))


def test_a_key_in_use_is_asked_about(open_window: Open) -> None:
    window = open_window(heap())
    page = Page(window)
    page.click("Mute")
    page.press(Qt.Key.Key_L)
    assert page.say() == "L is Lay out; use it here and leave that without a key?"
    assert keys_of(window, "mute") == ["M"]
    page.link("Leave it there")
    assert (keys_of(window, "mute"), keys_of(window, "layout")) == (["M"], ["L"])
    page.click("Mute")
    page.press(Qt.Key.Key_L)
    page.link("Use it here")
    assert (keys_of(window, "mute"), keys_of(window, "layout")) == (["L"], [])
    page.click("Mute")
    page.press(Qt.Key.Key_Backspace)
    assert page.say() == "Backspace is Delete; use it here and leave that with Del?"
    page.link("Use it here")
    # The layout gets back what nobody else has now.
    assert keys_of(window, "layout") == ["L"]
    assert keys_of(window, "delete") == ["Del"]
    page.close()


def test_one_key_more_none_and_back_again(open_window: Open) -> None:
    window = open_window(heap())
    page = Page(window)
    page.click("Lay out")
    page.press(Qt.Key.Key_Escape)
    assert page.page.recording is None
    assert page.page.isVisible()
    QTest.mouseClick(page.page.another, LEFT)
    page.press(Qt.Key.Key_L, CTRL)
    assert keys_of(window, "layout") == ["L", "Ctrl+L"]
    QTest.mouseClick(page.page.none, LEFT)
    assert keys_of(window, "layout") == []
    assert page.say() == "Lay out has no key now."
    QTest.mouseClick(page.page.reset, LEFT)
    assert keys_of(window, "layout") == ["L"]
    page.click("Run")
    page.press(Qt.Key.Key_F5)
    page.click("Add a node …")
    page.press(Qt.Key.Key_Tab, CTRL)
    QTest.mouseClick(page.page.reset_all, LEFT)
    assert keys_of(window, "run") == ["Ctrl+Return"]
    page.link("Take that back")
    assert keys_of(window, "run") == ["F5"]
    assert keys_of(window, "add") == ["Ctrl+Tab"]
    QTest.mouseClick(page.page.reset_all, LEFT)
    page.close()
    assert keys_of(open_window(), "run") == ["Ctrl+Return"]


def test_a_key_that_is_no_command_is_kept(open_window: Open) -> None:
    window = open_window(heap())
    page = Page(window)
    page.click("Mute")
    page.press(Qt.Key.Key_Space)
    assert page.say().endswith("and does so always: press another key.")
    assert keys_of(window, "mute") == ["M"]
    page.close()


def test_tab_is_a_key_too(open_window: Open) -> None:
    window = open_window(heap())
    page = Page(window)
    page.click("Mute")
    page.press(Qt.Key.Key_Tab)
    assert page.say() == "Tab is Add a node; use it here and leave that without a key?"
    page.close()


def test_the_filter_finds_words_and_keys(open_window: Open) -> None:
    page = Page(open_window())
    QTest.keyClicks(page.page.commands.field, "ctrl+shift+p")
    assert page.page.commands.shown() == [("Every command", "Ctrl+Shift+P")]
    page.page.commands.field.clear()
    QTest.keyClicks(page.page.commands.field, "high contrast")
    assert page.page.commands.shown() == [("High contrast", "")]
    page.close()


def test_by_keyboard_alone(open_window: Open) -> None:
    window = open_window(heap())
    page = Page(window)
    QTest.keyClicks(page.page.commands.field, "lay out")
    page.page.tree.setFocus()
    page.page.tree.setCurrentItem(page.row("Lay out"))
    QTest.keyClick(page.page.tree, Qt.Key.Key_Return)
    page.press(Qt.Key.Key_F9)
    assert keys_of(window, "layout") == ["F9"]
    assert page.page.isVisible()
    page.close()


def test_tooltips_and_the_start_page_follow(open_window: Open) -> None:
    window = open_window()
    assert window.toolbar.buttons["run"].toolTip() == "Train (Ctrl+Enter)"
    page = Page(window)
    page.click("Run")
    page.press(Qt.Key.Key_F5)
    page.click("Add a node …")
    page.press(Qt.Key.Key_A)
    page.close()
    assert window.toolbar.buttons["run"].toolTip() == "Train (F5)"
    assert window.start.layer.keys == "A"
    assert window.start.layer.accessibleDescription().endswith("A")


def test_a_letter_in_a_field_stays_a_letter(open_window: Open) -> None:
    """Also where the letter is a command of the whole window."""
    window = open_window(heap())
    page = Page(window)
    page.click("Reset the layout")
    page.press(Qt.Key.Key_R)
    page.click("Code")
    page.press(Qt.Key.Key_E)
    page.close()
    field = window.palette_panel.search
    field.setFocus()
    before = window.bottom.current
    assert before != "code"
    QTest.keyClicks(field, "relu")
    assert field.text() == "relu"
    assert window.bottom.current == before
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_E)
    assert window.bottom.current == "code"


def test_what_the_file_says_wrongly_is_told_and_left_out(open_window: Open, own_home: Path) -> None:
    keys = {
        "warp": ["W"],
        "canvas.layout": ["K"],
        "canvas.mute": "N",
        "canvas.collapse": ["Foo"],
        "canvas.frame": ["K"],
        "run": ["Space"],
    }
    (own_home / "window.json").write_text(json.dumps({"theme": "dark", "keys": keys}))
    window = open_window(begin=True)
    (sentence,) = (t.text() for t in window.toasts.visible() if "keys" in t.text())
    assert sentence == (
        "Some keys that you chose were left out: there is no command warp; Mute has no list of "
        "keys; Foo is no key for Collapse to the header; the key of Frame the selection is "
        "another command's too; Space is no key for Run."
    )
    assert keys_of(window, "layout") == ["K"]
    assert keys_of(window, "mute") == ["M"]
    assert keys_of(window, "collapse") == ["H"]
    assert keys_of(window, "frame") == ["F"]
    assert keys_of(window, "run") == ["Ctrl+Return"]
    page = Page(window)
    page.click("Mute")
    page.press(Qt.Key.Key_N)
    page.close()
    kept = json.loads((own_home / "window.json").read_text())["keys"]
    assert kept == {"warp": ["W"], "canvas.layout": ["K"], "canvas.mute": ["N"]}


@pytest.mark.parametrize("keys", ["7", '"L"', "[1]", "null"])
def test_keys_that_are_no_table(open_window: Open, own_home: Path, keys: str) -> None:
    (own_home / "window.json").write_text(f'{{"keys": {keys}}}')
    assert keys_of(open_window(), "layout") == ["L"]


def test_the_sheet_leads_to_the_page(open_window: Open) -> None:
    window = open_window(heap())
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Question)
    (sheet,) = window.findChildren(ShortcutSheet)
    QTest.mouseClick(sheet.change, LEFT)
    (page,) = window.findChildren(KeysPage)
    assert page.isVisible()
    page.close()


def test_every_command_of_the_window_is_listed(open_window: Open) -> None:
    window = open_window()
    page = Page(window)
    named = {a.objectName() for a in (*window.menus.by_name.values(), *window.canvas.actions())}
    rows = list(page.page.commands.rows())
    assert named <= {page.page._name(row) for row in rows}
    assert len(rows) == len({page.page._name(row) for row in rows})
    page.close()

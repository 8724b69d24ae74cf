"""The command palette: every command by its name, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from netbuilder.app.command_palette import CommandPalette


class Desk:
    """A window with a few commands that note what was done."""

    def __init__(self, window: QMainWindow) -> None:
        self.window = window
        self.done: list[str] = []
        self.actions: list[QAction] = []
        for text, keys in (("Run", "Ctrl+Return"), ("Zoom in", ""), ("&Zoom out", "Ctrl+-")):
            action = QAction(text, window)
            action.setShortcut(QKeySequence(keys))
            action.triggered.connect(lambda _=False, t=text: self.done.append(t))
            self.actions.append(action)
        self.palette: CommandPalette | None = None

    def open(self) -> CommandPalette:
        self.palette = CommandPalette(self.window, self.actions)
        self.palette.open()
        return self.palette

    def texts(self) -> list[str]:
        assert self.palette is not None
        rows = self.palette.list
        return [rows.item(i).text().split("    ")[0] for i in range(rows.count())]


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(1000, 700)
    window.show()
    qtbot.waitExposed(window)
    yield Desk(window)
    QApplication.sendPostedEvents(None, 0)


def test_typing_narrows_and_enter_does_it(desk: Desk) -> None:
    palette = desk.open()
    assert desk.texts() == ["Run", "Zoom in", "Zoom out"]
    QTest.keyClicks(palette.field, "OUT zoo")
    assert desk.texts() == ["Zoom out"]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert desk.done == ["&Zoom out"]


def test_arrows_choose_and_go_round(desk: Desk) -> None:
    palette = desk.open()
    QTest.keyClicks(palette.field, "zoom")
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Up)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert desk.done == ["&Zoom out"]


def test_a_click_does_it(desk: Desk) -> None:
    palette = desk.open()
    place = palette.list.visualItemRect(palette.list.item(1)).center()
    QTest.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert desk.done == ["Zoom in"]


def test_nothing_found_does_nothing(desk: Desk) -> None:
    palette = desk.open()
    QTest.keyClicks(palette.field, "teleport")
    assert desk.texts() == []
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert desk.done == []


def test_escape_closes_it(desk: Desk, qtbot: QtBot) -> None:
    palette = desk.open()
    with qtbot.waitSignal(palette.destroyed, timeout=2000):
        QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert desk.done == []


def test_keys_are_shown_beside_the_names(desk: Desk) -> None:
    palette = desk.open()
    assert palette.list.item(0).text().endswith("Ctrl+Enter")
    assert palette.geometry().right() <= desk.window.geometry().right()
    palette.close()

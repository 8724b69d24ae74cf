"""The tabs below the canvas."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from netbuilder.app.bottom import Bottom

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bottom(qtbot: QtBot) -> Bottom:
    made = Bottom()
    qtbot.addWidget(made)
    for name in ("train", "problems", "runs"):
        made.add(name, name, name.capitalize(), QLabel(name))
    made.resize(900, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_click_on_a_tab_brings_its_panel(bottom: Bottom, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bottom.shown, timeout=1000) as shown:
        QTest.mouseClick(bottom.tabs, LEFT, pos=bottom.tabs.tabRect(1).center())
    assert shown.args == ["problems"]
    assert bottom.current == "problems"
    assert bottom.stack.currentWidget().text() == "problems"


def test_tabs_by_keyboard(bottom: Bottom) -> None:
    bottom.tabs.setFocus()
    QTest.keyClick(bottom.tabs, Qt.Key.Key_Right)
    QTest.keyClick(bottom.tabs, Qt.Key.Key_Right)
    assert bottom.current == "runs"


def test_a_panel_by_name(bottom: Bottom) -> None:
    assert bottom.names == ("train", "problems", "runs")
    bottom.show_panel("runs")
    assert bottom.stack.currentWidget().text() == "runs"


def test_a_badge_counts(bottom: Bottom) -> None:
    bottom.set_badge("problems", 3)
    assert bottom.tabs.tabText(1) == "Problems  3"
    bottom.set_badge("problems", 0)
    assert bottom.tabs.tabText(1) == "Problems"


def test_enlarging_is_told(bottom: Bottom, qtbot: QtBot) -> None:
    with qtbot.waitSignal(bottom.enlarged, timeout=1000) as told:
        QTest.mouseClick(bottom.enlarge, LEFT)
    assert told.args == [True]

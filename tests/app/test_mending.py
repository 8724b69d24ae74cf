"""Ctrl+. mends what one looks at, in one step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.app.window import MainWindow
from netbuilder.building import Network
from netbuilder.graph import Node, Project

pytestmark = pytest.mark.slow
CTRL = Qt.KeyboardModifier.ControlModifier


def key(key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(QApplication.focusWidget(), key, keys)


def skips() -> Project:
    """An Add of branches that differ (several fixes), and a loss that lacks outputs (one)."""
    net = Network("skips")
    data = net.digits(id="data")
    x = net.conv2d(data.image, out_channels=6, id="left")
    y = net.conv2d(data.image, out_channels=4, id="right")
    bad = net.add(x, y, id="bad")
    net.output(bad)
    z = net.linear(net.flatten(data.image), out_features=3, id="head")
    net.cross_entropy(z, data.label, id="loss_1")
    return net.project()


@pytest.fixture
def window(open_window: Callable[..., MainWindow]) -> MainWindow:
    return open_window(skips())


def messages(window: MainWindow, node: str) -> set[str]:
    return {p.message for p in window.document.check.problems if p.node == node}


def test_the_only_fix_of_the_selected_node_is_applied(window: MainWindow) -> None:
    window.canvas.select(["loss_1"])
    window.canvas.setFocus()
    key(Qt.Key.Key_Period, CTRL)
    assert window.document.stack.undoText() == "Give head 10 outputs"
    assert window.document.stack.count() == 1
    assert window.document.project.graph["head"].params["out_features"] == 10
    assert messages(window, "loss_1") == set()
    window.document.undo()
    assert window.document.project.graph == skips().graph
    assert messages(window, "loss_1")


def test_of_several_fixes_a_figure_in_a_small_menu_chooses(window: MainWindow) -> None:
    window.canvas.select(["bad"])
    window.canvas.setFocus()
    key(Qt.Key.Key_Period, CTRL)
    menu = window.mending.menu
    assert menu is not None
    labels = [a.text()[4:] for a in menu.actions()]
    problem = next(p for p in window.document.check.problems if p.node == "bad")
    assert labels == [f.label for f in problem.fixes]
    assert len(labels) > 1
    assert window.document.stack.count() == 0
    QTest.keyClick(menu, Qt.Key.Key_2)
    assert window.document.stack.undoText() == labels[1]
    assert window.document.stack.count() == 1
    assert messages(window, "bad") == set()


def test_escape_in_the_menu_leaves_all_as_it_is(window: MainWindow) -> None:
    window.canvas.select(["bad"])
    window.canvas.setFocus()
    key(Qt.Key.Key_Period, CTRL)
    assert window.mending.menu is not None
    QTest.keyClick(window.mending.menu, Qt.Key.Key_Escape)
    assert window.document.stack.count() == 0


def test_in_the_list_the_current_row_is_mended(window: MainWindow) -> None:
    window.bottom.show_panel("problems")
    rows = window.problems.model
    row = next(r for r in range(rows.rowCount()) if rows.problem(rows.index(r)).node == "loss_1")
    window.problems.list.setCurrentIndex(rows.index(row))
    window.problems.list.setFocus()
    window.canvas.select(["bad"])
    key(Qt.Key.Key_Period, CTRL)
    assert window.document.stack.undoText() == "Give head 10 outputs"


def test_where_nothing_is_wrong_it_says_so(window: MainWindow) -> None:
    told: list[str] = []
    window.canvas.refused.connect(told.append)
    window.canvas.select(["left"])
    window.canvas.setFocus()
    key(Qt.Key.Key_Period, CTRL)
    assert told == ["Nothing is wrong with what is selected."]
    assert window.document.stack.count() == 0


def test_what_has_no_remedy_is_said_in_one_sentence(
    open_window: Callable[..., MainWindow],
) -> None:
    project = skips()
    graph = project.graph.add(Node("odd", "from_a_plugin"))
    window = open_window(project.with_graph(graph))
    told: list[str] = []
    window.canvas.refused.connect(told.append)
    window.canvas.select(["odd"])
    window.canvas.setFocus()
    key(Qt.Key.Key_Period, CTRL)
    assert told[0].startswith("This has no remedy of one click: from_a_plugin")


def test_the_palette_begins_with_what_usually_follows(window: MainWindow) -> None:
    model = window.palette_panel.model
    assert model.index(0, 0).data() == "Data"
    window.canvas.select(["left"])
    first = model.index(0, 0)
    assert first.data() == "Usually next"
    assert model.index(0, 0, first).data() in ("Batch norm", "ReLU")
    window.canvas.select(["left", "right"])
    assert model.index(0, 0).data() == "Data"

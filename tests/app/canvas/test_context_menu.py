"""The menus under the right button: what they list, with its keys, and that they do it."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent, framed

CTRL = Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton
EDGE = Edge("flatten_1", "y", "linear_1", "x")


def ask(canvas, at: QPoint) -> QMenu:
    """The right button pressed at a point, as the window system tells it."""
    viewport = canvas.view.viewport()
    canvas.press(at, button=RIGHT)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(viewport, QContextMenuEvent(reason, at, viewport.mapToGlobal(at)))
    canvas.release(at, button=RIGHT)
    return next(m for m in canvas.view.findChildren(QMenu) if m.isVisible())


def at_wire(canvas, edge: Edge) -> QPoint:
    at = canvas.scene.wires[edge].path().pointAtPercent(0.5)
    return canvas.pixel(at.x(), at.y())


def keys(menu: QMenu) -> dict[str, str]:
    """Words and what stands at the right of them, of every row that can be chosen."""
    found = {}
    for action in menu.actions():
        words, _, gesture = action.text().partition("\t")
        if not action.isSeparator() and action.menu() is None:
            if action.isShortcutVisibleInContextMenu():
                gesture = gesture or action.shortcut().toString()
            found[words] = gesture
    return found


def choose(menu: QMenu, words: str) -> None:
    """Click a row."""
    row = next(a for a in menu.actions() if a.text().partition("\t")[0] == words)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(row).center())


def test_the_menu_of_a_node_lists_the_keys(canvas):
    menu = ask(canvas, canvas.head("relu_1"))
    assert canvas.view.selected == ("relu_1",)
    listed = keys(menu)
    assert all(listed.values()), [words for words, key in listed.items() if not key]
    for words, key in {
        "Open the node": "Return",
        "Rename": "F2",
        "Duplicate": "Ctrl+D",
        "Mute": "M",
        "Delete and reconnect": "Ctrl+Del",
        "Select downstream": "]",
    }.items():
        assert listed[words] == key
    with canvas.one_step():
        choose(menu, "Delete and reconnect")
    assert Edge("conv2d_1", "y", "conv2d_2", "x") in canvas.graph.edges


def test_the_keys_are_painted(canvas):
    """A row is wider by its key than its words alone."""
    wide = ask(canvas, canvas.head("relu_1"))
    width = wide.sizeHint().width()
    wide.close()
    for action in canvas.view.actions_by_name.values():
        action.setShortcutVisibleInContextMenu(False)
    narrow = ask(canvas, canvas.head("relu_1"))
    assert narrow.sizeHint().width() < width - 20
    narrow.close()


def test_of_several_nodes_it_lines_them_up(canvas):
    canvas.view.select(["linear_1", "output_1"])
    menu = ask(canvas, canvas.head("linear_1"))
    assert set(canvas.view.selected) == {"linear_1", "output_1"}
    listed = keys(menu)
    assert listed["Align top"] == "Shift+T"
    assert listed["Connect the selected nodes"] == "J"
    with canvas.one_step():
        choose(menu, "Align top")
    assert canvas.graph["output_1"].position == (352, 200)


def test_the_menu_of_a_port(canvas):
    menu = ask(canvas, canvas.port("relu_1", "y", True))
    assert keys(menu) == {"Take off the wires": "Alt+Click", "Add a node here …": "Drag"}
    with canvas.one_step():
        choose(menu, "Take off the wires")
    assert not canvas.graph.outgoing["relu_1"]
    menu = ask(canvas, canvas.port("relu_1", "y", True))
    with canvas.one_step():
        choose(menu, "Add a node here …")
        canvas.type("tanh")
        canvas.key(Qt.Key.Key_Return)
    assert Edge("relu_1", "y", "tanh_1", "x") in canvas.graph.edges


def test_the_menu_of_a_wire(canvas):
    menu = ask(canvas, at_wire(canvas, EDGE))
    assert canvas.scene.chosen == {EDGE}
    assert keys(menu) == {"Bend it here": "Alt+Click", "Delete": "Del"}
    with canvas.one_step():
        choose(menu, "Bend it here")
    assert len(canvas.graph.bends[EDGE]) == 1
    canvas.document.undo()
    with canvas.one_step():
        choose(ask(canvas, at_wire(canvas, EDGE)), "Delete")
    assert EDGE not in canvas.graph.edges


def test_the_menus_of_a_bend_and_of_a_frame(canvas):
    graph, _ = framed(bent(canvas.graph, EDGE, [(160, 260)]), (504, 200, 240, 120))
    canvas.document.edit_graph("Draw", graph)
    menu = ask(canvas, canvas.pixel(160, 260))
    assert keys(menu) == {"Remove the bend": "Double-click"}
    with canvas.one_step():
        choose(menu, "Remove the bend")
    assert not canvas.graph.bends
    menu = ask(canvas, canvas.pixel(600, 210))
    assert keys(menu) == {"Rename": "F2", "Delete": "Del"}
    with canvas.one_step():
        choose(menu, "Delete")
    assert not canvas.graph.frames


def test_the_menu_of_the_canvas(canvas):
    menu = ask(canvas, canvas.pixel(700, 420))
    listed = keys(menu)
    assert all(listed.values())
    assert listed["Paste"] == "Ctrl+V"
    assert listed["Minimap"] == "Alt+M"
    leave = canvas.view.actions_by_name["leave"]
    assert not leave.isEnabled()  # this is the top
    with canvas.no_step():
        choose(menu, "Select all")
    assert len(canvas.view.selected) == len(canvas.graph)
    assert leave.isEnabled()


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_1])
def test_its_keys_are_its_own(canvas, key):
    menu = ask(canvas, canvas.head("relu_1"))
    with canvas.no_step():
        QTest.keyClick(menu, key)
        QTest.keyClick(menu, Qt.Key.Key_D, CTRL)
        assert menu.isVisible()
        QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Down)
        assert menu.activeAction().shortcut() == QKeySequence("F2")
        QTest.keyClick(menu, Qt.Key.Key_Return)
    assert canvas.view.renaming is not None


def test_every_row_of_every_menu_is_a_command_or_a_gesture(canvas):
    """Nothing is in a menu alone: what has no key names the gesture that does it."""
    places = [
        canvas.head("relu_1"),
        canvas.port("relu_1", "x"),
        at_wire(canvas, EDGE),
        canvas.view.mapFromScene(QPointF(700, 420)),
    ]
    for at in places:
        menu = ask(canvas, at)
        assert all(keys(menu).values())
        menu.close()

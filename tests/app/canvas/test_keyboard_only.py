"""Everything the mouse does, without one."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from netbuilder.app.canvas.ink import ink
from netbuilder.graph import Edge, Node

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def asked(canvas) -> QMenu:
    menu = canvas.view.connecting.menu
    assert menu is not None
    assert menu.isVisible()
    return menu


def rows(menu: QMenu) -> list[str]:
    return [action.text()[4:] for action in menu.actions()]


def add(canvas, *nodes: Node) -> None:
    canvas.document.edit_graph("Add", canvas.graph.add(*nodes))


# --- walking ------------------------------------------------------------------------------


def test_the_first_step_goes_onto_the_canvas(canvas):
    canvas.view.select([])
    canvas.key(Qt.Key.Key_Right, ALT)
    assert canvas.view.selected == ("digits_1",)
    assert canvas.view.walking.current == "digits_1"


def test_without_a_wire_it_is_what_stands_beside(canvas):
    add(
        canvas,
        Node("tanh_1", "tanh", position=(900, 480)),
        Node("gelu_1", "gelu", position=(1100, 480)),
    )
    canvas.view.select(["tanh_1"])
    canvas.key(Qt.Key.Key_Right, ALT)
    assert canvas.view.selected == ("gelu_1",)
    canvas.key(Qt.Key.Key_Left, ALT)
    assert canvas.view.selected == ("tanh_1",)


def test_with_shift_what_was_selected_stays(canvas):
    canvas.view.select(["conv2d_1"])
    canvas.key(Qt.Key.Key_Right, ALT | SHIFT)
    assert set(canvas.view.selected) == {"conv2d_1", "relu_1"}
    assert canvas.view.walking.current == "relu_1"
    canvas.key(Qt.Key.Key_Right, ALT | SHIFT)
    assert set(canvas.view.selected) == {"conv2d_1", "relu_1", "conv2d_2"}
    canvas.key(Qt.Key.Key_Right, ALT)
    assert canvas.view.selected == ("add_1",)


def test_every_node_can_be_reached(canvas):
    add(
        canvas,
        Node("tanh_1", "tanh", position=(60, 520)),
        Node("gelu_1", "gelu", position=(700, 90)),
    )
    reached, frontier = {"digits_1"}, ["digits_1"]
    while frontier:
        here = frontier.pop()
        for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            canvas.view.select([here])
            canvas.key(key, ALT)
            for node_id in canvas.view.selected:
                if node_id not in reached:
                    reached.add(node_id)
                    frontier.append(node_id)
    assert reached == set(canvas.graph.nodes)


def test_where_the_keyboard_is_has_a_dashed_ring(canvas):
    assert ink().ring_focus.dashPattern() == [2.0, 1.0]  # 4 2 with a pen of 2
    canvas.view.select(["conv2d_1"])
    box = canvas.scene.nodes["relu_1"].box
    canvas.view.camera.set_zoom(1.0)
    canvas.view.camera.show(box)

    def ring(colour: str) -> int:
        picture = canvas.view.viewport().grab().toImage()
        left, y = canvas.pixel(box.left() + 12, box.top() - 3).toTuple()
        return sum(picture.pixelColor(left + x, y).name() == colour for x in range(60))

    canvas.view.select(["relu_1"])
    accent = ink().accent.name()
    whole = ring(accent)
    assert whole == 60
    canvas.key(Qt.Key.Key_Right, ALT)
    canvas.key(Qt.Key.Key_Left, ALT)
    assert canvas.view.selected == ("relu_1",)
    assert 20 < ring(accent) < 55


# --- wires --------------------------------------------------------------------------------


def test_where_several_ports_fit_a_menu_asks(canvas):
    add(
        canvas,
        Node("lstm_1", "lstm", {"hidden_size": 8}, (200, 500)),
        Node("linear_2", "linear", position=(420, 500)),
        Node("reshape_1", "reshape", {"sizes": (8, 8)}, (0, 500)),
    )
    graph = canvas.graph.connect(
        Edge("digits_1", "image", "reshape_1", "x"), Edge("reshape_1", "y", "lstm_1", "x")
    )
    canvas.document.edit_graph("Wire", graph)
    canvas.view.select(["lstm_1", "linear_2"])
    canvas.key(Qt.Key.Key_J)
    menu = asked(canvas)
    # Behind the two usual ones come the states.
    assert [row.split("   ")[0] for row in rows(menu)][:2] == ["y → x", "last → x"]
    assert "B × 8 × 8" in rows(menu)[0]
    with canvas.one_step():
        QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
    assert Edge("lstm_1", "last", "linear_2", "x") in canvas.graph.edges
    assert canvas.graph.incoming["linear_2"] == (Edge("lstm_1", "last", "linear_2", "x"),)


def test_escape_leaves_the_wires_as_they_are_and_a_figure_chooses(canvas):
    add(canvas, Node("accuracy_1", "accuracy", position=(600, 500)))
    canvas.view.select(["linear_1", "accuracy_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_J)  # only one port takes a vector of scores
    assert canvas.graph.incoming["accuracy_1"][0].target_port == "logits"
    canvas.view.select(["linear_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_J, SHIFT)
        QTest.keyClick(asked(canvas), Qt.Key.Key_Escape)
    canvas.key(Qt.Key.Key_J, SHIFT)
    menu = asked(canvas)
    assert rows(menu)[0] == "x from flatten_1"
    with canvas.one_step():
        QTest.keyClick(menu, Qt.Key.Key_1)
    assert canvas.graph.incoming["linear_1"] == ()


def test_a_free_port_is_taken_before_one_that_has_a_wire(canvas):
    add(
        canvas,
        Node("multihead_attention_1", "multihead_attention", position=(900, 480)),
        Node("embedding_1", "embedding", position=(700, 480)),
    )
    first = Edge("embedding_1", "y", "multihead_attention_1", "query")
    canvas.document.edit_graph("Wire", canvas.graph.connect(first))
    canvas.view.select(["embedding_1", "multihead_attention_1"])
    canvas.key(Qt.Key.Key_J)
    offered = [row.split(" → ")[1].split(" ")[0] for row in rows(asked(canvas))]
    assert offered[:2] == ["key", "value"]
    assert "query" not in offered
    QTest.keyClick(asked(canvas), Qt.Key.Key_Escape)


def test_wires_between_selected_nodes_come_off_together(canvas):
    canvas.view.select(["relu_1", "conv2d_2", "add_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_J, SHIFT)
    ids = {"relu_1", "conv2d_2", "add_1"}
    assert not [e for e in canvas.graph.edges if {e.source, e.target} <= ids]
    with canvas.no_step():
        canvas.key(Qt.Key.Key_J, SHIFT)
    assert canvas.refusals == ["There is no wire between these nodes."]


def test_the_only_wire_of_a_node_comes_off_at_once(canvas):
    canvas.view.select(["output_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_J, SHIFT)
    assert canvas.graph.incoming["output_1"] == ()


# --- the rest -----------------------------------------------------------------------------


def test_a_network_by_keys_alone(canvas, qapp):
    """Tab adds behind the selected node, wired; so a chain needs no pointer at all."""
    canvas.document.edit_graph("Clear", canvas.graph.remove(canvas.graph.nodes))
    canvas.view.setFocus()
    for name in ("digits", "flatten", "linear", "cross-entropy"):
        canvas.key(Qt.Key.Key_Tab)
        canvas.type(name)
        canvas.key(Qt.Key.Key_Return)
    kinds = [node.kind for node in canvas.graph]
    assert kinds == ["digits", "flatten", "linear", "cross_entropy"]
    assert len(canvas.graph.edges) == 3
    # The label: from the data to the loss, with what stands between left alone.
    canvas.view.select(["digits_1", "cross_entropy_1"])
    canvas.key(Qt.Key.Key_J)
    if canvas.view.connecting.menu is not None and canvas.view.connecting.menu.isVisible():
        QTest.keyClick(canvas.view.connecting.menu, Qt.Key.Key_1)
    assert Edge("digits_1", "label", "cross_entropy_1", "label") in canvas.graph.edges


@pytest.mark.parametrize(("key", "dx", "dy"), [(Qt.Key.Key_Right, 64, 0), (Qt.Key.Key_Up, 0, -64)])
def test_with_nothing_selected_the_arrows_move_the_view(canvas, key, dx, dy):
    canvas.view.select([])
    before = canvas.view.camera.seen.topLeft()
    with canvas.no_step():
        canvas.key(key)
    moved = (canvas.view.camera.seen.topLeft() - before) * canvas.view.camera.scale
    assert abs(moved.x() - dx) < 1.5
    assert abs(moved.y() - dy) < 1.5


def test_the_menu_key_opens_the_menu_of_the_node(canvas, qapp):
    canvas.view.select(["relu_1"])
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(2, 2), QPoint(2, 2))
    QApplication.sendEvent(canvas.view, event)
    menu = next(m for m in canvas.view.findChildren(QMenu) if m.isVisible())
    assert canvas.view.actions_by_name["rename"] in menu.actions()
    box = canvas.view.mapFromScene(canvas.scene.nodes["relu_1"].box).boundingRect()
    assert box.contains(canvas.view.viewport().mapFromGlobal(menu.pos()))
    menu.close()

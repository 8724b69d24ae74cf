"""Commands by key, each one step."""

import json
import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from netbuilder.app.canvas.context_menu import menu_at
from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.command_table import CANVAS
from netbuilder.graph import Edge

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


def test_every_action_has_words_and_keys_that_no_other_has(canvas):
    actions = canvas.view.actions_by_name
    assert actions.keys() == CANVAS.keys()
    keys = [key.toString() for action in actions.values() for key in action.shortcuts()]
    assert all(keys)
    assert len(keys) == len(set(keys))
    assert all(action.text() for action in actions.values())
    assert all(action in canvas.view.actions() for action in actions.values())


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_delete_removes_nodes_with_their_wires(canvas, key):
    canvas.view.select(["relu_1", "output_1"])
    with canvas.one_step():
        canvas.key(key)
    assert "relu_1" not in canvas.graph
    assert all("relu_1" not in (e.source, e.target) for e in canvas.graph.edges)
    assert canvas.document.stack.undoText() == "Delete 2 nodes"


def test_delete_removes_a_selected_wire_alone(canvas):
    edge = Edge("flatten_1", "y", "linear_1", "x")
    canvas.scene.select((), [edge])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Delete)
    assert edge not in canvas.graph.edges
    assert len(canvas.graph) == 9


def test_delete_with_nothing_selected_is_no_step(canvas):
    with canvas.no_step():
        canvas.key(Qt.Key.Key_Delete)


def test_delete_and_reconnect_bridges_the_gap(canvas):
    canvas.view.select(["relu_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Delete, CTRL)
    edges = canvas.graph.edges
    assert Edge("conv2d_1", "y", "conv2d_2", "x") in edges
    assert Edge("conv2d_1", "y", "add_1", "x") in edges


def test_copy_and_paste_under_fresh_ids_at_the_pointer(canvas):
    canvas.view.select(["linear_1", "output_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_C, CTRL)
    canvas.move(canvas.pixel(700, 400))
    with canvas.one_step():
        canvas.key(Qt.Key.Key_V, CTRL)
        assert set(canvas.view.selected) == {"linear_2", "output_2"}
    assert Edge("linear_2", "y", "output_2", "x") in canvas.graph.edges
    assert canvas.graph["linear_2"].params == canvas.graph["linear_1"].params
    middle = canvas.scene.bounds(["linear_2", "output_2"]).center()
    assert abs(middle.x() - 700) <= 8
    assert abs(middle.y() - 400) <= 8


def test_cut_and_paste_brings_the_nodes_back(canvas):
    canvas.view.select(["linear_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_X, CTRL)
    assert "linear_1" not in canvas.graph
    canvas.key(Qt.Key.Key_V, CTRL)
    assert canvas.graph["linear_1"].params == {"out_features": 10}


@pytest.mark.parametrize("text", ["Dear Sir or Madam", "{}", '{"version": 1', "[1, 2]", "  "])
def test_foreign_text_is_refused_in_one_sentence(canvas, text):
    QGuiApplication.clipboard().setText(text)
    with canvas.no_step():
        canvas.key(Qt.Key.Key_V, CTRL)
    assert len(canvas.refusals) == 1
    assert "clipboard" in canvas.refusals[0]


def test_duplicate_keeps_inner_wires_and_with_shift_the_inputs(canvas):
    canvas.view.select(["linear_1", "output_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_D, CTRL)
    assert Edge("linear_2", "y", "output_2", "x") in canvas.graph.edges
    assert not canvas.graph.incoming["linear_2"]
    canvas.view.select(["linear_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_D, CTRL | SHIFT)
    assert Edge("flatten_1", "y", "linear_3", "x") in canvas.graph.edges


def test_select_all_invert_and_along_the_wires(canvas):
    canvas.key(Qt.Key.Key_A, CTRL)
    assert set(canvas.view.selected) == set(canvas.graph.nodes)
    canvas.view.select(["linear_1"])
    canvas.key(Qt.Key.Key_I, CTRL)
    assert set(canvas.view.selected) == set(canvas.graph.nodes) - {"linear_1"}
    canvas.view.select(["linear_1"])
    canvas.key(Qt.Key.Key_BracketRight)
    assert set(canvas.view.selected) == {"linear_1", "cross_entropy_1", "output_1"}
    canvas.view.select(["relu_1"])
    canvas.key(Qt.Key.Key_BracketLeft)
    assert set(canvas.view.selected) == {"digits_1", "conv2d_1", "relu_1"}


def test_alt_arrows_walk_along_the_wires(canvas):
    canvas.view.select(["conv2d_1"])
    canvas.key(Qt.Key.Key_Right, ALT)
    assert canvas.view.selected == ("relu_1",)
    canvas.key(Qt.Key.Key_Left, ALT)
    assert canvas.view.selected == ("conv2d_1",)
    canvas.key(Qt.Key.Key_Down, ALT)
    assert canvas.view.selected == ("linear_1",)


def test_f_frames_the_selection_and_home_all(canvas):
    canvas.view.select(["output_1"])
    canvas.key(Qt.Key.Key_F)
    seen = canvas.view.camera.seen
    assert (seen.center() - canvas.scene.nodes["output_1"].box.center()).manhattanLength() < 3
    canvas.key(Qt.Key.Key_Home)
    assert canvas.view.camera.seen.contains(canvas.scene.bounds())


def test_f_frames_everything_if_nothing_is_selected(canvas):
    canvas.view.centerOn(3000, 3000)
    canvas.view.select([])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_F)
    assert canvas.view.camera.seen.contains(canvas.scene.bounds())


def test_what_is_copied_is_json_and_says_what_it_is(canvas):
    canvas.view.select(["linear_1", "output_1"])
    canvas.key(Qt.Key.Key_C, CTRL)
    held = json.loads(QGuiApplication.clipboard().text())
    assert {"linear_1", "output_1"} <= set(re.findall(r"\w+_\d", json.dumps(held)))
    assert "relu_1" not in json.dumps(held)


def test_duplicated_nodes_lie_apart_from_the_originals_and_are_chosen(canvas):
    canvas.view.select(["linear_1", "output_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_D, CTRL)
        assert set(canvas.view.selected) == {"linear_2", "output_2"}
    boxes = {i: canvas.scene.nodes[i].box for i in canvas.graph.nodes}
    for old in ("linear_1", "output_1"):
        assert not boxes[old].intersects(boxes["linear_2"])
        assert not boxes[old].intersects(boxes["output_2"])


def test_escape_clears_the_selection(canvas):
    canvas.view.select(["relu_1"])
    canvas.key(Qt.Key.Key_Escape)
    assert canvas.view.selected == ()


def test_connect_wires_the_selected_nodes_in_a_row(canvas):
    graph, one = canvas.graph.create("linear", position=(500, 420))
    graph, two = graph.create("relu", position=(700, 420))
    canvas.document.edit_graph("Add", graph)
    canvas.view.select([one.id, two.id])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_J)
    assert Edge(one.id, "y", two.id, "x") in canvas.graph.edges


def test_connect_says_why_not(canvas):
    canvas.view.select(["linear_1", "output_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_J)
    assert canvas.refusals == ["This wire is already there."]


@pytest.mark.parametrize(
    ("key", "places"),
    [
        (Qt.Key.Key_L, {"linear_1": (176, 200), "output_1": (176, 336), "add_1": (176, 0)}),
        (Qt.Key.Key_T, {"linear_1": (176, 0), "output_1": (352, 0), "add_1": (704, 0)}),
        (Qt.Key.Key_H, {"linear_1": (176, 200), "output_1": (440, 336), "add_1": (704, 0)}),
        (Qt.Key.Key_V, {"linear_1": (176, 168), "output_1": (352, 336), "add_1": (704, 0)}),
    ],
    ids=["left", "top", "across", "down"],
)
def test_align_and_distribute(canvas, key, places):
    canvas.view.select(places)
    before = {i: n.position for i, n in canvas.graph.nodes.items()}
    with canvas.one_step():
        canvas.key(key, SHIFT)
    assert {i: n.position for i, n in canvas.graph.nodes.items()} == {**before, **places}


def test_one_node_has_nothing_to_align_with(canvas):
    canvas.view.select(["linear_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_L, SHIFT)


def test_letters_typed_into_a_field_are_letters(canvas):
    canvas.view.select(["output_1"])
    canvas.view.start_rename()
    with canvas.no_step():
        canvas.type("fj[]")
        canvas.key(Qt.Key.Key_Backspace)
        canvas.key(Qt.Key.Key_D, CTRL)
        assert canvas.view.renaming.text() == "fj["
        canvas.key(Qt.Key.Key_Escape)


def test_a_field_beside_the_canvas_keeps_its_letters(canvas, qtbot):
    field = QLineEdit()
    qtbot.addWidget(field)
    field.show()
    field.setFocus()
    canvas.view.select(["output_1"])
    with canvas.no_step():
        qtbot.keyClicks(field, "fj")
        qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == "f"


def test_f8_goes_from_problem_to_problem(canvas):
    canvas.document.edit_graph("Cut", canvas.graph.remove(edges=canvas.graph.incoming["linear_1"]))
    troubled = [i for i, item in canvas.scene.nodes.items() if item.face.problem]
    assert troubled
    for node_id in (*troubled, troubled[0]):
        canvas.key(Qt.Key.Key_F8)
        assert canvas.view.selected == (node_id,)


def test_menus_list_the_same_actions(canvas):
    box = canvas.scene.nodes["relu_1"].box
    menu = menu_at(canvas.view, box.center())
    assert canvas.view.selected == ("relu_1",)
    assert canvas.view.actions_by_name["duplicate"] in menu.actions()
    edge = Edge("flatten_1", "y", "linear_1", "x")
    menu = menu_at(canvas.view, canvas.scene.wires[edge].path().pointAtPercent(0.5))
    assert canvas.scene.chosen == {edge}
    assert canvas.view.actions_by_name["delete"] in menu.actions()
    menu = menu_at(canvas.view, canvas.view.mapToScene(canvas.pixel(700, 420)))
    assert canvas.view.actions_by_name["paste"] in menu.actions()
    menu = menu_at(canvas.view, canvas.scene.port_pos(PortRef("relu_1", "y", True)))
    with canvas.one_step():
        menu.actions()[0].trigger()
    assert not canvas.graph.outgoing["relu_1"]

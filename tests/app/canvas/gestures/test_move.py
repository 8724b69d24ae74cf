"""Selecting and dragging nodes."""

import pytest
from PySide6.QtCore import QPoint, Qt

from netbuilder.graph import Edge

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def test_a_click_selects_and_changes_nothing(canvas):
    with canvas.no_step():
        canvas.click(canvas.head("relu_1"))
    assert canvas.view.selected == ("relu_1",)


def test_shift_adds_and_ctrl_toggles(canvas):
    canvas.click(canvas.head("relu_1"))
    canvas.click(canvas.head("add_1"), SHIFT)
    assert set(canvas.view.selected) == {"relu_1", "add_1"}
    canvas.click(canvas.head("relu_1"), CTRL)
    assert canvas.view.selected == ("add_1",)
    canvas.click(canvas.head("relu_1"), CTRL)
    assert set(canvas.view.selected) == {"relu_1", "add_1"}


def test_a_click_on_one_of_several_selects_that_one(canvas):
    canvas.view.select(["relu_1", "add_1"])
    canvas.click(canvas.head("relu_1"))
    assert canvas.view.selected == ("relu_1",)


def test_a_drag_moves_the_node_onto_the_grid_as_one_step(canvas):
    start = canvas.head("output_1")
    with canvas.one_step():
        canvas.drag(start, start + QPoint(213, 45))
    assert canvas.graph["output_1"].position == (352 + 216, 336 + 48)
    assert canvas.document.stack.undoText() == "Move"


def test_wires_follow_before_the_button_is_up_and_the_graph_does_not(canvas):
    before = canvas.document.project
    start = canvas.head("output_1")
    canvas.carry(start, start + QPoint(216, 48))
    edge = Edge("linear_1", "y", "output_1", "x")
    end = canvas.scene.wires[edge].path().pointAtPercent(1)
    assert (end.x(), end.y()) == (352 + 216, 336 + 48 + 38)
    assert canvas.document.project is before
    canvas.release(start + QPoint(216, 48))
    assert canvas.document.project is not before


def test_the_whole_selection_moves_by_the_same_amount(canvas):
    canvas.view.select(["linear_1", "output_1"])
    start = canvas.head("linear_1")
    with canvas.one_step():
        canvas.drag(start, start + QPoint(16, 64))
    assert canvas.graph["linear_1"].position == (192, 264)
    assert canvas.graph["output_1"].position == (368, 400)
    assert canvas.document.stack.undoText() == "Move 2 nodes"


def test_a_node_is_drawn_to_the_row_of_another_and_a_line_says_so(canvas):
    start = canvas.head("output_1")
    items = len(canvas.scene.items())
    canvas.carry(start, start + QPoint(300, -139))
    assert canvas.scene.nodes["output_1"].y() == 200
    assert len(canvas.scene.items()) > items
    canvas.release(start + QPoint(300, -139))
    assert canvas.graph["output_1"].position[1] == 200


def test_with_snapping_off_it_goes_where_the_pointer_goes(canvas):
    canvas.view.actions_by_name["snap"].trigger()
    start = canvas.head("output_1")
    canvas.drag(start, start + QPoint(213, 45))
    assert canvas.graph["output_1"].position == (565, 381)


def test_escape_brings_everything_back_without_a_step(canvas):
    start = canvas.head("output_1")
    with canvas.no_step():
        canvas.carry(start, start + QPoint(213, 45))
        canvas.key(Qt.Key.Key_Escape)
    canvas.release(start + QPoint(213, 45))
    assert canvas.graph["output_1"].position == (352, 336)


def test_a_drag_back_to_where_it_was_is_no_step(canvas):
    start = canvas.head("output_1")
    with canvas.no_step():
        canvas.carry(start, start + QPoint(100, 45))
        canvas.move(start)
        canvas.release(start)


@pytest.fixture
def lone(canvas):
    graph, node = canvas.graph.create("batch_norm", position=(600, 400))
    canvas.document.edit_graph("Add", graph)
    return node.id


def wire_middle(canvas, edge):
    at = canvas.scene.wires[edge].path().pointAtPercent(0.5)
    return canvas.pixel(at.x(), at.y())


def test_a_lone_node_dropped_on_a_wire_goes_into_it(canvas, lone):
    edge = Edge("conv2d_1", "y", "relu_1", "x")
    grip = canvas.head(lone)
    to = wire_middle(canvas, edge) + QPoint(-10, -22)
    with canvas.one_step():
        canvas.drag(grip, to)
    edges = canvas.graph.edges
    assert edge not in edges
    assert Edge("conv2d_1", "y", lone, "x") in edges
    assert Edge(lone, "y", "relu_1", "x") in edges
    # What follows made room.
    assert canvas.graph["relu_1"].position[0] >= canvas.graph[lone].position[0] + 140


def test_a_node_that_the_wire_does_not_fit_stays_out_of_it(canvas):
    graph, node = canvas.graph.create("embedding", position=(600, 400))
    canvas.document.edit_graph("Add", graph)
    edge = Edge("conv2d_1", "y", "relu_1", "x")
    with canvas.one_step():
        canvas.drag(canvas.head(node.id), wire_middle(canvas, edge) + QPoint(-10, -22))
    assert edge in canvas.graph.edges


def test_a_node_with_wires_is_not_put_into_another(canvas):
    edge = Edge("conv2d_1", "y", "relu_1", "x")
    with canvas.one_step():
        canvas.drag(canvas.head("output_1"), wire_middle(canvas, edge) + QPoint(-10, -22))
    assert edge in canvas.graph.edges


def test_alt_takes_a_node_out_of_its_wires_which_close_behind(canvas):
    start = canvas.head("relu_1")
    with canvas.one_step():
        canvas.drag(start, start + QPoint(0, 100), ALT)
    edges = canvas.graph.edges
    assert not canvas.graph.incoming["relu_1"]
    assert not canvas.graph.outgoing["relu_1"]
    assert Edge("conv2d_1", "y", "conv2d_2", "x") in edges
    assert Edge("conv2d_1", "y", "add_1", "x") in edges


def test_the_node_held_moves_though_a_key_has_deselected_it(canvas):
    start = canvas.head("output_1")
    with canvas.one_step():
        canvas.press(start)
        canvas.view.select([])
        canvas.move(start + QPoint(16, 32))
        canvas.release(start + QPoint(16, 32))
    assert canvas.graph["output_1"].position == (368, 368)

"""Drawing and moving wires."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.app.canvas.ports import PortRef
from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def with_batch_norm(canvas):
    """A batch norm without wires below the rest."""
    graph, node = canvas.graph.create("batch_norm", position=(600, 400))
    canvas.document.edit_graph("Add", graph)
    return node.id


def test_from_output_to_input(canvas, with_batch_norm):
    with canvas.one_step():
        canvas.drag(canvas.port("conv2d_1", "y", True), canvas.port(with_batch_norm, "x"))
    assert Edge("conv2d_1", "y", with_batch_norm, "x") in canvas.graph.edges
    assert canvas.document.stack.undoText() == "Wire"


def test_from_input_to_output(canvas, with_batch_norm):
    with canvas.one_step():
        canvas.drag(canvas.port(with_batch_norm, "x"), canvas.port("conv2d_1", "y", True))
    assert Edge("conv2d_1", "y", with_batch_norm, "x") in canvas.graph.edges


def test_a_port_for_one_wire_has_it_replaced_in_one_step(canvas):
    old, new = Edge("conv2d_1", "y", "relu_1", "x"), Edge("digits_1", "image", "relu_1", "x")
    with canvas.one_step():
        canvas.drag(canvas.port("digits_1", "image", True), canvas.port("relu_1", "x"))
    assert new in canvas.graph.edges
    assert old not in canvas.graph.edges


def test_a_port_for_many_wires_takes_one_more_at_the_end(canvas):
    with canvas.one_step():
        canvas.drag(canvas.port("conv2d_1", "y", True), canvas.port("add_1", "x"))
    assert [e.source for e in canvas.graph.incoming["add_1"]] == ["conv2d_2", "relu_1", "conv2d_1"]


def test_fitting_ports_are_ringed_and_the_others_dimmed_while_drawing(canvas, with_batch_norm):
    canvas.carry(canvas.port("conv2d_1", "y", True), canvas.pixel(560, 330))

    def fit(node_id, port, output=False):
        return canvas.scene.nodes[node_id].state.fits[PortRef(node_id, port, output)]

    assert fit(with_batch_norm, "x")
    assert not fit("cross_entropy_1", "label")  # takes labels, this is an image
    assert not fit("digits_1", "image", True)  # an output
    assert not fit("conv2d_1", "x")  # a loop
    canvas.key(Qt.Key.Key_Escape)
    assert all(not item.state.fits for item in canvas.scene.nodes.values())
    canvas.release(canvas.pixel(560, 330))


def test_a_loop_is_refused_during_the_drag_with_its_way(canvas):
    with canvas.no_step():
        canvas.carry(canvas.port("add_1", "y", True), canvas.port("conv2d_1", "x"))
        assert canvas.view.note.isVisible()
        assert "would close a loop" in canvas.view.note.sentence
        assert "Convolution 2-D → ReLU" in canvas.view.note.sentence
        canvas.release(canvas.port("conv2d_1", "x"))
    assert len(canvas.refusals) == 1


def test_another_kind_of_data_is_refused_in_words(canvas):
    with canvas.no_step():
        canvas.carry(
            canvas.port("digits_1", "image", True), canvas.port("cross_entropy_1", "label")
        )
        sentence = canvas.view.note.sentence
        canvas.release(canvas.port("cross_entropy_1", "label"))
    assert "Cross-entropy takes labels or tokens" in sentence
    assert "carries an image" in sentence


def test_a_shape_that_does_not_fit_is_refused_with_the_numbers(canvas):
    with canvas.no_step():
        canvas.carry(canvas.port("digits_1", "label", True), canvas.port("linear_1", "x"))
        sentence = canvas.view.note.sentence
        canvas.release(canvas.port("linear_1", "x"))
    assert "Hold Alt" in sentence
    assert canvas.refusals


def test_alt_wires_it_anyway_and_the_problem_shows(canvas):
    start, end = canvas.port("digits_1", "label", True), canvas.port("linear_1", "x")
    with canvas.one_step():
        canvas.carry(start, end)
        canvas.release(end, ALT)
    assert Edge("digits_1", "label", "linear_1", "x") in canvas.graph.edges
    assert canvas.scene.nodes["linear_1"].face.problem == "error"


def test_a_refused_wire_leaves_its_remedy_to_click(canvas):
    graph, node = canvas.graph.create("linear", {"out_features": 3}, (600, 400))
    graph, out = graph.create("output", {"name": "side"}, (800, 400))
    graph = graph.connect(Edge(node.id, "y", out.id, "x"))
    canvas.document.edit_graph("Add", graph)
    canvas.drag(canvas.port("digits_1", "label", True), canvas.port(node.id, "x"))
    note = canvas.view.note
    assert note.isVisible()
    assert note.fix is not None
    with canvas.one_step():
        QTest.mouseClick(note, Qt.MouseButton.LeftButton, pos=note._link().center().toPoint())
    assert any(n.kind == "embedding" for n in canvas.graph)


def test_ctrl_on_a_connected_input_moves_its_wire(canvas, with_batch_norm):
    old, new = Edge("flatten_1", "y", "linear_1", "x"), Edge("flatten_1", "y", with_batch_norm, "x")
    with canvas.one_step():
        canvas.drag(canvas.port("linear_1", "x"), canvas.port(with_batch_norm, "x"), CTRL)
    assert new in canvas.graph.edges
    assert old not in canvas.graph.edges
    assert canvas.document.stack.undoText() == "Move wire"


def test_ctrl_on_a_connected_output_moves_all_its_wires(canvas):
    with canvas.one_step():
        canvas.drag(canvas.port("relu_1", "y", True), canvas.port("conv2d_1", "y", True), CTRL)
    assert not canvas.graph.outgoing["relu_1"]
    assert {e.target for e in canvas.graph.outgoing["conv2d_1"]} == {"relu_1", "conv2d_2", "add_1"}


def test_ctrl_on_an_input_for_many_moves_all_its_wires_to_another_such(canvas):
    graph, node = canvas.graph.create("concat", position=(600, 400))
    canvas.document.edit_graph("Add", graph)
    with canvas.one_step():
        canvas.drag(canvas.port("add_1", "x"), canvas.port(node.id, "x"), CTRL)
    assert not canvas.graph.incoming["add_1"]
    assert [e.source for e in canvas.graph.incoming[node.id]] == ["conv2d_2", "relu_1"]


def test_several_wires_do_not_go_into_a_port_for_one(canvas, with_batch_norm):
    at = canvas.port(with_batch_norm, "x")
    with canvas.no_step():
        canvas.carry(canvas.port("add_1", "x"), at, CTRL)
        assert canvas.view.note.sentence == "Batch norm takes one wire here, and these are 2."
        canvas.release(at, CTRL)
    assert len(canvas.graph.incoming["add_1"]) == 2


def test_moved_wires_keep_their_bends(canvas, with_batch_norm):
    old, new = Edge("flatten_1", "y", "linear_1", "x"), Edge("flatten_1", "y", with_batch_norm, "x")
    canvas.document.edit_graph("Bend", bent(canvas.graph, old, [(160, 300)]))
    with canvas.one_step():
        canvas.drag(canvas.port("linear_1", "x"), canvas.port(with_batch_norm, "x"), CTRL)
    assert canvas.graph.bends == {new: ((160, 300),)}


def test_a_moved_wire_dropped_on_nothing_is_taken_off(canvas):
    with canvas.one_step():
        canvas.drag(canvas.port("linear_1", "x"), canvas.pixel(700, 330), CTRL)
    assert not canvas.graph.incoming["linear_1"]


def test_a_moved_wire_put_back_is_no_step(canvas):
    at = canvas.port("linear_1", "x")
    with canvas.no_step():
        canvas.carry(at, canvas.pixel(700, 330), CTRL)
        canvas.move(at)
        canvas.release(at, CTRL)


def test_alt_on_a_port_takes_its_wires_off(canvas):
    with canvas.one_step():
        canvas.click(canvas.port("relu_1", "y", True), ALT)
    assert not canvas.graph.outgoing["relu_1"]


def test_dropped_on_a_body_it_finds_the_port_that_fits(canvas, with_batch_norm):
    with canvas.one_step():
        canvas.drag(canvas.port("conv2d_1", "y", True), canvas.head(with_batch_norm))
    assert Edge("conv2d_1", "y", with_batch_norm, "x") in canvas.graph.edges


def test_escape_leaves_no_trace(canvas):
    with canvas.no_step():
        canvas.carry(canvas.port("conv2d_1", "y", True), canvas.pixel(700, 330))
        canvas.key(Qt.Key.Key_Escape)
    canvas.release(canvas.pixel(700, 330))
    assert canvas.view.search is None


def test_a_wire_dropped_on_nothing_asks_what_to_add_and_wires_it(canvas):
    with canvas.one_step():
        canvas.drag(canvas.port("conv2d_1", "y", True), canvas.pixel(600, 420))
        popup = canvas.view.search
        assert popup is not None
        kinds = [f.entry.kind for f in popup.found if not f.between]
        assert "relu" in kinds
        assert "embedding" not in kinds
        canvas.type("batch norm")
        assert popup.chosen is not None
        assert popup.chosen.entry.kind == "batch_norm"
        canvas.key(Qt.Key.Key_Return)
        assert canvas.view.selected == ("batch_norm_1",)
    assert [e.source for e in canvas.graph.incoming["batch_norm_1"]] == ["conv2d_1"]


def test_a_wire_from_an_input_asks_what_could_feed_it(canvas):
    with canvas.one_step():
        canvas.drag(canvas.port("linear_1", "x"), canvas.pixel(20, 420))
        kinds = {f.entry.kind for f in canvas.view.search.found}
        assert "output" not in kinds
        canvas.type("dropout")
        canvas.key(Qt.Key.Key_Return)
    node = next(n for n in canvas.graph if n.kind == "dropout")
    assert Edge(node.id, "y", "linear_1", "x") in canvas.graph.edges


def test_a_press_without_a_drag_does_nothing(canvas):
    with canvas.no_step():
        canvas.click(canvas.port("conv2d_1", "y", True))
    assert canvas.view.search is None

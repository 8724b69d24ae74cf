"""Muting, collapsing and hiding ports by their keys."""

from PySide6.QtCore import QPointF, Qt

from netbuilder.app.canvas.ports import PortRef
from netbuilder.graph import Edge
from netbuilder.layers.muting import muted

CTRL = Qt.KeyboardModifier.ControlModifier


def test_m_mutes_and_mutes_no_more(canvas):
    canvas.click(canvas.head("relu_1"))
    with canvas.one_step():
        canvas.key(Qt.Key.Key_M)
    assert canvas.graph["relu_1"].muted
    item = canvas.scene.nodes["relu_1"]
    assert item.face.muted
    assert "muted" in item.layout.marks
    assert canvas.document.stack.undoText() == "Mute node"
    with canvas.one_step():
        canvas.key(Qt.Key.Key_M)
    assert not canvas.graph["relu_1"].muted


def test_a_muted_node_is_painted_with_a_wire_through_and_dashes(canvas):
    item = canvas.scene.nodes["conv2d_1"]
    plain = canvas.view.viewport().grab().toImage()
    canvas.view.select(["conv2d_1"])
    canvas.key(Qt.Key.Key_M)
    canvas.view.select([])
    quiet = canvas.view.viewport().grab().toImage()
    at = canvas.pixel(item.x(), item.y())
    border = [(at.x() + x, at.y()) for x in range(10, 130)]
    assert len({plain.pixel(x, y) for x, y in border}) == 1
    assert len({quiet.pixel(x, y) for x, y in border}) > 1
    level = [(at.x() + x, at.y() + 38) for x in range(8, 132)]
    blue = [quiet.pixelColor(x, y).blue() > 180 for x, y in level]
    assert sum(blue) > 15
    assert not all(blue)


def test_what_cannot_be_muted_says_why(canvas):
    canvas.view.select(["digits_1", "relu_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_M)
    (sentence,) = canvas.refusals
    assert "cannot be muted" in sentence


def test_what_would_fit_no_longer_cannot_be_muted(canvas):
    canvas.click(canvas.head("flatten_1"))
    with canvas.no_step():
        canvas.key(Qt.Key.Key_M)
    (sentence,) = canvas.refusals
    assert sentence.startswith("Flatten cannot be muted. Cross-entropy takes one label")
    assert canvas.view.note.isVisible()
    assert canvas.view.note.sentence == sentence
    assert not canvas.scene.nodes["flatten_1"].face.muted


def test_what_is_muted_can_always_compute_again(canvas):
    graph = muted(canvas.graph, ["flatten_1"])
    canvas.document.edit_graph("Mute", graph)
    canvas.view.select(["flatten_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_M)
    assert not canvas.graph["flatten_1"].muted


def test_a_wire_into_a_muted_node_that_leads_nowhere_fades(canvas):
    canvas.view.select(["add_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_M)
    first = Edge("conv2d_2", "y", "add_1", "x")
    second = Edge("relu_1", "y", "add_1", "x")
    assert [canvas.scene.wires[e].dead for e in (first, second)] == [False, True]
    assert abs(canvas.scene.wires[second].pen().color().alphaF() - 0.35) < 0.01


def test_h_collapses_to_the_header_with_the_ports_on_it(canvas):
    canvas.click(canvas.head("cross_entropy_1"))
    with canvas.one_step():
        canvas.key(Qt.Key.Key_H)
    assert canvas.graph["cross_entropy_1"].collapsed
    item = canvas.scene.nodes["cross_entropy_1"]
    assert item.box.height() == 28
    ports = [at for _, at in item.ports()]
    assert ports
    assert all(0 < at.y() < 28 for at in ports)
    places = {(at.x(), at.y()) for at in ports}
    assert len(places) == len(ports)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_H)
    assert item.box.height() > 28


def test_several_of_which_one_is_collapsed_are_all_collapsed_first(canvas):
    canvas.view.select(["relu_1"])
    canvas.key(Qt.Key.Key_H)
    canvas.view.select(["relu_1", "conv2d_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_H)
    assert canvas.graph["relu_1"].collapsed
    assert canvas.graph["conv2d_1"].collapsed


def test_a_wire_can_be_drawn_to_a_port_of_a_collapsed_node(canvas):
    graph, node = canvas.graph.create("relu", position=(528, 336))
    canvas.document.edit_graph("Add", graph)
    canvas.view.select([node.id])
    canvas.key(Qt.Key.Key_H)
    with canvas.one_step():
        canvas.drag(canvas.port("linear_1", "y", True), canvas.port(node.id, "x"))
    assert Edge("linear_1", "y", node.id, "x") in canvas.graph.edges


def test_ctrl_h_hides_ports_without_wires_and_shows_them_again(canvas):
    graph = canvas.graph.remove(edges=[Edge("digits_1", "label", "cross_entropy_1", "label")])
    canvas.document.edit_graph("Cut", graph)
    item = canvas.scene.nodes["digits_1"]
    before = [ref for ref, _ in item.ports()]
    label = PortRef("digits_1", "label", True)
    assert label in before
    canvas.view.select(["digits_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_H, CTRL)
    assert label not in [ref for ref, _ in item.ports()]
    assert canvas.scene.port_at(item.pos() + QPointF(item.layout.width, 58)) is None
    with canvas.no_step():
        canvas.key(Qt.Key.Key_H, CTRL)
    assert [ref for ref, _ in item.ports()] == before


def test_a_hidden_port_that_gets_a_wire_comes_back(canvas):
    edge = Edge("digits_1", "label", "cross_entropy_1", "label")
    canvas.document.edit_graph("Cut", canvas.graph.remove(edges=[edge]))
    canvas.view.select(["digits_1"])
    canvas.key(Qt.Key.Key_H, CTRL)
    canvas.document.undo()
    canvas.check_picture()
    assert PortRef("digits_1", "label", True) in [
        r for r, _ in canvas.scene.nodes["digits_1"].ports()
    ]

"""Shapes and problems stand on the nodes while one edits."""

from PySide6.QtCore import Qt

from netbuilder.graph import Edge

CTRL = Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton


def test_a_cut_shows_at_once_on_the_node_and_undo_takes_it_away(canvas):
    item = canvas.scene.nodes["linear_1"]
    assert not item.face.problem
    shape = item.face.shape
    assert "10" in shape
    canvas.drag(canvas.pixel(160, 150), canvas.pixel(160, 280), CTRL, RIGHT)
    assert not canvas.graph.incoming["linear_1"]
    assert item.face.problem == "error"
    assert "error" in item.layout.marks
    assert item.face.shape != shape
    canvas.key(Qt.Key.Key_F8)
    assert canvas.view.selected == ("linear_1",)
    assert canvas.view.camera.seen.contains(item.box)
    canvas.document.undo()
    assert item.face.shape == shape
    assert not item.face.problem


def test_a_property_changes_the_shapes_behind_it(canvas):
    before = canvas.scene.nodes["add_1"].face.shape
    graph = canvas.graph.set_param("conv2d_1", "out_channels", 6)
    graph = graph.set_param("conv2d_2", "out_channels", 6)
    canvas.document.edit_graph("Widen", graph)
    shape = canvas.scene.nodes["add_1"].face.shape
    assert shape != before
    assert "6" in shape
    wire = canvas.scene.wires[Edge("conv2d_1", "y", "relu_1", "x")]
    assert wire.flow == "image"

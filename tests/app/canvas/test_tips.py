"""What appears over a port under a resting pointer."""

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from netbuilder.graph import Edge


def tip(canvas, at: QPoint) -> str:
    """The pointer rests at a point; the words that appear."""
    viewport = canvas.view.viewport()
    QToolTip.hideText()
    event = QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, event)
    return QToolTip.text()


def test_a_port_tells_shape_type_settings_and_weights(canvas):
    words = tip(canvas, canvas.port("conv2d_1", "y", True)).splitlines()
    assert words[0] == "y: B × 4 × 8 × 8 (float32)"
    assert words[1].startswith("Convolution 2-D: ")
    assert words[2] == "40 parameters (weight 4 × 1 × 3 × 3, bias 4)"
    words = tip(canvas, canvas.port("conv2d_1", "x")).splitlines()
    assert words[0] == "x: B × 1 × 8 × 8 (float32)"


def test_where_nothing_is_learned_no_number_stands(canvas):
    words = tip(canvas, canvas.port("relu_1", "y", True))
    assert "B × 4 × 8 × 8 (float32)" in words
    assert "parameter" not in words


def test_a_port_for_several_wires_tells_of_each(canvas):
    words = tip(canvas, canvas.port("add_1", "x")).splitlines()
    assert words[:2] == ["x: B × 4 × 8 × 8 (float32)"] * 2


def test_what_is_not_known_is_said(canvas):
    edge = Edge("flatten_1", "y", "linear_1", "x")
    canvas.document.edit_graph("Cut", canvas.graph.remove(edges=[edge]))
    assert tip(canvas, canvas.port("linear_1", "x")).startswith("x: nothing known yet\nLinear")


def test_labels_tell_how_many_values_they_take(canvas):
    words = tip(canvas, canvas.port("digits_1", "label", True))
    assert words.startswith("label: B (int64, 10 values)")


def test_beside_a_port_nothing_appears(canvas):
    assert tip(canvas, canvas.pixel(700, 420)) == ""

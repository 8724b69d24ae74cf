"""Nodes taken out of their wires: with Alt, or by shaking them."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from netbuilder.graph import Edge

ALT = Qt.KeyboardModifier.AltModifier
NO = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
BRIDGES = {Edge("conv2d_1", "y", "conv2d_2", "x"), Edge("conv2d_1", "y", "add_1", "x")}


def wires_of(canvas, node_id):
    graph = canvas.graph
    return {*graph.incoming[node_id], *graph.outgoing[node_id]}


def hidden(canvas):
    return {edge for edge, wire in canvas.scene.wires.items() if not wire.isVisible()}


def test_alt_shows_at_once_what_it_will_come_to(canvas):
    start = canvas.head("relu_1")
    wires, items = wires_of(canvas, "relu_1"), len(canvas.scene.items())
    with canvas.one_step():
        canvas.carry(start, start + QPoint(0, 100), ALT)
        assert hidden(canvas) == wires
        assert len(canvas.scene.items()) >= items + len(BRIDGES)
        canvas.release(start + QPoint(0, 100), ALT)
        canvas.check_picture()
    assert not wires_of(canvas, "relu_1")
    assert set(canvas.graph.edges) >= BRIDGES
    assert canvas.document.stack.undoText() == "Detach"


def test_escape_puts_the_wires_back(canvas):
    start = canvas.head("relu_1")
    with canvas.no_step():
        canvas.carry(start, start + QPoint(0, 100), ALT)
        canvas.key(Qt.Key.Key_Escape)
    canvas.release(start + QPoint(0, 100), ALT)
    assert wires_of(canvas, "relu_1")


def test_brought_back_with_alt_it_keeps_its_wires(canvas):
    start = canvas.head("relu_1")
    with canvas.no_step():
        canvas.carry(start, start + QPoint(0, 100), ALT)
        canvas.move(start)
        canvas.release(start, ALT)


def test_what_has_no_wires_is_only_moved(canvas):
    graph, node = canvas.graph.create("batch_norm", position=(600, 400))
    canvas.document.edit_graph("Add", graph)
    start = canvas.head(node.id)
    with canvas.one_step():
        canvas.drag(start, start + QPoint(40, 40), ALT)
    assert canvas.document.stack.undoText() == "Move"


def test_a_selection_comes_out_together_and_the_wire_closes_behind_all(canvas):
    canvas.view.select(["relu_1", "conv2d_2"])
    start = canvas.head("relu_1")
    with canvas.one_step():
        canvas.drag(start, start + QPoint(0, 320), ALT)
    assert Edge("conv2d_1", "y", "add_1", "x") in canvas.graph.edges
    assert not wires_of(canvas, "relu_1") | wires_of(canvas, "conv2d_2")


def test_without_alt_at_the_end_it_goes_into_another_wire(canvas):
    graph, one = canvas.graph.create("tanh", position=(560, 420))
    graph, two = graph.create("gelu", position=(860, 420))
    wire = Edge(one.id, "y", two.id, "x")
    canvas.document.edit_graph("Add", graph.connect(wire))
    at = canvas.scene.wires[wire].path().pointAtPercent(0.5)
    to = canvas.pixel(at.x(), at.y()) + QPoint(-10, -22)
    with canvas.one_step():
        canvas.carry(canvas.head("relu_1"), to, ALT)
        canvas.release(to)
    edges = set(canvas.graph.edges)
    assert edges >= BRIDGES
    assert wires_of(canvas, "relu_1") == {
        Edge(one.id, "y", "relu_1", "x"),
        Edge("relu_1", "y", two.id, "x"),
    }
    assert wire not in edges


# --- shaking ------------------------------------------------------------------------------


def moved(canvas, at, time):
    """The pointer comes to a point at a time, with the left button down."""
    view = canvas.view.viewport()
    place = QPointF(at)
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, QPointF(view.mapToGlobal(at)), Qt.MouseButton.NoButton,
        LEFT, NO,
    )  # fmt: skip
    event.setTimestamp(time)
    QApplication.sendEvent(view, event)


def shake(canvas, start, step_ms=40, way=(30, 0)):
    """To and fro three times, ending where it began."""
    time = 1000
    canvas.press(start)
    for sign in (1, -1, 1, -1, 1, 0):
        time += step_ms
        moved(canvas, start + QPoint(*way) * sign, time)


@pytest.fixture
def shaky(canvas):
    """With shaking turned on, as the menu does."""
    canvas.view.actions_by_name["shake"].trigger()
    return canvas


@pytest.mark.parametrize("way", [(30, 0), (0, 30)])
def test_shaken_it_comes_out_of_its_wires(shaky, way):
    canvas = shaky
    start = canvas.head("relu_1")
    with canvas.one_step():
        shake(canvas, start, way=way)
        assert hidden(canvas) == wires_of(canvas, "relu_1")
        canvas.release(start)
    assert not wires_of(canvas, "relu_1")
    assert set(canvas.graph.edges) >= BRIDGES
    assert canvas.document.stack.undoText() == "Detach"


def test_shaken_and_escaped_it_keeps_them(shaky):
    canvas = shaky
    start = canvas.head("relu_1")
    with canvas.no_step():
        shake(canvas, start)
        canvas.key(Qt.Key.Key_Escape)
    canvas.release(start)


def test_to_and_fro_slowly_is_no_shake(shaky):
    canvas = shaky
    start = canvas.head("relu_1")
    with canvas.no_step():
        shake(canvas, start, step_ms=600)
        assert not hidden(canvas)
        canvas.release(start)


def test_unless_it_is_turned_on_shaking_is_moving(canvas):
    start = canvas.head("relu_1")
    assert not canvas.view.actions_by_name["shake"].isChecked()
    with canvas.no_step():
        shake(canvas, start)
        assert not hidden(canvas)
        canvas.release(start)

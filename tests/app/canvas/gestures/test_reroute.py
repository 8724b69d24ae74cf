"""Bends by a line across wires: Shift and the right button."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent

SHIFT = Qt.KeyboardModifier.ShiftModifier
RIGHT = Qt.MouseButton.RightButton
LEFT_PART = Edge("relu_1", "y", "conv2d_2", "x")
AROUND = Edge("relu_1", "y", "add_1", "x")


def asked_for_a_menu(canvas, at, keys):
    """What the window system sends with a press of the right button."""
    viewport = canvas.view.viewport()
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, at, viewport.mapToGlobal(at), keys)
    QApplication.sendEvent(viewport, event)


def test_every_wire_crossed_is_bent_there_in_one_step(canvas):
    """The line crosses the wire to the next node and the one around it."""
    start, end = canvas.pixel(512, -90), canvas.pixel(512, 70)
    with canvas.one_step():
        canvas.drag(start, end, SHIFT, RIGHT)
    assert canvas.graph.bends.keys() == {LEFT_PART, AROUND}
    for points in canvas.graph.bends.values():
        ((x, _),) = points
        assert abs(x - 512) <= 1
    assert canvas.document.stack.undoText() == "Bend 2 wires"


def test_the_new_bend_is_selected_and_can_be_dragged_at_once(canvas):
    edge = Edge("flatten_1", "y", "linear_1", "x")
    at = canvas.scene.wires[edge].path().pointAtPercent(0.5)
    middle = canvas.pixel(at.x(), at.y())
    with canvas.one_step():
        canvas.drag(middle - QPoint(0, 30), middle + QPoint(0, 30), SHIFT, RIGHT)
        assert canvas.scene.bends.chosen == (edge, 0)
    ((x, y),) = canvas.graph.bends[edge]
    with canvas.one_step():
        canvas.drag(canvas.pixel(x, y), canvas.pixel(x, y + 60))
    assert canvas.graph.bends[edge][0][1] > y + 50


def test_a_second_bend_takes_its_place_along_the_wire(canvas):
    edge = Edge("add_1", "y", "flatten_1", "x")
    canvas.document.edit_graph("Bend", bent(canvas.graph, edge, [(400, 150)]))
    at = canvas.scene.wires[edge].path().pointAtPercent(0.15)
    middle = canvas.pixel(at.x(), at.y())
    with canvas.one_step():
        canvas.drag(middle - QPoint(20, 20), middle + QPoint(20, 20), SHIFT, RIGHT)
    assert len(canvas.graph.bends[edge]) == 2
    assert canvas.graph.bends[edge][1] == (400, 150)


def test_a_line_through_nothing_bends_nothing(canvas):
    with canvas.no_step():
        canvas.drag(canvas.pixel(560, 420), canvas.pixel(700, 460), SHIFT, RIGHT)


def test_escape_takes_the_line_away(canvas):
    start, end = canvas.pixel(512, -90), canvas.pixel(512, 70)
    with canvas.no_step():
        canvas.carry(start, end, SHIFT, RIGHT)
        lit = {e for e, wire in canvas.scene.wires.items() if wire.hovered}
        assert lit == {LEFT_PART, AROUND}
        canvas.key(Qt.Key.Key_Escape)
        assert not any(wire.hovered for wire in canvas.scene.wires.values())
    canvas.release(end, SHIFT, RIGHT)


def test_it_does_not_open_a_menu(canvas):
    start, end = canvas.pixel(512, -90), canvas.pixel(512, 70)
    canvas.press(start, SHIFT, RIGHT)
    asked_for_a_menu(canvas, start, SHIFT)
    assert canvas.view.gesture is not None
    assert not [m for m in canvas.view.findChildren(QMenu) if m.isVisible()]
    canvas.move(end)
    with canvas.one_step():
        canvas.release(end, SHIFT, RIGHT)

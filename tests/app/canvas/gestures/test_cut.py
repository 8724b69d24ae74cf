"""The knife."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from netbuilder.graph import Edge

CTRL = Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton


def test_every_crossed_wire_is_cut_in_one_step(canvas):
    start, end = canvas.pixel(338, -60), canvas.pixel(338, 60)
    with canvas.one_step():
        canvas.drag(start, end, CTRL, RIGHT)
    assert not canvas.graph.incoming["relu_1"]
    assert canvas.document.stack.undoText() == "Cut wire"


def test_a_line_through_nothing_cuts_nothing(canvas):
    with canvas.no_step():
        canvas.drag(canvas.pixel(560, 420), canvas.pixel(700, 460), CTRL, RIGHT)


def test_escape_puts_the_knife_away(canvas):
    start, end = canvas.pixel(338, -60), canvas.pixel(338, 60)
    with canvas.no_step():
        canvas.carry(start, end, CTRL, RIGHT)
        assert any(wire.hovered for wire in canvas.scene.wires.values())
        canvas.key(Qt.Key.Key_Escape)
        assert not any(wire.hovered for wire in canvas.scene.wires.values())
    canvas.release(end, CTRL, RIGHT)


def test_y_and_the_left_button_cut_too_even_from_a_node_on(canvas):
    start, end = canvas.head("conv2d_1"), canvas.pixel(338, 60)
    crossed = {Edge("conv2d_1", "y", "relu_1", "x")}
    with canvas.one_step():
        QTest.keyPress(canvas.view, Qt.Key.Key_Y)
        assert canvas.view.viewport().cursor().shape() == Qt.CursorShape.CrossCursor
        canvas.press(start)
        canvas.move(canvas.pixel(338, -30))
        canvas.move(end)
        assert {e for e, wire in canvas.scene.wires.items() if wire.hovered} == crossed
        canvas.release(end)
        QTest.keyRelease(canvas.view, Qt.Key.Key_Y)
    assert not canvas.graph.incoming["relu_1"]
    assert canvas.view.selected == ()
    assert canvas.view.viewport().cursor().shape() == Qt.CursorShape.ArrowCursor
    # Once the key is up, a drag is a drag again.
    with canvas.one_step():
        canvas.drag(canvas.head("output_1"), canvas.head("output_1") + QPoint(40, 40))


def test_several_wires_are_one_step(canvas):
    with canvas.one_step():
        canvas.drag(canvas.pixel(690, -60), canvas.pixel(690, 60), CTRL, RIGHT)
    assert not canvas.graph.incoming["add_1"]
    assert canvas.document.stack.undoText() == "Cut 2 wires"


def test_ctrl_y_is_no_knife(canvas):
    QTest.keyPress(canvas.view, Qt.Key.Key_Y, CTRL)
    with canvas.no_step():
        canvas.drag(canvas.pixel(338, -60), canvas.pixel(338, 60))
    QTest.keyRelease(canvas.view, Qt.Key.Key_Y, CTRL)


def test_another_button_does_not_end_it(canvas):
    start, end = canvas.pixel(338, -60), canvas.pixel(338, 60)
    with canvas.one_step():
        canvas.carry(start, end, CTRL, RIGHT)
        canvas.release(end, CTRL)
        assert canvas.view.gesture is not None
        canvas.release(end, CTRL, RIGHT)
    assert not canvas.graph.incoming["relu_1"]

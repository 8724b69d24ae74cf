"""The knife."""

from PySide6.QtCore import Qt

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

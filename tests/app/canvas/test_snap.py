"""Snapping: on and off by key, turned round by Ctrl during a drag."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent, framed

NO = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
BY = QPoint(213, 45)
FREE, SNAPPED = (352 + 213, 336 + 45), (352 + 216, 336 + 48)


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_shift_tab_turns_snapping_off_and_on(canvas, key):
    snap = canvas.view.actions_by_name["snap"]
    start = canvas.head("output_1")
    with canvas.no_step():
        canvas.key(key, SHIFT)
    assert not snap.isChecked()
    assert canvas.view.hasFocus()
    with canvas.one_step():
        canvas.drag(start, start + BY)
    assert canvas.graph["output_1"].position == FREE
    canvas.document.undo()
    canvas.key(key, SHIFT)
    assert snap.isChecked()
    with canvas.one_step():
        canvas.drag(start, start + BY)
    assert canvas.graph["output_1"].position == SNAPPED


@pytest.mark.parametrize(("snapping", "place"), [(True, FREE), (False, SNAPPED)])
def test_ctrl_turns_it_round_while_a_node_is_dragged(canvas, snapping, place):
    canvas.view.actions_by_name["snap"].setChecked(snapping)
    start = canvas.head("output_1")
    with canvas.one_step():
        canvas.press(start)
        canvas.move(start + BY / 2)
        canvas.move(start + BY)
        canvas.release(start + BY, CTRL)
    assert canvas.graph["output_1"].position == place


def test_ctrl_shows_at_once_though_the_pointer_rests(canvas):
    """And a guide to another node goes with the snapping."""
    start = canvas.head("output_1")
    by = QPoint(300, -139)
    item = canvas.scene.nodes["output_1"]
    with canvas.one_step():
        canvas.carry(start, start + by)
        items = len(canvas.scene.items())
        assert item.pos().toTuple() == (656, 200)
        QTest.keyPress(canvas.view, Qt.Key.Key_Control)
        assert item.pos().toTuple() == (652, 197)
        assert len(canvas.scene.items()) < items
        QTest.keyRelease(canvas.view, Qt.Key.Key_Control, CTRL)
        assert item.pos().toTuple() == (656, 200)
        canvas.release(start + by)
    assert canvas.graph["output_1"].position == (656, 200)


def test_ctrl_pressed_with_the_button_keeps_the_selection_together(canvas):
    canvas.view.select(["linear_1", "output_1"])
    start = canvas.head("output_1")
    with canvas.one_step():
        canvas.press(start, CTRL)
        for part in (BY / 2, BY):
            canvas.move(start + part)
        canvas.release(start + BY, CTRL)
    assert canvas.graph["output_1"].position == FREE
    assert canvas.graph["linear_1"].position == (176 + 213, 200 + 45)


def test_bends_and_frames_follow_the_same_rule(canvas):
    edge = Edge("add_1", "y", "flatten_1", "x")
    graph, frame = framed(bent(canvas.graph, edge, [(400, 152)]), (504, 200, 160, 120))
    canvas.document.edit_graph("Draw", graph)
    at, by = canvas.pixel(400, 152), QPoint(13, 21)
    with canvas.one_step():
        canvas.press(at)
        canvas.move(at + by)
        canvas.release(at + by, CTRL)
    assert canvas.graph.bends[edge] == ((413, 173),)
    title, corner = canvas.pixel(600, 210), canvas.pixel(504 + 160 - 4, 200 + 120 - 4)
    with canvas.one_step():
        canvas.press(corner)
        canvas.move(corner + by)
        canvas.release(corner + by, CTRL)
    assert canvas.graph.frames[frame.id].rect == (504, 200, 173, 141)
    with canvas.one_step():
        canvas.press(title)
        canvas.move(title + by)
        canvas.release(title + by, CTRL)
    assert canvas.graph.frames[frame.id].rect == (517, 221, 173, 141)

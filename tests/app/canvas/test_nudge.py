"""Moving the selection by the arrow keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

NO = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SIDES = [
    (Qt.Key.Key_Left, -1, 0),
    (Qt.Key.Key_Right, 1, 0),
    (Qt.Key.Key_Up, 0, -1),
    (Qt.Key.Key_Down, 0, 1),
]


@pytest.mark.parametrize(("key", "dx", "dy"), SIDES)
@pytest.mark.parametrize(("keys", "by"), [(NO, 8), (CTRL, 1)], ids=["grid", "pixel"])
def test_an_arrow_nudges_by_the_grid_and_with_ctrl_by_a_pixel(canvas, key, dx, dy, keys, by):
    canvas.view.select(["linear_1", "output_1"])
    before = {i: canvas.graph[i].position for i in canvas.graph.nodes}
    with canvas.one_step():
        canvas.key(key, keys)
    for node_id, (x, y) in before.items():
        moved = by if node_id in ("linear_1", "output_1") else 0
        assert canvas.graph[node_id].position == (x + moved * dx, y + moved * dy)
    assert canvas.document.stack.undoText() == "Nudge"


@pytest.mark.parametrize(("keys", "by"), [(NO, 8), (CTRL, 1)], ids=["grid", "pixel"])
def test_a_key_held_down_is_one_step(canvas, keys, by):
    """The window system repeats the press and tells of one release."""
    canvas.view.select(["output_1"])
    with canvas.one_step():
        for _ in range(12):
            QTest.keyPress(canvas.view, Qt.Key.Key_Right, keys)
        QTest.keyRelease(canvas.view, Qt.Key.Key_Right, keys)
    assert canvas.graph["output_1"].position == (352 + 12 * by, 336)


def test_presses_in_a_row_are_one_step_and_of_other_nodes_another(canvas):
    canvas.view.select(["output_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Right)
        canvas.key(Qt.Key.Key_Up)
        canvas.key(Qt.Key.Key_Down, CTRL)
    assert canvas.graph["output_1"].position == (360, 329)
    canvas.view.select(["linear_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Right)


def test_there_and_back_is_no_step(canvas):
    canvas.view.select(["output_1"])
    before = canvas.graph
    canvas.key(Qt.Key.Key_Right)
    canvas.key(Qt.Key.Key_Left)
    assert canvas.graph == before
    assert canvas.document.stack.count() == 0
    canvas.check_picture()

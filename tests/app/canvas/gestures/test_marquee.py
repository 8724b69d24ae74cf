"""Selecting with a rectangle."""

from PySide6.QtCore import Qt

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def corners(canvas, *node_ids):
    box = canvas.scene.bounds(node_ids)
    return canvas.pixel(box.left() - 40, box.top() - 14), canvas.pixel(
        box.left() + 60, box.bottom() + 13
    )


def test_touched_nodes_are_selected_and_said_once(canvas):
    said = []
    canvas.view.selection_changed.connect(said.append)
    start, end = corners(canvas, "flatten_1")
    with canvas.no_step():
        canvas.drag(start, end)
    assert canvas.view.selected == ("flatten_1",)
    assert said == [("flatten_1",)]


def test_shift_adds_and_ctrl_takes_away(canvas):
    canvas.view.select(["relu_1"])
    canvas.drag(*corners(canvas, "flatten_1"), SHIFT)
    assert set(canvas.view.selected) == {"relu_1", "flatten_1"}
    canvas.drag(*corners(canvas, "flatten_1"), CTRL)
    assert canvas.view.selected == ("relu_1",)


def test_a_click_on_nothing_clears_the_selection_but_not_with_shift(canvas):
    canvas.view.select(["relu_1"])
    empty = canvas.pixel(700, 420)
    canvas.click(empty, SHIFT)
    assert canvas.view.selected == ("relu_1",)
    canvas.click(empty)
    assert canvas.view.selected == ()


def test_escape_restores_the_selection(canvas):
    canvas.view.select(["relu_1"])
    start, end = corners(canvas, "flatten_1")
    with canvas.no_step():
        canvas.carry(start, end)
        assert canvas.view.selected == ("flatten_1",)
        canvas.key(Qt.Key.Key_Escape)
    assert canvas.view.selected == ("relu_1",)
    canvas.release(end)
    assert canvas.view.selected == ("relu_1",)


def test_a_click_on_a_wire_selects_it_and_another_wire_with_shift(canvas):
    first = next(e for e in canvas.graph.edges if e.source == "flatten_1")
    second = next(e for e in canvas.graph.edges if e.target == "relu_1")
    for edge, keys in ((first, Qt.KeyboardModifier.NoModifier), (second, SHIFT)):
        middle = canvas.scene.wires[edge].path().pointAtPercent(0.5)
        canvas.click(canvas.pixel(middle.x(), middle.y()), keys)
    assert canvas.scene.chosen == {first, second}
    canvas.click(canvas.head("add_1"))
    assert canvas.scene.chosen == frozenset()
    assert canvas.view.selected == ("add_1",)

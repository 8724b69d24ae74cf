"""Lines that a dragged node shares with others."""

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QGraphicsLineItem


def lines(canvas):
    """Ends of the lines that are shown."""
    found = [i.line() for i in canvas.scene.items() if isinstance(i, QGraphicsLineItem)]
    return sorted((one.p1().toTuple(), one.p2().toTuple()) for one in found)


@pytest.mark.parametrize(
    ("near", "place", "horizontal", "vertical"),
    [
        (QPoint(300, -139), (656, 200), True, False),  # the row of linear_1
        (QPoint(174, 90), (528, 424), False, True),  # the column of conv2d_2
        (QPoint(179, -139), (528, 200), True, True),
        (QPoint(300, 60), (656, 400), False, False),
    ],
    ids=["row", "column", "both", "none"],
)
def test_it_is_drawn_to_them_and_they_show_until_it_lies(canvas, near, place, horizontal, vertical):
    start = canvas.head("output_1")
    x, y = place
    with canvas.one_step():
        canvas.carry(start, start + near)
        shown = lines(canvas)
        assert any(a[1] == b[1] == y for a, b in shown) == horizontal
        assert any(a[0] == b[0] == x for a, b in shown) == vertical
        assert len(shown) == horizontal + vertical
        assert canvas.scene.nodes["output_1"].pos().toTuple() == place
        canvas.release(start + near)
        assert lines(canvas) == []
    assert canvas.graph["output_1"].position == place


def test_without_snapping_there_are_none(canvas):
    canvas.view.actions_by_name["snap"].trigger()
    start, by = canvas.head("output_1"), QPoint(300, -139)
    with canvas.one_step():
        canvas.carry(start, start + by)
        assert lines(canvas) == []
        canvas.release(start + by)
    assert canvas.graph["output_1"].position == (652, 197)

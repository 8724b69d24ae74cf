"""Zooming and framing."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QGraphicsItem

from netbuilder.app.canvas.camera import LARGEST, SMALLEST


def wheel(canvas, at, steps):
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.view.viewport().mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.view.viewport(), event)


@pytest.mark.parametrize("steps", [1, -1, 5])
def test_the_wheel_zooms_and_what_is_under_the_pointer_stays(canvas, steps):
    at = QPoint(300, 200)
    before = canvas.view.mapToScene(at)
    with canvas.no_step():
        wheel(canvas, at, steps)
    assert canvas.view.camera.scale == pytest.approx(1.0015 ** (120 * steps))
    moved = canvas.view.mapToScene(at) - before
    assert moved.manhattanLength() * canvas.view.camera.scale < 2.5


def test_there_is_an_end_to_zooming(canvas):
    for _ in range(40):
        wheel(canvas, QPoint(300, 200), 3)
    assert canvas.view.camera.scale == LARGEST
    for _ in range(80):
        wheel(canvas, QPoint(300, 200), -3)
    assert canvas.view.camera.scale == SMALLEST


def test_far_out_the_items_are_drawn_in_one_go_and_near_again_one_by_one(canvas):
    flag = QGraphicsItem.GraphicsItemFlag.ItemHasNoContents
    items = [*canvas.scene.nodes.values(), *canvas.scene.wires.values()]
    canvas.view.camera.set_zoom(0.25)
    assert all(item.flags() & flag for item in items)
    far = canvas.view.grab().toImage()
    middle = canvas.pixel(422, 372)
    assert far.pixelColor(middle).name() != far.pixelColor(500, 500).name()
    canvas.view.camera.set_zoom(0.5)
    assert not any(item.flags() & flag for item in items)


def test_nodes_moved_far_out_are_where_they_were_moved(canvas):
    canvas.view.camera.set_zoom(0.25)
    start = canvas.pixel(422, 372)
    with canvas.one_step():
        canvas.drag(start, start + QPoint(40, 20))
    assert canvas.graph["output_1"].position == (352 + 160, 336 + 80)


def test_framing_nothing_leaves_the_view(canvas):
    canvas.document.edit_graph("Clear", canvas.graph.remove(canvas.graph.nodes))
    before = canvas.view.mapToScene(QPoint(0, 0))
    canvas.view.frame_all()
    assert canvas.view.mapToScene(QPoint(0, 0)) == before


def test_reveal_brings_a_node_into_sight_and_selects_it(canvas):
    canvas.view.centerOn(5000, 5000)
    canvas.view.reveal("output_1")
    assert canvas.view.camera.seen.contains(canvas.scene.nodes["output_1"].box)
    assert canvas.view.selected == ("output_1",)


def test_a_drag_past_the_border_goes_on_scrolling(canvas, qtbot):
    start = canvas.head("output_1")
    border = QPoint(canvas.view.viewport().width() - 5, start.y())
    seen = canvas.view.camera.seen.left()
    canvas.carry(start, border)
    qtbot.waitUntil(lambda: canvas.view.camera.seen.left() > seen + 100, timeout=3000)
    canvas.release(border)
    x = canvas.graph["output_1"].position[0]
    assert x > 352 + border.x() - start.x() + 90
    canvas.check_picture()

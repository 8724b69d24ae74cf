"""Zooming and framing."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice, QWheelEvent
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
    with canvas.one_step():
        canvas.carry(start, border)
        qtbot.waitUntil(lambda: canvas.view.camera.seen.left() > seen + 100, timeout=3000)
        canvas.release(border)
    x = canvas.graph["output_1"].position[0]
    assert x > 352 + border.x() - start.x() + 90
    canvas.check_picture()


# --- a touchpad ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pad():
    """A touchpad as the window system would name it."""
    return QPointingDevice(
        "pad",
        1,
        QInputDevice.DeviceType.TouchPad,
        QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position | QInputDevice.Capability.PixelScroll,
        2,
        0,
    )


def scroll(canvas, pad, at, pixels, keys=Qt.KeyboardModifier.NoModifier):
    """Two fingers moved over the pad by so many pixels."""
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.view.viewport().mapToGlobal(at)),
        pixels,
        pixels * 2,
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.ScrollUpdate,
        False,
        Qt.MouseEventSource.MouseEventNotSynthesized,
        pad,
    )
    QApplication.sendEvent(canvas.view.viewport(), event)


def pinch(canvas, pad, at, value):
    """Two fingers moved apart, or together for a negative value."""
    place = QPointF(at)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        pad,
        2,
        place,
        place,
        QPointF(canvas.view.viewport().mapToGlobal(at)),
        value,
        QPointF(),
    )
    QApplication.sendEvent(canvas.view.viewport(), event)


def test_two_fingers_on_a_touchpad_move_the_paper_both_ways(canvas, pad):
    under = canvas.view.mapToScene(QPoint(300, 200))
    with canvas.no_step():
        scroll(canvas, pad, QPoint(300, 200), QPoint(40, -25))
    assert canvas.view.mapToScene(QPoint(340, 175)) == under
    assert canvas.view.camera.scale == 1


def test_two_fingers_with_ctrl_zoom_at_the_pointer(canvas, pad):
    at = QPoint(300, 200)
    under = canvas.view.mapToScene(at)
    with canvas.no_step():
        scroll(canvas, pad, at, QPoint(0, 60), Qt.KeyboardModifier.ControlModifier)
    assert canvas.view.camera.scale == pytest.approx(1.0015**120)
    assert (canvas.view.mapToScene(at) - under).manhattanLength() < 2.5


@pytest.mark.parametrize("value", [0.25, -0.2])
def test_pinching_zooms_at_the_fingers(canvas, pad, value):
    at = QPoint(300, 200)
    under = canvas.view.mapToScene(at)
    with canvas.no_step():
        pinch(canvas, pad, at, value)
    assert canvas.view.camera.scale == pytest.approx(1 + value)
    assert (canvas.view.mapToScene(at) - under).manhattanLength() * (1 + value) < 2.5


def test_pinching_in_the_middle_of_a_drag_keeps_hold_of_the_node(canvas, pad):
    start = canvas.head("output_1")
    held = canvas.view.mapToScene(start) - canvas.scene.nodes["output_1"].pos()
    with canvas.one_step():
        canvas.carry(start, start + QPoint(80, 40))
        pinch(canvas, pad, start + QPoint(80, 40), 0.5)
        canvas.move(start + QPoint(100, 40))
        now = canvas.view.mapToScene(start + QPoint(100, 40))
        at = canvas.scene.nodes["output_1"].pos()
        assert (now - held - at).manhattanLength() <= 16  # it snaps to the grid
        canvas.release(start + QPoint(100, 40))


# --- what lies over the canvas ------------------------------------------------------------


def covered(canvas):
    """Nodes of which a part lies under the minimap, the legend or the path."""
    view = canvas.view
    over = [w.geometry() for w in (view.minimap, view.legend, view.breadcrumb) if w.isVisible()]
    boxes = {i: view.mapFromScene(n.box).boundingRect() for i, n in canvas.scene.nodes.items()}
    return {i for i, box in boxes.items() if any(box.intersects(w) for w in over)}


@pytest.fixture
def cornered(canvas):
    """With a node at the lower left, where the minimap is."""
    canvas.document.edit_graph("Move", canvas.graph.move({"output_1": (0, 420)}))
    return canvas


@pytest.mark.parametrize("size", [(1100, 640), (900, 620), (900, 420)])
def test_home_puts_no_node_under_the_minimap(cornered, size):
    canvas = cornered
    canvas.view.resize(*size)
    with canvas.no_step():
        canvas.key(Qt.Key.Key_Home)
    assert canvas.view.camera.seen.contains(canvas.scene.bounds())
    assert not covered(canvas)


def test_without_the_minimap_home_uses_its_place(cornered):
    canvas = cornered
    canvas.key(Qt.Key.Key_Home)
    beside = canvas.view.camera.scale
    canvas.key(Qt.Key.Key_M, Qt.KeyboardModifier.AltModifier)
    canvas.key(Qt.Key.Key_Home)
    assert not canvas.view.minimap.isVisible()
    assert canvas.view.camera.scale > beside


def test_revealing_a_node_under_the_minimap_brings_it_out(canvas):
    box = canvas.scene.nodes["flatten_1"].box
    corner = canvas.view.minimap.geometry().center()
    away = canvas.view.mapFromScene(box.center()) - corner
    canvas.view.scroll_by(away.x(), away.y())
    assert "flatten_1" in covered(canvas)
    canvas.view.reveal("flatten_1")
    assert "flatten_1" not in covered(canvas)

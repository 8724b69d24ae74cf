"""Esc gives up any gesture and leaves no trace; the release that follows does nothing."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from netbuilder.app.canvas.gestures import Gesture
from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent, framed

NO = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
RIGHT = Qt.MouseButton.RightButton
EDGE = Edge("add_1", "y", "flatten_1", "x")


def on_wire(canvas):
    at = canvas.scene.wires[EDGE].path().pointAtPercent(0.92)
    return canvas.pixel(at.x(), at.y())


#: By name: the class, where it begins, keys, button.
GESTURES = {
    "pan": ("PanGesture", lambda c: c.pixel(700, 420), NO, MIDDLE),
    "marquee": ("MarqueeGesture", lambda c: c.pixel(620, 230), NO, LEFT),
    "marquee that adds": ("MarqueeGesture", lambda c: c.pixel(620, 230), SHIFT, LEFT),
    "move": ("MoveGesture", lambda c: c.head("output_1"), NO, LEFT),
    "detach": ("MoveGesture", lambda c: c.head("relu_1"), ALT, LEFT),
    "wire": ("WireGesture", lambda c: c.port("relu_1", "y", True), NO, LEFT),
    "wire moved": ("WireGesture", lambda c: c.port("linear_1", "x"), CTRL, LEFT),
    "cut": ("CutGesture", lambda c: c.pixel(338, -60), CTRL, RIGHT),
    "reroute": ("RerouteGesture", lambda c: c.pixel(338, -60), SHIFT, RIGHT),
    "new bend": ("BendGesture", on_wire, ALT, LEFT),
    "bend": ("BendGesture", lambda c: c.pixel(400, 152), NO, LEFT),
    "frame": ("FrameMoveGesture", lambda c: c.pixel(600, 330), NO, LEFT),
    "frame sized": ("FrameSizeGesture", lambda c: c.pixel(740, 436), NO, LEFT),
}


@pytest.fixture
def drawn(canvas):
    """With a bend and a frame, and something selected."""
    graph, _ = framed(bent(canvas.graph, EDGE, [(400, 152)]), (504, 320, 240, 120))
    canvas.document.edit_graph("Draw", graph)
    canvas.view.select(["linear_1"])
    return canvas


@pytest.mark.parametrize("name", GESTURES)
def test_escape_leaves_no_trace(drawn, name):
    canvas = drawn
    kind, begin, keys, button = GESTURES[name]
    start = begin(canvas)
    end = start + QPoint(60, 130)
    seen = canvas.view.camera.seen
    with canvas.no_step():
        canvas.carry(start, end, keys, button)
        assert type(canvas.view.gesture).__name__ == kind
        QTest.keyClick(canvas.view, Qt.Key.Key_Escape)
        assert canvas.view.gesture is None
        canvas.release(end, keys, button)
        assert canvas.view.search is None
    assert canvas.view.camera.seen == seen
    assert not any(wire.hovered for wire in canvas.scene.wires.values())
    if kind in ("MarqueeGesture", "MoveGesture", "PanGesture"):
        assert canvas.view.selected == ("linear_1",)


def leaves(kind: type[Gesture]) -> set[str]:
    """Names of the gestures: classes of which no other is made."""
    below = kind.__subclasses__()
    return set().union(*map(leaves, below)) if below else {kind.__name__}


def test_every_gesture_is_tried():
    assert leaves(Gesture) == {kind for kind, *_ in GESTURES.values()}

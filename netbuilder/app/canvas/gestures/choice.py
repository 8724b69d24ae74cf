"""Which gesture a press begins, by what is under the pointer and which keys are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from netbuilder.app.canvas.gestures.bend import BendGesture
from netbuilder.app.canvas.gestures.cut import CutGesture
from netbuilder.app.canvas.gestures.frame import FrameMoveGesture, FrameSizeGesture
from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer
from netbuilder.app.canvas.gestures.marquee import MarqueeGesture
from netbuilder.app.canvas.gestures.move import MoveGesture
from netbuilder.app.canvas.gestures.pan import PanGesture
from netbuilder.app.canvas.gestures.reroute import RerouteGesture
from netbuilder.app.canvas.gestures.wire import WireGesture

if TYPE_CHECKING:
    from netbuilder.app.canvas.ports import PortRef
    from netbuilder.app.canvas.view import CanvasView

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
RIGHT = Qt.MouseButton.RightButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
#: How near a press must be to a wire, in pixels of the screen.
WIRE_REACH = 6.0


def gesture_for(
    view: CanvasView, button: Qt.MouseButton, at: Pointer, held: int | None
) -> Gesture | None:
    """The gesture of a press; None if the press alone did something, or nothing.

    held: the key that is held, if it is one that makes another thing of a drag.
    """
    if button == MIDDLE or (button == LEFT and held == Qt.Key.Key_Space):
        return PanGesture(view, at)
    if (button == RIGHT and at.holds(CTRL)) or (button == LEFT and held == Qt.Key.Key_Y):
        return CutGesture(view, at)
    if button == RIGHT and at.holds(SHIFT):
        return RerouteGesture(view, at)
    if button != LEFT:
        return None
    scene = view.canvas
    callout = scene.callouts.at(at.scene)
    if callout is not None:
        fix = callout.fix_at(at.scene)
        if fix is not None:
            view.apply_fix(fix)
        return None
    port = scene.port_at(at.scene)
    if port is not None:
        return _at_port(view, at, port)
    if scene.node_at(at.scene) is not None:
        return MoveGesture(view, at)
    bend = scene.bends.at(at.scene)
    if bend is not None:
        return BendGesture(view, at, *bend)
    edge = scene.wire_at(at.scene, WIRE_REACH / view.camera.scale)
    if edge is None:
        return _at_frame(view, at) or MarqueeGesture(view, at)
    if at.holds(ALT):
        return BendGesture(view, at, edge, scene.bends.place_for(edge, at.scene), new=True)
    more = at.holds(CTRL) or at.holds(SHIFT)
    scene.select(scene.selected if more else (), scene.chosen ^ {edge} if more else {edge})
    return None


def _at_frame(view: CanvasView, at: Pointer) -> Gesture | None:
    frames = view.canvas.frames
    if (sized := frames.corner_at(at.scene)) is not None:
        return FrameSizeGesture(view, at, sized)
    moved = frames.title_at(at.scene)
    return FrameMoveGesture(view, at, moved) if moved is not None else None


def _at_port(view: CanvasView, at: Pointer, port: PortRef) -> Gesture | None:
    """Draw a wire; with Ctrl move what is there, with Alt take it off."""
    edges = view.edges_at(port)
    if at.holds(ALT):
        view.commands.break_wires(edges)
        return None
    return WireGesture(view, at, port, edges if at.holds(CTRL) else ())

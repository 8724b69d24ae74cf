"""One class a gesture: pan, marquee, move, wire, bend, frame, cut, reroute."""

from netbuilder.app.canvas.gestures.choice import gesture_for
from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer

__all__ = ["Gesture", "Pointer", "gesture_for"]

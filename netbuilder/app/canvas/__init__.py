"""The canvas: a picture of the graph that a person edits."""

from netbuilder.app.canvas.actions import canvas_actions
from netbuilder.app.canvas.dropping import KIND_MIME
from netbuilder.app.canvas.scene import CanvasScene
from netbuilder.app.canvas.view import CanvasView

__all__ = ["KIND_MIME", "CanvasScene", "CanvasView", "canvas_actions"]

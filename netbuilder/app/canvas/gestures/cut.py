"""Ctrl and drag with the right button: every wire the line crosses is taken off."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF

from netbuilder.app.canvas.gestures.crossing import CrossingGesture
from netbuilder.graph import Edge


class CutGesture(CrossingGesture):
    """A knife."""

    token = "error"

    def commit(self, crossed: Mapping[Edge, QPointF]) -> None:
        graph = self.scene.graph.remove(edges=crossed)
        self.view.edit("Cut wire" if len(crossed) == 1 else f"Cut {len(crossed)} wires", graph)

"""Shift and drag with the right button: every wire the line crosses is bent there."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF

from netbuilder.app.canvas.gestures.crossing import CrossingGesture
from netbuilder.graph import Edge


class RerouteGesture(CrossingGesture):
    """Puts a bend where the line crosses a wire, ready to be dragged."""

    def commit(self, crossed: Mapping[Edge, QPointF]) -> None:
        self.view.framing.bend(*crossed.items())

"""One wire: a plain path item whose pen says what flows and how strongly it is corrected."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import count

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.app.canvas.ink import ink
from netbuilder.app.theme import theme
from netbuilder.app.theme.tokens import KIND_DASH, Tokens
from netbuilder.graph import Edge
from netbuilder.layers import Flow

WIRE_Z = 1.0
_serials = count()
VANISHING, EXPLODING = 1e-7, 1e3


def gradient_width(norm: float) -> float:
    """Width of a wire over which a gradient of this norm comes back."""
    if not math.isfinite(norm) or norm > EXPLODING:
        return 5.0
    if norm < VANISHING:
        return 1.0
    return 1.5 + 2.0 * min(1.0, max(0.0, (math.log10(norm) + 6.0) / 7.0))


@lru_cache(maxsize=512)
def wire_pen(tokens: Tokens, flow: Flow, width: float, alpha: float, dashed: bool) -> QPen:
    """The pen of a wire; thousands of wires share a few."""
    colour = QColor(tokens.kind(flow))
    colour.setAlphaF(alpha)
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    dash = KIND_DASH[flow]
    if dash and dashed:
        pen.setDashPattern([part / width for part in dash])
        if flow == "loss":
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    return pen


class WireItem(QGraphicsPathItem):
    """The wire of `edge`; a selected one has two wider strokes below it."""

    def __init__(self, edge: Edge) -> None:
        super().__init__()
        self.edge = edge
        self.serial = next(_serials)
        self.flow: Flow = "any"
        self.carries_gradient = True
        self.gradient: float | None = None
        self.hovered = False
        self.chosen = False
        self.dead = False
        self.simple = False
        self._under: list[QGraphicsPathItem] = []
        self.setZValue(WIRE_Z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def width(self) -> float:
        """Its width without hovering, in logical pixels."""
        if not self.carries_gradient:
            return 1.2
        if self.flow == "label":
            return 1.6
        return 2.0 if self.gradient is None else gradient_width(self.gradient)

    def show_flow(self, flow: Flow, carries_gradient: bool) -> None:
        """Take the colour, dash and width of what flows."""
        if (flow, carries_gradient) != (self.flow, self.carries_gradient):
            self.flow, self.carries_gradient = flow, carries_gradient
            self.dress()

    def show_dead(self, dead: bool) -> None:
        """Fade a wire whose value goes nowhere, because the node it ends at is muted."""
        if dead != self.dead:
            self.dead = dead
            self.dress()

    def show_gradient(self, norm: float | None) -> bool:
        """Show the norm of the gradient that comes back; true if the pen changed."""
        self.gradient = norm
        # A pen that changes by a hair at every update would repaint the whole canvas.
        shown = self.pen().widthF() - (1.0 if self.hovered else 0.0)
        if abs(self.width - shown) < 0.25:
            return False
        self.dress()
        return True

    def dress(self) -> None:
        """Make the pen anew, after a change of state or theme."""
        vanishing = self.gradient is not None and self.gradient < VANISHING
        alpha = 0.35 if self.dead else 0.75 if not self.carries_gradient else 1.0
        if vanishing and alpha == 1.0:
            alpha = 0.6
        width = self.width + (1.0 if self.hovered else 0.0)
        self.setPen(wire_pen(theme.tokens, self.flow, width, alpha, not self.simple))
        for item, below in zip(self._under, (7.0, 4.0), strict=False):
            stroke = QPen(ink().accent if below == 7.0 else ink().canvas, below)
            stroke.setCapStyle(Qt.PenCapStyle.FlatCap)
            item.setPen(stroke)

    def show_path(self, path: QPainterPath) -> None:
        """Follow another line."""
        self.setPath(path)
        for item in self._under:
            item.setPath(path)

    def set_hovered(self, hovered: bool) -> None:
        """One wider under the pointer."""
        if hovered != self.hovered:
            self.hovered = hovered
            self.dress()

    def set_simple(self, simple: bool) -> None:
        """Solid when zoomed out: dashes would be noise, and they are slow."""
        if simple != self.simple:
            self.simple = simple
            self.dress()

    def set_chosen(self, chosen: bool) -> None:
        """Mark as selected or not."""
        if chosen == self.chosen:
            return
        self.chosen = chosen
        if chosen:
            for _ in range(2):
                stroke = QGraphicsPathItem(self.path(), self)
                stroke.setFlag(stroke.GraphicsItemFlag.ItemStacksBehindParent)
                self._under.append(stroke)
        else:
            for stroke in self._under:
                stroke.setParentItem(None)  # type: ignore[arg-type]
                if self.scene() is not None:
                    self.scene().removeItem(stroke)
            self._under = []
        self.dress()

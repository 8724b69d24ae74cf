"""One node on the canvas: its place, its state, and what is under a point of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from netbuilder.app.canvas.node_face import NodeFace
from netbuilder.app.canvas.node_layout import NodeLayout, ViewKind, lay_out
from netbuilder.app.canvas.node_paint import histogram, paint_node
from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.theme import sizes
from netbuilder.graph import Node
from netbuilder.layers import Flow

#: What a node's view shows: pictures in a strip, or counts as a histogram.
View = tuple[QImage, ...] | np.ndarray
NODE_Z = 2.0
# Room around the body for ring, plates, halos and the line that hovering adds below.
_LEFT, _TOP, _RIGHT, _BOTTOM = 14.0, 11.0, 60.0, 22.0


#: What an item shows until the graph it is in has been looked at.
BLANK = NodeFace("", "", "any", "", "", "", (), (), "")


@lru_cache(maxsize=1)
def _blank() -> NodeLayout:
    return lay_out(BLANK)


@dataclass(slots=True)
class NodeState:
    """What the pointer and the run do to a node; none of it is saved."""

    hovered: bool = False
    port: PortRef | None = None
    #: While a wire is drawn: whether each port fits; ports not in it keep their look.
    fits: Mapping[PortRef, bool] = field(default_factory=dict)
    progress: float | None = None
    focused: bool = False
    renaming: bool = False


class NodeItem(QGraphicsItem):
    """Paints one node and knows where its ports are.

    `node` is the very object in the graph; that is how the scene finds what changed.
    """

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.node = node
        self.face = BLANK
        self.view: View | None = None
        self._bars: tuple[object, QRectF, QPainterPath] | None = None
        self.state = NodeState()
        self.layout: NodeLayout = _blank()
        self.setZValue(NODE_Z)
        self.setPos(*node.position)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    # --- what it shows -----------------------------------------------------------------

    @property
    def view_kind(self) -> ViewKind:
        """How much room the node's pictures take."""
        if self.view is None:
            return "none"
        many = not isinstance(self.view, np.ndarray) and len(self.view) > 3
        return "samples" if many else "strip"

    def bars(self) -> QPainterPath:
        """The histogram it shows; made once, drawn in every frame."""
        at = QRectF(10, self.layout.view.top() + 4, self.layout.width - 20, 40)
        if self._bars is None or self._bars[0] is not self.view or self._bars[1] != at:
            self._bars = (self.view, at, histogram(np.asarray(self.view), at))
        return self._bars[2]

    def show_face(self, face: NodeFace) -> bool:
        """Show another face; true if the ports have moved, so that wires must follow."""
        if face == self.face:
            return False
        self.face = face
        return self._lay_out()

    def show_view(self, view: View | None) -> bool:
        """Show pictures, or none; true if the size of the node changed."""
        before = self.view_kind
        self.view = view
        if self.view_kind != before:
            self._lay_out()
            return True
        self.update(self.layout.view)
        return False

    def show_progress(self, progress: float | None) -> None:
        """Show a running line of this length from 0 to 1, or none."""
        before, width = self.state.progress, self.layout.width
        self.state.progress = progress
        if progress is None or before is None:
            if progress is not before:
                self._lay_out()
        elif round(2 * width * progress) != round(2 * width * before):
            self.update(QRectF(0, sizes.NODE_HEADER - 2, self.layout.width, 6))

    def _lay_out(self) -> bool:
        layout = lay_out(self.face, self.view_kind, self.state.progress is not None)
        moved = layout.outputs != self.layout.outputs or layout.inputs != self.layout.inputs
        if layout.width != self.layout.width or layout.height != self.layout.height:
            self.prepareGeometryChange()
        self.layout = layout
        self.update()
        return moved

    # --- where things are --------------------------------------------------------------

    @property
    def box(self) -> QRectF:
        """The node's body in the scene."""
        return self.layout.body.translated(self.pos())

    def ports(self) -> list[tuple[PortRef, QPointF]]:
        """Every port with its middle in item coordinates."""
        ins = zip(self.face.inputs, self.layout.inputs, strict=True)
        outs = zip(self.face.outputs, self.layout.outputs, strict=True)
        return [(PortRef(self.node.id, p.name, False), at) for p, at in ins] + [
            (PortRef(self.node.id, p.name, True), at) for p, at in outs
        ]

    def flow(self, ref: PortRef) -> Flow:
        """What flows through one of its ports."""
        faces = self.face.outputs if ref.output else self.face.inputs
        return next((p.flow for p in faces if p.name == ref.port), "any")

    def port_pos(self, ref: PortRef) -> QPointF:
        """Middle of a port in the scene; of one that is gone, where the first would be."""
        faces = self.face.outputs if ref.output else self.face.inputs
        places = self.layout.outputs if ref.output else self.layout.inputs
        for face, at in zip(faces, places, strict=True):
            if face.name == ref.port:
                return self.pos() + at
        x = self.layout.width if ref.output else 0.0
        y = sizes.NODE_HEADER / 2 if self.face.collapsed else sizes.PORT_FIRST_Y
        return self.pos() + QPointF(x, y)

    def port_at(self, scene_pos: QPointF) -> tuple[PortRef, float] | None:
        """The port within reach of a point in the scene, and how far it is."""
        local = scene_pos - self.pos()
        best: tuple[PortRef, float] | None = None
        for ref, at in self.ports():
            off = local - at
            far = (off.x() ** 2 + off.y() ** 2) ** 0.5
            if far <= sizes.PORT_HIT and (best is None or far < best[1]):
                best = (ref, far)
        return best

    # --- Qt ----------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:
        return QRectF(
            -_LEFT, -_TOP, self.layout.width + _LEFT + _RIGHT, self.layout.height + _TOP + _BOTTOM
        )

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.layout.body)
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        paint_node(painter, self)

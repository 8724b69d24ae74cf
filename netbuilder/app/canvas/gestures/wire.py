"""Drag from a port: a wire follows the pointer, the canvas tells where it may end and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsEllipseItem, QGraphicsPathItem

from netbuilder.app.canvas.connecting import misgivings
from netbuilder.app.canvas.edits import moved_wire
from netbuilder.app.canvas.fits import Fitting, Refusal
from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer
from netbuilder.app.canvas.ink import ink
from netbuilder.app.canvas.outcome import Outcome, carried, outcome
from netbuilder.app.canvas.ports import PortRef, end, start
from netbuilder.app.canvas.wire_path import curve
from netbuilder.graph import Edge
from netbuilder.layers import Flow

if TYPE_CHECKING:
    pass

ALT = Qt.KeyboardModifier.AltModifier


class WireGesture(Gesture):
    """Draws a new wire from `origin`, or moves `taken` ones, whose other end stays.

    Dropped on empty canvas, a new wire asks what to add; a moved one is taken off.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, view, press: Pointer, origin: PortRef, taken: tuple[Edge, ...] = ()) -> None:  # type: ignore[no-untyped-def]
        super().__init__(view, press)
        self.origin = origin
        self.taken = taken
        self.target: PortRef | None = None
        self.refusal: Refusal | None = None

    @property
    def anchors(self) -> tuple[PortRef, ...]:
        """The fixed ends: where the wires hang while the free end follows the pointer."""
        if not self.taken:
            return (self.origin,)
        return tuple(end(e) if self.origin.output else start(e) for e in self.taken)

    def start(self) -> None:
        self._fitting = Fitting(self.scene.project, self.scene.place, self.scene.check)
        self._off = frozenset(self.taken)
        self._answers: dict[PortRef, Refusal | None] = {}
        self._outcomes: dict[PortRef, Outcome] = {}
        self._lines: list[QGraphicsPathItem] = []
        self._ball: QGraphicsEllipseItem | None = None

    # --- following the pointer -------------------------------------------------------------

    def move(self, pointer: Pointer) -> None:
        if not self._lines:
            if not self.begun(pointer):
                return
            self._show()
        there = self.scene.port_at(pointer.scene)
        wanted = not self.anchors[0].output
        if there is not None and (there.output != wanted or there in self.anchors):
            there = None
        self.target = there
        self.refusal = self._answer(there) if there is not None else None
        free = (
            self.scene.port_pos(there)
            if there and not self._stands(pointer, self.refusal)
            else pointer.scene
        )
        for line, anchor in zip(self._lines, self.anchors, strict=True):
            line.setPath(_path(self.scene.port_pos(anchor), free, anchor.output))
        if self._ball is not None:
            self._ball.setPos(free)
        self._tell(pointer, there if there is not None else self._on_body(pointer))

    def _tell(self, pointer: Pointer, target: PortRef | None) -> None:
        """Beside the pointer: why not, or what would come of it."""
        refusal = self._stands(pointer, self._answer(target) if target is not None else None)
        if refusal is not None:
            alt = "" if refusal.firm else " Hold Alt to wire it anyway."
            self.view.show_refusal(f"{refusal.message}{alt}", pointer.at)
        elif target is not None and target != self.origin:
            if target not in self._outcomes:
                edges = self._edges(target)
                self._outcomes[target] = outcome(self._fitting, edges, self.taken)
            self.view.note.show_outcome(self._outcomes[target], pointer.at)
        elif self.anchors[0].output:
            anchor = self.anchors[0]
            spec = self._fitting.spec(anchor.node, anchor.port)
            self.view.note.show_outcome(carried(spec), pointer.at)
        else:
            self.view.show_refusal("", pointer.at)

    def _on_body(self, pointer: Pointer) -> PortRef | None:
        """Of the node under the pointer, the port where the wires would end best."""
        item = self.scene.node_at(pointer.scene)
        if item is None or item.node.id in {a.node for a in self.anchors}:
            return None
        refs = [r for r, _ in item.ports() if r.output != self.anchors[0].output]
        fitting = [r for r in refs if self._answer(r) is None]
        anchor = self.anchors[0]
        best = min(fitting, key=lambda r: misgivings(self._fitting, anchor.edge(r)), default=None)
        return best or (refs[0] if refs else None)

    def _show(self) -> None:
        for edge in self.taken:
            self.scene.wires[edge].setVisible(False)
        own = ink()
        for anchor in self.anchors:
            colour = own.flow[self._flow(anchor)]
            pen = QPen(colour, 2)
            pen.setDashPattern([3, 2])
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            line = QGraphicsPathItem()
            line.setPen(pen)
            line.setZValue(5)
            self.scene.addItem(line)
            self._lines.append(line)
        self._ball = QGraphicsEllipseItem(-3, -3, 6, 6)
        self._ball.setPen(QPen(Qt.PenStyle.NoPen))
        self._ball.setBrush(own.flow[self._flow(self.anchors[0])])
        self._ball.setZValue(5)
        self.scene.addItem(self._ball)
        self.scene.show_fits(self._fits())

    def _flow(self, ref: PortRef) -> Flow:
        return self.scene.nodes[ref.node].flow(ref)

    def _fits(self) -> dict[PortRef, bool]:
        """Every port but the fixed ends: whether all these wires could end there."""
        anchors = set(self.anchors)
        return {
            ref: ref.output != self.anchors[0].output and self._answer(ref) is None
            for item in self.scene.nodes.values()
            for ref, _ in item.ports()
            if ref not in anchors
        }

    def _answer(self, ref: PortRef) -> Refusal | None:
        if ref not in self._answers:
            if ref == self.origin and self.taken:
                self._answers[ref] = None  # back where it was
            else:
                asked = (self._fitting.refusal(a.edge(ref), self._off) for a in self.anchors)
                self._answers[ref] = self._crowd(ref) or next((r for r in asked if r), None)
        return self._answers[ref]

    def _crowd(self, ref: PortRef) -> Refusal | None:
        """Several wires moved at once do not fit into a port for one."""
        port = None if ref.output else self._fitting.port(ref.node, ref.port)
        if port is None or port.many or len(self.anchors) == 1:
            return None
        name = self._fitting.name(ref.node)
        return Refusal(f"{name} takes one wire here, and these are {len(self.anchors)}.")

    def _stands(self, pointer: Pointer, refusal: Refusal | None) -> Refusal | None:
        """The refusal in force: Alt overrules one that the compiler can explain later."""
        if refusal is None or (not refusal.firm and pointer.holds(ALT)):
            return None
        return refusal

    # --- the end ---------------------------------------------------------------------------

    def finish(self, pointer: Pointer) -> None:
        drawn, target = bool(self._lines), self.target
        refusal = self._stands(pointer, self.refusal)
        self._clear()
        if not drawn:
            return
        if target is not None and refusal is not None:
            self.view.offer_remedy(self._edges(target), self.taken, refusal, pointer.at)
        elif target is not None:
            self._commit(target)
        elif self.taken:
            wires = "wire" if len(self.taken) == 1 else "wires"
            self.view.edit(f"Take off {wires}", self.scene.graph.remove(edges=self.taken))
        elif self.scene.node_at(pointer.scene) is not None:
            self._drop_on_node(pointer)
        else:
            self.view.open_search(pointer.at, self.origin)

    def _drop_on_node(self, pointer: Pointer) -> None:
        """On a body rather than a port: the one that fits best."""
        target = self._on_body(pointer)
        if target is None:
            return
        refusal = self._answer(target)
        if refusal is None:
            self._commit(target)
        else:
            self.view.offer_remedy(self._edges(target), self.taken, refusal, pointer.at)

    def _edges(self, target: PortRef) -> tuple[Edge, ...]:
        return tuple(anchor.edge(target) for anchor in self.anchors)

    def _commit(self, target: PortRef) -> None:
        if self.taken and target == self.origin:
            return
        edges = self._edges(target)
        new = [(e, self._fitting.port(e.target, e.target_port)) for e in edges]
        graph = moved_wire(self.scene.graph, self.taken, new)
        self.view.edit("Move wire" if self.taken else "Wire", graph)

    def cancel(self) -> None:
        self._clear()

    def _clear(self) -> None:
        for edge in self.taken:
            if edge in self.scene.wires:
                self.scene.wires[edge].setVisible(True)
        for line in self._lines:
            self.scene.removeItem(line)
        if self._ball is not None:
            self.scene.removeItem(self._ball)
        self._lines, self._ball = [], None
        self.scene.show_fits(None)
        self.view.show_refusal("", self.press.at)


def _path(anchor: QPointF, free: QPointF, forward: bool) -> QPainterPath:
    return curve(anchor, free) if forward else curve(free, anchor)

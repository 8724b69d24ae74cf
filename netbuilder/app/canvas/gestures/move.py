"""Drag a node: the selection follows, snapped to the grid; one edit on release."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsLineItem

from netbuilder.app.canvas.alignment import Guide, guides
from netbuilder.app.canvas.edits import Gap, inserted, snapped
from netbuilder.app.canvas.fits import Fitting
from netbuilder.app.canvas.gestures.detached import Detached
from netbuilder.app.canvas.gestures.gesture import Gesture, Pointer
from netbuilder.app.canvas.gestures.shake import Shake
from netbuilder.app.canvas.insertion import gap_for, node_sizes
from netbuilder.app.theme import colour
from netbuilder.graph.drawing import shifted

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


class MoveGesture(Gesture):
    """Selects on press, moves on drag.

    Ctrl turns snapping round. A lone node dropped on a wire goes into it; Alt lets it lie
    on top instead. A press with Alt takes the nodes out of their wires, which close behind;
    so does shaking them, if the view has that on.
    """

    def start(self) -> None:
        node = self.scene.node_at(self.press.scene)
        assert node is not None  # the view looked before it chose this gesture
        self._id = node.node.id
        selected = set(self.scene.selected)
        self._before = selected, self.scene.chosen
        self._late: set[str] | None = None
        if self.press.holds(SHIFT):
            self.scene.select(selected | {self._id}, self.scene.chosen)
        elif self.press.holds(CTRL):
            # Taking away waits for the release, or Ctrl-dragging a selection would lose it.
            if self._id in selected:
                self._late = selected - {self._id}
            else:
                self.scene.select(selected | {self._id}, self.scene.chosen)
        elif self._id not in selected:
            self.scene.select([self._id])
        else:
            self._late = {self._id}
        self._from: dict[str, QPointF] = {}
        self._guides: list[QGraphicsLineItem] = []
        self._gap: Gap | None = None
        self._shake = Shake(self.press)
        self._detached: Detached | None = None

    def move(self, pointer: Pointer) -> None:
        if not self._from:
            if not self.begun(pointer):
                return
            # A key may have changed the selection since the press; the node held moves anyway.
            moved = {*self.scene.selected, self._id}
            self._from = {n.id: QPointF(*n.position) for n in self.scene.graph if n.id in moved}
            self._fitting = Fitting(self.scene.project, self.scene.place, self.scene.check)
            if self.press.holds(ALT):
                self._detach()
        if self._shake.feel(pointer) and self.view.shaking:
            self._detach()
        offset = self._offset(pointer)
        self._place(offset)
        self._find_gap(pointer)

    def _detach(self) -> None:
        """Show the nodes out of their wires; there is a change only if they have any."""
        graph = self.scene.graph
        wired = any(graph.incoming[i] or graph.outgoing[i] for i in self._from)
        if wired and self._detached is None:
            self._detached = Detached(self.scene, self._from, self._fitting)
            self._fitting = self._detached.fitting

    def _place(self, by: QPointF) -> None:
        """Show the nodes, and the bends of wires between them, moved by so much."""
        graph = shifted(self.scene.graph, (by.x(), by.y()), self._from)
        self.scene.place_nodes({i: at + by for i, at in self._from.items()}, graph.bends)

    def _offset(self, pointer: Pointer) -> QPointF:
        offset = pointer.scene - self.press.scene
        at = self._from[self._id] + offset
        if self.view.snapping == pointer.holds(CTRL):
            self._draw_guides(())
            return offset
        lines, at = guides(self.scene, self._id, at, set(self._from))
        self._draw_guides(lines)
        held = {line.axis for line in lines}
        x = at.x() if "x" in held else snapped(at.x())
        y = at.y() if "y" in held else snapped(at.y())
        return QPointF(x, y) - self._from[self._id]

    def _draw_guides(self, lines: tuple[Guide, ...]) -> None:
        for item in self._guides:
            self.scene.removeItem(item)
        pen = QPen(colour("accent"), 1)
        pen.setCosmetic(True)
        self._guides = []
        for line in lines:
            item = QGraphicsLineItem(QLineF(line.start, line.end))
            item.setPen(pen)
            item.setZValue(10)
            self.scene.addItem(item)
            self._guides.append(item)

    def _find_gap(self, pointer: Pointer) -> None:
        before = self._gap
        self._gap = None
        if len(self._from) == 1 and not pointer.holds(ALT):
            item = self.scene.nodes[self._id]
            self._gap = gap_for(self.scene, self._fitting, self._id, item.box)
        if before != self._gap:
            for gap, lit in ((before, False), (self._gap, True)):
                if gap is not None:
                    self.scene.wires[gap.edge].set_hovered(lit)

    def finish(self, pointer: Pointer) -> None:
        if not self._from:
            if self._late is not None:
                self.scene.select(self._late, self.scene.chosen if pointer.holds(CTRL) else ())
            return
        self._draw_guides(())
        places = {
            i: (item.x(), item.y())
            for i in self._from
            if (item := self.scene.nodes[i]) and (item.x(), item.y()) != item.node.position
        }
        offset = self.scene.nodes[self._id].pos() - self._from[self._id]
        still = not places or offset.isNull()
        if still and (self._detached is None or self.press.holds(ALT)):
            # Of several nodes some may be off by a rounding error.
            self._put_back()
            return
        text = "Move" if len(places) == 1 else f"Move {len(places)} nodes"
        graph = self.scene.graph
        if self._detached is not None:
            graph, text = self._detached.graph, "Detach"
            self._detached.show_again()
        graph = shifted(graph, (offset.x(), offset.y()), places)
        if self._gap is not None:
            graph = inserted(graph, self._id, self._gap, node_sizes(self.scene))
            text = "Insert into wire"
        self.view.edit(text, graph)

    def cancel(self) -> None:
        self._draw_guides(())
        if self._from:
            self._put_back()
        nodes, wires = self._before
        self.scene.select(nodes, wires)
        if self._gap is not None:
            self.scene.wires[self._gap.edge].set_hovered(False)

    def _put_back(self) -> None:
        self._place(QPointF())
        if self._detached is not None:
            self._detached.show_again()

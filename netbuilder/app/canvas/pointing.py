"""What is selected on the picture of a graph, and what the pointer lights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from netbuilder.app.canvas.node_item import NODE_Z, NodeItem
from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.canvas.run_picture import RunPicture
from netbuilder.graph import Edge, Graph

if TYPE_CHECKING:
    from netbuilder.app.canvas.bends import Bend, Bends
    from netbuilder.app.canvas.frames import Frames


class Pointing(RunPicture):
    """The part of a scene that shows where a person is; none of it is saved."""

    selection_changed = Signal()

    # What the scene brings along.
    graph: Graph
    frames: Frames
    bends: Bends

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._chosen: set[Edge] = set()
        self._hovered: NodeItem | None = None
        self._raised: set[NodeItem] = set()
        self.selectionChanged.connect(self._selection_changed)

    @property
    def selected(self) -> tuple[str, ...]:
        """Ids of the selected nodes, in the order of the graph."""
        chosen = {item.node.id for item in self.selectedItems() if isinstance(item, NodeItem)}
        return tuple(i for i in self.nodes if i in chosen) if len(chosen) > 1 else tuple(chosen)

    @property
    def hovered(self) -> str | None:
        """Id of the node under the pointer."""
        return self._hovered.node.id if self._hovered is not None else None

    @property
    def chosen(self) -> frozenset[Edge]:
        """The selected wires."""
        return frozenset(self._chosen)

    def select(
        self,
        node_ids: Iterable[str],
        edges: Iterable[Edge] = (),
        frames: Iterable[str] = (),
        bend: Bend | None = None,
    ) -> None:
        """Select exactly these; what does not exist is ignored."""
        wanted, wires = set(node_ids), {e for e in edges if e in self.wires}
        before = self.selected, self.chosen, self.frames.chosen, self.bends.chosen
        self.blockSignals(True)
        for node_id, item in self.nodes.items():
            if item.state.focused:
                item.state.focused = False
                item.update()
            if item.isSelected() != (node_id in wanted):
                item.setSelected(node_id in wanted)
        self.blockSignals(False)
        for edge in self._chosen | wires:
            self.wires[edge].set_chosen(edge in wires)
        self._chosen = wires
        self.frames.choose(frames)
        self.bends.choose(bend)
        if before != (self.selected, self.chosen, self.frames.chosen, self.bends.chosen):
            self._selection_changed()

    def _selection_changed(self) -> None:
        # A scene that is being destroyed deselects items which are gone already.
        if all(isValid(item) for item in self.nodes.values()):
            # A selected node must not hide its ring behind a neighbour.
            raised = {item for item in self.selectedItems() if isinstance(item, NodeItem)}
            for item in raised ^ self._raised:
                item.setZValue(NODE_Z + (0.5 if item in raised else 0.0))
            self._raised = raised
            self.callouts.refresh()
            self.selection_changed.emit()

    def hover(self, node: NodeItem | None, port: PortRef | None, edge: Edge | None) -> None:
        """Light what is under the pointer: a node with its wires, a port, or one wire."""
        if self._hovered is not node and self._hovered is not None:
            self._hovered.state.hovered = False
            self._hovered.state.port = None
            self._hovered.update()
        self._hovered = node
        if node is not None and (not node.state.hovered or node.state.port != port):
            node.state.hovered, node.state.port = True, port
            node.update()
        lit = {edge} if edge else set()
        if node is not None:
            lit |= {
                *self.graph.incoming.get(node.node.id, ()),
                *self.graph.outgoing.get(node.node.id, ()),
            }
        for known, wire in self.wires.items():
            wire.set_hovered(known in lit)
        self.callouts.refresh()

    def show_fits(self, fits: Mapping[PortRef, bool] | None) -> None:
        """While a wire is drawn: ring the ports that fit and dim those that do not."""
        for node_id, item in self.nodes.items():
            own = {ref: ok for ref, ok in (fits or {}).items() if ref.node == node_id}
            if own != item.state.fits:
                item.state.fits = own
                item.update()

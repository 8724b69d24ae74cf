"""The picture of one graph: items that follow it by identity, never the other way round.

The graph holds what is saved. What the pointer does, what is selected and what a run
reports lives here and is never written back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene
from shiboken6 import isValid

from netbuilder.app.canvas import hits
from netbuilder.app.canvas.batch import Batch
from netbuilder.app.canvas.bends import Bend, Bends
from netbuilder.app.canvas.callouts import Callouts
from netbuilder.app.canvas.frames import Frames
from netbuilder.app.canvas.late import Late
from netbuilder.app.canvas.marking import dead_ends
from netbuilder.app.canvas.node_face import make_face
from netbuilder.app.canvas.node_item import Ingredients, NodeItem
from netbuilder.app.canvas.obstacles import Obstacles
from netbuilder.app.canvas.plates import draw_plates
from netbuilder.app.canvas.ports import PortRef, end, start
from netbuilder.app.canvas.routes import Routes
from netbuilder.app.canvas.run_picture import RunPicture
from netbuilder.app.canvas.wire_item import WireItem
from netbuilder.app.theme import sizes, theme
from netbuilder.compiler.report import Check, NodeInfo, Problem
from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.graph.frame import Point

NO_CHECK = Check({}, ())
NO_CONTENTS = QGraphicsItem.GraphicsItemFlag.ItemHasNoContents


class CanvasScene(RunPicture):
    """Items for the graph at one place of a project."""

    selection_changed = Signal()
    laid_out = Signal()
    """Nodes have come, gone, moved or changed size; for the minimap."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project = Project()
        self.graph = Graph()
        self.place: tuple[str, ...] = ()
        self.check = NO_CHECK
        self._infos: Mapping[str, NodeInfo] = {}
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[Edge, WireItem] = {}
        self.callouts = Callouts(self)
        self.frames = Frames(self)
        self.bends = Bends(self)
        self.obstacles: Obstacles[str] = Obstacles()
        self.routes = Routes(self.obstacles)
        self.batch = Batch()
        self.late = Late(self, self._put_on)
        self.scale = 1.0
        self._chosen: set[Edge] = set()
        #: Nodes whose unused ports are hidden: a way of looking, not part of the graph.
        self.trimmed: frozenset[str] = frozenset()
        self._hovered: NodeItem | None = None
        self._dirty: set[str] = set()
        self._fresh: set[Edge] = set()
        self._disturbed: list[QRectF] = []
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        # The scene is as large as anybody will ever draw, so that panning never stops.
        self.setSceneRect(-60_000, -60_000, 120_000, 120_000)
        self.selectionChanged.connect(self._selection_changed)
        theme.changed.connect(self._redress)

    # --- following the graph -------------------------------------------------------------

    def show_place(self, project: Project, place: tuple[str, ...], check: Check) -> None:
        """Show the graph at another place, from nothing."""
        self.sync(self.graph, Graph(), project, place)
        self.check, self._infos = NO_CHECK, {}
        self.sync(Graph(), project.graph_at(place), project, place)
        self.recheck(check)

    def sync(self, before: Graph, after: Graph, project: Project, place: tuple[str, ...]) -> None:
        """Turn the items of `before` into those of `after`, touching only what differs.

        `recheck` must follow: it puts on the faces and lays the wires.
        """
        self.project, self.place, self.graph = project, place, after
        rewired = after.edges is not before.edges
        for edge in set(before.edges) - set(after.edges) if rewired else ():
            self._drop_wire(edge)
            self._dirty |= {edge.source, edge.target}
        for node_id in [i for i in before.nodes if i not in after.nodes]:
            self._drop_node(node_id)
        for node_id, node in after.nodes.items():
            item = self.nodes.get(node_id)
            if item is None:
                self._add_node(node_id)
            elif item.node is node:
                continue
            else:
                item.node = node
            self._dirty.add(node_id)
            item = self.nodes[node_id]
            if (item.pos().x(), item.pos().y()) != node.position:
                item.setPos(*node.position)
            self._put_obstacle(item)
        for edge in after.edges if rewired else ():
            if edge not in self.wires:
                self.wires[edge] = WireItem(edge)
                self.addItem(self.wires[edge])
                self.wires[edge].dress()
                self.wires[edge].set_simple(self.scale < sizes.DETAIL_BELOW)
                self.wires[edge].setFlag(NO_CONTENTS, self.scale < sizes.BATCHED_BELOW)
                self._fresh.add(edge)
        self._fresh |= self.bends.sync(after)
        self.frames.sync(after)

    def recheck(self, check: Check) -> None:
        """Show what the compiler says of the graph: shapes, colours and problems."""
        self.check = check
        self._infos = check.inside(self.place[-1] if self.place else None)
        problems = self._problems()
        same = {
            i: item.same_ingredients(self._seen_by(item.node, problems.get(i, ())))
            for i, item in self.nodes.items()
        }
        changed = [i for i, unchanged in same.items() if not unchanged or i in self.late]
        self._put_on(self.late.at_once(changed, self.nodes, self._dirty))

    def _put_on(self, node_ids: Iterable[str]) -> None:
        """Put their faces on these nodes, and let everything around follow."""
        problems = self._problems()
        moved = {i for i in self._dirty if i in self.nodes}
        rebuilt = not self.batch.holds(self.nodes, self.wires)
        for node_id in node_ids:
            if (item := self.nodes.get(node_id)) is None:
                continue
            own, trimmed = problems.get(node_id, ()), node_id in self.trimmed
            face = make_face(item.node, self.graph, self.project, self._infos, own, trimmed)
            if face != item.face:
                width, height = item.layout.width, item.layout.height
                rebuilt = rebuilt or face.flow != item.face.flow
                if item.show_face(face) or item.layout.width != width:
                    moved.add(node_id)
                if item.layout.width != width or item.layout.height != height:
                    self._put_obstacle(item)
        dead = dead_ends(self.graph, self.project)
        for edge, wire in self.wires.items():
            wire.show_dead(edge in dead)
            flow = self.nodes[edge.source].flow(start(edge))
            wire.show_flow(flow, self.nodes[edge.target].face.role not in ("output", "metric"))
        self._follow(moved, self._fresh)
        self._dirty, self._fresh = set(), set()
        if rebuilt:
            self.batch.rebuild(self.nodes, self.wires)
        else:
            self.batch.move(self.nodes, moved)
        self.callouts.show(problems)
        self.laid_out.emit()

    def trim(self, node_ids: Iterable[str]) -> None:
        """Hide the unused ports of exactly these nodes."""
        self.trimmed = frozenset(node_ids) & self.nodes.keys()
        self.recheck(self.check)

    def _seen_by(self, node: Node, problems: Sequence[Problem]) -> Ingredients:
        """All that a face is made of. What the compiler did not touch is the same object."""
        incoming, outgoing = self.graph.incoming[node.id], self.graph.outgoing[node.id]
        sources = (self._infos.get(edge.source) for edge in incoming)
        block = self.project.blocks.get(node.block) if node.block else None
        trimmed = node.id in self.trimmed
        seen = (node, self._infos.get(node.id), block, trimmed, *sources, *problems)
        return seen, (incoming, outgoing)

    def _problems(self) -> dict[str, list[Problem]]:
        block = self.place[-1] if self.place else None
        found: dict[str, list[Problem]] = {}
        for problem in self.check.problems:
            if problem.node is not None and problem.block == block:
                found.setdefault(problem.node, []).append(problem)
        return found

    def _add_node(self, node_id: str) -> None:
        node = self.graph[node_id]
        item = NodeItem(node, make_face(node, self.graph, self.project, self._infos, ()))
        item.show_view(self._view_of(node_id))
        self.nodes[node_id] = item
        item.setFlag(NO_CONTENTS, self.scale < sizes.BATCHED_BELOW)
        self.addItem(item)

    def _drop_node(self, node_id: str) -> None:
        item = self.nodes.pop(node_id)
        if self._hovered is item:
            self._hovered = None
        self._disturbed.append(self.obstacles.box(node_id))
        self.obstacles.remove(node_id)
        self.callouts.drop(node_id)
        self.trimmed -= {node_id}
        self.removeItem(item)

    def _drop_wire(self, edge: Edge) -> None:
        wire = self.wires.pop(edge)
        wire.set_chosen(False)
        self._chosen.discard(edge)
        self._gradients.pop(edge, None)
        self.routes.forget(edge)
        self.bends.drop(edge)
        self.removeItem(wire)

    def _put_obstacle(self, item: NodeItem) -> None:
        name, box = item.node.id, item.box
        if name in self.obstacles:
            if self.obstacles.box(name) == box:
                return  # other words in a box of the same size are in nobody's way
            self._disturbed.append(self.obstacles.box(name))
        self.obstacles.put(name, box)
        self._disturbed.append(box)

    # --- moving ----------------------------------------------------------------------------

    def place_nodes(
        self,
        places: Mapping[str, QPointF],
        bends: Mapping[Edge, tuple[Point, ...]] | None = None,
    ) -> None:
        """Put items somewhere without touching the graph, and bends; their wires follow."""
        for node_id, where in places.items():
            item = self.nodes[node_id]
            item.setPos(where)
            self._put_obstacle(item)
        self._follow(set(places), self.bends.show(bends or {}), around=False)
        self.batch.move(self.nodes, places)
        self.callouts.arrange()

    def _follow(self, moved: set[str], fresh: set[Edge], around: bool = True) -> None:
        """Lay the wires of moved nodes anew, and those near which something has changed."""
        boxes, self._disturbed = self._disturbed if around else [], []
        near = reduce(QRectF.united, boxes, QRectF())
        anew = []
        for edge, wire in self.wires.items():
            hit = edge in fresh or edge.source in moved or edge.target in moved
            if not hit and boxes:
                margin = sizes.WIRE_SKIP_LANE + 2.0
                reach = wire.path().boundingRect().adjusted(-2, -margin, 2, margin)
                hit = reach.intersects(near) and any(reach.intersects(box) for box in boxes)
            if hit:
                anew.append(edge)
                self.routes.forget(edge)  # lanes that are left now are in nobody's way
        for edge in anew:
            a, b = self.port_pos(start(edge)), self.port_pos(end(edge))
            self.wires[edge].show_path(self.routes.lay(edge, a, b, self.bends.points(edge)))

    # --- what is where ---------------------------------------------------------------------

    def node_at(self, pos: QPointF) -> NodeItem | None:
        """The uppermost node whose body is under a point."""
        return hits.node_at(self, pos)

    def port_at(self, pos: QPointF) -> PortRef | None:
        """The port within reach of a point."""
        return hits.port_at(self, pos)

    def wire_at(self, pos: QPointF, reach: float = 6.0) -> Edge | None:
        """The wire within `reach` of a point."""
        return hits.wire_at(self, pos, reach)

    def port_pos(self, ref: PortRef) -> QPointF:
        """Middle of a port."""
        return self.nodes[ref.node].port_pos(ref)

    def bounds(self, node_ids: Iterable[str] | None = None) -> QRectF:
        """What frames these nodes, or all of them."""
        if node_ids is None:
            return self.obstacles.bounds().united(self.frames.bounds())
        rect = QRectF()
        for node_id in node_ids:
            rect = rect.united(self.nodes[node_id].box)
        return rect

    # --- selection and pointer -------------------------------------------------------------

    @property
    def selected(self) -> tuple[str, ...]:
        """Ids of the selected nodes, in the order of the graph."""
        return tuple(i for i, item in self.nodes.items() if item.isSelected())

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
            item.state.focused = False
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

    # --- detail ------------------------------------------------------------------------------

    def set_scale(self, scale: float) -> None:
        """Follow the zoom: details go below 0.6, items below 0.3."""
        before, self.scale = self.scale, scale
        for limit in (sizes.DETAIL_BELOW, sizes.BATCHED_BELOW):
            if (before < limit) != (scale < limit):
                self._set_detail()
                return

    def _set_detail(self) -> None:
        far, plain = self.scale < sizes.BATCHED_BELOW, self.scale < sizes.DETAIL_BELOW
        items: list[QGraphicsItem] = [*self.nodes.values(), *self.wires.values()]
        for item in items:
            item.setFlag(NO_CONTENTS, far)
        for wire in self.wires.values():
            wire.set_simple(plain)
        self.callouts.set_visible(not plain)
        self.bends.set_visible(not plain)

    def drawForeground(self, painter: QPainter, rect: QRectF | Any) -> None:
        """All nodes at once when zoomed far out; plates of gradients when near."""
        if self.scale < sizes.BATCHED_BELOW:
            self.batch.draw(painter, self.nodes)
        elif self.scale >= sizes.DETAIL_BELOW and self._gradients:
            draw_plates(painter, self.wires.values())

    def _redress(self) -> None:
        for wire in self.wires.values():
            wire.dress()
        self.update()

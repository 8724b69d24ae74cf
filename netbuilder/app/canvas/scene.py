"""The picture of one graph: items that follow it by identity, never the other way round.

The graph holds what is saved. What the pointer does, what is selected and what a run
reports lives here and is never written back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from netbuilder.app.canvas import hits
from netbuilder.app.canvas.batch import Batch
from netbuilder.app.canvas.bends import Bends
from netbuilder.app.canvas.callouts import Callouts
from netbuilder.app.canvas.frames import Frames
from netbuilder.app.canvas.late import Late
from netbuilder.app.canvas.marking import dead_ends
from netbuilder.app.canvas.node_face import make_face
from netbuilder.app.canvas.node_item import NodeItem
from netbuilder.app.canvas.obstacles import Obstacles
from netbuilder.app.canvas.plates import draw_plates
from netbuilder.app.canvas.pointing import Pointing
from netbuilder.app.canvas.ports import PortRef, end, start
from netbuilder.app.canvas.routes import Routes
from netbuilder.app.canvas.still import Still
from netbuilder.app.canvas.wire_item import WireItem
from netbuilder.app.theme import sizes, theme
from netbuilder.compiler.report import Check, NodeInfo, Problem
from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.graph.frame import Point

NO_CHECK = Check({}, ())
NO_CONTENTS = QGraphicsItem.GraphicsItemFlag.ItemHasNoContents
BOXES = Qt.ItemSelectionMode.IntersectsItemBoundingRect
#: Where more boxes have changed, looking at every wire is quicker than asking for each.
_MANY_BOXES = 40


class CanvasScene(Pointing):
    """Items for the graph at one place of a project."""

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
        self.still = Still(self, self.nodes)
        self.scale = 1.0
        #: Nodes whose unused ports are hidden: a way of looking, not part of the graph.
        self.trimmed: frozenset[str] = frozenset()
        self._problems: Mapping[str, Sequence[Problem]] = {}
        self._dead: set[Edge] = set()
        #: Since the last `recheck`: nodes that came, moved or changed; nodes that came or may
        #: look otherwise; wires that came; whether any node or wire came or went.
        self._dirty: set[str] = set()
        self._touched: set[str] = set()
        self._fresh: set[Edge] = set()
        self._rebuilt = False
        self._disturbed: list[QRectF] = []
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.BspTreeIndex)
        # The scene is as large as anybody will ever draw, so that panning never stops.
        self.setSceneRect(-60_000, -60_000, 120_000, 120_000)
        theme.changed.connect(self._redress)

    # --- following the graph -------------------------------------------------------------

    def show_place(self, project: Project, place: tuple[str, ...], check: Check) -> None:
        """Show the graph at another place, from nothing."""
        self.sync(self.graph, Graph(), project, place)
        self.check, self._infos, self._problems = NO_CHECK, {}, {}
        self.sync(Graph(), project.graph_at(place), project, place)
        self.recheck(check)

    def sync(self, before: Graph, after: Graph, project: Project, place: tuple[str, ...]) -> None:
        """Turn the items of `before` into those of `after`, touching only what differs.

        `recheck` must follow: it puts on the faces and lays the wires.
        """
        if project.blocks is not self.project.blocks:
            self._touched |= _of_changed_blocks(after, self.project, project)
        if project.frozen != self.project.frozen:
            self._touched |= (project.frozen ^ self.project.frozen) & after.nodes.keys()
        self.project, self.place, self.graph = project, place, after
        gone, new = _difference(before.edges, after.edges)
        for edge in gone:
            self._drop_wire(edge)
            self._dirty |= {edge.source, edge.target}
            self._touched |= {edge.source, edge.target}
        if before.nodes is not after.nodes:
            self._drop_nodes([i for i in before.nodes if i not in after.nodes])
            for node_id, node in after.nodes.items():
                item = self.nodes.get(node_id)
                if item is None:
                    self._add_node(node)
                elif item.node is not node:
                    self._change_node(item, node)
        for edge in new:
            self._add_wire(edge)
        self._fresh |= self.bends.sync(after)
        self.frames.sync(after)

    def recheck(self, check: Check) -> None:
        """Show what the compiler says of the graph: shapes, colours and problems."""
        infos_before, problems_before = self._infos, self._problems
        self.check = check
        self._infos = infos = check.inside(self.place[-1] if self.place else None)
        self._problems = problems = self._problems_here()
        changed = self._touched | self.late.ids
        # What the compiler did not touch is the same object.
        said = {i for i, info in infos.items() if infos_before.get(i) is not info}
        said |= infos_before.keys() - infos.keys()
        for node_id in said:
            changed.update(edge.target for edge in self.graph.outgoing.get(node_id, ()))
        changed |= said
        for node_id in problems.keys() | problems_before.keys():
            if problems.get(node_id) != problems_before.get(node_id):
                changed.add(node_id)
        here = [i for i in changed if i in self.nodes]
        self._touched = set()
        self._put_on(self.late.at_once(here, self.nodes, self._dirty))

    def _put_on(self, node_ids: Iterable[str]) -> None:
        """Put their faces on these nodes, and let everything around follow."""
        moved = {i for i in self._dirty if i in self.nodes}
        flowing = set(self._fresh)
        for node_id in node_ids:
            if (item := self.nodes.get(node_id)) is None:
                continue
            own, trimmed = self._problems.get(node_id, ()), node_id in self.trimmed
            face = make_face(item.node, self.graph, self.project, self._infos, own, trimmed)
            if face != item.face:
                width, height = item.layout.width, item.layout.height
                self._rebuilt = self._rebuilt or face.flow != item.face.flow
                if item.show_face(face) or item.layout.width != width:
                    moved.add(node_id)
                resized = item.layout.width != width or item.layout.height != height
                if resized or node_id not in self.obstacles:
                    self._put_obstacle(item)
                flowing.update(self.graph.incoming.get(node_id, ()))
                flowing.update(self.graph.outgoing.get(node_id, ()))
        for edge in flowing:
            flow = self.nodes[edge.source].flow(start(edge))
            forward = self.nodes[edge.target].face.role not in ("output", "metric")
            self.wires[edge].show_flow(flow, forward)
        dead = dead_ends(self.graph, self.project)
        for edge in (dead ^ self._dead) & self.wires.keys():
            self.wires[edge].show_dead(edge in dead)
        self._dead = dead
        self._follow(moved, self._fresh)
        self._dirty, self._fresh = set(), set()
        if self._rebuilt:
            self.batch.rebuild(self.nodes, self.wires)
        else:
            self.batch.move(self.nodes, moved)
        self._rebuilt = False
        self.callouts.show(self._problems)
        self.laid_out.emit()

    def trim(self, node_ids: Iterable[str]) -> None:
        """Hide the unused ports of exactly these nodes."""
        before, self.trimmed = self.trimmed, frozenset(node_ids) & self.nodes.keys()
        self._touched |= before ^ self.trimmed
        self.recheck(self.check)

    def _problems_here(self) -> dict[str, list[Problem]]:
        block = self.place[-1] if self.place else None
        found: dict[str, list[Problem]] = {}
        for problem in self.check.problems:
            if problem.node is not None and problem.block == block:
                found.setdefault(problem.node, []).append(problem)
        return found

    def _add_node(self, node: Node) -> None:
        """An item with no face yet: what the compiler says of it comes with `recheck`."""
        item = NodeItem(node)
        item.show_view(self._view_of(node.id))
        self.nodes[node.id] = item
        if self.scale < sizes.BATCHED_BELOW:
            item.setFlag(NO_CONTENTS)
        self.still.add(item)
        self.addItem(item)
        self._dirty.add(node.id)
        self._touched.add(node.id)
        self._rebuilt = True

    def _change_node(self, item: NodeItem, node: Node) -> None:
        before, item.node = item.node, node
        self._dirty.add(node.id)
        if before != replace(node, position=before.position):
            self._touched.add(node.id)
        if (item.pos().x(), item.pos().y()) != node.position:
            item.setPos(*node.position)
        self._put_obstacle(item)

    def _drop_nodes(self, node_ids: Sequence[str]) -> None:
        """Take items away; that fewer are selected then is told once, not for each."""
        selected = any(self.nodes[node_id].isSelected() for node_id in node_ids)
        blocked = self.blockSignals(True)
        for node_id in node_ids:
            self._drop_node(node_id)
        self.blockSignals(blocked)
        if selected:
            self._selection_changed()

    def _drop_node(self, node_id: str) -> None:
        item = self.nodes.pop(node_id)
        if self._hovered is item:
            self._hovered = None
        self._raised.discard(item)
        if node_id in self.obstacles:
            self._disturbed.append(self.obstacles.box(node_id))
            self.obstacles.remove(node_id)
        self.callouts.drop(node_id)
        self.trimmed -= {node_id}
        self.removeItem(item)
        self._rebuilt = True

    def _add_wire(self, edge: Edge) -> None:
        wire = self.wires[edge] = WireItem(edge)
        wire.simple = self.scale < sizes.DETAIL_BELOW
        wire.dress()
        if self.scale < sizes.BATCHED_BELOW:
            wire.setFlag(NO_CONTENTS)
        self.addItem(wire)
        self._fresh.add(edge)
        self._touched |= {edge.source, edge.target}
        self._rebuilt = True

    def _drop_wire(self, edge: Edge) -> None:
        wire = self.wires.pop(edge)
        wire.set_chosen(False)
        self._chosen.discard(edge)
        self._dead.discard(edge)
        self._gradients.pop(edge, None)
        self.routes.forget(edge)
        self.bends.drop(edge)
        self.removeItem(wire)
        self._rebuilt = True

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
        anew = set(fresh)
        for node_id in moved:
            anew.update(self.graph.incoming.get(node_id, ()))
            anew.update(self.graph.outgoing.get(node_id, ()))
        if len(anew) < len(self.wires):
            anew |= self._near(boxes)
        # One after the other as they were drawn: which lane is free depends on it.
        inorder = sorted(anew, key=lambda edge: self.wires[edge].serial)
        for edge in inorder:
            self.routes.forget(edge)  # lanes that are left now are in nobody's way
        for edge in inorder:
            a, b = self.port_pos(start(edge)), self.port_pos(end(edge))
            self.wires[edge].show_path(self.routes.lay(edge, a, b, self.bends.points(edge)))

    def _near(self, boxes: Sequence[QRectF]) -> set[Edge]:
        """Wires that go, or would have gone, past places where something changed."""
        margin = sizes.WIRE_SKIP_LANE + 2.0
        reaches = [box.adjusted(-2, -margin, 2, margin) for box in boxes]
        if len(reaches) > _MANY_BOXES:
            whole = reduce(QRectF.united, reaches)
            return {
                edge
                for edge, wire in self.wires.items()
                if whole.intersects(path := wire.path().boundingRect())
                and any(reach.intersects(path) for reach in reaches)
            }
        items = (item for reach in reaches for item in self.items(reach, BOXES))
        return {item.edge for item in items if isinstance(item, WireItem)}

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

    # --- detail ------------------------------------------------------------------------------

    def set_scale(self, scale: float) -> None:
        """Follow the zoom: details go below 0.6, items below 0.3."""
        before, self.scale = self.scale, scale
        self.still.zoom(scale)
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
        for item in self.nodes.values():
            item.update()
        self.update()


def _difference(
    before: tuple[Edge, ...], after: tuple[Edge, ...]
) -> tuple[Sequence[Edge], Sequence[Edge]]:
    """Edges that are gone, and those that are new."""
    if before is after:
        return (), ()
    old, now = set(before), set(after)
    return [e for e in before if e not in now], [e for e in after if e not in old]


def _of_changed_blocks(graph: Graph, before: Project, after: Project) -> set[str]:
    """Nodes that are instances of a block which is not what it was."""
    names = before.blocks.keys() | after.blocks.keys()
    changed = {name for name in names if before.blocks.get(name) is not after.blocks.get(name)}
    return {node.id for node in graph if node.block in changed} if changed else set()

"""How new nodes come onto the canvas: where, wired to what, and in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from netbuilder.app.canvas.catalogue import Found
from netbuilder.app.canvas.chain import Start, chained, joined
from netbuilder.app.canvas.connecting import between
from netbuilder.app.canvas.edits import (
    PITCH,
    ROW_GAP,
    SNAP,
    Gap,
    free_place,
    inserted,
    moved_wire,
    snapped,
    wired,
)
from netbuilder.app.canvas.fits import Fitting
from netbuilder.app.canvas.insertion import gap_for, node_sizes
from netbuilder.app.canvas.node_face import make_face
from netbuilder.app.canvas.node_layout import lay_out
from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.canvas.typed import Step
from netbuilder.app.my_blocks import MINE
from netbuilder.compiler import check
from netbuilder.compiler.report import Fix
from netbuilder.graph import BLOCK_PREFIX, Edge, Graph, GraphError, Node, Project, Value
from netbuilder.graph.atomic import FileError
from netbuilder.layers import REGISTRY

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView


def _applied(fix: Fix, trial: Project, project: Project) -> Project:
    """The remedy on the project with the wire, whatever the project was without it."""
    return fix.apply(trial)


class Placing:
    """Adds nodes to the graph that a view shows."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        #: The project with a block of the person's own, until a node of it is placed.
        self._with_own: Project | None = None

    @property
    def _project(self) -> Project:
        return self._with_own or self._view.document.project

    def _own(self, kind: str, project: Project | None = None) -> str:
        """The kind to place; one of the person's own blocks comes into the project first."""
        self._with_own = project
        if not kind.startswith(MINE):
            return kind
        view = self._view
        try:
            self._with_own, name = view.my_blocks.taken(self._project, kind)
        except (FileError, GraphError) as error:
            view.refused.emit(str(error))
            view.my_blocks.refresh()
            return ""
        return BLOCK_PREFIX + name

    @property
    def _fitting(self) -> Fitting:
        scene = self._view.canvas
        return Fitting(scene.project, scene.place, scene.check)

    # --- ways to add -----------------------------------------------------------------------

    def drop(self, kind: str, at: QPointF, apart: bool = False) -> str | None:
        """Place a kind with its middle at a point; into the wire there, unless `apart`."""
        if not self._known(kind := self._own(kind)):
            return None
        graph, node, box, gap = self._fallen(kind, at)
        if gap is not None and not apart:
            sizes = {**node_sizes(self._view.canvas), node.id: (box.width(), box.height())}
            graph = inserted(graph, node.id, gap, sizes)
        return self._commit(f"Add {self._name(node)}", graph, node.id)

    def would_enter(self, kind: str, at: QPointF) -> Edge | None:
        """The wire that a kind would go into if it fell at a point."""
        block = kind.removeprefix(BLOCK_PREFIX) if kind.startswith(BLOCK_PREFIX) else None
        if kind not in REGISTRY and block not in self._project.blocks:
            return None
        try:
            gap = self._fallen(kind, at)[3]
        except GraphError:  # a block that would contain itself; letting it go says so
            return None
        return gap.edge if gap is not None else None

    def _fallen(self, kind: str, at: QPointF) -> tuple[Graph, Node, QRectF, Gap | None]:
        """With a node whose middle is at a point: the graph, the node, its box, and its gap."""
        graph, node = self._made(kind, {}, at.x() - 70, at.y() - 36)
        box = self._box(graph, node)
        gap = gap_for(self._view.canvas, self._fitting_in(graph), node.id, box)
        return graph, node, box, gap

    def found(self, found: Found, at: QPointF, origin: PortRef | None) -> str | None:
        """Place what was chosen in the search, wired to `origin` where there is one."""
        if origin is None:
            return self._searched(found.entry.kind, at)
        if not self._known(kind := self._own(found.entry.kind)):
            return None
        graph = self._view.canvas.graph
        anchor = origin
        side = 1 if origin.output else -1
        x = at.x() if origin.output else at.x() - 140
        if found.between:
            graph, step = self._add(graph, found.between, x, at.y() - 38)
            first = PortRef(step.id, REGISTRY[found.between]().input_ports()[0].name, False)
            graph = wired(graph, anchor.edge(first), None)
            anchor = PortRef(step.id, REGISTRY[found.between]().output_ports()[0], True)
            x += side * PITCH
        graph, node = self._add(graph, kind, x, at.y() - 38)
        edge = anchor.edge(PortRef(node.id, found.port, not origin.output))
        graph = wired(
            graph, edge, self._fitting_in(graph).port(edge.target, edge.target_port, graph)
        )
        return self._commit(f"Add {self._name(node)}", graph, node.id)

    def chain(
        self, steps: Sequence[Step], at: QPointF, origin: PortRef | None, wire: Edge | None = None
    ) -> str | None:
        """Place typed layers one behind the other; returns the last one's id.

        They begin in `wire`, at the port `origin`, behind the selected node, or at `at`; those
        for an input port end there.
        """
        view, project, known = self._view, self._view.document.project, list[Step]()
        for each in steps:
            if not self._known(kind := self._own(each.entry.kind, project)):
                return None
            project = self._project
            known.append(replace(each, entry=replace(each.entry, kind=kind)))
        self._with_own = None
        start = self._start(at, origin, wire, len(known))
        try:
            project, made = chained(project, view.place, known, start)
            if origin is not None and not origin.output:
                project = joined(project, view.place, made[-1], (origin.node, origin.port))
        except GraphError as error:
            view.refused.emit(str(error))
            return None
        title = steps[0].entry.title
        view.document.edit(f"Add {title if len(made) == 1 else f'{len(made)} nodes'}", project)
        view.canvas.select(made[-1:])
        box = view.canvas.bounds(made)
        if not view.camera.seen.contains(box):
            view.camera.frame(box)
        return made[-1]

    def _start(self, at: QPointF, origin: PortRef | None, wire: Edge | None, count: int) -> Start:
        view, selected = self._view, self._view.canvas.selected
        if wire is not None:
            return Start(self._beside(wire, count), wire=wire)
        if origin is not None and origin.output:
            return Start((snapped(at.x()), snapped(at.y() - 38)), origin.node, origin.port)
        if origin is not None:
            return Start((snapped(at.x() - 140 - PITCH * (count - 1)), snapped(at.y() - 38)))
        if len(selected) == 1:
            place = view.canvas.nodes[selected[0]].box.topRight() + QPointF(32, 0)
            return Start((snapped(place.x()), snapped(place.y())), selected[0])
        return Start((snapped(at.x() - 70), snapped(at.y() - 36)))

    def _beside(self, wire: Edge, count: int) -> tuple[float, float]:
        """Where so many nodes in a row begin to go into a wire: clear of what it passes by.

        Between two neighbours that is behind the first; room is made there.
        """
        scene = self._view.canvas
        source, target = (scene.nodes[i].box for i in (wire.source, wire.target))
        others = [n.box for i, n in scene.nodes.items() if i not in (wire.source, wire.target)]
        between = QRectF(source.topRight(), target.bottomLeft())
        in_row = abs(source.top() - target.top()) < source.height()
        if in_row and not any(box.intersects(between) for box in others):
            return snapped(source.left() + PITCH), snapped(source.top())
        middle = scene.wires[wire].path().pointAtPercent(0.5)
        wide, high = PITCH * (count - 1) + source.width(), source.height()
        row = QRectF(snapped(middle.x() - wide / 2), snapped(middle.y() - high / 2), wide, high)
        boxes = [
            box.adjusted(-ROW_GAP, -ROW_GAP, ROW_GAP, ROW_GAP) for box in (*others, source, target)
        ]
        steps = (sign * SNAP * n for n in range(400) for sign in (-1, 1))
        free = (d for d in steps if not any(box.intersects(row.translated(0, d)) for box in boxes))
        return row.left(), row.top() + next(free, 0.0)

    def _searched(self, kind: str, at: QPointF) -> str | None:
        """From the keyboard the new node goes behind the selected one, else to the pointer."""
        return self.behind_selection(kind, {}, at)

    def behind_selection(
        self, kind: str, params: Mapping[str, Value], at: QPointF | None = None
    ) -> str | None:
        """Right of the one selected node, wired if it fits; else at `at` or in the middle."""
        if not self._known(kind := self._own(kind)):
            return None
        view, scene = self._view, self._view.canvas
        selected = scene.selected
        if len(selected) == 1:
            before = scene.nodes[selected[0]]
            place = before.box.topRight() + QPointF(32, 0)
            graph, node = self._made(kind, params, place.x(), place.y())
            graph = self._wired_behind(graph, selected[0], node)
        else:
            point = at if at is not None else view.camera.seen.center()
            graph, node = self._made(kind, params, point.x() - 70, point.y() - 36)
        return self._commit(f"Add {self._name(node)}", graph, node.id)

    def _wired_behind(self, graph: Graph, source: str, node: Node) -> Graph:
        fitting = self._fitting_in(graph)
        fits, _ = between(fitting, source, node.id)
        if not fits:
            return graph
        return wired(graph, fits[0], fitting.port(node.id, fits[0].target_port))

    # --- what a refused wire would need ----------------------------------------------------

    def remedy(self, edges: tuple[Edge, ...], taken: tuple[Edge, ...]) -> Fix | None:
        """The compiler's fix for a wire that does not fit, together with the wire."""
        scene = self._view.canvas
        place, fitting = scene.place, self._fitting
        try:
            new = [(e, fitting.port(e.target, e.target_port)) for e in edges]
            graph = moved_wire(scene.graph, taken, new)
        except GraphError:
            return None
        trial = scene.project.with_graph(graph, place)
        block = place[-1] if place else None
        known = set(scene.check.problems)
        for problem in check(trial).problems:
            mine = problem.node in {e.target for e in edges} and problem.block == block
            if mine and problem not in known:
                for fix in problem.fixes:
                    if not fix.label.startswith("Remove"):
                        return Fix(fix.label, partial(_applied, fix, trial))
        return None

    # --- parts -----------------------------------------------------------------------------

    def _known(self, kind: str) -> bool:
        project = self._project
        if not kind:
            return False
        if kind.startswith(BLOCK_PREFIX):
            name, place = kind.removeprefix(BLOCK_PREFIX), self._view.place
            inside = {name} | project.blocks_inside(name)
            if name in project.blocks and place and place[-1] in inside:
                self._view.refused.emit(f"The block {name} cannot contain itself.")
                return False
            known = name in project.blocks
        else:
            known = kind in REGISTRY
        if not known:
            self._view.refused.emit(f"{kind[:60]} is not installed here, so it cannot be added.")
        return known

    def _made(
        self, kind: str, params: Mapping[str, Value], x: float, y: float
    ) -> tuple[Graph, Node]:
        return self._add(self._view.canvas.graph, kind, x, y, params)

    def _add(
        self, graph: Graph, kind: str, x: float, y: float, params: Mapping[str, Value] | None = None
    ) -> tuple[Graph, Node]:
        return graph.create(kind, params, free_place(graph, snapped(x), snapped(y)))

    def _box(self, graph: Graph, node: Node) -> QRectF:
        size = lay_out(make_face(node, graph, self._project, {}, ()))
        return QRectF(*node.position, size.width, size.height)

    def _fitting_in(self, graph: Graph) -> Fitting:
        """Answers for a graph that is not in the document yet; shapes known so far."""
        scene = self._view.canvas
        return Fitting(self._project.with_graph(graph, scene.place), scene.place, scene.check)

    def _name(self, node: Node) -> str:
        return REGISTRY[node.kind].title if node.kind in REGISTRY else node.block or node.kind

    def _commit(self, text: str, graph: Graph, node_id: str) -> str:
        view = self._view
        view.document.edit(text, self._project.with_graph(graph, view.place))
        self._with_own = None
        view.canvas.select([node_id])
        return node_id

"""The widget: turns pointer, keys and drops into gestures, and gestures into edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from netbuilder.app.canvas import grid
from netbuilder.app.canvas.actions import canvas_actions
from netbuilder.app.canvas.auto_layout import AutoLayout
from netbuilder.app.canvas.blocks import Blocks
from netbuilder.app.canvas.breadcrumb import Breadcrumb
from netbuilder.app.canvas.camera import Camera
from netbuilder.app.canvas.commands import Commands
from netbuilder.app.canvas.connecting import Connecting
from netbuilder.app.canvas.find_bar import FindBar
from netbuilder.app.canvas.fits import Refusal
from netbuilder.app.canvas.framing import Framing
from netbuilder.app.canvas.hand import Hand
from netbuilder.app.canvas.legend import Legend
from netbuilder.app.canvas.marking import Marking
from netbuilder.app.canvas.minimap import Minimap
from netbuilder.app.canvas.placing import Placing
from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.canvas.promoting import Promoting
from netbuilder.app.canvas.refusal import RefusalNote
from netbuilder.app.canvas.rename import RenameField
from netbuilder.app.canvas.scene import CanvasScene
from netbuilder.app.canvas.search_popup import SearchPopup
from netbuilder.app.canvas.walking import Walking
from netbuilder.app.document import Document
from netbuilder.app.my_blocks import MyBlocks
from netbuilder.app.theme import theme
from netbuilder.compiler.report import Check, Fix
from netbuilder.graph import Edge, Graph, GraphError, Project, Value
from netbuilder.graph.instances import followed

LEFT = Qt.MouseButton.LeftButton


class CanvasView(Hand):
    """Shows one graph of a document and lets a person edit it.

    Every edit goes through the document; what it cannot do is said in one sentence by
    `refused`. `place` is the way of block names to the graph that is shown.
    """

    selection_changed = Signal(tuple)
    refused = Signal(str)
    #: Something was done that is not seen here, as one sentence.
    told = Signal(str)
    place_changed = Signal(tuple)
    #: A node was double-clicked that is no block: the window shows its properties.
    opened = Signal(str)
    #: The sheet of all keys is asked for.
    keys_wanted = Signal()
    #: Files were dropped, with the place in the scene.
    files_dropped = Signal(list, QPointF)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.my_blocks = MyBlocks(parent=self)
        self.place: tuple[str, ...] = ()
        #: The instances through which one came to `place`, "" where it was not through one.
        self._entered: tuple[str, ...] = ()
        self.snapping = True
        #: Whether shaking a node that is dragged takes it out of its wires.
        self.shaking = False
        self.canvas = CanvasScene(self)
        self.setScene(self.canvas)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription("The network as nodes and wires")
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)

        self.camera = Camera(self)
        self.placing = Placing(self)
        self.commands = Commands(self)
        self.connecting = Connecting(self)
        self.walking = Walking(self)
        self.marking = Marking(self)
        self.blocks = Blocks(self)
        self.promoting = Promoting(self)
        self.framing = Framing(self)
        self.auto_layout = AutoLayout(self)
        self.breadcrumb = Breadcrumb(self)
        self.minimap = Minimap(self)
        self.legend = Legend(self)
        self.finder = FindBar(self)
        self.note = RefusalNote(self)
        self.search: SearchPopup | None = None
        self.renaming: RenameField | None = None
        self.actions_by_name = canvas_actions(self)

        self.canvas.selection_changed.connect(self._tell_selection)
        self.refused.connect(self._show_refused)
        document.changed.connect(self._project_changed)
        document.checked.connect(self._project_checked)
        document.opened.connect(self._project_opened)
        self._show_place()
        self.centerOn(0, 0)
        self.frame_all()

    # --- following the document --------------------------------------------------------------

    def _project_changed(self, before: Project, after: Project) -> None:
        self.cancel_gesture()
        place = followed(before, after, self.place)
        if place is None:
            kept = next(i for i, name in enumerate(self.place) if name not in after.blocks)
            self.canvas.sync(self.canvas.graph, Graph(), after, ())
            place = self.place[:kept]
        if place != self.place:
            self.place = place
            self.place_changed.emit(self.place)
        graph = after.graph_at(self.place)
        selected = self.canvas.selected
        self.canvas.sync(self.canvas.graph, graph, after, self.place)
        if selected != self.canvas.selected:
            self._tell_selection()

    def _project_checked(self, check: Check) -> None:
        self.canvas.recheck(check)
        self.breadcrumb.refresh()

    def _project_opened(self) -> None:
        self.enter_place(())
        self.frame_all()

    def _show_place(self) -> None:
        document = self.document
        self.canvas.show_place(document.project, self.place, document.check)
        self.breadcrumb.refresh()

    def enter_place(self, place: tuple[str, ...]) -> None:
        """Show the graph at another place: () for the top one.

        On the way back the block that one comes from is selected.
        """
        if place == self.place:
            return
        self.cancel_gesture()
        depth = len(place)
        back = place == self.place[:depth] and depth < len(self._entered)
        came_from = self._entered[depth] if back else ""
        self.place = place
        self._entered = (*self._entered[:depth], *("" for _ in place[len(self._entered) :]))
        self._show_place()
        if came_from in self.canvas.graph:
            self.canvas.select([came_from])
        self.place_changed.emit(place)
        self._tell_selection()
        self.frame_all()

    def enter(self, node_id: str) -> None:
        """Go into the block that a node is an instance of; of another node, open it."""
        block = self.canvas.graph[node_id].block
        if block is not None and block in self.document.project.blocks:
            self.enter_place((*self.place, block))
            self._entered = (*self._entered[:-1], node_id)
        else:
            self.opened.emit(node_id)

    def leave(self) -> None:
        """Back to the graph around this one."""
        if self.place:
            self.enter_place(self.place[:-1])

    def edit(self, text: str, graph: Graph, merge: object | None = None) -> None:
        """Make `graph` the one at this place, as one step."""
        self.document.edit_graph(text, graph, self.place, merge)

    # --- what the window asks for ------------------------------------------------------------

    @property
    def selected(self) -> tuple[str, ...]:
        """Ids of the selected nodes."""
        return self.canvas.selected

    def select(self, node_ids: Iterable[str]) -> None:
        """Select exactly these nodes."""
        self.canvas.select(node_ids)

    def frame_all(self) -> None:
        """Show all nodes."""
        self.camera.frame(self.canvas.bounds())

    def frame_selection(self) -> None:
        """Show the selected nodes, or all if none is selected."""
        self.camera.frame(self.canvas.bounds(self.selected or None))

    def reveal(self, node_id: str, place: tuple[str, ...] | None = None) -> None:
        """Select a node and bring it into sight, going into a block if need be."""
        if place is not None:
            self.enter_place(place)
        if node_id in self.canvas.nodes:
            self.canvas.select([node_id])
            self.camera.show(self.canvas.nodes[node_id].box)

    def add_kind(self, kind: str, params: Mapping[str, Value] | None = None) -> str | None:
        """Add a node, behind the selected one and wired if it fits; returns its id."""
        return self.placing.behind_selection(kind, params or {})

    def open_search(
        self,
        at: QPoint,
        origin: PortRef | None = None,
        family: str = "",
        wire: Edge | None = None,
    ) -> None:
        """Ask what to add at a point of the widget: for the free end of a wire, or into one.

        Without either it goes into the selected wire, if one is and no node.
        """
        self.close_search()
        if origin is None and wire is None and not self.selected and len(self.canvas.chosen) == 1:
            (wire,) = self.canvas.chosen
        self.search = SearchPopup(self, at, origin, family, wire)

    def close_search(self) -> None:
        """Take the question back."""
        if self.search is not None:
            self.search.close_quietly()
            self.search = None

    def start_rename(self, node_id: str | None = None) -> None:
        """Edit the title of a node, or of the first selected one or frame, in place."""
        node_id = node_id or next(iter(self.selected), None)
        if node_id is None and self.canvas.frames.chosen:
            self.framing.rename(self.canvas.frames.chosen[0])
        if node_id is not None:
            self.renaming = RenameField(self, node_id)

    def apply_fix(self, fix: Fix) -> None:
        """Apply a remedy as one step."""
        try:
            project = fix.apply(self.document.project)
        except GraphError as error:
            self.refused.emit(str(error))
            return
        self.document.edit(fix.label, project)

    # --- refusals ----------------------------------------------------------------------------

    def show_refusal(self, sentence: str, at: QPoint) -> None:
        """Say beside the pointer why a wire may not end there; "" takes it away."""
        self.note.show_sentence(sentence, at)

    def offer_remedy(
        self, edges: tuple[Edge, ...], taken: tuple[Edge, ...], refusal: Refusal, at: QPoint
    ) -> None:
        """After a refused drop: leave the sentence, with what would make it work."""
        fix = self.placing.remedy(edges, taken) if not refusal.firm else None
        self.note.offer(refusal.message, at, fix)
        self.refused.emit(refusal.message)

    def _show_refused(self, sentence: str) -> None:
        if not self.note.isVisible():
            self.note.offer(sentence, QPoint(self.width() // 2, self.height() // 3), None)

    # --- looks -------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        grid.draw_background(painter, QRectF(rect), theme.tokens)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.breadcrumb.settle()
        self.minimap.settle()
        self.legend.settle()

    def _tell_selection(self) -> None:
        self.selection_changed.emit(self.selected)

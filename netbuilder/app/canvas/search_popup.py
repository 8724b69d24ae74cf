"""Search what to add: type, Enter places it; from a dropped wire, only what fits.

Behind a name its properties can be typed, and behind a comma the next layer: see `typed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QVBoxLayout

from netbuilder.app.canvas.catalogue import (
    Entry,
    Found,
    entries,
    search,
    suggestions,
    usually_next,
)
from netbuilder.app.canvas.fits import Fitting
from netbuilder.app.canvas.following import after, fitting_first, leaving
from netbuilder.app.canvas.ink import ink
from netbuilder.app.canvas.overlay import Overlay
from netbuilder.app.canvas.ports import PortRef, glyph
from netbuilder.app.canvas.search_foot import FOOT, SearchFoot
from netbuilder.app.canvas.search_row import FOUND, HEADING, SearchRow
from netbuilder.app.canvas.text_field import CanvasField
from netbuilder.app.canvas.typed import Step, Typed, TypedError, parts, step, summary
from netbuilder.app.my_blocks import MINE
from netbuilder.app.panels.form.text import Scope
from netbuilder.app.theme import colour, fonts, icons, sizes
from netbuilder.graph import BLOCK_PREFIX, Edge
from netbuilder.layers import REGISTRY, Param, TensorSpec, block_params

if TYPE_CHECKING:
    from netbuilder.app.canvas.view import CanvasView

WIDTH, HEAD, ROWS = 380, 40, 8
_STEPS = {
    int(Qt.Key.Key_Up): -1,
    int(Qt.Key.Key_Down): 1,
    int(Qt.Key.Key_Tab): 1,
    int(Qt.Key.Key_PageUp): -ROWS,
    int(Qt.Key.Key_PageDown): ROWS,
}
_ENTER = (int(Qt.Key.Key_Return), int(Qt.Key.Key_Enter))
_KEYS = frozenset((*_STEPS, *_ENTER, int(Qt.Key.Key_Escape)))


class SearchPopup(Overlay):
    """Lives on the canvas, not in a window of its own, so that nothing grabs the pointer."""

    def __init__(
        self,
        view: CanvasView,
        at: QPoint,
        origin: PortRef | None,
        family: str = "",
        wire: Edge | None = None,
    ) -> None:
        super().__init__(view)
        self._view, self.origin, self.wire = view, origin, wire
        #: What is typed but for the name that is searched: layers before it, its properties.
        self._typed: tuple[Typed, ...] = (Typed(""),)
        self._at = view.mapToScene(at)
        self._done = False
        scene = view.canvas
        fitting = Fitting(scene.project, scene.place, scene.check)
        known = entries(scene.project, scene.place, view.my_blocks.names())
        self._known = known
        self._all = tuple(e for e in known if not family or e.family == family)
        self._fitting_found = suggestions(fitting, origin) if origin is not None else None
        #: What usually follows the selected node, behind which the keyboard adds.
        self._next: list[Found] = []
        if origin is None and wire is None and not family and len(view.selected) == 1:
            self._next = usually_next(fitting, view.selected[0])
        self._carries = self._shape_text(fitting)
        #: What flows to the first layer that is typed, if it is known.
        self._spec = self._arriving(fitting)

        self.field = CanvasField(self)
        self.field.setFrame(False)
        looked = f"Search {family.lower() or 'layers'}"
        self.field.setPlaceholderText(looked if origin is None else self._carries)
        self.field.setAccessibleName("Search layers to add")
        self.field.taken = _KEYS
        self.field.key.connect(self._key)
        self.field.textChanged.connect(self._search)
        self.field.left.connect(self._left)

        # A press on the frame or the list leaves the keys with the field.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setFocusProxy(self.field)

        self.list = QListView(self)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        shades = self.list.palette()
        shades.setColor(shades.ColorRole.Base, colour("raised"))
        self.list.setPalette(shades)
        self.model = QStandardItemModel(self)
        self.list.setModel(self.model)
        self._rows = SearchRow(self.list)
        self.list.setItemDelegate(self._rows)
        self.list.clicked.connect(self._clicked)
        self.list.entered.connect(self._entered)

        self.foot = SearchFoot(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, HEAD, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.list, 1)
        column.addWidget(self.foot)
        self._search("")
        self._settle(at)
        self.list.selectionModel().currentChanged.connect(self._show_help)
        self._show_help(self.list.currentIndex(), QModelIndex())
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    # --- what is listed --------------------------------------------------------------------

    @property
    def found(self) -> list[Found]:
        """What is listed now, best first."""
        rows = (self.model.item(i).data(FOUND) for i in range(self.model.rowCount()))
        return [row for row in rows if row is not None]

    @property
    def chosen(self) -> Found | None:
        """The row that Enter would place."""
        index = self.list.currentIndex()
        return index.data(FOUND) if index.isValid() else None

    def _search(self, text: str) -> None:
        self.list.selectionModel().reset()  # else each row that goes makes the next one current
        self.model.clear()
        self._typed = parts(text, [entry.title for entry in self._known])
        query = self._typed[-1].name
        if len(self._typed) > 1:
            try:
                _, spec = self._read(self._typed[:-1])
            except TypedError:
                spec = None
            hits = search(self._known, query)
            self._add_rows(fitting_first(hits, spec) if query else hits)
        elif self._fitting_found is None:
            self._add_all(query)
        else:
            known = {f.entry.kind: f for f in self._fitting_found}
            if query.strip():
                hits = search(tuple(f.entry for f in self._fitting_found), query)
                rows = [_lit(known[h.entry.kind], h.letters) for h in hits]
            else:
                rows = self._fitting_found
            direct = ("Fits", [f for f in rows if not f.between])
            stepped = ("Fits with a step between", [f for f in rows if f.between])
            # What answers best stands first, also if it needs a step.
            turned = bool(rows and rows[0].between)
            for heading, part in (stepped, direct) if turned else (direct, stepped):
                if part:
                    self._add_heading(heading)
                    self._add_rows(part)
        first = next(
            (i for i in range(self.model.rowCount()) if self.model.item(i).data(FOUND)), -1
        )
        if first >= 0:
            self.list.setCurrentIndex(self.model.index(first, 0))
            self.list.scrollToTop()
        else:
            self._show_help(QModelIndex(), QModelIndex())
        self.resize(self.width(), self._height())
        self.update()

    def _add_all(self, query: str) -> None:
        """Everything that answers; what usually comes next stands first, or goes before equals."""
        kinds = [found.entry.kind for found in self._next]
        if self._next and not query.strip():
            self._add_heading("Usually next")
            self._add_rows(self._next)
            self._add_heading("All layers")
        hits = search(self._all, query, kinds)
        if query.strip():
            hits = fitting_first(hits, self._spec)
        shown = kinds if not query.strip() else []
        self._add_rows([hit for hit in hits if hit.entry.kind not in shown])

    def _add_heading(self, text: str) -> None:
        item = QStandardItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        self.model.appendRow(item)

    def _add_rows(self, rows: list[Found]) -> None:
        for found in rows:
            item = QStandardItem(found.entry.title)
            item.setData(found, FOUND)
            self.model.appendRow(item)

    def _arriving(self, fitting: Fitting) -> TensorSpec | None:
        """What leaves the port, the wire or the selected node that a new layer goes behind."""
        if self.wire is not None:
            return leaving(fitting, self.wire.source, self.wire.source_port)
        if self.origin is not None:
            out = self.origin.output
            return fitting.spec(self.origin.node, self.origin.port) if out else None
        for node_id in self._view.selected if len(self._view.selected) == 1 else ():
            info = fitting.infos.get(node_id)
            return next(iter(info.outputs.values()), None) if info is not None else None
        return None

    def _shape_text(self, fitting: Fitting) -> str:
        if self.origin is None:
            return ""
        spec = fitting.spec(self.origin.node, self.origin.port) if self.origin.output else None
        side = "from" if self.origin.output else "into"
        return f"{spec.text() + ' ' if spec else ''}{side} {self.origin.node}"

    # --- keys and clicks -------------------------------------------------------------------

    def _key(self, key: int) -> None:
        if key == Qt.Key.Key_Escape:
            self._view.close_search()
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        elif key in _ENTER:
            self._place(self.chosen)
        else:
            self._step(_STEPS[key])

    def _step(self, by: int) -> None:
        rows = [i for i in range(self.model.rowCount()) if self.model.item(i).data(FOUND)]
        if not rows:
            return
        now = self.list.currentIndex().row()
        place = rows.index(now) if now in rows else 0
        self.list.setCurrentIndex(self.model.index(rows[min(max(place + by, 0), len(rows) - 1)], 0))

    def _clicked(self, index: QModelIndex) -> None:
        self._place(index.data(FOUND))

    def _entered(self, index: QModelIndex) -> None:
        if index.data(FOUND) is not None:
            self.list.setCurrentIndex(index)

    def _place(self, found: Found | None) -> None:
        if found is None:
            return
        view, at, origin, wire = self._view, self._at, self.origin, self.wire
        try:
            steps = self._steps(found)
        except TypedError as error:
            self.foot.say(str(error))
            return
        view.close_search()
        view.setFocus(Qt.FocusReason.OtherFocusReason)
        if len(steps) == 1 and not steps[0].params and wire is None:
            view.placing.found(found, at, origin)
        else:
            view.placing.chain(steps, at, origin, wire)

    def _steps(self, found: Found) -> tuple[Step, ...]:
        """What is typed, with the chosen row as the last layer. Raises TypedError."""
        *before, last = self._typed
        steps, _ = self._read(before)
        return (*steps, step(last, found, self._declared, self._scope))

    def _read(self, before: Sequence[Typed]) -> tuple[tuple[Step, ...], TensorSpec | None]:
        """The layers before the one that is being typed, and what leaves the last of them."""
        steps, spec = list[Step](), self._spec
        for part in before:
            hits = fitting_first(search(self._known, part.name), spec)
            steps.append(step(part, next(iter(hits), None), self._declared, self._scope))
            spec = after(steps[-1], spec, self._scope)
        return tuple(steps), spec

    @property
    def _scope(self) -> Scope:
        project, place = self._view.document.project, self._view.place
        return {p.name: p.default for p in project.blocks[place[-1]].params} if place else {}

    def _declared(self, entry: Entry) -> tuple[Param, ...]:
        kind, view = entry.kind, self._view
        if kind.startswith(MINE):
            kept = {saved.name: saved.block for saved in view.my_blocks.saved}
            return block_params(kept[kind.removeprefix(MINE)])
        if kind.startswith(BLOCK_PREFIX):
            return block_params(view.document.project.blocks[kind.removeprefix(BLOCK_PREFIX)])
        return REGISTRY[kind].params()

    def _left(self) -> None:
        if not self._done and not self.isAncestorOf(self._view.focusWidget() or self._view):
            self._view.close_search()

    def close_quietly(self) -> None:
        """Go away without placing anything."""
        if not self._done:
            self._done = True
            self.hide()
            self.deleteLater()

    # --- looks -----------------------------------------------------------------------------

    def _show_help(self, now: QModelIndex, before: QModelIndex) -> None:
        found: Found | None = now.data(FOUND) if now.isValid() else None
        where = "at the pointer" if self.wire is None else "into the wire"
        if self.origin is not None:
            where = f"{'behind' if self.origin.output else 'before'} {self.origin.node}, wired"
        elif self.wire is None and len(self._view.selected) == 1:
            where = f"behind {self._view.selected[0]}"
        words = f"{found.entry.help} Adds {where}." if found else "Nothing is called that."
        if found and (len(self._typed) > 1 or self._typed[-1].words):
            try:
                steps = self._steps(found)
                few, last = len(steps) <= 3, summary(steps[-1:])
                words = f"{len(steps)} layers {where}, the last of them {last}"
                words = f"Adds {f'{where}: {summary(steps)}' if few else words}."
            except TypedError as error:
                words = str(error)
        self.foot.say(words)

    def _settle(self, at: QPoint) -> None:
        width = min(WIDTH, max(240, self._view.width() - 16))
        self.resize(width, self._height())
        x = min(max(8, at.x()), max(8, self._view.width() - width - 8))
        y = min(max(8, at.y()), max(8, self._view.height() - self.height() - 8))
        self.move(x, y)
        self.field.setGeometry(36, 6, width - 130, HEAD - 12)

    def _height(self) -> int:
        """As high as the rows that are listed, within the view."""
        rows = max(1, min(ROWS, len(self.found)))
        headings = self.model.rowCount() - len(self.found)
        height = HEAD + rows * sizes.POPUP_ROW + headings * HEADING + FOOT + 3
        return min(height, max(160, self._view.height() - 16))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), colour("canvas"))
        painter.setPen(QPen(colour("line_strong"), 1))
        painter.setBrush(colour("raised"))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, sizes.RADIUS_NODE, sizes.RADIUS_NODE)
        painter.save()
        painter.setClipRect(0, 0, self.width(), HEAD)
        painter.setBrush(colour("input"))
        painter.drawRoundedRect(frame, sizes.RADIUS_NODE, sizes.RADIUS_NODE)
        painter.restore()
        painter.setPen(QPen(colour("line"), 1))
        painter.drawLine(1, HEAD - 1, self.width() - 2, HEAD - 1)
        ratio = self.devicePixelRatioF()
        if self.origin is None:
            painter.drawPixmap(13, 12, icons.pixmap("search", "text2", 16, ratio))
        else:
            self._paint_origin(painter)
        painter.setFont(fonts.caption())
        painter.setPen(colour("text3"))
        total = len(self._all if self._fitting_found is None else self._fitting_found)
        count = f"{len(self.found)} of {total}"
        area = QRectF(self.width() - 110, 0, 97, HEAD)
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, flags, count)

    def _paint_origin(self, painter: QPainter) -> None:
        assert self.origin is not None
        flow = self._view.canvas.nodes[self.origin.node].flow(self.origin)
        painter.save()
        painter.translate(21, HEAD / 2)
        painter.setPen(ink().port[flow])
        painter.setBrush(ink().fill[flow] if flow != "any" else Qt.BrushStyle.NoBrush)
        painter.drawPath(glyph(flow, 4.5))
        painter.restore()


def _lit(found: Found, letters: tuple[int, ...]) -> Found:
    return replace(found, letters=letters)

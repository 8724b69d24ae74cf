"""Two networks in one picture: what came, what went, what is otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from netbuilder.app.canvas.wire_path import curve
from netbuilder.app.theme import colour, fonts, sizes, theme
from netbuilder.graph import Edge, Graph
from netbuilder.graph.comparison import Comparison, Place, What, united
from netbuilder.layers import REGISTRY

#: A sign beside the colour, so that no difference is told by its hue alone.
SIGNS: Mapping[What, str] = {"added": "+", "removed": "−", "changed": "≠"}
TOKENS: Mapping[What, str] = {"added": "ok", "removed": "error", "changed": "warn"}
_HEIGHT = 44.0
#: Smaller than this nothing can be read: then the first difference is in the middle.
_LEAST = 0.5


class DifferencePicture(QGraphicsView):
    """Read-only; the wheel zooms, dragging moves, the whole is shown at first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setAccessibleName("Both networks in one picture")
        for set_policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            set_policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._shown: tuple[Graph, Graph, Comparison, Place] | None = None
        self._first: QPointF | None = None
        self._zoomed = False
        theme.changed.connect(self._draw)

    def show_graphs(self, before: Graph, after: Graph, found: Comparison, place: Place) -> None:
        """Draw what is in either graph, marked by what the comparison says at `place`."""
        self._shown, self._zoomed = (before, after, found, place), False
        self._draw()
        self._fit()

    def texts(self) -> list[str]:
        """What is written in the picture."""
        items = self._scene.items(Qt.SortOrder.AscendingOrder)
        return [item.text() for item in items if hasattr(item, "text")]

    def _draw(self) -> None:
        self._scene.clear()
        self.setBackgroundBrush(colour("canvas"))
        if self._shown is None:
            return
        before, after, found, place = self._shown
        graph, marks = united(before, after), found.marks(place)
        first = next((node for node in graph if node.id in marks), None)
        self._first = QPointF(*first.position) + QPointF(70, 22) if first is not None else None
        wires = {w.edge: w.what for w in found.wires if w.place == place}
        for edge in graph.edges:
            self._wire(graph, edge, wires.get(edge))
        for node in graph:
            title = node.title or node.id
            values = [
                f"{v.name} {v.before} → {v.after}"
                for change in found.nodes
                if (change.place, change.id) == (place, node.id)
                for v in change.values
            ]
            kind = REGISTRY.get(node.kind)
            words = values[0] if values else kind.title if kind is not None else node.block or ""
            tip = "\n".join(values) or words
            self._node(QPointF(*node.position), title, words, marks.get(node.id), tip)

    def _node(self, at: QPointF, title: str, words: str, what: What | None, tip: str) -> None:
        ink = colour(TOKENS[what]) if what else colour("line")
        pen = QPen(ink, 2 if what else 1)
        if what == "removed":
            pen.setStyle(Qt.PenStyle.DashLine)
        rect = QRectF(at.x(), at.y(), sizes.NODE_WIDTH, _HEIGHT)
        box = self._scene.addRect(rect, pen, QBrush(colour("node")))
        box.setToolTip(tip)
        sign = f"{SIGNS[what]} " if what else ""
        faint = what is None
        lines = ((sign + title, fonts.title(), "text2" if faint else "text", 5.0),
                 (words, fonts.caption(), "text3" if faint else "text2", 24.0))  # fmt: skip
        for text, font, token, y in lines:
            self._text(text, font, token, at + QPointF(8, y))

    def _text(self, text: str, font: QFont, token: str, at: QPointF) -> None:
        from PySide6.QtGui import QFontMetricsF

        room = sizes.NODE_WIDTH - 14
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, room)
        item = self._scene.addSimpleText(shown, font)
        item.setBrush(colour(token))
        item.setPos(at)

    def _wire(self, graph: Graph, edge: Edge, what: What | None) -> None:
        if edge.source not in graph or edge.target not in graph:
            return
        a, b = graph[edge.source].position, graph[edge.target].position
        start = QPointF(a[0] + sizes.NODE_WIDTH, a[1] + _HEIGHT / 2)
        pen = QPen(colour(TOKENS[what]) if what else colour("line_strong"), 2 if what else 1)
        if what == "removed":
            pen.setStyle(Qt.PenStyle.DashLine)
        self._scene.addPath(curve(start, QPointF(b[0], b[1] + _HEIGHT / 2)), pen)

    # --- looking -------------------------------------------------------------------------

    def _fit(self) -> None:
        bounds = self._scene.itemsBoundingRect().adjusted(-16, -16, 16, 16)
        self._scene.setSceneRect(bounds)
        if not self._zoomed and not bounds.isEmpty():
            self.fitInView(bounds, Qt.AspectRatioMode.KeepAspectRatio)
            fitting = self.transform().m11()
            if not _LEAST <= fitting <= 1.0:
                self.resetTransform()
                scale = min(max(fitting, _LEAST), 1.0)
                self.scale(scale, scale)
                self.centerOn(self._first or bounds.center())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The whole stays in sight until somebody zooms."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        self._zoomed = True
        factor = 1.15 ** (event.angleDelta().y() / 120)
        if 0.05 < self.transform().m11() * factor < 4:
            self.scale(factor, factor)
        event.accept()

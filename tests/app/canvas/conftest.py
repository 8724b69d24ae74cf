"""A canvas in a window, and a hand that presses, drags and types on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.app import theme
from netbuilder.app.canvas import CanvasView
from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.canvas.wire_path import distance
from netbuilder.app.document import Document
from netbuilder.app.theme import motion
from netbuilder.graph import Edge, Graph, Node, Project

NO = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


def digits() -> Project:
    """Digits, a convolution with a residual edge, and a head; 172 from column to column."""
    nodes = [
        Node("digits_1", "digits", position=(0, 0)),
        Node("conv2d_1", "conv2d", {"out_channels": 4, "padding": "same"}, (176, 0)),
        Node("relu_1", "relu", position=(352, 0)),
        Node("conv2d_2", "conv2d", {"out_channels": 4, "padding": "same"}, (528, 0)),
        Node("add_1", "add", position=(704, 0)),
        Node("flatten_1", "flatten", position=(0, 200)),
        Node("linear_1", "linear", {"out_features": 10}, (176, 200)),
        Node("cross_entropy_1", "cross_entropy", position=(352, 200)),
        Node("output_1", "output", position=(352, 336)),
    ]
    edges = [
        Edge("digits_1", "image", "conv2d_1", "x"),
        Edge("conv2d_1", "y", "relu_1", "x"),
        Edge("relu_1", "y", "conv2d_2", "x"),
        Edge("conv2d_2", "y", "add_1", "x"),
        Edge("relu_1", "y", "add_1", "x"),
        Edge("add_1", "y", "flatten_1", "x"),
        Edge("flatten_1", "y", "linear_1", "x"),
        Edge("linear_1", "y", "cross_entropy_1", "logits"),
        Edge("digits_1", "label", "cross_entropy_1", "label"),
        Edge("linear_1", "y", "output_1", "x"),
    ]
    return Project("digits", Graph({n.id: n for n in nodes}, tuple(edges)))


class Canvas:
    """The view of a document, with the means to use it as a person would."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.document: Document = view.document
        self.scene = view.canvas
        self.refusals: list[str] = []
        view.refused.connect(self.refusals.append)

    @property
    def graph(self) -> Graph:
        """The graph that the view shows."""
        return self.document.project.graph_at(self.view.place)

    # --- places --------------------------------------------------------------------------

    def pixel(self, x: float, y: float) -> QPoint:
        """Of a point in the scene, its pixel in the viewport."""
        return self.view.mapFromScene(QPointF(x, y))

    def head(self, node_id: str) -> QPoint:
        """Where one would take hold of a node."""
        box = self.scene.nodes[node_id].box
        return self.pixel(box.left() + 60, box.top() + 14)

    def port(self, node_id: str, port: str, output: bool = False) -> QPoint:
        """Where one would take hold of a port."""
        at = self.scene.port_pos(PortRef(node_id, port, output))
        return self.pixel(at.x(), at.y())

    # --- the hand ------------------------------------------------------------------------

    def move(self, at: QPoint) -> None:
        QTest.mouseMove(self.view.viewport(), at)

    def press(self, at: QPoint, keys: Qt.KeyboardModifier = NO, button=LEFT) -> None:
        QTest.mousePress(self.view.viewport(), button, keys, at)

    def release(self, at: QPoint, keys: Qt.KeyboardModifier = NO, button=LEFT) -> None:
        QTest.mouseRelease(self.view.viewport(), button, keys, at)

    def click(self, at: QPoint, keys: Qt.KeyboardModifier = NO) -> None:
        self.press(at, keys)
        self.release(at, keys)

    def carry(
        self, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = NO, button=LEFT
    ) -> None:
        """Press and drag without letting go."""
        self.press(start, keys, button)
        for part in (0.3, 0.7, 1.0):
            self.move(start + (end - start) * part)

    def drag(self, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier = NO, button=LEFT) -> None:
        self.carry(start, end, keys, button)
        self.release(end, keys, button)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NO) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.view, key, keys)

    def type(self, text: str) -> None:
        QTest.keyClicks(QApplication.focusWidget(), text)

    # --- what must hold ------------------------------------------------------------------

    @contextmanager
    def one_step(self) -> Iterator[None]:
        """What happens inside is one step: undo restores the graph, redo brings it back."""
        stack, before = self.document.stack, self.graph
        count = stack.index()
        yield
        after = self.graph
        assert stack.index() == count + 1
        assert after != before
        stack.undo()
        assert self.graph == before
        self.check_picture()
        stack.redo()
        assert self.graph == after
        self.check_picture()

    @contextmanager
    def no_step(self) -> Iterator[None]:
        """What happens inside leaves neither a step nor a trace."""
        stack, before = self.document.stack, self.document.project
        count = stack.count()
        items = len(self.scene.items())
        yield
        assert self.document.project is before, stack.undoText()
        assert stack.count() == count
        self.check_picture()
        assert len(self.scene.items()) == items

    def check_picture(self) -> None:
        """The scene shows exactly the graph: items, places, and wires from port to port."""
        graph, scene = self.graph, self.scene
        assert scene.nodes.keys() == graph.nodes.keys()
        assert scene.wires.keys() == set(graph.edges)
        for node_id, item in scene.nodes.items():
            assert item.node is graph[node_id]
            # Qt leaves an item where it is if that is nearer than it can tell.
            assert (item.x(), item.y()) == pytest.approx(graph[node_id].position)
            assert scene.obstacles.box(node_id) == item.box
        assert scene.frames.items.keys() == graph.frames.keys()
        for frame_id, frame in scene.frames.items.items():
            assert frame.frame is graph.frames[frame_id]
            assert frame.box.getRect() == pytest.approx(graph.frames[frame_id].rect)
        assert scene.bends.items.keys() == graph.bends.keys()
        for edge, points in graph.bends.items():
            assert [(b.x(), b.y()) for b in scene.bends.items[edge]] == list(points)
        for edge, wire in scene.wires.items():
            assert wire.isVisible()
            for x, y in graph.bends.get(edge, ()):
                assert distance(wire.path(), QPointF(x, y), 2) < 1
            path = wire.path()
            start = scene.port_pos(PortRef(edge.source, edge.source_port, True))
            end = scene.port_pos(PortRef(edge.target, edge.target_port, False))
            assert (path.pointAtPercent(0) - start).manhattanLength() < 0.01
            assert (path.pointAtPercent(1) - end).manhattanLength() < 0.01


@pytest.fixture
def make_canvas(qtbot) -> Iterator[Callable[..., Canvas]]:
    """Opens a canvas on a project, with pixels and scene at the same scale."""
    motion.set_reduced(True)
    theme.apply(QApplication.instance(), "dark")
    views = []

    def make(project: Project | None = None) -> Canvas:
        view = CanvasView(Document(project if project is not None else digits()))
        qtbot.addWidget(view)
        view.resize(1100, 640)
        view.show()
        qtbot.waitExposed(view)
        view.camera.set_zoom(1.0)
        view.centerOn(420, 190)
        view.setFocus()
        views.append(view)
        return Canvas(view)

    yield make
    for view in views:
        view.document.close()
    motion.set_reduced(False)


@pytest.fixture
def canvas(make_canvas) -> Canvas:
    """A canvas on the digits network."""
    return make_canvas()

"""A hand that knows no rules: random edits and random events leave the picture of the graph."""

from __future__ import annotations

import contextlib
import random
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsItem, QMenu

from netbuilder.graph import Edge, Graph, GraphError
from netbuilder.graph.drawing import bent, framed, put_frames, without_frames
from netbuilder.layers.muting import muted

NO = Qt.KeyboardModifier.NoModifier
KEYS = (NO, NO, NO, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
KEYS = (*KEYS, Qt.KeyboardModifier.AltModifier)
KINDS = ("linear", "relu", "conv2d", "flatten", "add", "concat", "dropout", "tanh", "output")
#: A graph beyond this size would only make the test slow.
MOST = 40
#: Letters and keys that are commands of the canvas; no key that opens a dialog of the system.
PRESSED = [Qt.Key(k) for k in b"MHCJFLUGXVDAI123"] + [
    *(Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Escape, Qt.Key.Key_Return),
    *(Qt.Key.Key_Tab, Qt.Key.Key_Home, Qt.Key.Key_F2, Qt.Key.Key_F8, Qt.Key.Key_Left),
    *(Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_BracketLeft, Qt.Key.Key_Z),
]


def pieces(usual: int, every: int) -> list[Any]:
    """Seeds of the parts of a long test, and how many of them are tried each time."""
    return [*range(usual), *(pytest.param(i, marks=pytest.mark.long) for i in range(usual, every))]


class Editor:
    """Random edits of a document that a canvas shows."""

    def __init__(self, canvas, seed: int) -> None:
        self.canvas, self.random = canvas, random.Random(seed)

    @property
    def graph(self) -> Graph:
        return self.canvas.graph

    def step(self) -> None:
        """One edit through the document, an undo or a redo."""
        doing = self.random.choice(
            [
                *(self.add, self.add, self.wire, self.wire, self.remove, self.cut, self.move),
                *(self.mute, self.collapse, self.frame, self.reframe, self.bend),
                *(self.select, self.undo, self.redo),
            ]
        )
        # Where the graph says no, nothing must have changed.
        with contextlib.suppress(GraphError):
            doing()

    def node(self) -> str:
        return self.random.choice(list(self.graph.nodes))

    def place(self) -> tuple[float, float]:
        return float(self.random.randrange(-800, 800, 8)), float(
            self.random.randrange(-600, 600, 8)
        )

    def edit(self, graph: Graph) -> None:
        self.canvas.document.edit_graph("Random", graph)

    def add(self) -> None:
        if len(self.graph) < MOST:
            self.edit(self.graph.create(self.random.choice(KINDS), position=self.place())[0])

    def wire(self) -> None:
        if len(self.graph) > 1:
            source, target = self.node(), self.node()
            items = self.canvas.scene.nodes
            outs = [r.port for r, _ in items[source].ports() if r.output] or ["y"]
            ins = [r.port for r, _ in items[target].ports() if not r.output] or ["x"]
            edge = Edge(source, self.random.choice(outs), target, self.random.choice(ins))
            self.edit(self.graph.connect(edge, replace_port=self.random.random() < 0.5))

    def remove(self) -> None:
        if self.graph.nodes:
            self.edit(self.graph.remove([self.node()]))

    def cut(self) -> None:
        if self.graph.edges:
            self.edit(self.graph.remove(edges=[self.random.choice(self.graph.edges)]))

    def move(self) -> None:
        if self.graph.nodes:
            self.edit(self.graph.move({self.node(): self.place()}))

    def mute(self) -> None:
        if self.graph.nodes:
            self.edit(muted(self.graph, [self.node()], self.random.random() < 0.6))

    def collapse(self) -> None:
        if self.graph.nodes:
            self.canvas.view.select([self.node()])
            self.canvas.view.marking.collapse()

    def frame(self) -> None:
        if len(self.graph.frames) < 6:
            size = self.random.randrange(80, 400, 8), self.random.randrange(80, 300, 8)
            self.edit(framed(self.graph, (*self.place(), *size), "Here")[0])

    def reframe(self) -> None:
        if self.graph.frames:
            frame = self.random.choice(list(self.graph.frames.values()))
            if self.random.random() < 0.4:
                self.edit(without_frames(self.graph, [frame.id]))
            else:
                moved = type(frame)(frame.id, "Moved", (*self.place(), 120, 90), "image")
                self.edit(put_frames(self.graph, moved))

    def bend(self) -> None:
        if self.graph.edges:
            points = [self.place() for _ in range(self.random.randrange(3))]
            self.edit(bent(self.graph, self.random.choice(self.graph.edges), points))

    def select(self) -> None:
        names = [i for i in self.graph.nodes if self.random.random() < 0.3]
        self.canvas.view.select(names)

    def undo(self) -> None:
        for _ in range(self.random.randrange(4)):
            self.canvas.document.undo()

    def redo(self) -> None:
        self.canvas.document.redo()


def check_nothing_leaked(canvas) -> None:
    """Every top-level item of the scene is a node, wire, frame, bend or callout that is known."""
    scene = canvas.scene
    known: set[QGraphicsItem] = {*scene.nodes.values(), *scene.wires.values()}
    known |= {*scene.frames.items.values(), *scene.callouts.items.values()}
    known |= {knob for knobs in scene.bends.items.values() for knob in knobs}
    top = [item for item in scene.items() if item.parentItem() is None]
    assert len(top) == len(known)
    assert all(any(item is other for other in known) for item in top[:50])


def edit_at_random(canvas, count: int, seed: int) -> None:
    start, editor = canvas.document.project, Editor(canvas, seed)
    for _ in range(count):
        editor.step()
        canvas.check_picture()
    check_nothing_leaked(canvas)
    stack = canvas.document.stack
    oldest = stack.count() < stack.undoLimit()
    while stack.canUndo():
        stack.undo()
    if oldest:
        assert canvas.document.project == start
    canvas.check_picture()
    check_nothing_leaked(canvas)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_scene_is_the_graph_after_each_of_many_random_edits(canvas, seed):
    edit_at_random(canvas, 100, seed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", pieces(6, 25))
def test_the_scene_is_the_graph_after_ten_thousand_random_edits(canvas, seed):
    edit_at_random(canvas, 400, 100 + seed)


class Hands:
    """Random presses, drags, keys and turns of the wheel on a canvas."""

    def __init__(self, canvas, seed: int) -> None:
        self.canvas, self.random = canvas, random.Random(seed)
        self.port = canvas.view.viewport()
        self.down: Qt.MouseButton | None = None

    def at(self) -> QPoint:
        """Half of the time on a node, a port or a wire: empty canvas is large."""
        scene = self.canvas.scene
        if scene.nodes and self.random.random() < 0.5:
            item = self.random.choice(list(scene.nodes.values()))
            places = [item.box.center(), *(item.pos() + at for _, at in item.ports())]
            at = self.canvas.view.mapFromScene(self.random.choice(places))
            if self.port.rect().contains(at):
                return at
        rect = self.port.rect()
        return QPoint(self.random.randrange(rect.width()), self.random.randrange(rect.height()))

    def step(self) -> None:
        menu = QApplication.activePopupWidget()
        if isinstance(menu, QMenu):
            menu.close()
        kind, keys = self.random.random(), self.random.choice(KEYS)
        button = self.random.choice(
            (Qt.MouseButton.LeftButton,) * 4 + (Qt.MouseButton.MiddleButton,)
        )
        if self.down is not None and kind < 0.35:
            QTest.mouseRelease(self.port, self.down, keys, self.at())
            self.down = None
        elif kind < 0.3:
            self.down = button
            QTest.mousePress(self.port, button, keys, self.at())
        elif kind < 0.65:
            QTest.mouseMove(self.port, self.at())
        elif kind < 0.7 and self.down is None:
            QTest.mouseDClick(self.port, Qt.MouseButton.LeftButton, keys, self.at())
        elif kind < 0.75:
            self.wheel()
        elif self.down is None or kind < 0.8:
            target = QApplication.focusWidget() or self.canvas.view
            QTest.keyClick(target, self.random.choice(PRESSED), keys)

    def wheel(self) -> None:
        self.canvas.view.camera.zoom(self.random.choice((0.8, 1.25)), self.at())

    def let_go(self) -> None:
        if self.down is not None:
            QTest.mouseRelease(self.port, self.down, NO, self.at())
        self.canvas.view.cancel_gesture()


def press_at_random(canvas, count: int, seed: int) -> None:
    start, hands = canvas.document.project, Hands(canvas, seed)
    for i in range(count):
        hands.step()
        if i % 50 == 49 and canvas.view.gesture is None:
            canvas.view.auto_layout.finish()
            canvas.check_picture()
        if len(canvas.graph) > MOST:
            canvas.document.undo()
    hands.let_go()
    canvas.view.auto_layout.finish()
    canvas.view.close_search()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    canvas.view.setFocus()
    canvas.check_picture()
    check_nothing_leaked(canvas)
    while canvas.document.stack.canUndo():
        canvas.document.undo()
    if canvas.document.stack.count() < canvas.document.stack.undoLimit():
        assert canvas.document.project == start


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_events_raise_nothing_and_leave_nothing_behind(canvas, seed):
    press_at_random(canvas, 100, seed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", pieces(6, 20))
def test_ten_thousand_random_events_raise_nothing(canvas, seed):
    press_at_random(canvas, 500, 100 + seed)

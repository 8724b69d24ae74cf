"""ResNet-18 from an empty canvas, by mouse and keyboard alone, and how many gestures it takes.

A gesture is a click, a double-click, a drag, a key with its modifiers, or one typed word;
words end at a space. The account of it is in the guide: see ``help/blocks_and_sharing.md``.
"""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.window import MainWindow
from netbuilder.graph import Edge

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
Key = Qt.Key


class Person:
    """Uses a window as a person does, and counts."""

    def __init__(self, window: MainWindow) -> None:
        self.window, self.canvas = window, window.canvas
        self.gestures: list[str] = []

    @property
    def graph(self):
        """What the canvas shows."""
        return self.canvas.canvas.graph

    # --- gestures ------------------------------------------------------------------------

    def press(self, key: Key, keys: Qt.KeyboardModifier = NONE) -> None:
        self.gestures.append(f"key {key.name}")
        QTest.keyClick(QApplication.focusWidget() or self.window, key, keys)
        QApplication.processEvents()

    def type(self, text: str) -> None:
        self.gestures += [f"word {word}" for word in text.split()]
        QTest.keyClicks(QApplication.focusWidget(), text)
        QApplication.processEvents()

    def click(self, widget: QWidget, at: QPoint, keys: Qt.KeyboardModifier = NONE) -> None:
        self.gestures.append("click")
        QTest.mouseClick(widget, LEFT, keys, at)
        QApplication.processEvents()

    def double_click(self, at: QPoint) -> None:
        self.gestures.append("double-click")
        QTest.mouseDClick(self.canvas.viewport(), LEFT, NONE, at)
        QApplication.processEvents()

    def drag(self, widget: QWidget, start: QPoint, end: QPoint) -> None:
        self.gestures.append("drag")
        QTest.mousePress(widget, LEFT, NONE, start)
        for share in (0.1, 0.5, 1.0):
            QTest.mouseMove(widget, start + (end - start) * share)
        QTest.mouseRelease(widget, LEFT, NONE, end)
        QApplication.processEvents()

    # --- places --------------------------------------------------------------------------

    def header(self, node_id: str) -> QPoint:
        box = self.canvas.canvas.nodes[node_id].box
        return self.canvas.mapFromScene(box.left() + 60, box.top() + 14)

    def port(self, node_id: str, port: str, output: bool) -> QPoint:
        return self.canvas.mapFromScene(self.canvas.canvas.port_pos(PortRef(node_id, port, output)))

    def wire(self, edge: Edge, share: float = 0.5) -> QPoint:
        path = self.canvas.canvas.wires[edge].path()
        return self.canvas.mapFromScene(path.pointAtPercent(share))

    def corners(self, node_ids: list[str]) -> tuple[QPoint, QPoint]:
        """From above the first of these nodes, and any wire over it, to below the last."""
        box = self.canvas.canvas.bounds(node_ids)
        start = self.canvas.mapFromScene(box.left() - 4, box.top() - 72)
        return start, self.canvas.mapFromScene(box.right() + 6, box.bottom() + 12)


def one(graph, kind: str, number: int = 0) -> str:
    """The id of a node of a kind, counted from left to right."""
    found = sorted((n for n in graph if n.kind == kind), key=lambda n: n.position[0])
    return found[number].id


def assert_clear(canvas) -> None:
    """No node lies on another one."""
    boxes = [node.box for node in canvas.canvas.nodes.values()]
    assert not [1 for a, b in combinations(boxes, 2) if a.intersects(b)]


@pytest.fixture
def person(open_window) -> Person:
    window = open_window()
    window.canvas.setFocus()
    return Person(window)


def test_resnet_18_takes_fewer_than_sixty_gestures(person: Person) -> None:
    canvas, window = person.canvas, person.window

    # The stem, and the layers of one residual unit behind it.
    person.press(Key.Key_Tab)
    person.type(
        "noise 3x224x224, conv k7n64s2, batch, relu, maxpool k3s2p1, "
        "conv 64, batch, relu, conv 64, batch, add, relu"
    )
    person.press(Key.Key_Return)
    pool, add = one(person.graph, "max_pool2d"), one(person.graph, "add")
    viewport = canvas.viewport()
    person.drag(viewport, person.port(pool, "y", True), person.port(add, "x", False))

    # They become a block whose width is a parameter.
    row = sorted(person.graph, key=lambda n: n.position[0])
    unit = [n.id for n in row[row.index(person.graph[pool]) + 1 :]]
    person.drag(viewport, *person.corners(unit))
    assert set(canvas.selected) == set(unit)
    person.press(Key.Key_G, CTRL)
    person.type("BasicBlock")
    person.press(Key.Key_Return)
    person.press(Key.Key_Return)
    assert canvas.place == ("BasicBlock",)
    person.click(viewport, person.header(one(person.graph, "conv2d")))
    person.click(viewport, person.header(one(person.graph, "conv2d", 1)), CTRL)
    label = window.inspector.several.form.rows["out_channels"].label
    crumb = canvas.breadcrumb
    goal = crumb.mapToGlobal(crumb._parts[-1][1].center().toPoint())
    person.drag(label, QPoint(10, 10), label.mapFromGlobal(goal))
    person.press(Key.Key_U)

    # A second one, and a third of its own kind: it halves the image and projects what it adds.
    person.press(Key.Key_Tab)
    person.type("basicblock, basicblock 128")
    person.press(Key.Key_Return)
    person.press(Key.Key_U, CTRL)
    person.press(Key.Key_Return)
    assert canvas.place == ("BasicBlock 2",)
    person.click(viewport, person.header(one(person.graph, "conv2d")))
    field = window.inspector.node.form.rows["stride"].control
    window.inspector.ensureWidgetVisible(field)
    person.click(field, QPoint(field.width() - 8, 5))  # the small arrow up
    entry, add = one(person.graph, "input"), one(person.graph, "add")
    person.double_click(person.wire(Edge(entry, "y", add, "x")))
    person.type("conv =out_channels 1/2, batch")
    person.press(Key.Key_Return)
    last, leave = one(person.graph, "relu", 1), one(person.graph, "output")
    person.double_click(person.wire(Edge(last, "y", leave, "x")))
    person.type("basicblock =out_channels")
    person.press(Key.Key_Return)
    person.press(Key.Key_U)

    # Two more stages and the head.
    person.press(Key.Key_Tab)
    person.type("basicblock2 256, basicblock2 512, gap, linear 1000, output")
    person.press(Key.Key_Return)

    check = window.document.check
    # Of the whole network it is still said that neither data nor a loss is there; of no node.
    assert [problem for problem in check.problems if problem.node is not None] == []
    assert check.parameters == 11_689_512
    infos = check.inside().values()
    shapes = [i.output.text() for i in infos if i.layer.title == "BasicBlock 2"]
    assert shapes == ["B × 128 × 28 × 28", "B × 256 × 14 × 14", "B × 512 × 7 × 7"]
    (output,) = (i for i in infos if i.layer.title == "Output")
    assert output.inputs["x"][0].text() == "B × 1000"
    assert_clear(canvas)
    canvas.enter(one(person.graph, "block:BasicBlock 2"))
    assert_clear(canvas)
    assert len(person.gestures) < 60, person.gestures

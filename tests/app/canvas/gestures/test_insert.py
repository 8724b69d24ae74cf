"""Nodes put into wires: dragged or dropped there, neighbours make room, bends stay."""

from itertools import combinations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from netbuilder.app.canvas import KIND_MIME
from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent

ALT = Qt.KeyboardModifier.AltModifier
NO = Qt.KeyboardModifier.NoModifier
EDGE = Edge("conv2d_1", "y", "relu_1", "x")
LONG = Edge("linear_1", "y", "output_1", "x")


def carry(canvas, kind, at, keys=NO):
    """Carry a kind from the palette over the canvas; returns what is carried."""
    data = QMimeData()
    data.setData(KIND_MIME, kind.encode())
    left, copy = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    for event in (
        QDragEnterEvent(at, copy, data, left, keys),
        QDragMoveEvent(at, copy, data, left, keys),
    ):
        QApplication.sendEvent(canvas.view.viewport(), event)
    return data


def drop(canvas, kind, at, keys=NO):
    """Carry a kind from the palette onto the canvas and let go of it."""
    data = carry(canvas, kind, at, keys)
    left, copy = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    event = QDropEvent(QPointF(at), copy, data, left, keys)
    QApplication.sendEvent(canvas.view.viewport(), event)


def lit(canvas):
    return {edge for edge, wire in canvas.scene.wires.items() if wire.hovered}


@pytest.fixture
def lone(canvas):
    """A node without wires, below the rest."""
    graph, node = canvas.graph.create("batch_norm", position=(600, 400))
    canvas.document.edit_graph("Add", graph)
    return node.id


def on_wire(canvas, edge, part=0.5):
    """Where the grip of a node has to be for its middle to lie on the wire."""
    at = canvas.scene.wires[edge].path().pointAtPercent(part)
    return canvas.pixel(at.x(), at.y()) + QPoint(-10, -22)


def assert_apart(canvas, *node_ids):
    boxes = [canvas.scene.nodes[i].box for i in node_ids]
    assert not any(a.intersects(b) for a, b in combinations(boxes, 2))


def test_neighbours_make_room_on_both_sides(canvas, lone):
    before = canvas.graph
    with canvas.one_step():
        canvas.drag(canvas.head(lone), on_wire(canvas, EDGE))
    row = ("digits_1", "conv2d_1", lone, "relu_1", "conv2d_2", "add_1")
    assert_apart(canvas, *row)
    places = [canvas.graph[i].position for i in row]
    assert places == sorted(places)
    # What follows moved by one amount, what comes before and the lower row not at all.
    moved = {i: canvas.graph[i].position[0] - before[i].position[0] for i in row if i != lone}
    assert moved["digits_1"] == moved["conv2d_1"] == 0
    assert moved["relu_1"] == moved["conv2d_2"] == moved["add_1"] > 0
    for below in ("flatten_1", "linear_1", "cross_entropy_1", "output_1"):
        assert canvas.graph[below].position == before[below].position


def test_where_there_is_room_nobody_moves(canvas, lone):
    before = canvas.graph
    canvas.document.edit_graph("Spread", before.move({"output_1": (700, 440)}))
    with canvas.one_step():
        canvas.drag(canvas.head(lone), on_wire(canvas, LONG))
    assert Edge(lone, "y", "output_1", "x") in canvas.graph.edges
    assert canvas.graph["output_1"].position == (700, 440)
    assert canvas.graph["linear_1"].position == before["linear_1"].position


def test_the_wire_lights_while_the_node_is_over_it_and_escape_leaves_it(canvas, lone):
    with canvas.no_step():
        canvas.carry(canvas.head(lone), on_wire(canvas, EDGE))
        assert canvas.scene.wires[EDGE].hovered
        canvas.key(Qt.Key.Key_Escape)
        assert not canvas.scene.wires[EDGE].hovered


def test_alt_at_the_end_lets_it_lie_on_the_wire(canvas, lone):
    to = on_wire(canvas, EDGE)
    with canvas.one_step():
        canvas.carry(canvas.head(lone), to)
        canvas.release(to, ALT)
    assert EDGE in canvas.graph.edges
    assert not canvas.graph.incoming[lone]
    assert not canvas.scene.wires[EDGE].hovered
    assert canvas.document.stack.undoText() == "Move"


def test_bends_stay_on_the_half_they_belong_to(canvas, lone):
    graph = canvas.graph.move({"output_1": (900, 440)})
    graph = bent(graph, LONG, [(360, 460), (600, 460), (860, 460)])
    canvas.document.edit_graph("Bend", graph)
    at = canvas.pixel(560, 460) + QPoint(-10, -22)
    with canvas.one_step():
        canvas.drag(canvas.head(lone), at)
    assert canvas.graph.bends == {
        Edge("linear_1", "y", lone, "x"): ((360, 460),),
        # The one in the middle lies under the node.
        Edge(lone, "y", "output_1", "x"): ((860, 460),),
    }


def test_taken_out_again_the_wire_keeps_the_bends_of_both_halves(canvas, lone):
    canvas.document.edit_graph("Bend", bent(canvas.graph, LONG, [(330, 420)]))
    first = Edge("flatten_1", "y", "linear_1", "x")
    canvas.document.edit_graph("Bend", bent(canvas.graph, first, [(160, 300)]))
    start = canvas.head("linear_1")
    with canvas.one_step():
        canvas.drag(start, start + QPoint(0, -90), ALT)
    bridge = Edge("flatten_1", "y", "output_1", "x")
    other = Edge("flatten_1", "y", "cross_entropy_1", "logits")
    assert canvas.graph.bends == {bridge: ((160, 300), (330, 420)), other: ((160, 300),)}


def test_from_the_palette_it_goes_into_the_wire_and_all_make_room(canvas):
    at = canvas.scene.wires[EDGE].path().pointAtPercent(0.5)
    with canvas.one_step():
        drop(canvas, "batch_norm", canvas.pixel(at.x(), at.y()))
    assert Edge("conv2d_1", "y", "batch_norm_1", "x") in canvas.graph.edges
    assert Edge("batch_norm_1", "y", "relu_1", "x") in canvas.graph.edges
    assert_apart(canvas, "conv2d_1", "batch_norm_1", "relu_1", "conv2d_2", "add_1")


def test_carried_over_a_wire_that_it_fits_the_wire_lights(canvas):
    at = canvas.scene.wires[EDGE].path().pointAtPercent(0.5)
    at = canvas.pixel(at.x(), at.y())
    with canvas.no_step():
        carry(canvas, "batch_norm", at)
        assert lit(canvas) == {EDGE}
        carry(canvas, "batch_norm", at, ALT)
        assert lit(canvas) == set()
        carry(canvas, "embedding", at)
        assert lit(canvas) == set()
        carry(canvas, "acme.gated", at)
        assert lit(canvas) == set()
        carry(canvas, "batch_norm", at)
        QApplication.sendEvent(canvas.view.viewport(), QDragLeaveEvent())
        assert lit(canvas) == set()
    drop(canvas, "batch_norm", at)
    assert lit(canvas) == set()


def test_from_the_palette_with_alt_it_lies_on_the_wire(canvas):
    at = canvas.scene.wires[EDGE].path().pointAtPercent(0.5)
    before = canvas.graph
    with canvas.one_step():
        drop(canvas, "batch_norm", canvas.pixel(at.x(), at.y()), ALT)
    assert set(canvas.graph.edges) == set(before.edges)
    assert all(canvas.graph[n.id].position == n.position for n in before)

"""Places, drops, names and what the window asks for."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.app.canvas import KIND_MIME
from netbuilder.graph import Block, BlockParam, Edge, Graph, Node, Project

ALT = Qt.KeyboardModifier.AltModifier
NO = Qt.KeyboardModifier.NoModifier


def let_fall(canvas, data, at, keys=NO):
    """Carry data onto the canvas and let go of it."""
    left, copy = Qt.MouseButton.LeftButton, Qt.DropAction.CopyAction
    target = canvas.view.viewport()
    for event in (
        QDragEnterEvent(at, copy, data, left, keys),
        QDragMoveEvent(at, copy, data, left, keys),
        QDropEvent(QPointF(at), copy, data, left, keys),
    ):
        QApplication.sendEvent(target, event)
        assert event.isAccepted()


def drop(canvas, kind, at, keys=NO):
    data = QMimeData()
    data.setData(KIND_MIME, kind.encode())
    let_fall(canvas, data, at, keys)


def test_a_kind_dropped_from_the_palette_lies_under_the_pointer(canvas):
    with canvas.one_step():
        drop(canvas, "tanh", canvas.pixel(700, 420))
    box = canvas.scene.nodes["tanh_1"].box
    assert (box.center() - QPointF(700, 420)).manhattanLength() <= 10
    assert canvas.document.stack.undoText() == "Add Tanh"


def test_dropped_on_a_wire_it_goes_into_it_and_with_alt_it_does_not(canvas):
    edge = Edge("conv2d_1", "y", "relu_1", "x")
    middle = canvas.scene.wires[edge].path().pointAtPercent(0.5)
    with canvas.one_step():
        drop(canvas, "batch_norm", canvas.pixel(middle.x(), middle.y()))
    assert Edge("conv2d_1", "y", "batch_norm_1", "x") in canvas.graph.edges
    edge = Edge("flatten_1", "y", "linear_1", "x")
    middle = canvas.scene.wires[edge].path().pointAtPercent(0.5)
    with canvas.one_step():
        drop(canvas, "dropout", canvas.pixel(middle.x(), middle.y()), ALT)
    assert edge in canvas.graph.edges


def test_a_kind_that_is_not_here_is_refused_in_one_sentence(canvas):
    with canvas.no_step():
        drop(canvas, "acme.gated", canvas.pixel(700, 420))
    assert canvas.refusals == ["acme.gated is not installed here, so it cannot be added."]


def test_files_are_handed_to_the_window(canvas, tmp_path):
    got = []
    canvas.view.files_dropped.connect(lambda files, at: got.append(files))
    data = QMimeData()
    table = str(tmp_path / "table.csv")
    data.setUrls([QUrl.fromLocalFile(table)])
    let_fall(canvas, data, QPoint(50, 50))
    assert got == [[table]]


def test_add_kind_wires_behind_the_selected_node(canvas):
    canvas.view.select(["linear_1"])
    with canvas.one_step():
        assert canvas.view.add_kind("relu") == "relu_2"
    assert Edge("linear_1", "y", "relu_2", "x") in canvas.graph.edges
    with canvas.one_step():
        canvas.view.select([])
        node_id = canvas.view.add_kind("linear", {"out_features": 7})
    assert canvas.graph[node_id].params == {"out_features": 7}


def test_rename_in_place(canvas):
    canvas.view.select(["linear_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_F2)
        canvas.type("Head")
        canvas.key(Qt.Key.Key_Return)
    assert canvas.graph["linear_1"].title == "Head"
    assert canvas.scene.nodes["linear_1"].face.title == "Head"
    assert canvas.view.hasFocus()
    with canvas.one_step():
        canvas.key(Qt.Key.Key_F2)
        canvas.key(Qt.Key.Key_Backspace)
        canvas.key(Qt.Key.Key_Return)
    assert canvas.graph["linear_1"].title == ""
    assert canvas.scene.nodes["linear_1"].face.title == "Linear"


def test_rename_ends_with_a_click_elsewhere_and_not_with_escape(canvas):
    canvas.view.select(["linear_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_F2)
        canvas.type("Head")
        canvas.key(Qt.Key.Key_Escape)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_F2)
        canvas.type("Head")
        canvas.click(canvas.pixel(700, 420))
    assert canvas.graph["linear_1"].title == "Head"


@pytest.fixture
def nested(make_canvas):
    def chain(*nodes):
        placed = [replace(n, position=(172.0 * i, 0)) for i, n in enumerate(nodes)]
        pairs = pairwise(placed)
        outs = {"digits": "image"}
        edges = tuple(Edge(a.id, outs.get(a.kind, "y"), b.id, "x") for a, b in pairs)
        return Graph({n.id: n for n in placed}, edges)

    first, last = Node("input_1", "input", {"name": "x"}), Node("output_1", "output", {"name": "y"})
    unit = chain(first, Node("conv2d_1", "conv2d", {"out_channels": "=width"}), last)
    twice = chain(first, Node("unit_1", "block:Unit", {"width": 6}), last)
    top = chain(
        Node("digits_1", "digits"), Node("twice_1", "block:Twice"), Node("output_1", "output")
    )
    blocks = {
        "Unit": Block("Unit", unit, (BlockParam("width", 4),)),
        "Twice": Block("Twice", twice),
    }
    return make_canvas(Project("nested", top, blocks))


def test_double_click_goes_into_a_block_and_the_path_leads_back(nested):
    canvas, places = nested, []
    canvas.view.place_changed.connect(places.append)
    QTest.mouseDClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=canvas.head("twice_1"))
    assert canvas.view.place == ("Twice",)
    canvas.check_picture()
    QTest.mouseDClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=canvas.head("unit_1"))
    assert canvas.view.place == ("Twice", "Unit")
    canvas.check_picture()
    crumb = canvas.view.breadcrumb
    assert crumb.names == ("nested", "Twice", "Unit")
    assert crumb.totals.startswith("3 nodes · ")
    _, first = crumb._parts[0]
    QTest.mouseClick(crumb, Qt.MouseButton.LeftButton, pos=first.center().toPoint())
    assert canvas.view.place == ()
    assert places == [("Twice",), ("Twice", "Unit"), ()]


def test_edits_inside_a_block_are_steps_too(nested):
    canvas = nested
    canvas.view.enter("twice_1")
    canvas.view.select(["unit_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Delete)
    assert "unit_1" not in canvas.document.project.blocks["Twice"].graph
    canvas.view.leave()
    canvas.check_picture()


def test_a_block_that_is_gone_is_left(nested):
    canvas = nested
    canvas.view.enter_place(("Twice", "Unit"))
    before = canvas.document.project
    gone = Project("nested", Graph(), {})
    canvas.document.edit("Remove blocks", gone)
    assert canvas.view.place == ()
    canvas.check_picture()
    canvas.document.undo()
    assert canvas.document.project is before
    canvas.check_picture()


def test_double_click_on_a_layer_opens_it(canvas):
    opened = []
    canvas.view.opened.connect(opened.append)
    QTest.mouseDClick(canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=canvas.head("relu_1"))
    assert opened == ["relu_1"]
    assert canvas.view.search is None


def test_another_project_is_shown_from_its_top(nested):
    canvas = nested
    canvas.view.enter("twice_1")
    canvas.document.new(Project("other", Graph({"relu_1": Node("relu_1", "relu")})), discard=True)
    assert canvas.view.place == ()
    canvas.check_picture()


def test_an_edit_from_elsewhere_during_a_drag_ends_the_drag(canvas):
    start = canvas.head("output_1")
    canvas.carry(start, start + QPoint(100, 40))
    canvas.document.edit_graph("Elsewhere", canvas.graph.remove(["output_1"]))
    assert canvas.view.gesture is None
    canvas.check_picture()
    canvas.release(start + QPoint(100, 40))
    canvas.check_picture()


def test_hovering_lights_a_node_with_its_wires_and_one_wire(canvas):
    canvas.move(canvas.head("relu_1"))
    assert canvas.scene.hovered == "relu_1"
    lit = {e for e, wire in canvas.scene.wires.items() if wire.hovered}
    assert lit == {*canvas.graph.incoming["relu_1"], *canvas.graph.outgoing["relu_1"]}
    edge = Edge("flatten_1", "y", "linear_1", "x")
    at = canvas.scene.wires[edge].path().pointAtPercent(0.5)
    canvas.move(canvas.pixel(at.x(), at.y()))
    assert canvas.scene.hovered is None
    assert {e for e, wire in canvas.scene.wires.items() if wire.hovered} == {edge}


def test_the_minimap_looks_where_it_is_pressed(canvas):
    minimap = canvas.view.minimap
    target = canvas.scene.nodes["output_1"].box.center()
    at = minimap.to_map.map(target).toPoint()
    QTest.mousePress(minimap, Qt.MouseButton.LeftButton, pos=at)
    seen = canvas.view.camera.seen.center()
    assert (seen - target).manhattanLength() < 20
    QTest.mouseRelease(minimap, Qt.MouseButton.LeftButton, pos=at)

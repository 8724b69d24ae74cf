"""Search what to add."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from netbuilder.app.canvas import CanvasView
from netbuilder.graph import Block, Edge, Graph, Node, Project


def test_tab_opens_it_and_enter_places_at_the_pointer(canvas):
    canvas.move(canvas.pixel(700, 420))
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Tab)
        canvas.type("tanh")
        canvas.key(Qt.Key.Key_Return)
    assert canvas.view.search is None
    box = canvas.scene.nodes["tanh_1"].box
    assert abs(box.center().x() - 700) <= 8
    assert abs(box.center().y() - 420) <= 8


def test_with_a_node_selected_tab_adds_behind_it_wired(canvas):
    canvas.view.select(["linear_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Tab)
        canvas.type("relu")
        canvas.key(Qt.Key.Key_Return)
    assert Edge("linear_1", "y", "relu_2", "x") in canvas.graph.edges
    assert canvas.graph["relu_2"].position[0] > canvas.graph["linear_1"].position[0]


def test_double_click_on_nothing_opens_it_and_escape_closes_it(canvas):
    with canvas.no_step():
        QTest.mouseDClick(
            canvas.view.viewport(), Qt.MouseButton.LeftButton, pos=canvas.pixel(700, 420)
        )
        assert canvas.view.search is not None
        canvas.key(Qt.Key.Key_Escape)
    assert canvas.view.search is None
    assert canvas.view.hasFocus()


def test_a_press_on_the_canvas_closes_it_and_one_on_itself_does_not(canvas):
    canvas.key(Qt.Key.Key_Tab)
    popup = canvas.view.search
    QTest.mouseClick(popup, Qt.MouseButton.LeftButton, pos=QPoint(6, 6))
    assert canvas.view.search is popup
    canvas.click(canvas.pixel(-100, 500))
    assert canvas.view.search is None


def test_arrows_choose_a_row_and_a_click_places_one(canvas):
    canvas.move(canvas.pixel(600, 420))
    canvas.key(Qt.Key.Key_Tab)
    popup = canvas.view.search
    canvas.type("conv")
    first = popup.chosen
    canvas.key(Qt.Key.Key_Down)
    assert popup.chosen == popup.found[1] != first
    canvas.key(Qt.Key.Key_Up)
    assert popup.chosen == first
    rect = popup.list.visualRect(popup.model.index(1, 0))
    kind = popup.found[1].entry.kind
    with canvas.one_step():
        QTest.mouseClick(popup.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert any(n.kind == kind for n in canvas.graph)


def test_nothing_found_places_nothing(canvas):
    with canvas.no_step():
        canvas.key(Qt.Key.Key_Tab)
        canvas.type("zzzz")
        assert canvas.view.search.found == []
        canvas.key(Qt.Key.Key_Return)
        canvas.key(Qt.Key.Key_Escape)


def test_what_needs_a_step_between_brings_it(canvas):
    with canvas.one_step():
        canvas.drag(canvas.port("digits_1", "label", True), canvas.pixel(600, 420))
        popup = canvas.view.search
        found = next(f for f in popup.found if f.entry.kind == "linear")
        assert found.between == "embedding"
        canvas.type("linear")
        canvas.key(Qt.Key.Key_Return)
    kinds = [canvas.graph[e.target].kind for e in canvas.graph.outgoing["digits_1"]]
    assert "embedding" in kinds
    table = next(n for n in canvas.graph if n.kind == "embedding")
    assert [canvas.graph[e.target].kind for e in canvas.graph.outgoing[table.id]] == ["linear"]


@pytest.fixture
def with_block(make_canvas):
    nodes = (
        Node("input_1", "input", {"name": "x"}),
        Node("relu_1", "relu", position=(172, 0)),
        Node("output_1", "output", {"name": "y"}, (344, 0)),
    )
    edges = (Edge("input_1", "y", "relu_1", "x"), Edge("relu_1", "y", "output_1", "x"))
    inner = Graph({n.id: n for n in nodes}, edges)
    top = Graph({"gate_1": Node("gate_1", "block:Gate")})
    project = Project("blocks", top, {"Gate": Block("Gate", inner)})
    return make_canvas(project)


def test_blocks_of_the_project_are_found_but_not_inside_themselves(with_block):
    canvas = with_block
    canvas.key(Qt.Key.Key_Tab)
    assert "block:Gate" in {f.entry.kind for f in canvas.view.search.found}
    assert "input" not in {f.entry.kind for f in canvas.view.search.found}
    canvas.key(Qt.Key.Key_Escape)
    canvas.view.enter("gate_1")
    assert canvas.view.place == ("Gate",)
    canvas.key(Qt.Key.Key_Tab)
    found = {f.entry.kind for f in canvas.view.search.found}
    assert "block:Gate" not in found
    assert "input" in found


def test_it_stays_inside_a_small_view(make_canvas):
    canvas = make_canvas()
    view: CanvasView = canvas.view
    view.resize(500, 260)
    view.open_search(view.rect().bottomRight())
    assert view.rect().contains(view.search.geometry())

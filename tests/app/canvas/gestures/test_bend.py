"""Bends: points put on wires with Alt."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from netbuilder.app.canvas.context_menu import menu_at
from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent

ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
EDGE = Edge("add_1", "y", "flatten_1", "x")
SHORT = Edge("linear_1", "y", "output_1", "x")


def middle(canvas, edge, part=0.5):
    at = canvas.scene.wires[edge].path().pointAtPercent(part)
    return canvas.pixel(at.x(), at.y())


def test_alt_click_on_a_wire_puts_a_bend_there(canvas):
    at = middle(canvas, EDGE)
    with canvas.one_step():
        canvas.click(at, ALT)
    ((x, y),) = canvas.graph.bends[EDGE]
    assert (canvas.view.mapFromScene(QPointF(x, y)) - at).manhattanLength() <= 1
    assert canvas.document.stack.undoText() == "Bend wire"


def test_alt_and_drag_takes_the_new_bend_along_as_one_step(canvas):
    at = middle(canvas, EDGE)
    with canvas.one_step():
        canvas.drag(at, at + QPoint(40, 60), ALT)
    ((x, y),) = canvas.graph.bends[EDGE]
    goal = canvas.view.mapToScene(at + QPoint(40, 60))
    assert abs(x - goal.x()) <= 4
    assert abs(y - goal.y()) <= 4
    assert x % 8 == y % 8 == 0


def test_a_bend_is_dragged_and_escape_puts_it_back(canvas):
    canvas.document.edit_graph("Bend", bent(canvas.graph, SHORT, [(328, 312)]))
    at = canvas.pixel(328, 312)
    with canvas.no_step():
        canvas.carry(at, at + QPoint(50, 30))
        assert canvas.scene.bends.points(SHORT) != ((328, 312),)
        canvas.key(Qt.Key.Key_Escape)
    with canvas.one_step():
        canvas.drag(at, at + QPoint(48, 30))
    assert canvas.graph.bends[SHORT] == ((376, 344),)


def test_escape_takes_a_new_bend_away(canvas):
    at = middle(canvas, EDGE)
    with canvas.no_step():
        canvas.carry(at, at + QPoint(40, 60), ALT)
        canvas.key(Qt.Key.Key_Escape)


def test_a_click_on_a_bend_is_no_step_and_delete_removes_it(canvas):
    canvas.document.edit_graph("Bend", bent(canvas.graph, EDGE, [(400, 150), (300, 150)]))
    with canvas.no_step():
        canvas.click(canvas.pixel(300, 150))
    assert canvas.scene.bends.chosen == (EDGE, 1)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Delete)
    assert canvas.graph.bends[EDGE] == ((400, 150),)


def test_double_click_and_the_menu_remove_a_bend(canvas):
    canvas.document.edit_graph("Bend", bent(canvas.graph, EDGE, [(400, 150), (300, 150)]))
    with canvas.one_step():
        QTest.mouseDClick(canvas.view.viewport(), LEFT, pos=canvas.pixel(400, 150))
    assert canvas.graph.bends[EDGE] == ((300, 150),)
    menu = menu_at(canvas.view, QPointF(300, 150))
    with canvas.one_step():
        menu.actions()[0].trigger()
    assert not canvas.graph.bends


def test_a_second_bend_takes_its_place_along_the_wire(canvas):
    canvas.document.edit_graph("Bend", bent(canvas.graph, EDGE, [(400, 150)]))
    canvas.click(middle(canvas, EDGE, 0.15), ALT)
    canvas.click(middle(canvas, EDGE, 0.92), ALT)
    points = canvas.graph.bends[EDGE]
    assert len(points) == 3
    assert points[1] == (400, 150)


def test_bends_between_moved_nodes_move_along(canvas):
    edge = Edge("flatten_1", "y", "linear_1", "x")
    canvas.document.edit_graph("Bend", bent(canvas.graph, edge, [(160, 260)]))
    canvas.view.select(["flatten_1", "linear_1"])
    start = canvas.head("linear_1")
    with canvas.one_step():
        canvas.drag(start, start + QPoint(40, 80))
    assert canvas.graph.bends[edge] == ((200, 340),)


def test_knobs_are_hidden_from_afar(canvas):
    canvas.document.edit_graph("Bend", bent(canvas.graph, EDGE, [(400, 150)]))
    canvas.view.camera.set_zoom(0.4)
    assert not canvas.scene.bends.items[EDGE][0].isVisible()
    assert canvas.scene.bends.at(QPointF(400, 150)) is None
    canvas.view.camera.set_zoom(1.0)
    assert canvas.scene.bends.items[EDGE][0].isVisible()


def test_a_wire_that_goes_takes_its_bends(canvas):
    canvas.document.edit_graph("Bend", bent(canvas.graph, EDGE, [(400, 150)]))
    canvas.view.select(["add_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Delete)
    assert not canvas.scene.bends.items

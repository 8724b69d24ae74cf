"""Frames with comments: made, named, moved, sized and removed by hand."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.app.canvas.context_menu import menu_at
from netbuilder.app.canvas.ports import PortRef
from netbuilder.graph import Edge
from netbuilder.graph.drawing import bent, framed

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
INSIDE = ("flatten_1", "linear_1")


def with_frame(canvas, title="Head"):
    """A frame that holds flatten_1 and linear_1, nested in it one that holds linear_1."""
    graph, outer = framed(canvas.graph, (-40, 144, 392, 152), title)
    canvas.document.edit_graph("Frame", graph)
    return outer


def title_of(canvas, frame_id):
    box = canvas.scene.frames.items[frame_id].box
    return canvas.pixel(box.left() + 120, box.top() + 10)


def test_c_frames_the_selection_and_asks_for_the_title(canvas):
    canvas.view.select(INSIDE)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_C)
        canvas.key(Qt.Key.Key_Escape)
    (frame,) = canvas.graph.frames.values()
    item = canvas.scene.frames.items[frame.id]
    assert item.box.contains(canvas.scene.bounds(INSIDE))
    assert item.zValue() < canvas.scene.wires[canvas.graph.edges[0]].zValue()
    assert canvas.view.hasFocus()


def test_the_title_is_typed_at_once(canvas):
    canvas.view.select(INSIDE)
    canvas.key(Qt.Key.Key_C)
    with canvas.one_step():
        canvas.type("Head of cm")
        canvas.key(Qt.Key.Key_Return)
    (frame,) = canvas.graph.frames.values()
    assert frame.title == "Head of cm"


def test_without_a_selection_it_lies_at_the_pointer(canvas):
    canvas.move(canvas.pixel(700, 400))
    with canvas.one_step():
        canvas.key(Qt.Key.Key_C)
        canvas.key(Qt.Key.Key_Escape)
    (frame,) = canvas.graph.frames.values()
    assert frame.rect[:2] == (704, 400)


def test_a_drag_of_the_title_moves_all_that_stands_in_it(canvas):
    frame = with_frame(canvas)
    start = title_of(canvas, frame.id)
    before = {n.id: n.position for n in canvas.graph}
    with canvas.one_step():
        canvas.drag(start, start + QPoint(61, 101))
    for node_id, (x, y) in before.items():
        moved = (64, 104) if node_id in INSIDE else (0, 0)
        assert canvas.graph[node_id].position == (x + moved[0], y + moved[1])
    assert canvas.graph.frames[frame.id].rect == (24, 248, 392, 152)
    assert canvas.document.stack.undoText() == "Move frame"


def test_bends_and_frames_inside_move_along(canvas):
    frame = with_frame(canvas)
    edge = Edge("flatten_1", "y", "linear_1", "x")
    graph, inner = framed(bent(canvas.graph, edge, [(160, 250)]), (168, 160, 160, 120), "Inner")
    canvas.document.edit_graph("More", graph)
    start = title_of(canvas, frame.id)
    with canvas.one_step():
        canvas.drag(start, start + QPoint(80, 80))
    assert canvas.graph.frames[inner.id].rect == (248, 240, 160, 120)
    assert canvas.graph.bends[edge] == ((240, 330),)


def test_escape_puts_the_frame_and_its_nodes_back(canvas):
    frame = with_frame(canvas)
    start = title_of(canvas, frame.id)
    with canvas.no_step():
        canvas.carry(start, start + QPoint(80, 80))
        assert canvas.scene.nodes["linear_1"].x() == 176 + 80
        canvas.key(Qt.Key.Key_Escape)


def test_the_corner_sizes_the_frame_and_moves_nothing(canvas):
    frame = with_frame(canvas)
    start = canvas.pixel(-40 + 392 - 4, 144 + 152 - 4)
    with canvas.one_step():
        canvas.drag(start, start + QPoint(43, 30))
    assert canvas.graph.frames[frame.id].rect == (-40, 144, 432, 184)
    assert canvas.graph["linear_1"].position == (176, 200)
    with canvas.no_step():
        start = start + QPoint(43, 30)
        canvas.carry(start, start - QPoint(300, 20))
        canvas.key(Qt.Key.Key_Escape)
    with canvas.one_step():
        canvas.drag(start, start - QPoint(900, 600))
    assert canvas.graph.frames[frame.id].rect == (-40, 144, 64, 48)


def test_double_click_and_f2_edit_the_title(canvas):
    frame = with_frame(canvas)
    at = title_of(canvas, frame.id)
    with canvas.one_step():
        QTest.mouseDClick(canvas.view.viewport(), LEFT, pos=at)
        canvas.type("Tail")
        canvas.key(Qt.Key.Key_Return)
    assert canvas.graph.frames[frame.id].title == "Tail"
    canvas.click(at)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_F2)
        canvas.type("Top")
        canvas.click(canvas.pixel(760, 440))
    assert canvas.graph.frames[frame.id].title == "Top"
    with canvas.no_step():
        canvas.click(at)
        canvas.key(Qt.Key.Key_F2)
        canvas.type("Gone")
        canvas.key(Qt.Key.Key_Escape)


def test_delete_keeps_what_stands_in_it(canvas):
    frame = with_frame(canvas)
    canvas.click(title_of(canvas, frame.id))
    assert canvas.scene.frames.chosen == (frame.id,)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Delete)
    assert not canvas.graph.frames
    assert len(canvas.graph) == 9
    assert canvas.document.stack.undoText() == "Delete frame"


def test_a_marquee_begins_inside_a_frame(canvas):
    with_frame(canvas)
    start = canvas.pixel(-30, 180)
    canvas.drag(start, canvas.pixel(340, 290))
    assert set(canvas.view.selected) == set(INSIDE)


def test_its_menu_gives_it_the_colour_of_a_kind_of_data(canvas):
    frame = with_frame(canvas)
    menu = menu_at(canvas.view, canvas.view.mapToScene(title_of(canvas, frame.id)))
    assert canvas.view.actions_by_name["rename"] in menu.actions()
    (tints,) = [a.menu() for a in menu.actions() if a.menu() is not None]
    with canvas.one_step():
        next(a for a in tints.actions() if a.text() == "Green").trigger()
    assert canvas.graph.frames[frame.id].colour == "vector"


def test_frames_are_copied_and_pasted(canvas):
    frame = with_frame(canvas)
    canvas.click(title_of(canvas, frame.id))
    canvas.key(Qt.Key.Key_C, CTRL)
    canvas.move(canvas.pixel(700, 440))
    with canvas.one_step():
        canvas.key(Qt.Key.Key_V, CTRL)
    assert len(canvas.graph.frames) == 2
    QApplication.clipboard().clear()


def test_home_shows_frames_too(canvas):
    graph, _ = framed(canvas.graph, (3000, 2000, 200, 100))
    canvas.document.edit_graph("Frame", graph)
    canvas.key(Qt.Key.Key_Home)
    assert canvas.view.camera.seen.contains(3100, 2050)


def test_wires_pass_before_frames(canvas):
    """A port over the title of a frame is still a port."""
    graph, _ = framed(canvas.graph, (100, 210, 300, 100), "In the way")
    canvas.document.edit_graph("Frame", graph)
    with canvas.one_step():
        canvas.drag(canvas.port("relu_1", "y", True), canvas.port("flatten_1", "x"))
    assert canvas.scene.port_at(canvas.scene.port_pos(PortRef("linear_1", "x", False)))

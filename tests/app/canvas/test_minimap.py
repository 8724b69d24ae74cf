"""The whole graph in a corner."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from netbuilder.graph.drawing import framed

ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


def on_map(canvas, x, y):
    """Of a point in the scene, its pixel in the minimap."""
    return canvas.view.minimap.to_map.map(QPointF(x, y)).toPoint()


def shade(canvas, at):
    return canvas.view.minimap.grab().toImage().pixelColor(at).name()


def test_a_press_looks_there_and_a_drag_goes_on(canvas):
    minimap = canvas.view.minimap
    with canvas.no_step():
        target = canvas.scene.nodes["output_1"].box.center()
        QTest.mousePress(minimap, LEFT, pos=on_map(canvas, target.x(), target.y()))
        assert (canvas.view.camera.seen.center() - target).manhattanLength() < 20
        seen = []
        for node_id in ("linear_1", "digits_1"):
            target = canvas.scene.nodes[node_id].box.center()
            QTest.mouseMove(minimap, on_map(canvas, target.x(), target.y()))
            seen.append(canvas.view.camera.seen.center())
            assert (seen[-1] - target).manhattanLength() < 20
        assert seen[0] != seen[1]
        QTest.mouseRelease(minimap, LEFT)
        QTest.mouseMove(minimap, on_map(canvas, 900, 300))
        assert canvas.view.camera.seen.center() == seen[1]
    assert canvas.view.selected == ()


def test_alt_m_hides_it_and_shows_it(canvas):
    minimap = canvas.view.minimap
    assert minimap.isVisible()
    with canvas.no_step():
        canvas.key(Qt.Key.Key_M, ALT)
        assert not minimap.isVisible()
        assert not canvas.view.actions_by_name["minimap"].isChecked()
        canvas.key(Qt.Key.Key_M, ALT)
        assert minimap.isVisible()


def test_nodes_are_on_it_and_the_selected_ones_ringed(canvas):
    box = canvas.scene.nodes["relu_1"].box
    inside = on_map(canvas, box.center().x(), box.center().y())
    assert shade(canvas, inside) != shade(canvas, on_map(canvas, 600, 250))
    corner = canvas.view.minimap.to_map.mapRect(box).topLeft().toPoint()
    before = shade(canvas, corner)
    canvas.view.select(["relu_1"])
    assert shade(canvas, corner) != before


def test_frames_are_on_it_in_their_colour(canvas):
    """Seen from where the map is the same with and without the frame."""
    canvas.document.edit_graph("Far", framed(canvas.graph, (-400, -200, 1600, 900))[0])
    at = 600, 250
    nothing = shade(canvas, on_map(canvas, *at))
    graph, frame = framed(canvas.graph, (520, 200, 240, 160), "Head")
    with canvas.one_step():
        canvas.document.edit_graph("Frame", graph)
    grey = shade(canvas, on_map(canvas, *at))
    assert grey != nothing
    on = canvas.view.minimap.to_map.mapRect(canvas.scene.frames.items[frame.id].box)
    border = on.topLeft().toPoint()
    assert shade(canvas, border) != grey
    with canvas.one_step():
        canvas.view.framing.tint(frame.id, "loss")
    assert shade(canvas, on_map(canvas, *at)) != grey
    before = shade(canvas, border)
    canvas.scene.select((), (), [frame.id])
    assert shade(canvas, border) != before


def test_a_frame_that_is_moved_moves_on_it(canvas):
    canvas.document.edit_graph("Far", framed(canvas.graph, (-400, -200, 1600, 900))[0])
    graph, frame = framed(canvas.graph, (520, 200, 160, 60), "Head")
    canvas.document.edit_graph("Frame", graph)
    here, there = on_map(canvas, 640, 250), on_map(canvas, 640, 350)
    inside, outside = shade(canvas, here), shade(canvas, there)
    assert inside != outside
    title = canvas.pixel(640, 210)
    with canvas.one_step():
        canvas.drag(title, title + canvas.pixel(0, 104) - canvas.pixel(0, 0))
    assert canvas.graph.frames[frame.id].rect[1] == 304
    assert (shade(canvas, here), shade(canvas, there)) == (outside, inside)

"""The picture follows the graph by identity."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage

from netbuilder.app import theme
from netbuilder.app.canvas.wire_item import gradient_width
from netbuilder.graph import Edge

SKIP = Edge("relu_1", "y", "add_1", "x")


def test_an_edit_keeps_every_item_that_it_does_not_touch(canvas):
    nodes, wires = dict(canvas.scene.nodes), dict(canvas.scene.wires)
    graph = canvas.graph.set_param("linear_1", "out_features", 12).remove(edges=[SKIP])
    canvas.document.edit_graph("Edit", graph)
    assert canvas.scene.nodes == nodes
    assert {e: w for e, w in wires.items() if e != SKIP} == canvas.scene.wires
    assert canvas.scene.nodes["linear_1"].face.shape == "B × 12"
    canvas.check_picture()


def test_random_steps_leave_the_picture_of_the_graph(canvas):
    rng = np.random.default_rng(0)
    for _ in range(60):
        graph, ids = canvas.graph, list(canvas.graph.nodes)
        choice = rng.integers(5) if ids else 0
        if choice == 0:
            graph, _ = graph.create(
                "relu", position=(float(rng.integers(900)), float(rng.integers(500)))
            )
        elif choice == 1:
            graph = graph.remove([ids[rng.integers(len(ids))]])
        elif choice == 2:
            graph = graph.move({ids[rng.integers(len(ids))]: (float(rng.integers(900)), 8.0)})
        elif choice == 3 and graph.edges:
            graph = graph.remove(edges=[graph.edges[rng.integers(len(graph.edges))]])
        else:
            canvas.document.undo()
            canvas.check_picture()
            continue
        canvas.document.edit_graph("Random", graph)
        canvas.check_picture()
    while canvas.document.stack.canUndo():
        canvas.document.undo()
        canvas.check_picture()


def test_shapes_and_colours_of_data_stand_on_nodes_and_wires(canvas):
    faces = {i: item.face for i, item in canvas.scene.nodes.items()}
    assert faces["conv2d_1"].shape == "B × 4 × 8 × 8"
    assert faces["conv2d_1"].flow == "image"
    assert faces["linear_1"].flow == "vector"
    assert faces["cross_entropy_1"].flow == "loss"
    assert canvas.scene.wires[Edge("digits_1", "label", "cross_entropy_1", "label")].flow == "label"
    assert not canvas.scene.wires[Edge("linear_1", "y", "output_1", "x")].carries_gradient


def test_wires_run_around_nodes(canvas):
    wire = canvas.scene.wires[SKIP]
    box = canvas.scene.nodes["conv2d_2"].box
    path = wire.path()
    assert not any(box.contains(path.pointAtPercent(t / 50)) for t in range(51))
    canvas.document.edit_graph("Move", canvas.graph.move({"conv2d_2": (528, 96)}))
    assert wire.path().elementCount() == 4  # a curve: nothing stands in the way any more


def picture(shade):
    image = QImage(8, 8, QImage.Format.Format_Grayscale8)
    image.fill(QColor(shade, shade, shade))
    return image


def test_pictures_make_room_and_go_again(canvas):
    item = canvas.scene.nodes["conv2d_1"]
    height = item.layout.height
    canvas.scene.set_views({"conv2d_1": [picture(240)] * 3, "linear_1": ("hist", np.arange(9.0))})
    assert item.layout.height == height + 48
    assert canvas.scene.obstacles.box("conv2d_1") == item.box
    shown = canvas.view.grab().toImage()
    at = canvas.pixel(item.box.left() + 29, item.layout.view.top() + item.y() + 23)
    assert shown.pixelColor(at).lightness() > 220
    canvas.scene.set_views({"digits_1": [picture(200)] * 8})
    assert item.layout.height == height
    assert canvas.scene.nodes["digits_1"].view_kind == "samples"
    canvas.scene.set_views({})
    canvas.check_picture()


def test_pictures_of_another_graph_are_not_shown(canvas):
    canvas.scene.set_views({"conv2d_1": [picture(240)]}, place=("Block",))
    assert canvas.scene.nodes["conv2d_1"].view is None


@pytest.mark.parametrize(
    ("norm", "width"), [(1e-6, 1.5), (10, 3.5), (3e-9, 1.0), (4e6, 5.0), (float("nan"), 5.0)]
)
def test_the_width_of_a_wire_tells_its_gradient(canvas, norm, width):
    assert gradient_width(norm) == pytest.approx(width)
    canvas.scene.set_gradients({SKIP: norm})
    assert canvas.scene.wires[SKIP].pen().widthF() == pytest.approx(width)
    canvas.view.grab()
    canvas.scene.set_gradients({})
    assert canvas.scene.wires[SKIP].pen().widthF() == 2


def test_a_hair_of_a_gradient_changes_no_pen(canvas):
    canvas.scene.set_gradients({SKIP: 1e-2})
    width = canvas.scene.wires[SKIP].pen().widthF()
    canvas.scene.set_gradients({SKIP: 1.5e-2})
    assert canvas.scene.wires[SKIP].pen().widthF() == width


def test_a_run_shows_on_the_data(canvas):
    canvas.scene.set_running(0.5)
    item = canvas.scene.nodes["digits_1"]
    assert item.state.progress == 0.5
    assert item.layout.marks == ("play",)
    assert canvas.scene.nodes["relu_1"].state.progress is None
    shown = canvas.view.grab().toImage()
    at = canvas.pixel(item.x() + 20, item.y() + 29)
    assert shown.pixelColor(at).name() == theme.current().accent
    canvas.scene.set_running(None)
    assert item.layout.marks == ()


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_follows_the_theme(canvas, qapp, mode):
    theme.apply(qapp, mode)
    shown = canvas.view.grab().toImage()
    tokens = theme.current()
    empty = canvas.pixel(700, 430)
    assert shown.pixelColor(empty).name() in (tokens.canvas, tokens.grid)
    wire = canvas.scene.wires[Edge("flatten_1", "y", "linear_1", "x")]
    assert wire.pen().color().name() == tokens.vector

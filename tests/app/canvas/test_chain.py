"""Several layers typed in the search come onto the canvas wired, in one step."""

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.graph import Edge

LEFT = Qt.MouseButton.LeftButton


def middle(canvas, edge):
    at = canvas.scene.wires[edge].path().pointAtPercent(0.5)
    return canvas.pixel(at.x(), at.y())


def typed(canvas, text):
    canvas.type(text)
    canvas.key(Qt.Key.Key_Return)


def test_behind_the_selected_node_wired_in_a_row(canvas):
    canvas.view.select(["relu_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Tab)
        typed(canvas, "conv2d 8 5/2, relu, flatten, linear 3")
        assert canvas.view.selected == ("linear_2",)
        assert canvas.view.camera.seen.contains(canvas.scene.nodes["linear_2"].box)
    graph = canvas.graph
    way = ["relu_1", "conv2d_3", "relu_2", "flatten_2", "linear_2"]
    for source, target in pairwise(way):
        assert Edge(source, "y", target, "x") in graph.edges
    assert graph["conv2d_3"].params == {
        "out_channels": 8, "kernel_size": (5,), "stride": (2,),
    }  # fmt: skip
    xs = [graph[i].position[0] for i in way]
    assert xs == sorted(xs)


def test_one_layer_with_its_properties_at_the_end_of_a_dragged_wire(canvas):
    start = canvas.port("linear_1", "y", output=True)
    canvas.drag(start, canvas.pixel(700, 420))
    with canvas.one_step():
        typed(canvas, "linear 7 -bias")
    assert canvas.graph["linear_2"].params == {"out_features": 7, "bias": False}
    assert Edge("linear_1", "y", "linear_2", "x") in canvas.graph.edges


def test_a_double_click_on_a_wire_puts_them_into_it(canvas):
    edge = Edge("conv2d_1", "y", "relu_1", "x")
    canvas.document.edit_graph("Apart", canvas.graph.move({"relu_1": (360, 40)}))
    with canvas.one_step():
        QTest.mouseDClick(canvas.view.viewport(), LEFT, pos=middle(canvas, edge))
        typed(canvas, "batch norm, dropout 0.1")
    assert edge not in canvas.graph.edges
    way = ["conv2d_1", "batch_norm_1", "dropout_1", "relu_1"]
    for source, target in pairwise(way):
        assert Edge(source, "y", target, "x") in canvas.graph.edges


def test_tab_with_a_wire_selected_does_the_same(canvas):
    edge = Edge("flatten_1", "y", "linear_1", "x")
    canvas.click(middle(canvas, edge))
    canvas.key(Qt.Key.Key_Tab)
    typed(canvas, "dropout")
    assert Edge("flatten_1", "y", "dropout_1", "x") in canvas.graph.edges
    assert Edge("dropout_1", "y", "linear_1", "x") in canvas.graph.edges


def test_a_bias_that_the_norm_behind_it_takes_away_is_not_made_unless_typed(canvas):
    canvas.view.select(["relu_1"])
    canvas.key(Qt.Key.Key_Tab)
    typed(canvas, "conv2d 8, batch norm, conv2d 8 +bias, batch norm")
    assert canvas.graph["conv2d_3"].params["bias"] is False
    assert canvas.graph["conv2d_4"].params["bias"] is True


def test_what_means_nothing_is_said_and_the_words_stay_to_be_mended(canvas):
    canvas.view.select(["relu_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_Tab)
        canvas.type("conv2d 8, relu 3")
        canvas.key(Qt.Key.Key_Return)
        assert canvas.view.search is not None
        assert canvas.view.search.foot.accessibleName() == "ReLU has no place for 3."
        canvas.key(Qt.Key.Key_Escape)
        canvas.view.select(["relu_1"])


def test_the_foot_says_what_enter_will_add(canvas):
    canvas.view.select(["relu_1"])
    canvas.key(Qt.Key.Key_Tab)
    canvas.type("linear 7, relu")
    words = canvas.view.search.foot.accessibleName()
    assert words == "Adds behind relu_1: Linear (out features 7), ReLU."


def test_of_two_that_are_called_so_the_one_that_takes_what_flows_is_meant(canvas):
    canvas.view.select(["relu_1"])
    canvas.key(Qt.Key.Key_Tab)
    typed(canvas, "relu, conv 8 /2, batch, conv 4")
    assert {canvas.graph[i].kind for i in ("conv2d_3", "conv2d_4")} == {"conv2d"}
    canvas.view.select([])
    canvas.key(Qt.Key.Key_Tab)
    typed(canvas, "noise 20x6, conv 8")
    assert canvas.graph["conv1d_1"].params == {"out_channels": 8}

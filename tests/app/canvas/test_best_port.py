"""Where a wire could go to several ports: the one of the right flow that is free is taken."""

import pytest
from PySide6.QtCore import QPoint, Qt

from netbuilder.graph import Edge, Graph, Node, Project


def tab(canvas, behind, words):
    """Add behind a node by keys; returns the new node's id."""
    canvas.click(canvas.head(behind))
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Tab)
        canvas.type(words)
        canvas.key(Qt.Key.Key_Return)
        (made,) = canvas.view.selected
    return made


@pytest.mark.parametrize(
    ("words", "source", "target"),
    [
        ("relu", "image", "x"),  # though the label would pass too and the image has a wire
        ("convolution 2-d", "image", "x"),
        ("cross-entropy", "label", "label"),
        ("accuracy", "label", "label"),
        ("embedding", "label", "x"),
        ("mean squared", "image", "prediction"),
    ],
)
def test_tab_behind_data_takes_the_output_that_is_meant(canvas, words, source, target):
    made = tab(canvas, "digits_1", words)
    assert canvas.graph.incoming[made] == (Edge("digits_1", source, made, target),)


def test_tab_behind_scores_takes_the_port_for_scores(canvas):
    made = tab(canvas, "linear_1", "cross-entropy")
    assert canvas.graph.incoming[made] == (Edge("linear_1", "y", made, "logits"),)


@pytest.fixture
def text(make_canvas):
    nodes = (
        Node("text_1", "text", position=(0, 0)),
        Node("embedding_1", "embedding", {"width": 8}, (200, 0)),
        Node("lstm_1", "lstm", {"hidden_size": 8}, (400, 0)),
        Node("linear_1", "linear", position=(600, 0)),
    )
    edges = (
        Edge("text_1", "tokens", "embedding_1", "x"),
        Edge("embedding_1", "y", "lstm_1", "x"),
        Edge("lstm_1", "y", "linear_1", "x"),
    )
    return make_canvas(Project("text", Graph({n.id: n for n in nodes}, edges)))


def test_of_two_outputs_alike_the_free_one_is_taken(text):
    canvas = text
    made = tab(canvas, "text_1", "cross-entropy")
    assert canvas.graph.incoming[made] == (Edge("text_1", "next", made, "label"),)
    made = tab(canvas, "lstm_1", "dropout")
    assert canvas.graph.incoming[made] == (Edge("lstm_1", "last", made, "x"),)


def test_dropped_on_a_body_the_wire_goes_to_the_free_port(canvas):
    graph, node = canvas.graph.create("mse", position=(600, 400))
    graph = graph.connect(Edge("linear_1", "y", node.id, "prediction"))
    canvas.document.edit_graph("Add", graph)
    body = canvas.head(node.id) + QPoint(30, 0)
    with canvas.one_step():
        canvas.drag(canvas.port("linear_1", "y", True), body)
    ports = [edge.target_port for edge in canvas.graph.incoming[node.id]]
    assert sorted(ports) == ["prediction", "target"]

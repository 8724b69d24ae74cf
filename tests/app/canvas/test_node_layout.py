"""Sizes and places on a node."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF

from netbuilder.app.canvas.ink import advance, caption_font, mono_font, title_font
from netbuilder.app.canvas.node_face import NodeFace, PortFace, make_face
from netbuilder.app.canvas.node_layout import lay_out
from netbuilder.compiler import check
from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.layers import REGISTRY

PORT = PortFace("x", "image", True)
PLAIN = NodeFace(
    "Convolution", "Convolution", "image", "16 · 3×3 · same", "B × 16 × 8 × 8", "B×16×8×8",
    (PORT,), (replace(PORT, name="y"),), "conv2d_1 · 160",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _application(qapp):
    """Measuring text needs fonts."""


def test_a_plain_node_has_the_sizes_of_the_look():
    layout = lay_out(PLAIN)
    assert (layout.width, layout.height) == (140, 72)
    assert layout.inputs == (QPointF(0, 38),)
    assert layout.outputs == (QPointF(140, 38),)
    assert lay_out(PLAIN, "strip").height == 120
    assert lay_out(PLAIN, "samples").height == 140


def test_two_ports_on_a_side_make_two_rows_twenty_apart():
    face = replace(PLAIN, inputs=(PORT, replace(PORT, name="skip")))
    layout = lay_out(face)
    assert layout.height == 92
    assert [p.y() for p in layout.inputs] == [38, 58]
    assert layout.names


@pytest.mark.parametrize(
    "title", ["Add", "Multi-head attention", "A rather long title here", "W" * 80]
)
@pytest.mark.parametrize("shape", ["B", "B × 16 × 28 × 28", "B × 1024 × 1024 × 1024 × 1024"])
def test_no_text_is_ever_cut_by_the_border(title, shape):
    face = replace(
        PLAIN, title=title, shape=shape, narrow_shape=shape.replace(" × ", "×"), problem="error"
    )
    layout = lay_out(face)
    assert 140 <= layout.width <= 232
    assert (layout.width - 140) % 8 == 0 or layout.width == 232
    marks = len(layout.marks) * 21
    assert 29 + advance(title_font(), layout.title) + marks <= layout.width
    assert 26 + advance(mono_font(), layout.shape) <= layout.width
    if layout.width < 232:
        assert layout.title == title


def test_every_kind_fits_its_words_on_its_node():
    for kind in REGISTRY:
        graph = Graph({"n_1": Node("n_1", kind)})
        face = make_face(graph["n_1"], graph, Project("p", graph), {}, ())
        layout = lay_out(face)
        assert face.title == REGISTRY[kind].title
        assert layout.title == face.title, kind
        assert 10 + advance(mono_font(), layout.summary) <= layout.width
        assert layout.names or layout.summary == face.summary
        rows = max(len(face.inputs), len(face.outputs))
        for i in range(rows if layout.names else 0):
            left = advance(caption_font(), face.inputs[i].name) if i < len(face.inputs) else 0
            right = advance(caption_font(), face.outputs[i].name) if i < len(face.outputs) else 0
            assert left + right + 24 <= layout.width, kind


def test_at_most_two_marks_and_a_chip_for_repeats():
    face = replace(PLAIN, problem="warning", shared="conv2d_9", repeat=3, block=True)
    layout = lay_out(face, playing=True)
    assert layout.marks == ("warning", "play")
    assert layout.chip.right() <= layout.width - 7 - 2 * 21 + 0.01


def test_parameters_beside_a_port_yield_to_its_name():
    outputs = (replace(PORT, name="tokens"), replace(PORT, name="next"))
    face = replace(PLAIN, inputs=(), outputs=outputs, summary="pride_and_pr · 64")
    layout = lay_out(face)
    assert layout.width == 140
    assert layout.summary.endswith("…")
    room = layout.width - 10 - 12 - advance(caption_font(), "tokens")
    assert advance(mono_font(), layout.summary) <= room


def test_an_unknown_kind_keeps_the_ports_that_its_wires_name():
    graph = Graph({"a_1": Node("a_1", "acme.gated"), "relu_1": Node("relu_1", "relu")})
    graph = graph.connect(Edge("a_1", "out", "relu_1", "x"))
    project = Project("p", graph)
    face = make_face(graph["a_1"], graph, project, check(project).inside(), ())
    assert face.unknown == "acme.gated"
    assert [p.name for p in face.outputs] == ["out"]
    assert face.outputs[0].flow == "any"
    assert face.shape == "shape not known"

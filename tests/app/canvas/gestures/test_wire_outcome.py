"""While a wire is drawn, what would come of it stands beside the pointer."""

import pytest
from PySide6.QtCore import Qt

from netbuilder.app.canvas import outcome as outcomes
from netbuilder.graph import Node
from netbuilder.layers import REGISTRY

POOL = REGISTRY["max_pool2d"].title


def add(canvas, kind, **params):
    graph, node = canvas.graph.create(kind, params, (600, 400))
    canvas.document.edit_graph("Add", graph)
    return node.id


def said(canvas):
    note = canvas.view.note
    assert note.isVisible()
    return note.sentence.split("\n")


def test_over_nothing_it_says_what_the_wire_carries(canvas):
    canvas.carry(canvas.port("conv2d_1", "y", True), canvas.pixel(470, 300))
    assert said(canvas) == ["B × 4 × 8 × 8"]
    canvas.key(Qt.Key.Key_Escape)
    assert not canvas.view.note.isVisible()


def test_over_a_port_it_says_the_new_shape_and_leaves_the_graph_alone(canvas):
    pool = add(canvas, "max_pool2d")
    with canvas.no_step():
        canvas.carry(canvas.port("conv2d_1", "y", True), canvas.port(pool, "x"))
        assert said(canvas) == [f"B × 4 × 8 × 8 → {POOL}: B × 4 × 4 × 4"]
        assert canvas.view.note.outcome.flow == "image"
        canvas.key(Qt.Key.Key_Escape)


def test_what_is_said_is_what_comes(canvas):
    pool = add(canvas, "max_pool2d")
    canvas.drag(canvas.port("conv2d_1", "y", True), canvas.port(pool, "x"))
    assert canvas.document.check.inside()[pool].output.text() == "B × 4 × 4 × 4"


def test_over_a_body_it_speaks_of_the_port_that_a_drop_would_take(canvas):
    pool = add(canvas, "max_pool2d")
    canvas.carry(canvas.port("conv2d_1", "y", True), canvas.head(pool))
    assert said(canvas) == [f"B × 4 × 8 × 8 → {POOL}: B × 4 × 4 × 4"]
    canvas.release(canvas.head(pool))
    assert canvas.graph.incoming[pool][0].source == "conv2d_1"


def test_from_an_input_it_says_the_same(canvas):
    pool = add(canvas, "max_pool2d")
    canvas.carry(canvas.port(pool, "x"), canvas.port("conv2d_1", "y", True))
    assert said(canvas) == [f"B × 4 × 8 × 8 → {POOL}: B × 4 × 4 × 4"]


def test_it_says_which_wire_would_go(canvas):
    canvas.carry(canvas.port("digits_1", "image", True), canvas.port("relu_1", "x"))
    words = said(canvas)
    assert words[:2] == [
        "B × 1 × 8 × 8 → ReLU: B × 1 × 8 × 8",
        "In place of the wire from conv2d_1.",
    ]


def test_it_says_what_would_be_wrong_further_on(canvas):
    """Fewer channels from ReLU are no trouble there, but at the Add behind it."""
    other = add(canvas, "conv2d", out_channels=6)
    canvas.drag(canvas.port("digits_1", "image", True), canvas.port(other, "x"))
    canvas.carry(canvas.port(other, "y", True), canvas.port("relu_1", "x"))
    assert said(canvas)[-1].startswith("add_1: Add takes equal shapes")
    assert canvas.view.note.outcome.trouble


def test_a_target_that_does_not_fit_says_why_on_its_port_and_on_its_body(canvas):
    loss = "cross_entropy_1"
    canvas.carry(canvas.port("conv2d_1", "y", True), canvas.port(loss, "label"))
    (why,) = said(canvas)
    assert "takes labels or tokens" in why
    assert why.endswith("Hold Alt to wire it anyway.")
    assert canvas.view.note.outcome is None
    canvas.key(Qt.Key.Key_Escape)
    canvas.carry(canvas.port("relu_1", "y", True), canvas.head("conv2d_1"))
    (why,) = said(canvas)
    assert why.startswith("This wire would close a loop")


def test_it_is_computed_once_for_each_target(canvas, monkeypatch):
    asked = []
    real = outcomes.check
    monkeypatch.setattr(outcomes, "check", lambda p: asked.append(p) or real(p))
    pool = add(canvas, "max_pool2d")
    port = canvas.port(pool, "x")
    canvas.carry(canvas.port("conv2d_1", "y", True), port)
    for step in (1, -1, 1, 0):
        canvas.move(port + type(port)(step, 0))
    assert len(asked) == 1


@pytest.mark.parametrize("theme_name", ["dark", "light"])
def test_it_is_drawn_within_the_view(canvas, theme_name):
    from PySide6.QtWidgets import QApplication

    from netbuilder.app import theme

    theme.apply(QApplication.instance(), theme_name)
    graph = canvas.graph.add(Node("far", "max_pool2d", position=(840, 420)))
    canvas.document.edit_graph("Add", graph)
    canvas.carry(canvas.port("conv2d_1", "y", True), canvas.head("far"))
    note = canvas.view.note
    assert canvas.view.rect().contains(note.geometry())
    assert not note.grab().isNull()

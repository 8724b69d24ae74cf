"""Problems beneath their nodes."""

import pytest

from netbuilder.app.canvas.callouts import AT_ONCE, CalloutItem
from netbuilder.compiler.report import Fix, Problem
from netbuilder.graph import Edge


@pytest.fixture
def broken(canvas):
    """Labels wired into a Linear layer, which an Embedding would mend."""
    edge = Edge("digits_1", "label", "linear_1", "x")
    canvas.document.edit_graph("Break", canvas.graph.connect(edge, replace_port=True))
    return canvas


def test_a_problem_is_said_beneath_its_node_in_two_lines_at_most(broken):
    callout = broken.scene.callouts.items["linear_1"]
    box = broken.scene.nodes["linear_1"].box
    assert callout.pos().y() == box.bottom() + 8
    assert callout.pos().x() == box.left()
    assert 1 <= len(callout.lines) <= 2
    assert callout.problem.message in callout.toolTip()
    assert broken.scene.nodes["linear_1"].layout.marks == ("error",)


def test_a_click_on_its_link_applies_the_remedy_as_one_step(broken):
    callout = broken.scene.callouts.items["linear_1"]
    fix, rect = callout.links[0]
    at = callout.pos() + rect.center()
    with broken.one_step():
        broken.click(broken.pixel(at.x(), at.y()))
    assert broken.document.stack.undoText() == fix.label
    assert broken.scene.nodes["linear_1"].face.problem is None
    assert "linear_1" not in broken.scene.callouts.items


def test_a_click_beside_the_link_does_nothing(broken):
    callout = broken.scene.callouts.items["linear_1"]
    at = callout.pos()
    with broken.no_step():
        broken.click(broken.pixel(at.x() + 8, at.y() + 4))
    assert broken.view.selected == ()


def test_callouts_do_not_cover_each_other(canvas):
    graph = canvas.graph
    for i in range(3):
        graph, _ = graph.create("relu", position=(500.0 + 40 * i, 400))
    canvas.document.edit_graph("Add", graph)
    boxes = [
        c.sceneBoundingRect().adjusted(1, 1, -1, -1) for c in canvas.scene.callouts.items.values()
    ]
    assert len(boxes) == 3
    assert not any(a.intersects(b) for a in boxes for b in boxes if a is not b)


def test_with_many_problems_the_rest_show_where_the_person_looks(canvas):
    graph = canvas.graph
    for i in range(7):
        graph, node = graph.create("relu", position=(150.0 * i, 420))
    canvas.document.edit_graph("Add", graph)
    assert len(canvas.scene.callouts.items) == AT_ONCE
    assert node.id not in canvas.scene.callouts.items
    canvas.view.select([node.id])
    assert node.id in canvas.scene.callouts.items
    canvas.view.select([])
    canvas.move(canvas.head(node.id))
    assert node.id in canvas.scene.callouts.items


def test_far_away_they_are_hidden(broken):
    broken.view.camera.set_zoom(0.5)
    callout = broken.scene.callouts.items["linear_1"]
    assert not callout.isVisible()
    assert broken.scene.callouts.at(callout.pos()) is None
    broken.view.camera.set_zoom(0.8)
    assert callout.isVisible()


def test_its_links_stay_inside_it(canvas):
    """However long they are: then one stands beneath the other."""
    fixes = tuple(
        Fix(label, lambda project: project)
        for label in ("Set the batch size to 32", "Use Layer norm instead")
    )
    item = CalloutItem([Problem("Too small.", "relu_1", severity="warning", fixes=fixes)] * 2)
    inside = item.boundingRect()
    assert all(inside.contains(rect) for _, rect in item.links)
    assert item.links[0][1].bottom() <= item.links[1][1].top() + 1
    assert inside.bottom() > item.more_at.y() + 10

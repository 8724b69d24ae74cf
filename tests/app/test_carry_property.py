"""A property is taken by its label in the inspector and dropped on the block it is to belong to."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from netbuilder.graph import Block, BlockParam, Edge, Graph, Node, Project

LEFT = Qt.MouseButton.LeftButton


def nested() -> Project:
    inner = Graph(
        {
            "input_1": Node("input_1", "input", {"name": "x"}),
            "conv2d_1": Node("conv2d_1", "conv2d", {"out_channels": 8}, (176, 0)),
            "conv2d_2": Node("conv2d_2", "conv2d", {"out_channels": 8}, (352, 0)),
            "conv2d_3": Node("conv2d_3", "conv2d", {"out_channels": 4}, (528, 0)),
            "unit_1": Node("unit_1", "block:Unit", {}, (176, 200)),
        },
        (Edge("input_1", "y", "conv2d_1", "x"), Edge("conv2d_1", "y", "conv2d_2", "x")),
    )
    unit = Graph({"relu_1": Node("relu_1", "relu")})
    top = Graph({"stage_1": Node("stage_1", "block:Stage")})
    return Project("nested", top, {"Stage": Block("Stage", inner), "Unit": Block("Unit", unit)})


@pytest.fixture
def window(open_window):
    found = open_window(nested())
    found.canvas.enter("stage_1")
    return found


def label(window, param, ids):
    """The label of a property of these nodes, in sight."""
    window.canvas.select(ids)
    page = window.inspector.node if len(ids) == 1 else window.inspector.several
    row = page.form.rows[param]
    window.inspector.ensureWidgetVisible(row)
    return row.label


def part(window, index):
    """The middle of a part of the breadcrumb, on the screen."""
    crumb = window.canvas.breadcrumb
    return crumb.mapToGlobal(crumb._parts[index][1].center().toPoint())


def carry(handle, goal):
    """Press on a label and go to a place on the screen, holding the button."""
    QTest.mousePress(handle, LEFT, pos=QPoint(10, 10))
    for share in (0.2, 0.6, 1.0):
        start = handle.mapToGlobal(QPoint(10, 10))
        at = start + (goal - start) * share
        QTest.mouseMove(handle, handle.mapFromGlobal(at))


def drop(handle, goal):
    QTest.mouseRelease(handle, LEFT, pos=handle.mapFromGlobal(goal))


def drag(handle, goal):
    carry(handle, goal)
    drop(handle, goal)


def test_dropped_on_the_block_it_is_its_parameter_in_one_step(window):
    before = window.document.project
    drag(label(window, "out_channels", ["conv2d_1"]), part(window, 1))
    block = window.document.project.blocks["Stage"]
    assert block.params == (BlockParam("out_channels", 8),)
    assert block.graph["conv2d_1"].params["out_channels"] == "=out_channels"
    window.document.undo()
    assert window.document.project is before


def test_one_size_for_all_axes_becomes_a_number(window):
    drag(label(window, "stride", ["conv2d_1"]), part(window, 1))
    assert window.document.project.blocks["Stage"].params == (BlockParam("stride", 1),)
    assert not window.document.check.errors or all(
        p.param != "stride" for p in window.document.check.errors
    )


def test_what_several_nodes_agree_on_is_one_parameter(window):
    before = window.document.project
    drag(label(window, "out_channels", ["conv2d_1", "conv2d_2"]), part(window, 1))
    block = window.document.project.blocks["Stage"]
    assert [p.name for p in block.params] == ["out_channels"]
    assert {block.graph[i].params["out_channels"] for i in ("conv2d_1", "conv2d_2")} == {
        "=out_channels"
    }
    window.document.undo()
    assert window.document.project is before


def test_where_several_nodes_differ_it_cannot_be_taken(window):
    before = window.document.project
    drag(label(window, "out_channels", ["conv2d_1", "conv2d_3"]), part(window, 1))
    assert window.document.project is before


def test_while_it_is_carried_the_block_that_takes_it_is_marked(window):
    handle, crumb = label(window, "out_channels", ["conv2d_1"]), window.canvas.breadcrumb
    carry(handle, part(window, 1))
    assert crumb.inviting
    assert crumb.target == 1
    drop(handle, handle.mapToGlobal(QPoint(10, 10)))
    assert not crumb.inviting
    assert not window.document.project.blocks["Stage"].params


def test_escape_puts_it_back(window):
    before = window.document.project
    handle = label(window, "out_channels", ["conv2d_1"])
    carry(handle, part(window, 1))
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not window.canvas.breadcrumb.inviting
    drop(handle, part(window, 1))
    assert window.document.project is before
    drag(handle, part(window, 1))
    assert window.document.project is not before


@pytest.mark.parametrize(
    ("where", "words"),
    [("project", "not directly in nested"), ("block", "not in Unit"), ("node", "top left")],
)
def test_where_it_cannot_go_one_sentence_says_so_and_nothing_changes(window, where, words):
    before, canvas = window.document.project, window.canvas
    handle = label(window, "out_channels", ["conv2d_1"])
    if where == "project":
        goal = part(window, 0)
    else:
        node = canvas.canvas.nodes["unit_1" if where == "block" else "conv2d_2"]
        point = node.box.topLeft()
        at = canvas.mapFromScene(point.x() + 60, point.y() + 14)
        goal = canvas.mapToGlobal(at)
    carry(handle, goal)
    assert words in canvas.note.sentence
    drop(handle, goal)
    assert words in canvas.note.sentence
    assert canvas.note.isVisible()
    assert window.document.project is before


def test_outside_a_block_and_a_switch_cannot_be_taken(window):
    before = window.document.project
    drag(label(window, "bias", ["conv2d_1"]), part(window, 1))
    window.canvas.leave()
    drag(label(window, "repeat", ["stage_1"]), part(window, 0))
    assert window.document.project is before

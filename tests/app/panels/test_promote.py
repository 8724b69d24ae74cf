"""A value of a node becomes a parameter of the block around it, from the menu of its row."""

import pytest

from netbuilder.app.document import Document
from netbuilder.app.panels.inspector import Inspector
from netbuilder.graph import Block, BlockParam, Edge, Graph, Node, Project


@pytest.fixture
def document():
    inner = Graph(
        {
            "input_1": Node("input_1", "input", {"name": "x"}),
            "linear_1": Node("linear_1", "linear", {"out_features": 12}),
        },
        (Edge("input_1", "y", "linear_1", "x"),),
    )
    top = Graph({"unit_1": Node("unit_1", "block:Unit")})
    block = Block("Unit", inner, (BlockParam("width", 4),))
    opened = Document(Project("nested", top, {"Unit": block}))
    yield opened
    opened.close()
    opened.stack.clear()


def promote(row):
    return [a for a in row.menu().actions() if a.text() == "Make it a parameter of the block"]


def test_the_menu_of_a_row_makes_it_a_parameter_as_one_step(qtbot, document):
    inspector, before = Inspector(document), document.project
    qtbot.addWidget(inspector)
    inspector.set_selection(("Unit",), ("linear_1",))
    (action,) = promote(inspector.node.form.rows["out_features"])
    action.trigger()
    block = document.project.blocks["Unit"]
    assert block.graph["linear_1"].params["out_features"] == "=out_features"
    assert block.params == (BlockParam("width", 4), BlockParam("out_features", 12))
    assert promote(inspector.node.form.rows["out_features"]) == []
    document.undo()
    assert document.project is before


def test_outside_a_block_and_for_what_is_no_number_it_is_not_offered(qtbot, document):
    inspector = Inspector(document)
    qtbot.addWidget(inspector)
    inspector.set_selection(("Unit",), ("linear_1",))
    assert promote(inspector.node.form.rows["bias"]) == []
    inspector.set_selection((), ("unit_1",))
    assert promote(inspector.node.form.rows["width"]) == []

"""The inspector names blocks, and has the commands about them at hand."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.app.panels.inspector import Inspector
from netbuilder.graph import Block, Graph, Node

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def inspector(qtbot, document):
    project = document.project.with_block(Block("Other", Graph().add(Node("relu_1", "relu"))))
    top = project.graph.add(Node("twice_1", "block:Twice"), Node("other_1", "block:Other"))
    document.edit("Blocks", project.with_graph(top))
    made = Inspector(document)
    qtbot.addWidget(made)
    made.resize(320, 800)
    made.show()
    return made


def typed(row, text):
    row.field.setFocus()
    row.field.selectAll()
    QTest.keyClicks(row.field, text)
    QTest.keyClick(row.field, Qt.Key.Key_Return)


@pytest.mark.parametrize("inside", [False, True])
def test_a_block_is_renamed_in_one_step_from_outside_and_inside(inspector, document, inside):
    inspector.set_selection(("Twice",) if inside else (), () if inside else ("twice_1",))
    row = inspector.block.name if inside else inspector.node.block
    before = document.project
    typed(row, "Double")
    assert set(document.project.blocks) == {"Double", "Other"}
    assert document.project.graph["twice_1"].block == "Double"
    if inside:
        assert inspector.selection == (("Double",), ())
    document.undo()
    assert document.project is before


@pytest.mark.parametrize("inside", [False, True])
def test_a_name_in_use_is_refused_beneath_the_field(inspector, document, inside):
    inspector.set_selection(("Twice",) if inside else (), () if inside else ("twice_1",))
    row = inspector.block.name if inside else inspector.node.block
    before = document.project
    typed(row, "Other")
    assert "already a block called Other" in row.message.text()
    assert row.field.text() == "Other"
    assert document.project is before
    QTest.keyClick(row.field, Qt.Key.Key_Escape)
    assert row.field.text() == "Twice"


def test_the_buttons_tell_which_command_is_wanted(inspector):
    wanted = []
    inspector.command_wanted.connect(wanted.append)
    inspector.set_selection((), ("twice_1",))
    QTest.mouseClick(inspector.node.commands.buttons["make_unique"], Qt.MouseButton.LeftButton)
    inspector.set_selection((), ("twice_1", "other_1"))
    button = inspector.several.commands.buttons["update_instances"]
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    inspector.set_selection(("Twice",), ())
    QTest.mouseClick(inspector.block.commands.buttons["keep"], Qt.MouseButton.LeftButton)
    assert wanted == ["make_unique", "update_instances", "keep"]


def test_of_a_plain_layer_nothing_is_said_of_blocks(inspector):
    inspector.set_selection((), ("relu_1",))
    assert inspector.node.block.isHidden()
    assert inspector.node.commands.isHidden()
    inspector.set_selection((), ("relu_1", "twice_1"))
    assert inspector.several.commands.isHidden()

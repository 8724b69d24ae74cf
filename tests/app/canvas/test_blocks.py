"""Blocks by key: grouped with a name, taken apart, entered, left, made unique."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.app.canvas.context_menu import menu_at
from netbuilder.graph import Edge

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
CHOSEN = ("conv2d_1", "relu_1", "conv2d_2", "add_1")


def grouped(canvas, name="Stage"):
    canvas.view.select(CHOSEN)
    canvas.key(Qt.Key.Key_G, CTRL)
    canvas.type(name)
    canvas.key(Qt.Key.Key_Return)
    (instance,) = canvas.view.selected
    return instance


def test_ctrl_g_asks_the_name_and_makes_a_block_in_one_step(canvas):
    with canvas.one_step():
        instance = grouped(canvas)
    project = canvas.document.project
    assert canvas.graph[instance].block == "Stage"
    assert set(CHOSEN) <= project.blocks["Stage"].graph.nodes.keys()
    assert canvas.scene.nodes[instance].face.block
    assert canvas.view.hasFocus()
    sources = {e.source for e in canvas.graph.incoming[instance]}
    assert sources == {"digits_1"}
    assert [e.target for e in canvas.graph.outgoing[instance]] == ["flatten_1"]


def test_escape_makes_no_block(canvas):
    canvas.view.select(CHOSEN)
    with canvas.no_step():
        canvas.key(Qt.Key.Key_G, CTRL)
        assert canvas.view.blocks.field is not None
        canvas.key(Qt.Key.Key_Escape)
    assert canvas.view.blocks.field is None


def test_a_name_in_use_is_refused_and_can_be_mended(canvas):
    grouped(canvas)
    canvas.view.select(["flatten_1", "linear_1"])
    with canvas.one_step():
        canvas.key(Qt.Key.Key_G, CTRL)
        canvas.type("Stage")
        canvas.key(Qt.Key.Key_Return)
        assert canvas.view.blocks.field is not None
        assert "already a block called Stage" in canvas.view.note.sentence
        canvas.type("s")
        canvas.key(Qt.Key.Key_Return)
    assert set(canvas.document.project.blocks) == {"Stage", "Stages"}


@pytest.mark.parametrize("chosen", [(), ("digits_1", "conv2d_1"), ("conv2d_1", "conv2d_2")])
def test_what_cannot_be_a_block_says_why_before_asking(canvas, chosen):
    canvas.view.select(chosen)
    with canvas.no_step():
        canvas.key(Qt.Key.Key_G, CTRL)
    assert len(canvas.refusals) == 1
    assert canvas.view.blocks.field is None


def test_ctrl_alt_g_takes_it_apart_exactly(canvas):
    before = canvas.document.project
    instance = grouped(canvas)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_G, CTRL | ALT)
        assert set(canvas.view.selected) == set(CHOSEN)
    after = canvas.document.project
    assert after.graph.nodes == before.graph.nodes
    assert set(after.graph.edges) == set(before.graph.edges)
    assert not after.blocks
    assert instance not in canvas.graph


def test_only_blocks_are_taken_apart(canvas):
    canvas.view.select(["relu_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_G, CTRL | ALT)
    assert canvas.refusals == ["Choose a block that is to be taken apart first."]


def test_a_new_block_is_entered_and_left(canvas):
    instance = grouped(canvas)
    QTest.mouseDClick(canvas.view.viewport(), LEFT, pos=canvas.head(instance))
    assert canvas.view.place == ("Stage",)
    canvas.check_picture()
    _, top = canvas.view.breadcrumb._parts[0]
    QTest.mouseClick(canvas.view.breadcrumb, LEFT, pos=top.center().toPoint())
    assert canvas.view.place == ()
    assert canvas.view.selected == (instance,)
    canvas.check_picture()


def test_coming_back_selects_the_block_one_was_in_at_every_depth(canvas):
    outer = grouped(canvas)
    canvas.view.enter(outer)
    canvas.view.select(["conv2d_2", "add_1"])
    canvas.key(Qt.Key.Key_G, CTRL)
    canvas.type("Inner")
    canvas.key(Qt.Key.Key_Return)
    (inner,) = canvas.view.selected
    canvas.view.enter(inner)
    canvas.key(Qt.Key.Key_U)
    assert canvas.view.place == ("Stage",)
    assert canvas.view.selected == (inner,)
    canvas.view.enter(inner)
    canvas.view.enter_place(())
    assert canvas.view.selected == (outer,)


def test_how_often_it_repeats_stands_on_it(canvas):
    instance = grouped(canvas)
    canvas.document.edit_graph("Repeat", canvas.graph.set_param(instance, "repeat", 3))
    item = canvas.scene.nodes[instance]
    assert item.face.repeat == 3
    assert not item.layout.chip.isNull()


def test_r_asks_how_often_it_repeats_on_the_node(canvas):
    instance = grouped(canvas)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_R)
        canvas.type("3")
        canvas.key(Qt.Key.Key_Return)
    assert canvas.graph[instance].params == {"repeat": 3}
    chip = canvas.scene.nodes[instance]
    at = chip.mapToScene(chip.layout.chip.center())
    with canvas.one_step():
        QTest.mouseDClick(canvas.view.viewport(), LEFT, pos=canvas.pixel(at.x(), at.y()))
        assert canvas.view.place == ()
        canvas.type("1")
        canvas.key(Qt.Key.Key_Return)
    assert canvas.graph[instance].params == {}


@pytest.mark.parametrize(
    ("text", "words"), [("0", "at least 1"), ("2000", "at most"), ("often", "whole number")]
)
def test_what_is_no_number_of_repeats_is_refused_in_place(canvas, text, words):
    grouped(canvas)
    with canvas.no_step():
        canvas.key(Qt.Key.Key_R)
        canvas.type(text)
        canvas.key(Qt.Key.Key_Return)
        assert canvas.view.blocks.field is not None
        assert words in canvas.view.note.sentence
        canvas.key(Qt.Key.Key_Escape)


def test_only_a_block_repeats(canvas):
    canvas.view.select(["relu_1"])
    with canvas.no_step():
        canvas.key(Qt.Key.Key_R)
    assert canvas.refusals == ["Choose a block that is to be repeated first."]


def test_f2_names_the_block_and_all_its_instances(canvas):
    instance = grouped(canvas)
    canvas.key(Qt.Key.Key_D, CTRL)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_F2)
        canvas.type("Basic")
        canvas.key(Qt.Key.Key_Return)
    assert set(canvas.document.project.blocks) == {"Basic"}
    assert {n.block for n in canvas.graph if n.block} == {"Basic"}
    assert canvas.scene.nodes[instance].face.title == "Basic"


def test_a_block_is_not_named_as_another_is(canvas):
    grouped(canvas)
    canvas.view.select(["flatten_1", "linear_1"])
    canvas.key(Qt.Key.Key_G, CTRL)
    canvas.type("Head")
    canvas.key(Qt.Key.Key_Return)
    before = canvas.document.project
    canvas.key(Qt.Key.Key_F2)
    canvas.type("Stage")
    canvas.key(Qt.Key.Key_Return)
    assert canvas.view.renaming is not None
    assert "already a block called Stage" in canvas.view.note.sentence
    assert canvas.document.project is before
    canvas.type("s")
    canvas.key(Qt.Key.Key_Return)
    assert canvas.view.renaming is None
    assert not canvas.view.note.isVisible()
    assert set(canvas.document.project.blocks) == {"Stage", "Stages"}


def test_a_title_of_its_own_is_what_f2_edits(canvas):
    instance = grouped(canvas)
    node = canvas.graph[instance]
    canvas.document.edit_graph("Title", canvas.graph.put(replace(node, title="First")))
    canvas.key(Qt.Key.Key_F2)
    canvas.type("Second")
    canvas.key(Qt.Key.Key_Return)
    assert canvas.graph[instance].title == "Second"
    assert set(canvas.document.project.blocks) == {"Stage"}


def test_the_block_that_is_shown_stays_when_it_is_renamed(canvas):
    instance = grouped(canvas)
    canvas.view.enter(instance)
    project = canvas.document.project.rename_block("Stage", "Other")
    canvas.document.edit("Rename", project)
    assert canvas.view.place == ("Other",)
    canvas.check_picture()
    canvas.document.undo()
    assert canvas.view.place == ("Stage",)
    canvas.check_picture()


def test_it_is_kept_in_the_library_from_outside_and_inside(canvas):
    told = []
    canvas.view.told.connect(told.append)
    instance = grouped(canvas)
    menu = menu_at(canvas.view, canvas.scene.nodes[instance].box.center())
    keep = canvas.view.actions_by_name["keep"]
    assert keep in menu.actions()
    with canvas.no_step():
        keep.trigger()
    assert canvas.view.my_blocks.names() == ("Stage",)
    canvas.view.enter(instance)
    keep.trigger()
    assert canvas.view.my_blocks.names() == ("Stage",)
    assert len(told) == 2
    canvas.view.leave()
    canvas.view.select(["flatten_1"])
    keep.trigger()
    assert canvas.refusals == ["Choose a block that is to be kept first."]


def test_an_instance_made_unique_and_all_updated(canvas):
    instance = grouped(canvas)
    canvas.key(Qt.Key.Key_D, CTRL)
    (copy,) = canvas.view.selected
    menu = menu_at(canvas.view, canvas.scene.nodes[copy].box.center())
    actions = canvas.view.actions_by_name
    assert {actions["make_unique"], actions["update_instances"]} <= set(menu.actions())
    with canvas.one_step():
        canvas.key(Qt.Key.Key_U, CTRL)
    assert canvas.graph[copy].block == "Stage 2"
    canvas.view.select([instance, copy])
    with canvas.one_step():
        actions["update_instances"].trigger()
    assert canvas.graph[copy].block == canvas.graph[instance].block


def test_updating_needs_two_blocks(canvas):
    canvas.view.select([grouped(canvas)])
    with canvas.no_step():
        canvas.view.actions_by_name["update_instances"].trigger()
    assert canvas.refusals


def test_pasting_with_inputs_keeps_the_wires_that_came_in(canvas):
    canvas.view.select(["linear_1", "output_1"])
    canvas.key(Qt.Key.Key_C, CTRL)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_V, CTRL | Qt.KeyboardModifier.ShiftModifier)
        assert set(canvas.view.selected) == {"linear_2", "output_2"}
    assert Edge("flatten_1", "y", "linear_2", "x") in canvas.graph.edges
    assert Edge("linear_2", "y", "output_2", "x") in canvas.graph.edges


def test_cut_and_pasted_with_inputs_it_is_as_before(canvas):
    canvas.view.select(["linear_1"])
    canvas.key(Qt.Key.Key_X, CTRL)
    with canvas.one_step():
        canvas.key(Qt.Key.Key_V, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert [e.source for e in canvas.graph.incoming["linear_1"]] == ["flatten_1"]

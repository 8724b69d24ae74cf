"""A library of one's own blocks, in the palette and the search, kept as files of the person's."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from netbuilder.app.my_blocks import MINE
from netbuilder.graph import Block, BlockParam, Edge, Graph, Node, Project
from netbuilder.graph.library import Library

LEFT = Qt.MouseButton.LeftButton


def unit(width: int = 8) -> Project:
    inner = Graph(
        {
            "input_1": Node("input_1", "input", {"name": "x"}),
            "linear_1": Node("linear_1", "linear", {"out_features": "=width"}, (176, 0)),
            "output_1": Node("output_1", "output", {"name": "y"}, (352, 0)),
        },
        (Edge("input_1", "y", "linear_1", "x"), Edge("linear_1", "y", "output_1", "x")),
    )
    return Project("mine", blocks={"Unit": Block("Unit", inner, (BlockParam("width", width),))})


@pytest.fixture
def window(open_window, blobs):
    Library().save(unit(), "Unit")
    found = open_window(blobs())
    found.palette_panel.tree.expandAll()
    return found


def row(window, name="Unit"):
    return window.palette_panel.model.index_of(MINE + name)


def point(window, name="Unit"):
    tree = window.palette_panel.tree
    tree.scrollTo(row(window, name))
    return tree.visualRect(row(window, name)).center()


def key(widget, *keys):
    for each in keys:
        QTest.keyClick(widget, each)


def test_it_stands_in_the_palette_under_my_blocks_and_a_double_click_places_it(window):
    model, tree = window.palette_panel.model, window.palette_panel.tree
    assert model.data(model.parent(row(window))) == "My blocks"
    window.canvas.select(["tanh_1"])
    before = window.document.project
    QTest.mouseClick(tree.viewport(), LEFT, pos=point(window))
    QTest.mouseDClick(tree.viewport(), LEFT, pos=point(window))
    project = window.document.project
    (made,) = set(project.graph.nodes) - set(before.graph.nodes)
    assert project.graph[made].block == "Unit"
    assert project.blocks["Unit"] == unit().blocks["Unit"]
    assert [e.source for e in project.graph.incoming[made]] == ["tanh_1"]
    window.document.undo()
    assert window.document.project is before


def test_dropped_on_the_canvas_it_brings_its_block_along(window):
    canvas = window.canvas
    data = QMimeData()
    data.setData("application/x-netbuilder-kind", (MINE + "Unit").encode())
    at = QPointF(canvas.width() / 2, 60)
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    canvas.dropEvent(QDropEvent(at, Qt.DropAction.CopyAction, data, buttons, keys))
    (made,) = canvas.selected
    assert canvas.canvas.graph[made].block == "Unit"


def test_the_search_finds_it_and_enter_places_it(window):
    canvas = window.canvas
    canvas.setFocus()
    key(canvas, Qt.Key.Key_Tab)
    QTest.keyClicks(canvas.search.field, "unit")
    assert canvas.search.chosen.entry.family == "My blocks"
    key(canvas.search.field, Qt.Key.Key_Return)
    (made,) = canvas.selected
    assert canvas.canvas.graph[made].block == "Unit"


def test_another_block_of_that_name_is_left_alone(window):
    project = window.document.project
    window.document.edit("Own", project.with_block(unit(width=3).blocks["Unit"]))
    window.palette_panel.tree.expandAll()
    QTest.mouseClick(window.palette_panel.tree.viewport(), LEFT, pos=point(window))
    key(window.palette_panel.tree, Qt.Key.Key_Return)
    (made,) = window.canvas.selected
    assert window.document.project.graph[made].block == "Unit 2"
    assert window.document.project.blocks["Unit"].params[0].default == 3


def test_f2_renames_it_and_a_name_in_use_is_refused_in_place(window):
    Library().save(unit().rename_block("Unit", "Other"), "Other")
    window.canvas.my_blocks.refresh()
    panel, tree = window.palette_panel, window.palette_panel.tree
    tree.expandAll()
    QTest.mouseClick(tree.viewport(), LEFT, pos=point(window))
    key(tree, Qt.Key.Key_F2)
    field = tree.viewport().findChild(QLineEdit)
    QTest.keyClicks(field, "Other")
    key(field, Qt.Key.Key_Return)
    assert field.isVisible()
    assert "already a block called Other" in panel.footer.words.text()
    assert [s.name for s in Library().entries()[0]] == ["Other", "Unit"]
    QTest.keyClicks(field, "s")
    key(field, Qt.Key.Key_Return)
    assert not field.isVisible()
    assert [s.name for s in Library().entries()[0]] == ["Other", "Others"]
    assert tree.currentIndex() == row(window, "Others")


def test_escape_leaves_the_name(window):
    tree = window.palette_panel.tree
    QTest.mouseClick(tree.viewport(), LEFT, pos=point(window))
    key(tree, Qt.Key.Key_F2)
    field = tree.viewport().findChild(QLineEdit)
    QTest.keyClicks(field, "Other")
    key(field, Qt.Key.Key_Escape)
    assert [s.name for s in Library().entries()[0]] == ["Unit"]


def test_del_takes_it_out_and_the_toast_brings_it_back(window):
    tree = window.palette_panel.tree
    QTest.mouseClick(tree.viewport(), LEFT, pos=point(window))
    key(tree, Qt.Key.Key_Delete)
    assert Library().entries() == ((), ())
    assert not row(window).isValid()
    said = []
    window.say = lambda *words: said.append(words)
    window._offer_back("Unit")
    ((_, text, action, effect),) = said
    assert (text, action) == ("Unit is out of your blocks.", "Undo")
    effect()
    assert row(window).isValid()


def test_the_menu_of_a_row_places_renames_and_deletes(window):
    tree = window.palette_panel.tree
    menu = tree.menu_at(row(window))
    assert [a.text() for a in menu.actions() if a.text()] == [
        "Place it", "Rename", "Delete from My blocks",
    ]  # fmt: skip
    plain = tree.menu_at(window.palette_panel.model.index_of("relu"))
    assert [a.text() for a in plain.actions()] == ["Place it"]
    menu.actions()[-1].trigger()
    assert Library().entries() == ((), ())


def test_a_broken_file_is_named_in_one_sentence_and_the_others_are_there(open_window, own_home):
    Library().save(unit(), "Unit")
    (own_home / "blocks" / "broken.json").write_text("{")
    window = open_window()
    (trouble,) = window.canvas.my_blocks.troubles
    assert "broken.json" in trouble
    assert "\n" not in trouble
    assert row(window).isValid()


def test_one_whose_file_has_gone_is_said_and_nothing_is_placed(window, own_home):
    before, refused = window.document.project, []
    window.canvas.refused.connect(refused.append)
    for path in (own_home / "blocks").glob("*.json"):
        path.unlink()
    QTest.mouseClick(window.palette_panel.tree.viewport(), LEFT, pos=point(window))
    key(window.palette_panel.tree, Qt.Key.Key_Return)
    assert window.document.project is before
    assert len(refused) == 1
    assert not row(window).isValid()


def grouped(window):
    """Two layers of the network as a block, which is selected."""
    canvas = window.canvas
    canvas.setFocus()
    canvas.select(["linear_1", "tanh_1"])
    QTest.keyClick(canvas, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(canvas.blocks.field, "Hidden")
    key(canvas.blocks.field, Qt.Key.Key_Return)
    return canvas.selected[0]


def test_the_inspector_saves_a_block_and_the_palette_has_it_at_once(window):
    grouped(window)
    button = window.inspector.node.commands.buttons["keep"]
    window.inspector.ensureWidgetVisible(button)
    before = window.document.project
    QTest.mouseClick(button, LEFT)
    assert window.document.project is before
    assert row(window, "Hidden").isValid()
    assert {s.name for s in Library().entries()[0]} == {"Hidden", "Unit"}


def test_the_inspector_makes_unique_and_updates_all(window):
    canvas, pressed = window.canvas, Qt.KeyboardModifier.ControlModifier
    first = grouped(window)
    QTest.keyClick(canvas, Qt.Key.Key_D, pressed)
    (second,) = canvas.selected
    QTest.mouseClick(window.inspector.node.commands.buttons["make_unique"], LEFT)
    graph = window.document.project.graph
    assert (graph[first].block, graph[second].block) == ("Hidden", "Hidden 2")
    canvas.select([second, first])
    QTest.mouseClick(window.inspector.several.commands.buttons["update_instances"], LEFT)
    graph = window.document.project.graph
    assert graph[first].block == graph[second].block

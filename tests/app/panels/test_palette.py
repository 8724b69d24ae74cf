"""The palette: everything that can be placed, found and taken."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.document import Document
from netbuilder.app.panels.palette import KIND_MIME, Entry, Palette, families, match, ranked
from netbuilder.app.panels.palette.model import ENTRY_ROLE
from netbuilder.app.panels.palette.tree import drag_picture
from netbuilder.graph import Block
from netbuilder.layers import FAMILIES, REGISTRY


@pytest.fixture
def palette(qtbot: QtBot, document: Document) -> Palette:
    """The palette in a window that has the keyboard."""
    made = Palette(document)
    qtbot.addWidget(made)
    made.resize(176, 640)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return made


def shown(palette: Palette) -> list[str]:
    model = palette.model
    return [
        model.index(below, 0, model.index(row, 0)).data()
        for row in range(model.rowCount())
        for below in range(model.rowCount(model.index(row, 0)))
    ]


def test_every_kind_stands_under_its_family(document: Document) -> None:
    found = families(document.project)
    names = [family.name for family in found]
    assert names == [name for name in FAMILIES if name in names] + ["Blocks"]
    kinds = [entry.kind for family in found for entry in family.entries]
    assert sorted(kinds) == sorted([*REGISTRY, "block:Twice"])


def entry(title: str, kind: str = "k", summary: str = "", family: str = "F") -> Entry:
    return Entry(kind, title, family, summary)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("conv", "Convolution 2-D"),
        ("c2", "Convolution 2-D"),
        ("conv 2", "Convolution 2-D"),
        ("pool", "Max pool"),
        ("mp", "Max pool"),
        ("ReLU", "ReLU"),
        ("slope", "Leaky ReLU"),
    ],
)
def test_a_few_letters_find_a_layer(query: str, found: str) -> None:
    entries = [
        entry("Max pool"),
        entry("Convolution 2-D"),
        entry("Leaky ReLU", summary="Let a little through, by a slope."),
        entry("ReLU"),
    ]
    assert ranked(query, entries)[0][0].title == found


def test_what_does_not_fit_is_not_found() -> None:
    assert match("zzz", entry("Convolution 2-D")) is None
    assert match("conv zzz", entry("Convolution 2-D")) is None
    assert match("", entry("Convolution 2-D")) is not None


def test_found_letters_are_told() -> None:
    found = match("pool", entry("Max pool"))
    assert found is not None
    assert found.letters == (4, 5, 6, 7)


def test_typing_narrows_and_enter_takes_the_best(palette: Palette, qtbot: QtBot) -> None:
    everything = shown(palette)
    qtbot.keyClicks(palette.search, "convolution 2")
    assert shown(palette)[0] == "Convolution 2-D"
    assert len(shown(palette)) < len(everything)
    assert palette.tree.currentIndex().data() == "Convolution 2-D"
    with qtbot.waitSignal(palette.chosen) as told:
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert told.args == ["conv2d"]
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.search.text() == ""
    assert shown(palette) == everything


def test_arrows_move_in_the_list_while_typing(palette: Palette, qtbot: QtBot) -> None:
    palette.search.setFocus()
    qtbot.keyClicks(palette.search, "convolution")
    first = palette.tree.currentIndex().data()
    qtbot.keyClick(palette.search, Qt.Key.Key_Down)
    assert palette.tree.currentIndex().data() != first
    assert palette.search.hasFocus()


def test_nothing_found_is_said(palette: Palette, qtbot: QtBot) -> None:
    qtbot.keyClicks(palette.search, "zzzz")
    assert shown(palette) == []
    assert palette.footer.words.text() == "No layer is called zzzz."
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)


def test_what_was_unfolded_is_unfolded_again_after_a_search(palette: Palette, qtbot: QtBot) -> None:
    model, tree = palette.model, palette.tree
    tree.expand(model.index(1, 0))
    qtbot.keyClicks(palette.search, "pool")
    palette.search.clear()
    unfolded = [r for r in range(model.rowCount()) if tree.isExpanded(model.index(r, 0))]
    assert unfolded == [1]
    palette.fold.click()
    assert not tree.isExpanded(model.index(1, 0))


def place_of(palette: Palette, index: QModelIndex) -> QPoint:
    return palette.tree.visualRect(index).center()


def test_a_click_unfolds_and_a_double_click_takes(palette: Palette, qtbot: QtBot) -> None:
    model, tree = palette.model, palette.tree
    family = model.index(1, 0)
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(tree.viewport(), left, pos=place_of(palette, family))
    assert tree.isExpanded(family)
    inside = model.index(0, 0, family)
    kind = inside.data(ENTRY_ROLE).kind
    qtbot.mouseClick(tree.viewport(), left, pos=place_of(palette, inside))
    assert palette.footer.words.text() == inside.data(ENTRY_ROLE).summary
    with qtbot.waitSignal(palette.chosen) as told:
        qtbot.mouseDClick(tree.viewport(), left, pos=place_of(palette, inside))
    assert told.args == [kind]


def test_the_keyboard_alone_is_enough(palette: Palette, qtbot: QtBot) -> None:
    model, tree = palette.model, palette.tree
    tree.setFocus()
    tree.setCurrentIndex(model.index(0, 0))
    qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert tree.isExpanded(model.index(0, 0))
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.chosen) as told:
        qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert told.args == [model.index(0, 0, model.index(0, 0)).data(ENTRY_ROLE).kind]


def test_a_drag_carries_the_kind(palette: Palette) -> None:
    model = palette.model
    index = model.index_of("conv2d")
    assert index.flags() & Qt.ItemFlag.ItemIsDragEnabled
    data = model.mimeData([index])
    assert bytes(data.data(KIND_MIME).data()) == b"conv2d"
    assert not model.index(0, 0).flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert KIND_MIME == "application/x-netbuilder-kind"
    assert drag_picture(index.data(ENTRY_ROLE), 2.0).width() == 280


def test_a_row_says_what_the_layer_does(palette: Palette) -> None:
    tip = palette.model.index_of("linear").data(Qt.ItemDataRole.ToolTipRole)
    assert "weighted sum" in tip
    assert "y = W x + b" in tip


def test_blocks_of_the_project_appear_and_go(palette: Palette, document: Document) -> None:
    assert "Twice" in shown(palette)
    document.edit("Add block", document.project.with_block(Block("Stem")))
    assert shown(palette)[-2:] == ["Twice", "Stem"]
    document.undo()
    assert "Stem" not in shown(palette)


def test_an_edit_that_changes_no_block_keeps_the_list(
    palette: Palette, document: Document, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(palette.model.modelReset):
        document.edit_graph("Move", document.project.graph.move({"relu_1": (8, 8)}))


def test_the_other_theme_is_worn_at_once(palette: Palette, qapp: QApplication) -> None:
    dark = palette.grab().toImage()
    theme.apply(qapp, "light")
    light = palette.grab().toImage()
    assert light.pixelColor(4, 300).lightness() > 200 > 60 > dark.pixelColor(4, 300).lightness()


def test_what_usually_follows_the_selected_node_stands_first(
    palette: Palette, qtbot: QtBot
) -> None:
    tree, model = palette.tree, palette.model
    palette.show_next(["batch_norm", "relu"])
    first = model.index(0, 0)
    assert first.data() == "Usually next"
    assert tree.isExpanded(first)
    assert [model.index(i, 0, first).data() for i in range(2)] == ["Batch norm", "ReLU"]
    assert model.index_of("relu").parent().data() == "Activation"
    tree.setCurrentIndex(model.index(0, 0, first))
    with qtbot.waitSignal(palette.chosen) as chosen:
        qtbot.keyClick(tree, Qt.Key.Key_Return)
    assert chosen.args == ["batch_norm"]
    palette.search.setText("rel")
    assert model.index(0, 0).data() != "Usually next"
    palette.search.clear()
    assert model.index(0, 0).data() == "Usually next"
    palette.show_next([])
    assert model.index(0, 0).data() == "Data"

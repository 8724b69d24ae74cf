"""Literals of the code changed where they stand, by mouse and by key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from netbuilder.app.document import Document
from netbuilder.app.panels.code import CodePanel
from netbuilder.app.panels.code.literal_field import LiteralField
from netbuilder.app.panels.code.typed import typed
from netbuilder.graph import Edge
from netbuilder.layers import REGISTRY, Param, ParamError

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> CodePanel:
    """The code panel, seen."""
    made = CodePanel(document)
    qtbot.addWidget(made)
    made.resize(760, 420)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return made


def caret(panel: CodePanel, words: str, offset: int = 0) -> QTextCursor:
    """A cursor at some words of the code, in sight."""
    text = panel.editor.toPlainText()
    cursor = QTextCursor(panel.editor.document())
    cursor.setPosition(text.index(words) + offset)
    panel.editor.setTextCursor(cursor)
    panel.editor.centerCursor()
    return cursor


def spot(panel: CodePanel, words: str, offset: int = 0) -> QPoint:
    cursor = caret(panel, words, offset)
    return panel.editor.cursorRect(cursor).center() + QPoint(3, 0)


def double_click(panel: CodePanel, qtbot: QtBot, words: str, offset: int = 0) -> None:
    viewport, at = panel.editor.viewport(), spot(panel, words, offset)
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=at)


def field(panel: CodePanel) -> LiteralField:
    found = panel.editing.field
    assert found is not None
    return found


def type_in(panel: CodePanel, qtbot: QtBot, text: str) -> None:
    field(panel).selectAll()
    qtbot.keyClicks(field(panel), text)
    qtbot.keyClick(field(panel), Qt.Key.Key_Return)


def test_a_double_click_on_a_number_changes_the_node_in_one_step(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    before = document.project
    double_click(panel, qtbot, "Conv2d(1, 24", 10)
    assert field(panel).text() == "24"
    type_in(panel, qtbot, "40")
    assert document.project.graph["conv2d_1"].params["out_channels"] == 40
    assert "Conv2d(1, 40" in panel.editor.toPlainText()
    assert panel.editing.field is None
    assert document.stack.count() == 1
    assert document.stack.undoText() == "Set channels of conv2d_1"
    document.undo()
    assert document.project == before


def test_enter_and_f2_open_the_field_at_the_caret(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    caret(panel, "Conv2d(1, 24", 11)
    qtbot.keyClick(panel.editor, Qt.Key.Key_Return)
    assert field(panel).text() == "24"
    qtbot.keyClick(field(panel), Qt.Key.Key_Escape)
    assert panel.editing.field is None
    assert document.stack.count() == 0
    # Without a literal at the caret, F2 takes the next one of the line.
    caret(panel, "self.conv2d_1 =")
    qtbot.keyClick(panel.editor, Qt.Key.Key_F2)
    assert field(panel).text() == "24"
    type_in(panel, qtbot, "24")
    assert document.stack.count() == 0


def test_after_an_edit_the_caret_is_where_it_was(panel: CodePanel, qtbot: QtBot) -> None:
    caret(panel, "nn.Linear", 0)
    qtbot.keyClick(panel.editor, Qt.Key.Key_F2)
    here = panel.editor.textCursor()
    before = here.blockNumber(), here.positionInBlock()
    assert field(panel).text() == "10"
    type_in(panel, qtbot, "12")
    assert "12)" in panel.editor.toPlainText()
    after = panel.editor.textCursor()
    assert (after.blockNumber(), after.positionInBlock()) == before
    assert panel.editor.hasFocus()


def test_what_the_declaration_refuses_is_said_under_the_field(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    double_click(panel, qtbot, "Conv2d(1, 24", 10)
    type_in(panel, qtbot, "0")
    assert field(panel).note.isVisible()
    assert "at least 1" in field(panel).note.text()
    qtbot.keyClick(field(panel), Qt.Key.Key_Return)
    assert field(panel).isVisible()
    assert document.stack.count() == 0
    qtbot.keyClicks(field(panel), "9")
    assert not field(panel).note.isVisible()
    qtbot.keyClick(field(panel), Qt.Key.Key_Escape)
    assert document.stack.count() == 0


def test_what_would_break_the_network_needs_a_second_enter(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    graph = document.project.graph
    graph = graph.remove(edges=[e for e in graph.edges if e.target == "flatten_1"])
    graph = graph.create("add")[0]
    for source in ("relu_1", "conv2d_1"):
        graph = graph.connect(Edge(source, "y", "add_1", "x"))
    graph = graph.connect(Edge("add_1", "y", "flatten_1", "x"))
    document.edit_graph("Add", graph.set_param("flatten_1", "start_dim", 1))
    panel.refresh()
    steps = document.stack.count()
    double_click(panel, qtbot, ".flatten(1", 9)
    type_in(panel, qtbot, "4")
    assert "Enter again" in field(panel).note.text()
    assert "axis 4" in field(panel).note.text()
    assert document.stack.count() == steps
    qtbot.keyClick(field(panel), Qt.Key.Key_Return)
    assert document.stack.count() == steps + 1
    assert document.project.graph["flatten_1"].params["start_dim"] == 4
    assert panel.banner.sentence
    # The text is not that of the project now, so nothing in it can be typed over.
    double_click(panel, qtbot, "Conv2d(1, 24", 10)
    assert panel.editing.field is None


def test_a_number_from_a_wire_says_where_it_comes_from(
    panel: CodePanel, document: Document, qtbot: QtBot, qapp: QApplication
) -> None:
    at = spot(panel, "Conv2d(1, 24", 7)
    viewport = panel.editor.viewport()
    qapp.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, at, viewport.mapToGlobal(at)))
    assert "comes from the wire" in QToolTip.text()
    assert "digits_1" in QToolTip.text()
    QToolTip.hideText()
    double_click(panel, qtbot, "Conv2d(1, 24", 7)
    assert panel.editing.field is None
    caret(panel, "Conv2d(1, 24", 7)
    qtbot.keyClick(panel.editor, Qt.Key.Key_F2)
    assert panel.editing.field is None
    assert "digits_1" in QToolTip.text()
    QToolTip.hideText()


def test_what_can_be_changed_is_underlined_on_the_line_under_the_pointer(
    panel: CodePanel, qapp: QApplication
) -> None:
    panel.editor.moveCursor(QTextCursor.MoveOperation.Start)
    panel.editor.clearFocus()
    cursor = QTextCursor(panel.editor.document())
    cursor.setPosition(panel.editor.toPlainText().index("Conv2d(1, 24"))
    at = QPointF(panel.editor.cursorRect(cursor).center())
    viewport, none = panel.editor.viewport(), Qt.MouseButton.NoButton
    move = QMouseEvent(QEvent.Type.MouseMove, at, viewport.mapToGlobal(at), none, none, NO_MODIFIER)
    qapp.sendEvent(viewport, move)
    lines = panel.editor.toPlainText().split("\n")
    shown = [lines[line - 1][start:end] for line, start, end in panel.editor.underlined]
    assert shown[:2] == ["24", "3"]
    qapp.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    assert panel.editor.underlined == ()


def test_an_edit_elsewhere_closes_the_field(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    double_click(panel, qtbot, "Conv2d(1, 24", 10)
    document.edit_graph("Other", document.project.graph.set_param("linear_1", "out_features", 12))
    panel.refresh()
    assert panel.editing.field is None
    assert document.project.graph["conv2d_1"].params["out_channels"] == 24


def test_inside_a_block_the_expression_is_edited(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    graph = document.project.graph.add(document.project.instance("Twice", "twice_1"))
    graph = graph.remove(edges=[e for e in graph.edges if e.target == "linear_1"])
    graph = graph.connect(
        Edge("flatten_1", "y", "twice_1", "x"), Edge("twice_1", "y", "linear_1", "x")
    )
    document.edit_graph("Use the block", graph)
    panel.refresh()
    caret(panel, ", 32)", 2)
    qtbot.keyClick(panel.editor, Qt.Key.Key_F2)
    assert field(panel).text() == "=width * 2"
    type_in(panel, qtbot, "=width * 3")
    inside = document.project.blocks["Twice"].graph
    assert inside["linear_1"].params["out_features"] == "=width * 3"
    assert ", 48)" in panel.editor.toPlainText()


def test_python_and_the_inspectors_way_of_writing_are_both_read() -> None:
    params: dict[str, Param] = {p.name: p for p in REGISTRY["conv2d"].params()}
    assert typed(params["kernel_size"], None, "(3, 5)", {}) == (3, 5)
    assert typed(params["kernel_size"], None, "3 × 5", {}) == (3, 5)
    assert typed(params["bias"], None, "False", {}) is False
    assert typed(params["padding"], None, '"same"', {}) == "same"
    assert typed(params["padding"], None, "same", {}) == "same"
    sizes = REGISTRY["reshape"].params()[0]
    assert typed(sizes, 1, "4", {}, (1, 8, 8)) == (1, 4, 8)
    for name, text in (("bias", "7"), ("padding", '"all"'), ("kernel_size", "(a, b)")):
        with pytest.raises(ParamError):
            typed(params[name], None, text, {})

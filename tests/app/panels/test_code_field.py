"""Code in the inspector: written, committed, trusted as its writer commits it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from netbuilder import trusted
from netbuilder.app.document import Document
from netbuilder.app.panels.form.code_field import CodeField
from netbuilder.app.panels.inspector import Inspector
from netbuilder.graph import Edge, Node
from netbuilder.layers.custom import EXAMPLE

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def inspector(qtbot: QtBot, document: Document) -> Inspector:
    """The inspector on a Custom node in the middle, in a window that has the keyboard."""
    graph = document.project.graph.add(Node("custom_1", "custom", {}, (0, 300)))
    graph = graph.connect(Edge("relu_1", "y", "custom_1", "x"))
    between = Edge("custom_1", "y", "flatten_1", "x")
    document.edit_graph("Put", graph.connect(between, replace_port=True))
    made = Inspector(document)
    qtbot.addWidget(made)
    made.resize(280, 900)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    made.set_selection((), ("custom_1",))
    return made


@pytest.fixture
def field(inspector: Inspector) -> CodeField:
    found = inspector.node.form.rows["code"].control
    assert isinstance(found, CodeField)
    return found


def write(qtbot: QtBot, field: CodeField, text: str) -> None:
    """Replace the code, key by key."""
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)


def code(document: Document) -> object:
    return document.project.graph["custom_1"].params.get("code")


def messages(document: Document) -> list[str]:
    return [p.message for p in document.check.errors if p.node == "custom_1"]


def test_what_is_written_counts_when_it_is_committed_and_is_trusted(
    qtbot: QtBot, field: CodeField, document: Document
) -> None:
    assert field.toPlainText() == EXAMPLE
    write(qtbot, field, "torch.sin(x) * x")
    assert code(document) is None
    qtbot.keyClick(field, Qt.Key.Key_Return, CONTROL)
    assert code(document) == "torch.sin(x) * x"
    assert trusted.trusts("torch.sin(x) * x")
    assert not messages(document)
    document.undo()
    assert field.toPlainText() == EXAMPLE
    document.redo()
    assert not messages(document)


def test_leaving_the_field_commits_and_escape_brings_back(
    qtbot: QtBot, field: CodeField, inspector: Inspector, document: Document
) -> None:
    write(qtbot, field, "x * 3")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.toPlainText(), code(document)) == (EXAMPLE, None)
    write(qtbot, field, "x * 3")
    inspector.node.form.rows["arguments"].control.setFocus()
    assert code(document) == "x * 3"


def test_tab_indents_and_a_new_line_keeps_the_indentation(qtbot: QtBot, field: CodeField) -> None:
    write(qtbot, field, "class A(nn.Module):")
    for key in (Qt.Key.Key_Return, Qt.Key.Key_X, Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Y):
        qtbot.keyClick(field, key)
    assert field.toPlainText() == "class A(nn.Module):\n    x\n        y"
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Backtab)
    assert field.toPlainText() == "class A(nn.Module):\nx\n    y"


def test_undo_in_the_field_takes_back_letters_before_it_takes_back_edits(
    qtbot: QtBot, field: CodeField, document: Document
) -> None:
    write(qtbot, field, "x * 3")
    qtbot.keyClick(field, Qt.Key.Key_Z, CONTROL)
    assert field.toPlainText() != "x * 3"
    assert document.stack.undoText() == "Put"


def test_a_mistake_is_said_and_its_line_is_marked(
    qtbot: QtBot, field: CodeField, inspector: Inspector, document: Document
) -> None:
    write(qtbot, field, "torch.sin(x")
    qtbot.keyClick(field, Qt.Key.Key_Return, CONTROL)
    assert code(document) == "torch.sin(x"  # kept: bad code loses nothing
    assert "never closed" in inspector.node.form.rows["code"].message.text()
    (mark,) = field.extraSelections()
    assert mark.cursor.blockNumber() == 0
    qtbot.keyClick(field, Qt.Key.Key_Backspace)
    assert not field.extraSelections()


def test_code_from_elsewhere_asks_and_one_letter_in_it_makes_it_no_ones_own(
    qtbot: QtBot, field: CodeField, inspector: Inspector, document: Document
) -> None:
    graph = document.project.graph
    document.edit_graph("Paste", graph.set_param("custom_1", "code", "x * 41"))
    assert messages(document) == [trusted.SENTENCE]
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_End)
    qtbot.keyClicks(field, "2")
    qtbot.keyClick(field, Qt.Key.Key_Return, CONTROL)
    assert code(document) == "x * 412"
    assert messages(document) == [trusted.SENTENCE]
    (callout,) = inspector.node._callouts
    (link,) = callout.links()
    assert link.text() == "Trust this code"
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert not messages(document)
    assert not inspector.node._callouts
    document.undo()
    assert messages(document) == [trusted.SENTENCE]  # the code before was never trusted


def test_arguments_stay_a_line(inspector: Inspector) -> None:
    assert isinstance(inspector.node.form.rows["arguments"].control, QLineEdit)

"""The code panel: follows every edit, stays where it is, leads to the node."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from netbuilder.app import theme
from netbuilder.app.document import Document
from netbuilder.app.panels.code import CodePanel
from netbuilder.app.panels.code.editor import CodeEditor
from netbuilder.app.panels.code.lines import changed_lines
from netbuilder.compiler import generate
from netbuilder.graph import Edge


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> CodePanel:
    """The code panel, seen."""
    made = CodePanel(document)
    qtbot.addWidget(made)
    made.resize(640, 240)
    made.show()
    qtbot.waitExposed(made)
    return made


def widen(document: Document, width: int) -> None:
    document.edit_graph(
        "Widen", document.project.graph.set_param("conv2d_1", "out_channels", width)
    )


def test_the_text_is_the_source_and_follows_an_edit(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    assert panel.editor.toPlainText() == generate(document.project).text.rstrip("\n")
    widen(document, 40)
    qtbot.waitUntil(lambda: "Conv2d(1, 40" in panel.editor.toPlainText(), timeout=1000)
    assert panel.editor.toPlainText() == generate(document.project).text.rstrip("\n")
    document.undo()
    qtbot.waitUntil(lambda: "Conv2d(1, 24" in panel.editor.toPlainText(), timeout=1000)


def test_changed_lines_have_a_bar(panel: CodePanel, document: Document) -> None:
    widen(document, 40)
    panel.refresh()
    lines = panel.editor.toPlainText().split("\n")
    changed = [lines[n - 1] for n in sorted(panel.editor.changed)]
    assert any("Conv2d(1, 40" in line for line in changed)
    assert all("import" not in line for line in changed)
    panel.refresh()
    assert panel.editor.changed == frozenset()


def test_an_edit_keeps_the_place_in_the_text(panel: CodePanel, document: Document) -> None:
    bar = panel.editor.verticalScrollBar()
    bar.setValue(9)
    widen(document, 48)
    panel.refresh()
    assert bar.value() == 9


def test_nothing_is_generated_while_it_is_not_seen(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    panel.hide()
    before = panel.editor.toPlainText()
    widen(document, 56)
    qtbot.wait(60)
    assert panel.editor.toPlainText() == before
    panel.show()
    assert "Conv2d(1, 56" in panel.editor.toPlainText()


def click(panel: CodePanel, qtbot: QtBot, line: int) -> None:
    cursor = QTextCursor(panel.editor.document().findBlockByNumber(line - 1))
    panel.editor.setTextCursor(cursor)
    panel.editor.centerCursor()
    spot = panel.editor.cursorRect(cursor).center()
    qtbot.mouseClick(panel.editor.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def test_a_click_on_a_line_leads_to_its_node(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    lines = generate(document.project).lines
    line = next(n for n, path in lines.items() if path == ("linear_1",))
    with qtbot.waitSignal(panel.node_clicked) as told:
        click(panel, qtbot, line)
    assert told.args == [("linear_1",)]
    with qtbot.assertNotEmitted(panel.node_clicked):
        click(panel, qtbot, 1)


def test_enter_on_a_line_leads_to_its_node(
    panel: CodePanel, document: Document, qtbot: QtBot
) -> None:
    lines = generate(document.project).lines
    line = next(n for n, path in lines.items() if path == ("relu_1",))
    block = panel.editor.document().findBlockByNumber(line - 1)
    panel.editor.setTextCursor(QTextCursor(block))
    with qtbot.waitSignal(panel.node_clicked) as told:
        qtbot.keyClick(panel.editor, Qt.Key.Key_Return)
    assert told.args == [("relu_1",)]


def test_the_lines_of_the_selection_are_marked(panel: CodePanel, document: Document) -> None:
    panel.set_selection((), ("linear_1",))
    lines = generate(document.project).lines
    assert panel.editor.marked == {n for n, path in lines.items() if path == ("linear_1",)}
    assert panel.editor.marked
    panel.set_selection((), ())
    assert panel.editor.marked == frozenset()


@pytest.mark.parametrize("repeat", [1, 3])
def test_lines_inside_a_block_are_marked_apart_from_the_top_graph(
    panel: CodePanel, document: Document, repeat: int
) -> None:
    node = document.project.instance("Twice", "twice_1", repeat=repeat)
    graph = document.project.graph.add(node)
    graph = graph.remove(edges=[e for e in graph.edges if e.source == "flatten_1"])
    graph = graph.connect(
        Edge("flatten_1", "y", "twice_1", "x"), Edge("twice_1", "y", "linear_1", "x")
    )
    document.edit_graph("Use the block", graph)
    panel.refresh()
    assert panel.banner.sentence == ""
    panel.set_selection(("Twice",), ("linear_1",))
    inside = panel.editor.marked
    panel.set_selection((), ("linear_1",))
    assert inside
    assert panel.editor.marked
    assert not inside & panel.editor.marked


def test_an_error_is_said_and_the_last_code_stays(panel: CodePanel, document: Document) -> None:
    before = panel.editor.toPlainText()
    document.edit_graph("Cut", document.project.graph.remove(["conv2d_1"]))
    panel.refresh()
    assert document.check.errors
    assert document.check.errors[0].message in panel.banner.sentence
    assert panel.editor.toPlainText() == before
    assert not panel.copy_button.isEnabled()
    document.undo()
    panel.refresh()
    assert panel.banner.sentence == ""
    assert panel.copy_button.isEnabled()


def test_copy_takes_all_of_it(panel: CodePanel, document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.told):
        qtbot.mouseClick(panel.copy_button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == generate(document.project).text


def test_save_writes_the_file_or_says_why_not(
    panel: CodePanel, document: Document, qtbot: QtBot, tmp_path: Path
) -> None:
    panel.choose = lambda name: str(tmp_path / "net")
    with qtbot.waitSignal(panel.told):
        panel.save_button.click()
    assert (tmp_path / "net.py").read_text() == generate(document.project).text
    panel.choose = lambda name: str(tmp_path / "missing" / "net.py")
    panel.save_button.click()
    assert panel.banner.sentence
    panel.choose = lambda name: ""
    with qtbot.assertNotEmitted(panel.told):
        panel.save_button.click()


def inks(editor: CodeEditor, line: int) -> dict[str, str]:
    block = editor.document().findBlockByNumber(line)
    text = block.text()
    return {
        text[f.start : f.start + f.length]: f.format.foreground().color().name()
        for f in block.layout().formats()
    }


def test_colours_come_from_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    editor = CodeEditor()
    qtbot.addWidget(editor)
    editor.show_text('"""Doc\nstill"""\nclass Net:\n    x = f(1, "a")  # why')
    for mode in ("dark", "light"):
        theme.apply(qapp, mode)
        tokens = theme.current()
        assert inks(editor, 1) == {'still"""': tokens.ok}
        assert inks(editor, 2) == {"class": tokens.accent, "Net": tokens.info}
        last = inks(editor, 3)
        assert last["1"] == tokens.warn
        assert last['"a"'] == tokens.ok
        assert last["# why"] == tokens.text3


def test_changed_lines_of_small_texts() -> None:
    assert changed_lines(["a", "b", "c"], ["a", "x", "c"]) == {1}
    assert changed_lines(["a", "c"], ["a", "b", "c"]) == {1}
    assert changed_lines(["a", "b", "c"], ["a", "c"]) == {1}
    assert changed_lines(["a"], ["a"]) == frozenset()


TEXTS = st.lists(st.sampled_from(["", "a", "b", "def f():"]), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_showing_one_text_after_another_ends_with_the_last(versions: list[list[str]]) -> None:
    editor = CodeEditor()
    for lines in versions:
        editor.show_text("\n".join(lines))
        assert editor.toPlainText() == "\n".join(lines)
        assert all(1 <= n <= len(lines) for n in editor.changed)
    editor.deleteLater()

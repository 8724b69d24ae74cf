"""From a line of the code to the node on the canvas and back, also in nested blocks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from netbuilder.building import Network
from netbuilder.compiler import generate
from netbuilder.graph import Project

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow


def nested() -> Project:
    """A block in a block in the top graph, each with a linear_1 of its own."""
    net = Network("nested")
    data = net.spirals()
    with net.block("Inner") as inner:
        x = inner.input(name="x")
        inner.output(inner.linear(x, out_features=5), name="y")
    with net.block("Outer") as outer:
        x = outer.input(name="x")
        outer.output(outer.Inner(outer.linear(x, out_features=6)), name="y")
    x = net.linear(data.point, out_features=4)
    logits = net.linear(net.Outer(x), out_features=2)
    net.output(logits), net.cross_entropy(logits, data.label)
    return net.project()


@pytest.mark.slow
def test_lines_and_nodes_lead_to_each_other_at_every_depth(
    open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    window = open_window(nested())
    window.bottom.show_panel("code")
    source = generate(window.document.project)
    editor, canvas = window.code.editor, window.canvas
    for words, place in (("(6, 5)", ("Outer", "Inner")), ("(4, 6)", ("Outer",)), ("(2, 4)", ())):
        line = next(n for n in source.lines if words in source.text.split("\n")[n - 1])
        cursor = QTextCursor(editor.document().findBlockByNumber(line - 1))
        editor.setTextCursor(cursor)
        editor.centerCursor()
        at = editor.cursorRect(cursor).center()
        qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert (canvas.place, canvas.selected) == (place, ("linear_1",))
        assert line in editor.marked
        assert all(source.lines[n][-1] == "linear_1" for n in editor.marked)
    # The other way: what is far away in the text comes into sight and is marked.
    editor.verticalScrollBar().setValue(0)
    canvas.reveal("cross_entropy_1", ())
    assert editor.marked
    first = editor.document().findBlockByNumber(min(editor.marked) - 1)
    box = editor.blockBoundingGeometry(first).translated(editor.contentOffset())
    assert 0 <= box.top() <= editor.viewport().height()
    canvas.reveal("linear_1", ("Outer", "Inner"))
    assert {source.text.split("\n")[n - 1].strip().split()[0] for n in editor.marked} == {
        "self.linear_1",
        "x",
    }

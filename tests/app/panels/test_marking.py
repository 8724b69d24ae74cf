"""A parameter is marked in the inspector by its menu, changed by its mark, and unmarked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.document import Document
from netbuilder.app.panels.inspector.node_page import NodePage
from netbuilder.app.panels.marking import RangeDialog
from tests.tuning.conftest import searched


def test_a_parameter_is_marked_changed_and_unmarked(qtbot: QtBot) -> None:
    document = Document(searched({}))
    page = NodePage(document)
    qtbot.addWidget(page)
    page.show_node((), "linear_1")
    page.show()

    def ask() -> RangeDialog:
        row = page.form.rows["out_features"]
        (action,) = (a for a in row.menu().actions() if "earch" in a.text())
        action.trigger()
        return next(d for d in page.findChildren(RangeDialog) if d.isVisible())

    dialog = ask()
    dialog.high.selectAll()
    qtbot.keyClicks(dialog.high, "0")
    assert "at least 1" in dialog.message.text()
    assert not dialog.accept_button.isEnabled()
    dialog.high.selectAll()
    qtbot.keyClicks(dialog.high, "64")
    qtbot.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
    marked = document.project.search.space["linear_1.out_features"]
    assert (marked.low, marked.high) == (2, 64)
    page.show_node((), "linear_1")
    assert page.form.rows["out_features"].searched.text() == "searched: 2 to 64, log"
    document.undo()
    assert not document.project.search.space
    document.redo()
    page.show_node((), "linear_1")
    qtbot.mouseClick(page.form.rows["out_features"].searched, Qt.MouseButton.LeftButton)
    dialog = next(d for d in page.findChildren(RangeDialog) if d.isVisible())
    qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    assert not document.project.search.space

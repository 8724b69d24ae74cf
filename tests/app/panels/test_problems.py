"""The problems panel: every problem, where it is, and remedies that one click applies."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netbuilder.app.document import Document
from netbuilder.app.panels.problems import ProblemsPanel
from netbuilder.app.panels.problems.model import PROBLEM_ROLE
from netbuilder.compiler.report import Fix, Problem
from netbuilder.graph import Edge, GraphError, Node


@pytest.fixture
def panel(qtbot: QtBot, document: Document) -> ProblemsPanel:
    """The problems panel, seen."""
    made = ProblemsPanel(document)
    qtbot.addWidget(made)
    made.resize(640, 240)
    made.show()
    qtbot.waitExposed(made)
    return made


def spoil(document: Document) -> None:
    """Take the Flatten away, so that a matrix arrives where a vector should."""
    graph = document.project.graph.remove(["flatten_1"])
    graph = graph.connect(Edge("relu_1", "y", "linear_1", "x"))
    document.edit_graph("Cut", graph.add(Node("gate_1", "acme_gate")))


def test_no_problem_is_good_news(panel: ProblemsPanel, document: Document) -> None:
    document.edit_graph("Tidy", document.project.graph.remove(["linear_2"]))
    assert panel.model.rowCount() == 0
    assert panel.counts == (0, 0)
    assert panel.list.accessibleDescription() == "No problems: ready to train."
    assert not panel.grab().isNull()


def test_problems_are_listed_errors_first_and_counted(
    panel: ProblemsPanel, document: Document, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(panel.counted) as told:
        spoil(document)
    errors = len(document.check.errors)
    assert errors > 0
    assert told.args == [errors, len(document.check.problems) - errors]
    rows = [panel.model.index(r).data(PROBLEM_ROLE) for r in range(panel.model.rowCount())]
    assert {p.message for p in rows} == {p.message for p in document.check.problems}
    assert [p.severity for p in rows] == sorted(p.severity for p in rows)
    spoken = panel.model.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("Error: ")


def row_with_fix(panel: ProblemsPanel) -> int:
    return next(
        r for r in range(panel.model.rowCount()) if panel.model.problem(panel.model.index(r)).fixes
    )


def test_a_click_on_a_remedy_applies_it(
    panel: ProblemsPanel, document: Document, qtbot: QtBot
) -> None:
    spoil(document)
    row = row_with_fix(panel)
    problem = panel.model.problem(panel.model.index(row))
    spot = panel.list.link_rect(row, 0).center()
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert document.stack.undoText() == problem.fixes[0].label
    assert problem.message not in {p.message for p in document.check.problems}
    document.undo()
    assert problem.message in {p.message for p in document.check.problems}


def test_ctrl_enter_applies_the_first_remedy(
    panel: ProblemsPanel, document: Document, qtbot: QtBot
) -> None:
    spoil(document)
    row = row_with_fix(panel)
    label = panel.model.problem(panel.model.index(row)).fixes[0].label
    panel.list.setCurrentIndex(panel.model.index(row))
    qtbot.keyClick(panel.list, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert document.stack.undoText() == label


def test_the_menu_offers_the_same(panel: ProblemsPanel, document: Document) -> None:
    spoil(document)
    index = panel.model.index(row_with_fix(panel))
    problem = panel.model.problem(index)
    menu = panel.list.menu(index)
    assert [a.text() for a in menu.actions()][1:] == [f.label for f in problem.fixes]
    menu.actions()[1].trigger()
    assert document.stack.undoText() == problem.fixes[0].label


def test_enter_and_double_click_show_the_node(
    panel: ProblemsPanel, document: Document, qtbot: QtBot
) -> None:
    spoil(document)
    index = panel.model.index(0)
    problem = panel.model.problem(index)
    panel.list.setCurrentIndex(index)
    with qtbot.waitSignal(panel.reveal) as told:
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert told.args == [problem.block, problem.node]
    spot = panel.list.visualRect(index).topLeft()
    spot.setX(60)
    spot.setY(spot.y() + 14)
    with qtbot.waitSignal(panel.reveal) as told:
        qtbot.mouseDClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert told.args == [problem.block, problem.node]


def test_the_chosen_row_stays_chosen_after_an_edit(
    panel: ProblemsPanel, document: Document
) -> None:
    spoil(document)
    last = panel.model.index(panel.model.rowCount() - 1)
    words = panel.model.words(last)
    panel.list.setCurrentIndex(last)
    document.edit_graph("Add", document.project.graph.add(Node("gate_2", "other_gate")))
    assert panel.model.words(panel.list.currentIndex()) == words


def test_a_remedy_that_cannot_be_applied_says_why(
    panel: ProblemsPanel, document: Document, qtbot: QtBot
) -> None:
    def refuse(project):  # type: ignore[no-untyped-def]
        raise GraphError("This wire would close a loop.")

    problem = Problem("Something is off.", "linear_1", fixes=(Fix("Connect it", refuse),))
    panel.model.set_problems([problem])
    with qtbot.waitSignal(panel.told) as told:
        panel.list.fix_wanted.emit(problem.fixes[0])
    assert told.args == ["This wire would close a loop."]
    assert document.stack.count() == 0


def test_a_long_sentence_is_never_cut(panel: ProblemsPanel) -> None:
    short, long = Problem("Short.", "a"), Problem("A long sentence with numbers. " * 12, "b")
    panel.model.set_problems([short, long])
    heights = [panel.list.visualRect(panel.model.index(r)).height() for r in (0, 1)]
    assert heights[1] > 2 * heights[0]

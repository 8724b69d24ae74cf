"""The inspector: what is typed is checked, applied, undone, and never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from netbuilder.app.document import Document
from netbuilder.app.panels.form import ParamRow
from netbuilder.app.panels.form.row import line_of
from netbuilder.app.panels.inspector import Inspector
from netbuilder.compiler import Problem
from netbuilder.compiler.report import Fix
from netbuilder.graph import Edge, Node
from netbuilder.layers import REGISTRY


@pytest.fixture
def inspector(qtbot: QtBot, document: Document) -> Inspector:
    """The inspector in a window that has the keyboard."""
    made = Inspector(document)
    qtbot.addWidget(made)
    made.resize(280, 900)
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def typing(qtbot: QtBot) -> Callable[[QWidget, str], None]:
    """Replace what stands in a field, key by key."""

    def put(control: QWidget, text: str) -> None:
        line = line_of(control)
        assert line is not None
        control.setFocus()
        line.selectAll()
        qtbot.keyClicks(control, text)

    return put


def field(row: ParamRow) -> QLineEdit:
    line = line_of(row.control)
    assert line is not None
    return line


def value(document: Document, node_id: str, name: str) -> object:
    return document.project.graph[node_id].params.get(name)


def test_a_wrong_value_is_said_at_the_field_and_not_applied(
    inspector: Inspector, document: Document, typing: Callable[[QWidget, str], None]
) -> None:
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    before = document.project
    typing(row.control, "2x")
    assert not row.message.isHidden()
    assert "is a number" in row.message.text()
    assert row.control.property("problem") == "error"
    assert field(row).text() == "2x"
    assert document.project == before  # not even the 2 is left
    assert document.stack.count() == 0


def test_bad_text_survives_other_edits_and_a_look_elsewhere(
    inspector: Inspector, document: Document, typing: Callable[[QWidget, str], None]
) -> None:
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    typing(row.control, "many")
    document.edit_graph("Move", document.project.graph.move({"relu_1": (5, 5)}))
    assert field(row).text() == "many"
    inspector.set_selection((), ("linear_2",))
    assert field(row).text() == "7"
    assert row.message.isHidden()
    inspector.set_selection((), ("relu_1",))
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    assert field(row).text() == "many"
    assert not row.message.isHidden()
    typing(row.control, "12")
    assert row.message.isHidden()
    assert value(document, "linear_1", "out_features") == 12


def test_escape_brings_back_what_was_there(
    inspector: Inspector,
    document: Document,
    qtbot: QtBot,
    typing: Callable[[QWidget, str], None],
) -> None:
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    typing(row.control, "1q")
    qtbot.keyClick(row.control, Qt.Key.Key_Escape)
    assert field(row).text() == "10"
    assert row.message.isHidden()
    assert value(document, "linear_1", "out_features") == 10


def test_keystrokes_are_one_step_that_undo_takes_back(
    inspector: Inspector, document: Document, typing: Callable[[QWidget, str], None]
) -> None:
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    typing(row.control, "128")
    assert value(document, "linear_1", "out_features") == 128
    assert document.stack.count() == 1
    assert document.stack.undoText() == "Set outputs of linear_1"
    document.undo()
    assert value(document, "linear_1", "out_features") == 10
    assert field(row).text() == "10"
    document.redo()
    assert field(row).text() == "128"


def test_two_visits_are_two_steps(
    inspector: Inspector,
    document: Document,
    qtbot: QtBot,
    typing: Callable[[QWidget, str], None],
) -> None:
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    typing(row.control, "20")
    qtbot.keyClick(row.control, Qt.Key.Key_Return)
    typing(row.control, "30")
    assert document.stack.count() == 2


def test_sizes_are_tidied_when_the_person_is_done(
    inspector: Inspector,
    document: Document,
    qtbot: QtBot,
    typing: Callable[[QWidget, str], None],
) -> None:
    inspector.set_selection((), ("conv2d_1",))
    row = inspector.node.form.rows["kernel_size"]
    typing(row.control, "5x3")
    assert field(row).text() == "5x3"
    qtbot.keyClick(row.control, Qt.Key.Key_Return)
    assert field(row).text() == "5 × 3"
    assert value(document, "conv2d_1", "kernel_size") == (5, 3)


def test_arrows_change_the_number(inspector: Inspector, document: Document, qtbot: QtBot) -> None:
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    row.control.setFocus()
    qtbot.keyClick(row.control, Qt.Key.Key_Up)
    qtbot.keyClick(row.control, Qt.Key.Key_Up)
    assert value(document, "linear_1", "out_features") == 12
    assert document.stack.count() == 1


def test_a_changed_value_has_a_dot_and_a_way_back(inspector: Inspector, document: Document) -> None:
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    assert row.label.dot
    assert not inspector.node.form.rows["bias"].label.dot
    menu = row.menu()
    (reset,) = (a for a in menu.actions() if a.text() == "Reset to 64")
    reset.trigger()
    assert "out_features" not in document.project.graph["linear_1"].params
    assert not row.label.dot
    assert field(row).text() == "64"


def test_a_switch_is_one_step(inspector: Inspector, document: Document, qtbot: QtBot) -> None:
    inspector.set_selection((), ("linear_1",))
    toggle = inspector.node.form.rows["bias"].control
    assert isinstance(toggle, QAbstractButton)
    assert toggle.text() == "adds 10 parameters"
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert value(document, "linear_1", "bias") is False
    document.undo()
    assert toggle.isChecked()


def test_a_choice_is_one_step(inspector: Inspector, document: Document, qtbot: QtBot) -> None:
    inspector.set_selection((), ("conv2d_1",))
    combo = inspector.node.form.rows["padding"].control
    assert isinstance(combo, QComboBox)
    combo.setFocus()
    before = combo.currentData()
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    if combo.currentData() == before:
        qtbot.keyClick(combo, Qt.Key.Key_Up)
    assert value(document, "conv2d_1", "padding") == combo.currentData() != before
    assert document.stack.count() == 1


def test_rename_follows_everywhere(
    inspector: Inspector,
    document: Document,
    qtbot: QtBot,
    typing: Callable[[QWidget, str], None],
) -> None:
    inspector.set_selection((), ("linear_1",))
    name = inspector.node.name
    typing(name.field, "head")
    assert "linear_1" in document.project.graph  # nothing happens while typing
    with qtbot.waitSignal(inspector.renamed) as told:
        qtbot.keyClick(name.field, Qt.Key.Key_Return)
    assert told.args == [(), "linear_1", "head"]
    assert "head" in document.project.graph
    assert inspector.selection == ((), ("head",))
    document.undo()
    assert inspector.selection == ((), ("linear_1",))
    assert name.field.text() == "linear_1"


def test_a_name_that_is_taken_is_refused(
    inspector: Inspector,
    document: Document,
    qtbot: QtBot,
    typing: Callable[[QWidget, str], None],
) -> None:
    inspector.set_selection((), ("linear_1",))
    name = inspector.node.name
    typing(name.field, "relu_1")
    qtbot.keyClick(name.field, Qt.Key.Key_Return)
    assert "already a node called relu_1" in name.message.text()
    assert name.message.isVisible()
    assert document.stack.count() == 0
    assert name.field.text() == "relu_1"


def test_deleting_a_node_whose_name_is_being_typed_is_safe(
    inspector: Inspector, document: Document, typing: Callable[[QWidget, str], None]
) -> None:
    inspector.set_selection((), ("linear_2",))
    typing(inspector.node.name.field, "other")
    document.edit_graph("Delete", document.project.graph.remove(["linear_2"]))
    assert inspector.page is inspector.project
    assert "other" not in document.project.graph


def test_weights_are_shared_with_a_node_of_the_same_kind(
    inspector: Inspector, document: Document
) -> None:
    inspector.set_selection((), ("linear_2",))
    share = inspector.node.share
    assert share.isVisible()
    assert [share.field.itemText(i) for i in range(share.field.count())] == ["its own", "linear_1"]
    share.field.setCurrentIndex(1)
    share.field.activated.emit(1)
    assert document.project.graph["linear_2"].share == "linear_1"
    inspector.set_selection((), ("relu_1",))
    assert share.isHidden()


def test_shapes_costs_and_help_are_shown(inspector: Inspector) -> None:
    inspector.set_selection((), ("conv2d_1",))
    page = inspector.node
    assert page.shape.shapes.text().startswith("B×1×8×8 → B×24×")
    assert page.shape.parameters.number.text() == "240"
    assert page.shape.figures.texts()["Receptive field"] == "3×3"
    assert page.header.title.text() == "Convolution 2-D"
    assert page.help.formula.drawn
    assert "Σ_(c,u,v) w_(k,c,u,v)" in page.help.formula.accessibleName()
    assert "kernels" in page.help.help.text()
    assert page.shape.words.text().startswith("Takes an image of 1 channel, 8 × 8. Gives an image")


def test_help_tells_when_to_use_a_node_and_what_goes_wrong(
    inspector: Inspector, qtbot: QtBot
) -> None:
    inspector.set_selection((), ("conv2d_1",))
    told = inspector.node.help
    kind = REGISTRY["conv2d"]
    assert kind.use in told.use.text()
    assert kind.cites == told.cites.text()
    assert told.mistakes.isHidden()
    qtbot.mouseClick(told.how, Qt.MouseButton.LeftButton)
    assert [line.removeprefix("• ") for line in told.mistakes.text().splitlines()] == [
        *kind.mistakes
    ]
    inspector.set_selection((), ("relu_1",))  # what is unfolded stays so
    assert told.mistakes.isVisible()
    assert REGISTRY["relu"].mistakes[0] in told.mistakes.text()
    qtbot.mouseClick(told.how, Qt.MouseButton.LeftButton)
    assert told.mistakes.isHidden()


def test_numbers_unfold_to_the_steps_that_lead_to_them(inspector: Inspector, qtbot: QtBot) -> None:
    inspector.set_selection((), ("conv2d_1",))
    parameters, work = inspector.node.shape.parameters, inspector.node.shape.work
    assert parameters.steps.isHidden()
    assert work.steps.isHidden()
    qtbot.mouseClick(parameters.how, Qt.MouseButton.LeftButton)
    assert parameters.steps.isVisible()
    assert work.steps.isHidden()
    assert parameters.steps.text().replace("\u00a0", " ").splitlines() == [
        "weight: 24 · 1 · 3 · 3 = 216",
        "bias: 24",
        "216 + 24 = 240",
    ]
    inspector.set_selection((), ("relu_1",))  # which has none
    assert parameters.how.isHidden()
    assert parameters.steps.isHidden()
    inspector.set_selection((), ("conv2d_1",))
    assert parameters.steps.isVisible()
    qtbot.mouseClick(parameters.how, Qt.MouseButton.LeftButton)
    assert parameters.steps.isHidden()
    qtbot.mouseClick(work.how, Qt.MouseButton.LeftButton)
    assert work.steps.text().startswith("weight: 24 · 1 · 3 · 3 · ")


def test_thousands_are_kept_apart_by_thin_spaces(inspector: Inspector, document: Document) -> None:
    document.edit_graph("Widen", document.project.graph.set_param("linear_1", "out_features", 1000))
    inspector.set_selection((), ("linear_1",))
    known = document.check.inside()["linear_1"].parameters
    assert known > 99_999
    assert inspector.node.shape.parameters.number.text() == f"{known:,}".replace(",", "\u2009")


def test_expressions_work_inside_a_block_only(
    inspector: Inspector, document: Document, typing: Callable[[QWidget, str], None]
) -> None:
    inspector.set_selection(("Twice",), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    assert field(row).text() == "=width * 2"
    typing(row.control, "=width * 3")
    assert row.message.isHidden()
    inside = document.project.blocks["Twice"].graph
    assert inside["linear_1"].params["out_features"] == "=width * 3"
    typing(row.control, "=height")
    assert "height is not a parameter of this block" in row.message.text()
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    typing(row.control, "=width")
    assert "only inside a block" in row.message.text()


def test_an_instance_shows_the_parameters_of_its_block(
    inspector: Inspector, document: Document, typing: Callable[[QWidget, str], None]
) -> None:
    node = document.project.instance("Twice", "twice_1")
    document.edit_graph("Add", document.project.graph.add(node))
    inspector.set_selection((), ("twice_1",))
    assert list(inspector.node.form.rows) == ["width", "repeat"]
    typing(inspector.node.form.rows["repeat"].control, "3")
    assert value(document, "twice_1", "repeat") == 3


def test_an_unknown_kind_is_shown_as_it_is(inspector: Inspector, document: Document) -> None:
    node = Node("gate_1", "acme_gate", {"strength": 3})
    document.edit_graph("Add", document.project.graph.add(node))
    inspector.set_selection((), ("gate_1",))
    assert inspector.node.raw.texts() == {"strength": "3"}
    assert "Not installed here" in inspector.node.help.help.text()


def test_a_problem_of_a_field_stands_at_the_field_and_is_mended_there(
    inspector: Inspector, document: Document
) -> None:
    def mend(project):  # type: ignore[no-untyped-def]
        return project.with_graph(project.graph.set_param("linear_1", "out_features", 5))

    problem = Problem("Too many.", "linear_1", param="out_features", fixes=(Fix("Use 5", mend),))
    inspector.set_selection((), ("linear_1",))
    row = inspector.node.form.rows["out_features"]
    row.show_value(10, problem)
    assert "Too many." in row.message.text()
    assert "Use 5" in row.message.text()
    row.message.linkActivated.emit("0")
    assert value(document, "linear_1", "out_features") == 5
    assert document.stack.undoText() == "Use 5"


def test_a_problem_of_a_node_is_a_callout_whose_link_mends_it(
    inspector: Inspector, document: Document, qtbot: QtBot
) -> None:
    graph = document.project.graph.remove(["flatten_1", "linear_2"])
    document.edit_graph("Cut", graph.connect(Edge("relu_1", "y", "linear_1", "x")))
    problem = next(p for p in document.check.problems if p.fixes and p.node)
    inspector.set_selection((), (problem.node or "",))
    callout = inspector.node._callouts[0]
    assert callout.text() == problem.message
    qtbot.mouseClick(callout.links()[0], Qt.MouseButton.LeftButton)
    assert document.stack.undoText() == problem.fixes[0].label
    assert all(p.message != problem.message for p in document.check.problems)


def test_several_nodes_of_a_kind_are_edited_together(
    inspector: Inspector, document: Document, typing: Callable[[QWidget, str], None]
) -> None:
    inspector.set_selection((), ("linear_1", "linear_2"))
    page = inspector.several
    assert inspector.page is page
    assert page.header.title.text() == "2 nodes"
    row = page.form.rows["out_features"]
    assert field(row).text() == ""
    assert field(row).placeholderText() == "several values"
    typing(row.control, "33")
    assert value(document, "linear_1", "out_features") == 33
    assert value(document, "linear_2", "out_features") == 33
    assert document.stack.count() == 1


def test_several_nodes_of_different_kinds_are_counted(inspector: Inspector) -> None:
    inspector.set_selection((), ("linear_1", "relu_1", "linear_2"))
    assert inspector.several.form.rows == {}
    assert inspector.several.kinds.texts() == {"Linear": "2", "ReLU": "1"}


def test_live_statistics_come_and_go(inspector: Inspector) -> None:
    inspector.set_selection((), ("conv2d_1",))
    section = inspector.node.statistics
    assert section.isHidden()
    inspector.set_statistics(
        {
            "step": 173,
            "counts": [1, 5, 2],
            "low": -1.0,
            "high": 2.0,
            "mean": 0.15,
            "std": 0.46,
            "gradient": [1.0, float("nan"), 0.021],
        }
    )
    assert section.isVisible()
    assert section.step.text() == "step 173"
    assert section.moments.text() == "μ 0.15  σ 0.46"
    assert section.gradient.text() == "2.1e-02"
    assert not section.grab().isNull()
    inspector.set_selection((), ("relu_1",))
    assert section.isHidden()


def test_parameters_of_a_block_are_added_and_set(
    inspector: Inspector, document: Document, qtbot: QtBot, typing: Callable[[QWidget, str], None]
) -> None:
    inspector.set_selection(("Twice",), ())
    page = inspector.block
    assert inspector.page is page
    typing(page.form.rows["width"].control, "24")
    assert document.project.blocks["Twice"].params[0].default == 24
    assert isinstance(document.project.blocks["Twice"].params[0].default, int)
    typing(page.new_name, "Not good")
    qtbot.mouseClick(page.add, Qt.MouseButton.LeftButton)
    assert page.row.message.isVisible()
    typing(page.new_name, "depth")
    qtbot.mouseClick(page.add, Qt.MouseButton.LeftButton)
    assert [p.name for p in document.project.blocks["Twice"].params] == ["width", "depth"]


def test_every_control_has_a_name_and_is_reached_by_keyboard(inspector: Inspector) -> None:
    for ids in (("conv2d_1",), ("linear_1", "linear_2"), ()):
        inspector.set_selection((), ids)
        for control in inspector.page.findChildren(QWidget):
            reachable = control.focusPolicy() & Qt.FocusPolicy.TabFocus
            if reachable and control.isVisible() and control.focusProxy() is None:
                named = control.accessibleName() or getattr(control, "text", str)()
                assert named, control


def test_fields_follow_each_other_in_the_order_they_are_seen(inspector: Inspector) -> None:
    inspector.set_selection((), ("conv2d_1",))
    rows = [row.control for row in inspector.node.form.rows.values()]
    chain: list[QWidget] = []
    at = rows[0]
    for _ in range(200):
        if at in rows:
            chain.append(at)
        at = at.nextInFocusChain()
        if at is rows[0]:
            break
    assert chain == rows

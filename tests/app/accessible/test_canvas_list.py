"""What a screen reader is given: asked the way it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.app.accessible import Announcer
from netbuilder.app.canvas import CanvasView
from netbuilder.app.document import Document
from netbuilder.app.theme import motion
from netbuilder.graph import Edge, Graph, Node, Project

if TYPE_CHECKING:
    from netbuilder.app.window import MainWindow

Text, Event = QAccessible.Text, QAccessible.Event


def project() -> Project:
    """A convolution with a title of its own, a sum that does not fit, and a kind from afar."""
    graph = Graph().add(
        Node("digits_1", "digits", position=(0, 0)),
        Node("conv2d_1", "conv2d", {"out_channels": 4}, (200, 0), "Edges"),
        Node("flatten_1", "flatten", position=(400, 0)),
        Node("add_1", "add", position=(600, 0)),
        Node("far_1", "acme.gated", position=(4000, 0)),
    )
    graph = graph.connect(
        Edge("digits_1", "image", "conv2d_1", "x"),
        Edge("conv2d_1", "y", "flatten_1", "x"),
        Edge("conv2d_1", "y", "add_1", "x"),
        Edge("flatten_1", "y", "add_1", "x"),
    )
    return Project("digits", graph)


@pytest.fixture
def view(qapp: QApplication) -> Iterator[CanvasView]:
    """A canvas that a reader may ask."""
    motion.set_reduced(True)
    document = Document(project())
    made = CanvasView(document)
    made.announcer = Announcer(made)  # type: ignore[attr-defined]
    made.resize(900, 500)
    made.show()
    made.activateWindow()
    made.setFocus()
    qapp.processEvents()
    made.camera.set_zoom(1.0)
    made.reveal("conv2d_1")
    made.select([])
    yield made
    document.close()
    made.close()
    made.deleteLater()
    qapp.sendPostedEvents(None, 0)


def listed(view: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(view)
    assert found is not None
    return found


def entry(view: CanvasView, node_id: str) -> QAccessibleInterface:
    return listed(view).child(list(view.canvas.graph.nodes).index(node_id))


def test_the_canvas_is_a_list_with_an_item_for_each_node(view: CanvasView) -> None:
    whole = listed(view)
    assert whole.role() == QAccessible.Role.List
    assert whole.text(Text.Name) == "Canvas"
    assert "5 nodes" in whole.text(Text.Description)
    assert whole.childCount() >= 5
    for i, node_id in enumerate(view.canvas.graph.nodes):
        item = whole.child(i)
        assert item.role() == QAccessible.Role.ListItem
        assert item.isValid()
        assert whole.indexOfChild(item) == i
        assert item.parent() is whole
        assert node_id in item.text(Text.Description)
        assert item.childCount() == 0


def test_what_lies_over_the_canvas_follows_the_nodes(view: CanvasView) -> None:
    whole = listed(view)
    names = [whole.child(i).text(Text.Name) for i in range(5, whole.childCount())]
    assert "Path and totals" in names
    last = whole.child(whole.childCount() - 1)
    assert whole.indexOfChild(last) == whole.childCount() - 1
    assert whole.child(whole.childCount()) is None


def test_names_say_kind_shape_and_problems(view: CanvasView) -> None:
    assert entry(view, "digits_1").text(Text.Name).startswith("Digits, gives B × 1 × 8 × 8")
    edges = entry(view, "conv2d_1")
    assert edges.text(Text.Name).startswith("Edges, Convolution 2-D, gives B × 4 × ")
    assert edges.text(Text.Description).endswith("from digits_1; to flatten_1, add_1")
    add = entry(view, "add_1").text(Text.Name)
    wrong = [p for p in view.document.check.problems if p.node == "add_1"]
    assert wrong
    assert all(f"{p.severity}: {p.message}" in add for p in wrong)
    assert "not installed here" in entry(view, "far_1").text(Text.Name)
    assert "not connected" in entry(view, "far_1").text(Text.Description)


def test_an_entry_is_where_its_node_is(view: CanvasView) -> None:
    item = entry(view, "conv2d_1")
    box = view.mapFromScene(view.canvas.nodes["conv2d_1"].box).boundingRect()
    assert item.rect().topLeft() == view.viewport().mapToGlobal(box.topLeft())
    assert item.rect().size() == box.size()
    middle = item.rect().center()
    assert listed(view).childAt(middle.x(), middle.y()) is item
    assert not item.state().offscreen
    assert entry(view, "far_1").state().offscreen


def test_states_follow_the_selection(view: CanvasView) -> None:
    item = entry(view, "flatten_1")
    assert item.state().selectable
    assert not item.state().selected
    view.select(["flatten_1"])
    assert item.state().selected
    assert item.state().focused
    assert listed(view).focusChild() is item
    view.select(["flatten_1", "add_1"])
    assert item.state().selected
    assert not item.state().focused


def test_pressing_an_entry_selects_its_node(view: CanvasView) -> None:
    actions = entry(view, "add_1").actionInterface()
    assert actions is not None
    assert len(actions.actionNames()) == 2
    actions.doAction(actions.pressAction())
    assert view.selected == ("add_1",)
    view.clearFocus()
    actions = entry(view, "far_1").actionInterface()
    assert actions is not None
    actions.doAction(actions.setFocusAction())
    assert view.selected == ("far_1",)
    assert view.hasFocus()
    assert not entry(view, "far_1").state().offscreen


def test_the_entry_of_a_node_that_is_gone_says_so(view: CanvasView) -> None:
    item = entry(view, "add_1")
    view.document.edit_graph("Delete", view.document.project.graph.remove(["add_1"]))
    assert not item.isValid()
    assert item.state().invalid
    assert item.text(Text.Name) == ""
    assert item.rect().isNull()
    view.document.undo()
    assert item.isValid()
    assert entry(view, "add_1") is item


@pytest.fixture
def told(view: CanvasView) -> Iterator[list[tuple[QAccessible.Event, str]]]:
    """What a reader that listens would hear: kinds of events and the nodes they are of."""
    heard: list[tuple[QAccessible.Event, str]] = []

    def hear(event: QAccessibleEvent) -> None:
        ids = list(view.canvas.graph.nodes)
        heard.append((event.type(), ids[event.child()] if event.child() >= 0 else ""))

    view.announcer.send = hear  # type: ignore[attr-defined]
    before = QAccessible.isActive()
    QAccessible.setActive(True)
    yield heard
    QAccessible.setActive(before)


def test_a_reader_hears_where_the_keyboard_goes(
    view: CanvasView, told: list[tuple[QAccessible.Event, str]]
) -> None:
    view.reveal("digits_1")
    view.actions_by_name["walk_right"].trigger()
    QTest.qWait(0)
    assert told == [
        (Event.SelectionAdd, "digits_1"),
        (Event.Focus, "digits_1"),
        (Event.SelectionRemove, "digits_1"),
        (Event.SelectionAdd, "conv2d_1"),
        (Event.Focus, "conv2d_1"),
    ]


def test_a_reader_hears_of_shapes_that_change_and_nodes_that_come(
    view: CanvasView, told: list[tuple[QAccessible.Event, str]]
) -> None:
    document = view.document
    document.edit_graph("Nothing", document.project.graph.move({"add_1": (600, 40)}))
    told.clear()
    document.edit_graph("Widen", document.project.graph.set_param("conv2d_1", "out_channels", 6))
    assert (Event.NameChanged, "conv2d_1") in told
    assert (Event.NameChanged, "flatten_1") in told
    assert (Event.NameChanged, "digits_1") not in told
    told.clear()
    document.edit_graph("Add", document.project.graph.create("relu")[0])
    assert (Event.ObjectReorder, "") in told


def test_nobody_listening_costs_nothing(
    view: CanvasView, told: list[tuple[QAccessible.Event, str]]
) -> None:
    QAccessible.setActive(False)
    view.select(["add_1"])
    document = view.document
    document.edit_graph("Widen", document.project.graph.set_param("conv2d_1", "out_channels", 7))
    assert told == []


@pytest.mark.slow
def test_a_reader_finds_the_nodes_from_the_window_down(
    open_window: Callable[..., MainWindow],
) -> None:
    window = open_window(project())
    found: dict[str, QAccessible.Role] = {}
    unnamed: list[str] = []

    def visit(item: QAccessibleInterface, depth: int) -> None:
        name = item.text(Text.Name)
        found[name] = item.role()
        if item.role() == QAccessible.Role.Button and not name and not item.state().invisible:
            unnamed.append(str(item.object().parent()))
        for i in range(item.childCount() if depth < 12 else 0):
            child = item.child(i)
            if child is not None and child.isValid():
                visit(child, depth + 1)

    visit(listed(window), 0)
    nodes = [name for name, role in found.items() if role == QAccessible.Role.ListItem]
    assert any(name.startswith("Edges, Convolution 2-D, gives") for name in nodes)
    assert "Canvas" in found
    assert unnamed == []

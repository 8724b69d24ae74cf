"""The key L on the canvas: one step, nothing overlaps, a flight that anything ends."""

from __future__ import annotations

import itertools
import time

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.app.canvas import auto_layout
from netbuilder.app.canvas.ports import end, start
from netbuilder.app.theme import motion
from netbuilder.building import Network
from netbuilder.graph import Graph, Project

GAP = 24


def scattered(project: Project) -> Project:
    """The same network with its nodes thrown about."""
    graph = project.graph
    places = {i: (61.0 * (n * 7 % 11), 47.0 * (n * 5 % 13)) for n, i in enumerate(graph.nodes)}
    return project.with_graph(graph.move(places))


def residual() -> Project:
    """Two residual blocks on digits, the labels led past both."""
    net = Network("residual")
    data = net.digits()
    x = net.conv2d(data.image, out_channels=8, padding="same")
    for _ in range(2):
        inner = net.relu(net.conv2d(x, out_channels=8, padding="same"))
        x = net.add(net.conv2d(inner, out_channels=8, padding="same"), x)
    logits = net.linear(net.flatten(x), out_features=10)
    net.output(logits, name="digit")
    net.cross_entropy(logits, data.label)
    return net.project()


def branches() -> Project:
    """Four branches of different lengths, joined."""
    net = Network("branches")
    data = net.digits()
    x = net.relu(data.image)
    ends = []
    for length in range(1, 5):
        y = x
        for _ in range(length):
            y = net.conv2d(y, out_channels=4, padding="same")
        ends.append(y)
    net.cross_entropy(net.linear(net.flatten(net.concat(*ends)), out_features=10), data.label)
    return net.project()


def near(canvas) -> list[tuple[str, str]]:
    """Pairs of nodes that are nearer to each other than the gap."""
    boxes = {i: item.box.adjusted(0, 0, GAP - 1, GAP - 1) for i, item in canvas.scene.nodes.items()}
    return [(a, b) for a, b in itertools.combinations(boxes, 2) if boxes[a].intersects(boxes[b])]


def covered(canvas) -> list[tuple[str, str]]:
    """Wires that run over nodes which they do not join."""
    found = []
    for edge, wire in canvas.scene.wires.items():
        path = wire.path()
        points = [path.pointAtPercent(i / 200) for i in range(201)]
        around = path.boundingRect()
        for name, item in canvas.scene.nodes.items():
            if not item.box.intersects(around):
                continue
            box = item.box.adjusted(2, 2, -2, -2)
            if name not in (edge.source, edge.target) and any(map(box.contains, points)):
                found.append((edge.source, name))
    return found


def crossed(canvas) -> int:
    """Pairs of wires that cross; those that share a port do not count."""
    paths = {edge: wire.path() for edge, wire in canvas.scene.wires.items()}
    lines = {edge: path.toSubpathPolygons()[0].toList() for edge, path in paths.items()}
    count = 0
    for e, f in itertools.combinations(lines, 2):
        near_each_other = paths[e].boundingRect().intersects(paths[f].boundingRect())
        if start(e) != start(f) and end(e) != end(f) and near_each_other:
            count += _meet(lines[e], lines[f])
    return count


def _meet(one: list[QPointF], other: list[QPointF]) -> bool:
    def side(p: QPointF, q: QPointF, r: QPointF) -> float:
        return (q.x() - p.x()) * (r.y() - p.y()) - (q.y() - p.y()) * (r.x() - p.x())

    for a, b in itertools.pairwise(one):
        for c, d in itertools.pairwise(other):
            if side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0:
                return True
    return False


def press(canvas) -> None:
    QApplication.processEvents()  # a window just shown gets its keys from the next turn on
    canvas.key(Qt.Key.Key_L)


@pytest.fixture
def moving():
    """Movement is shown, as slowly as can be."""
    motion.set_reduced(False)
    yield
    motion.set_reduced(True)


# --- what it comes to ------------------------------------------------------------------------


@pytest.mark.parametrize(("make", "crossings"), [(residual, 4), (branches, 3)])
def test_one_key_lays_out_everything_in_one_step(make_canvas, make, crossings):
    canvas = make_canvas(scattered(make()))
    assert near(canvas)
    with canvas.one_step():
        press(canvas)
    assert near(canvas) == []
    assert covered(canvas) == []
    assert crossed(canvas) <= crossings


def test_laying_out_again_is_no_step(canvas):
    press(canvas)
    with canvas.no_step():
        press(canvas)


def test_only_the_selection_moves_and_it_lands_on_nothing(canvas):
    canvas.scene.select(["conv2d_1", "relu_1", "conv2d_2", "add_1"])
    canvas.view.edit("Mess", canvas.graph.move({"relu_1": (180, 130), "add_1": (400, 40)}))
    before = canvas.graph
    chosen = set(canvas.view.selected)
    with canvas.one_step():
        press(canvas)
    moved = {i for i in before.nodes if before[i] is not canvas.graph[i]}
    assert moved <= chosen
    assert "relu_1" in moved
    assert not [pair for pair in near(canvas) if chosen & set(pair)]
    assert canvas.view.selected == tuple(i for i in before.nodes if i in chosen)


def test_one_selected_node_is_no_selection_to_lay_out(canvas):
    canvas.view.edit("Mess", canvas.graph.move({"add_1": (-500, 800), "linear_1": (0, 900)}))
    canvas.scene.select(["relu_1"])
    with canvas.one_step():
        press(canvas)
    assert near(canvas) == []


def test_room_is_kept_for_pictures_that_a_run_will_show(canvas):
    press(canvas)
    counts = ("hist", [1, 2, 3])
    canvas.scene.set_views({i: counts for i in ("conv2d_1", "relu_1", "linear_1", "add_1")})
    assert near(canvas) == []
    with canvas.no_step():
        press(canvas)


def test_inside_a_block_inputs_come_first_and_outputs_last(make_canvas):
    net = Network("outer")
    with net.block("body") as b:
        b.output(b.relu(b.input(name="x")), name="y")
    net.output(net.body(net.digits().image))
    canvas = make_canvas(net.project())
    canvas.view.enter_place(("body",))
    graph = canvas.graph
    canvas.view.edit("Mess", graph.move({i: (0, 90 * n) for n, i in enumerate(graph.nodes)}))
    canvas.view.setFocus()
    with canvas.one_step():
        press(canvas)
    x = {i: canvas.graph[i].position[0] for i in ("input_1", "relu_1", "output_1")}
    assert x["input_1"] < x["relu_1"] < x["output_1"]


def test_an_empty_canvas_stays_one(make_canvas):
    canvas = make_canvas(Project())
    with canvas.no_step():
        press(canvas)


# --- the flight --------------------------------------------------------------------------------


def _on_its_way(canvas) -> bool:
    nodes = canvas.scene.nodes.values()
    return any((item.x(), item.y()) != item.node.position for item in nodes)


def test_nodes_fly_and_arrive(make_canvas, moving, monkeypatch, qtbot):
    monkeypatch.setattr(auto_layout, "FLIGHT_MS", 1_500)  # seen on a busy machine, too
    canvas = make_canvas(scattered(residual()))
    motion.set_reduced(False)
    press(canvas)
    assert canvas.view.auto_layout.busy
    qtbot.waitUntil(lambda: _on_its_way(canvas), timeout=30_000)
    qtbot.waitUntil(lambda: not canvas.view.auto_layout.busy, timeout=30_000)
    canvas.check_picture()
    assert canvas.document.stack.count() == 1


@pytest.mark.parametrize("how", ["press", "key", "edit", "undo", "leave"])
def test_whatever_the_person_does_ends_the_flight(make_canvas, moving, monkeypatch, qtbot, how):
    monkeypatch.setattr(auto_layout, "FLIGHT_MS", 60_000)
    canvas = make_canvas(scattered(residual()))
    motion.set_reduced(False)
    before = canvas.graph
    press(canvas)
    qtbot.waitUntil(lambda: _on_its_way(canvas))
    after = canvas.graph
    if how == "press":
        canvas.press(canvas.pixel(*after["add_1"].position))
    elif how == "key":
        QTest.keyPress(canvas.view, Qt.Key.Key_Shift)
    elif how == "edit":
        canvas.view.edit("Delete", after.remove(["relu_1"]))
        after = canvas.graph
    elif how == "undo":
        canvas.document.undo()
        after = before
    else:
        canvas.document.new(Project())
        after = Graph()
    assert not canvas.view.auto_layout.busy
    assert canvas.graph == after
    canvas.check_picture()


def test_reduced_motion_has_no_flight(make_canvas):
    canvas = make_canvas(scattered(residual()))
    press(canvas)
    assert not canvas.view.auto_layout.busy


# --- in the background ---------------------------------------------------------------------------


@pytest.fixture
def behind(monkeypatch):
    """Everything is laid out in the background."""
    monkeypatch.setattr(auto_layout, "WORKER_ABOVE", 2)


def test_much_is_laid_out_in_the_background(make_canvas, behind, qtbot):
    canvas = make_canvas(scattered(residual()))
    before = canvas.graph
    press(canvas)
    assert canvas.graph is before
    qtbot.waitUntil(lambda: not canvas.view.auto_layout.busy)
    assert near(canvas) == []
    assert canvas.document.stack.count() == 1
    canvas.check_picture()


def test_an_edit_meanwhile_is_not_lost(make_canvas, behind, monkeypatch, qtbot):
    slow = auto_layout.tidied
    monkeypatch.setattr(auto_layout, "tidied", lambda *a: (time.sleep(0.05), slow(*a))[1])
    canvas = make_canvas(scattered(residual()))
    press(canvas)
    canvas.view.edit("Delete", canvas.graph.remove(["output_1"]))
    qtbot.waitUntil(lambda: not canvas.view.auto_layout.busy)
    assert "output_1" not in canvas.graph
    assert near(canvas) == []
    assert canvas.document.stack.count() == 2


def test_another_project_meanwhile_is_left_alone(make_canvas, behind, monkeypatch, qtbot):
    slow = auto_layout.tidied
    monkeypatch.setattr(auto_layout, "tidied", lambda *a: (time.sleep(0.05), slow(*a))[1])
    canvas = make_canvas(scattered(residual()))
    press(canvas)
    other = scattered(branches())
    canvas.document.new(other)
    qtbot.waitUntil(lambda: not canvas.view.auto_layout.busy)
    assert canvas.document.project is other

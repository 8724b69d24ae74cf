"""What usually comes next, and how the search and the palette show it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from netbuilder.app.canvas.catalogue import entries, search, suggestions, usually_next
from netbuilder.app.canvas.fits import Fitting
from netbuilder.app.canvas.likely import likelihoods
from netbuilder.app.canvas.ports import PortRef
from netbuilder.building import Network
from netbuilder.compiler import check
from netbuilder.graph import Edge, Project
from netbuilder.layers import REGISTRY
from netbuilder.layers.following import FOLLOWING


def fitting(project: Project) -> Fitting:
    return Fitting(project, (), check(project))


def kinds(project: Project, node: str) -> list[str]:
    return [found.entry.kind for found in usually_next(fitting(project), node)]


def begun() -> Network:
    net = Network("begun")
    data = net.digits(id="data")
    x = net.conv2d(data.image, out_channels=8, id="conv")
    x = net.batch_norm(x, id="norm")
    x = net.flatten(net.max_pool2d(net.relu(x, id="act"), id="pool"), id="flat")
    net.linear(net.relu(net.linear(x, out_features=32, id="hidden")), out_features=10, id="scores")
    return net


def test_the_table_is_what_the_networks_say() -> None:
    """`python examples/count_following.py` would write the same."""
    here = Path(__file__).parents[3]
    script = runpy.run_path(str(here / "examples" / "count_following.py"))
    counted = script["shares"](script["networks"]())
    assert counted == {first: dict(then) for first, then in FOLLOWING.items()}


def test_the_table_names_kinds_that_exist_and_shares_of_a_hundred() -> None:
    for first, then in FOLLOWING.items():
        assert {first, *then} <= set(REGISTRY)
        assert sum(then.values()) <= 101 + len(then) // 2
        assert list(then.values()) == sorted(then.values(), reverse=True)


@pytest.mark.parametrize(
    ("node", "first", "among"),
    [
        ("conv", "relu", {"batch_norm"}),
        ("norm", "relu", {"add"}),
        ("act", "conv2d", {"max_pool2d"}),
        ("pool", "conv2d", {"flatten"}),
        ("flat", "linear", set()),
        ("hidden", "relu", {"tanh"}),
        ("scores", "cross_entropy", {"output", "accuracy"}),
        ("data", "flatten", {"conv2d"}),
    ],
)
def test_what_usually_follows_comes_first(node: str, first: str, among: set[str]) -> None:
    net = Network("alone")
    data = net.digits(id="data")
    x = data.image
    # Only the node itself and what it needs, so that the project's own habits say nothing.
    made = {
        "conv": lambda: net.conv2d(x, out_channels=8, id="conv"),
        "norm": lambda: net.batch_norm(x, id="norm"),
        "act": lambda: net.relu(x, id="act"),
        "pool": lambda: net.max_pool2d(x, id="pool"),
        "flat": lambda: net.flatten(x, id="flat"),
        "hidden": lambda: net.linear(net.flatten(x), out_features=32, id="hidden"),
        "scores": lambda: net.linear(net.flatten(x), out_features=10, id="scores"),
        "data": lambda: None,
    }
    made[node]()
    found = kinds(net.project(), node)
    assert found[0] == first, found
    assert among <= set(found)


def test_a_number_to_predict_ends_in_another_loss() -> None:
    net = Network("numbers")
    data = net.diabetes()
    net.linear(data.features, out_features=1, id="last")
    assert kinds(net.project(), "last")[0] == "mse"


def test_what_is_judged_already_is_not_to_be_judged_again() -> None:
    net = Network("judged")
    data = net.digits()
    x = net.linear(net.flatten(data.image), out_features=10, id="scores")
    net.cross_entropy(x, data.label)
    found = kinds(net.project(), "scores")
    assert "cross_entropy" not in found[:2]
    assert found[0] == "output"


def test_the_habits_of_the_project_weigh_more_the_more_there_are() -> None:
    net = Network("habits")
    x = net.digits().image
    for _ in range(8):
        x = net.gelu(net.conv2d(x, out_channels=4))
    net.conv2d(x, out_channels=4, id="last")
    assert kinds(net.project(), "last")[0] == "gelu"


def test_against_the_flow_what_usually_stands_before_comes_first() -> None:
    project = begun().project()
    graph, node = project.graph.create("cross_entropy")
    project = project.with_graph(graph, ())
    found = suggestions(fitting(project), PortRef(node.id, "logits", False))
    assert found[0].entry.kind == "linear"


def test_a_kind_without_counts_takes_those_of_its_family() -> None:
    net = Network("family")
    data = net.digits()
    net.sigmoid(data.image, id="odd")
    likely = likelihoods(fitting(net.project()), PortRef("odd", "y", True))
    assert likely


def test_a_wire_dropped_on_nothing_lists_the_likely_first(canvas):
    canvas.drag(canvas.port("conv2d_2", "y", True), canvas.pixel(600, 420))
    popup = canvas.view.search
    order = [found.entry.kind for found in popup.found]
    assert set(order[:3]) >= {"batch_norm", "relu"}
    assert popup.chosen == popup.found[0]


def test_tab_with_a_node_selected_begins_with_what_usually_follows(canvas):
    canvas.view.select(["conv2d_2"])
    canvas.key(Qt.Key.Key_Tab)
    popup = canvas.view.search
    rows = [popup.model.item(i).text() for i in range(popup.model.rowCount())]
    assert rows[0] == "Usually next"
    assert "All layers" in rows
    assert {"Batch norm", "ReLU"} <= set(rows[1 : rows.index("All layers")])
    assert len(rows) == len(set(rows))
    first = popup.chosen.entry.kind
    with canvas.one_step():
        canvas.key(Qt.Key.Key_Return)
    (edge,) = [e for e in canvas.graph.outgoing["conv2d_2"] if e.target != "add_1"]
    assert canvas.graph[edge.target].kind == first
    assert edge == Edge("conv2d_2", "y", edge.target, edge.target_port)


def test_without_a_selection_the_list_is_the_plain_one(canvas):
    canvas.key(Qt.Key.Key_Tab)
    popup = canvas.view.search
    assert popup.model.item(0).text() != "Usually next"


def test_of_equal_answers_the_likely_one_goes_first(canvas):
    canvas.view.select(["conv2d_2"])
    canvas.key(Qt.Key.Key_Tab)
    canvas.type("re")
    assert canvas.view.search.chosen.entry.kind == "relu"


@pytest.mark.parametrize(("query", "kind"), [("maxpool", "max_pool2d"), ("avgpool", "avg_pool2d")])
def test_of_kinds_that_answer_alike_the_common_one_is_meant(query: str, kind: str) -> None:
    assert search(entries(Project(), ()), query)[0].entry.kind == kind


def test_behind_scores_that_are_judged_the_metrics_that_suit_come_first() -> None:
    net = Network("judged")
    data = net.digits()
    x = net.linear(net.flatten(data.image), out_features=10, id="scores")
    net.cross_entropy(x, data.label)
    net.output(x)
    found = kinds(net.project(), "scores")
    assert found[:3] == ["accuracy", "f1", "top_k_accuracy"]
    net.accuracy(x, data.label)
    assert kinds(net.project(), "scores")[0] == "f1"


def test_numbers_have_other_metrics() -> None:
    net = Network("numbers")
    data = net.diabetes()
    x = net.linear(data.features, out_features=1, id="last")
    net.mse(x, data.target)
    net.output(x)
    assert kinds(net.project(), "last")[:3] == ["mae", "rmse", "r2"]

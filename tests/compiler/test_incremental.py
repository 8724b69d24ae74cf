"""After an edit only what really changed is computed again (calls are counted, not time)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from netbuilder.building import Network
from netbuilder.compiler import check, generate, rule
from netbuilder.graph import Project
from netbuilder.layers import Layer

NODES = 200


def chain() -> Project:
    """Two hundred nodes in a row, each of another size than its neighbours."""
    net = Network("long")
    data = net.iris()
    x = data.features
    for i in range(NODES // 2):
        x = net.relu(net.linear(x, out_features=10 + i, id=f"linear_{i}"), id=f"relu_{i}")
    logits = net.linear(x, out_features=3, id="head")
    net.output(logits)
    net.cross_entropy(logits, data.label)
    return net.project()


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the rules of each kind were asked."""
    monkeypatch.setattr(rule, "_memo", {})
    counted: Counter[str] = Counter()
    plain = rule._infer

    def asked(layer: Layer, inputs: Any) -> Any:
        counted[layer.kind] += 1
        return plain(layer, inputs)

    monkeypatch.setattr(rule, "_infer", asked)
    return counted


def test_the_first_check_asks_each_rule_once(calls: Counter[str]) -> None:
    check(chain())
    assert calls["linear"] == NODES // 2 + 1
    assert calls["relu"] == NODES // 2


def test_moving_asks_none(calls: Counter[str]) -> None:
    project = chain()
    before = check(project)
    calls.clear()
    moved = replace(project, graph=project.graph.move({"linear_3": (1.0, 2.0)}))
    after = check(moved)
    assert set(calls) <= {"iris"}  # a file may change under a data set, so it is asked anew
    assert after.nodes == before.nodes
    assert all(
        after.nodes[path] is before.nodes[path] for path in after.nodes if path != ("iris_1",)
    )


def test_a_parameter_asks_what_it_changes(calls: Counter[str]) -> None:
    project = chain()
    check(project)
    calls.clear()
    check(replace(project, graph=project.graph.set_param("linear_50", "out_features", 999)))
    calls.pop("iris", None)
    assert calls == {"linear": 2, "relu": 1}  # the layer, its activation, the layer behind


def test_undoing_asks_none(calls: Counter[str]) -> None:
    project = chain()
    check(project)
    edited = replace(project, graph=project.graph.set_param("linear_50", "out_features", 999))
    check(edited)
    calls.clear()
    check(chain())
    assert set(calls) <= {"iris"}


def test_one_value_is_checked_and_generated_once() -> None:
    project = chain()
    assert check(project) is check(project)
    assert generate(project) is generate(project)


def test_named_axes_are_not_mixed_up_with_plain_ones() -> None:
    """A vector of 83 numbers and one whose width is the batch's example size."""
    net = Network("axes")
    data = net.iris()
    x = net.linear(data.features, out_features=83)
    net.output(net.softmax(x))
    info = check(net.project()).nodes
    assert info["softmax_1",].outputs["y"].text() == "B × 83"


def test_what_is_only_drawn_otherwise_is_not_checked_again() -> None:
    project = chain()
    first = check(project)
    moved = project.with_graph(project.graph.move({"head": (7.0, 8.0)}), ())
    assert check(moved, like=project) is first
    wider = project.with_graph(project.graph.set_param("linear_3", "out_features", 99), ())
    assert check(wider, like=project) is not first
    assert check(wider, like=project) == check(replace(wider))
    alone = project.with_graph(project.graph.with_edges(project.graph.edges[:-1]), ())
    assert check(alone, like=project).problems != first.problems

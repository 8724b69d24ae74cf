"""In what two projects differ, as a person is told."""

from __future__ import annotations

from dataclasses import replace

from netbuilder.graph import Edge, Graph, Node, Optimiser, Project
from netbuilder.graph.comparison import compare, settings_by_name, text, united
from netbuilder.graph.project import Block


def project() -> Project:
    nodes = (
        Node("data", "xor", {"points": 100}),
        Node("hidden", "linear", {"out_features": 8}),
        Node("act", "tanh", position=(300, 0)),
    )
    edges = (Edge("data", "point", "hidden", "x"), Edge("hidden", "y", "act", "x"))
    return Project("p", Graph({n.id: n for n in nodes}, edges))


def test_nothing_differs_where_only_the_drawing_does() -> None:
    before = project()
    moved = before.with_graph(before.graph.move({"act": (9.0, 9.0)}))
    assert compare(before, before).same
    assert compare(before, moved).same


def test_parameters_nodes_and_wires() -> None:
    before = project()
    graph = before.graph.put(before.graph["hidden"].with_params(out_features=16))
    graph = graph.remove(["act"]).add(Node("relu", "relu"))
    graph = replace(graph, edges=(*graph.edges, Edge("hidden", "y", "relu", "x")))
    found = compare(before, before.with_graph(graph))
    assert dict(found.marks()) == {"hidden": "changed", "act": "removed", "relu": "added"}
    assert found.rows() == [
        ("hidden", "out_features", "8", "16"),
        ("act", "node removed", "tanh", "–"),
        ("relu", "node added", "–", "relu"),
        ("graph", "wire removed", "hidden.y → act.x", "–"),
        ("graph", "wire added", "–", "hidden.y → relu.x"),
    ]
    both = united(before.graph, graph)
    assert set(both.nodes) == {"data", "hidden", "act", "relu"}
    assert len(both.edges) == 3
    assert both["act"].position == (300, 0)


def test_training_settings_by_their_full_name() -> None:
    before = project()
    optimiser = Optimiser(settings={"lr": 0.01, "weight_decay": 0.1})
    training = replace(before.training, epochs=20, optimisers=(optimiser,))
    found = compare(before, replace(before, training=training))
    assert [row[1:] for row in found.rows()] == [
        ("epochs", "10", "20"),
        ("main.lr", "0.001", "0.01"),
        ("main.weight_decay", "–", "0.1"),
    ]
    assert settings_by_name(training)["main.algorithm"] == "adam"


def test_what_lies_in_a_block_has_its_place() -> None:
    before = replace(project(), blocks={"B": Block("B", Graph({"a": Node("a", "relu")}))})
    changed = Block("B", Graph({"a": Node("a", "tanh")}))
    (change,) = compare(before, replace(before, blocks={"B": changed})).nodes
    assert (change.place, change.id, change.what) == (("B",), "a", "changed")
    gone = compare(before, replace(before, blocks={}))
    assert gone.rows() == [("B / a", "node removed", "relu", "–")]


def test_values_are_read() -> None:
    assert [text(v) for v in (None, True, 0.5, (3, 3), "")] == ["–", "yes", "0.5", "3, 3", "none"]

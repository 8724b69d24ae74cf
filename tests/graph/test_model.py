"""Edits of a graph are pure, keep what they do not touch, and refuse with a sentence."""

from __future__ import annotations

import pickle
from itertools import pairwise

import pytest

from netbuilder.graph import Edge, Graph, GraphError, Node
from netbuilder.graph.names import RESERVED, block_refusal, param_refusal, refusal
from netbuilder.graph.order import ancestors, cycle, descendants, path, ranks, topological


def chain(*ids: str) -> Graph:
    graph = Graph().add(*(Node(node_id, "relu") for node_id in ids))
    return graph.connect(*(Edge(a, "y", b, "x") for a, b in pairwise(ids)))


def test_an_edit_keeps_the_graph_before_and_the_other_nodes() -> None:
    before = chain("a", "b", "c")
    after = before.set_param("b", "slope", 0.1).move({"a": (3, 4)})
    assert before["b"].params == {}
    assert after["b"].params == {"slope": 0.1}
    assert after["a"].position == (3.0, 4.0)
    assert after["c"] is before["c"]
    assert after.reset_param("b", "slope")["b"] == before["b"]


def test_ids_are_readable_free_and_fit_for_code() -> None:
    graph = Graph()
    for kind, expected in [
        ("conv2d", "conv2d_1"),
        ("conv2d", "conv2d_2"),
        ("block:Residual Block", "residual_block_1"),
        ("3d!", "n_3d_1"),
        ("", "n_1"),
        ("größe", "gr_e_1"),
        ("objective", "n_objective_1"),
        ("x" * 300, "x" * 60 + "_1"),
    ]:
        graph, node = graph.create(kind)
        assert node.id == expected
        assert refusal(node.id) is None


def test_names_that_would_break_the_code_are_refused() -> None:
    graph = chain("a", "b")
    for bad in ["", "A", "1a", "a b", "a.b", "a\n", "_modules", "ä", "a" * 101, "x);import os"]:
        with pytest.raises(GraphError, match="cannot name a node"):
            graph.rename("a", bad)
    for bad in ["class", "forward", "train", "objective_main", "self"]:
        with pytest.raises(GraphError, match="uses that word"):
            graph.add(Node(bad, "relu"))
    with pytest.raises(GraphError, match="already a node called b"):
        graph.rename("a", "b")
    with pytest.raises(GraphError, match="no node called z"):
        graph.rename("z", "y")
    assert block_refusal("Residual block-2") is None
    assert param_refusal("width") is None
    for bad in ["", " a", "a ", "1a", "a\nb", "a:", "a'", "_a", "a" * 101]:
        assert block_refusal(bad) is not None
    for bad in ["", "Width", "lambda", "a b", "a=1"]:
        assert param_refusal(bad) is not None


def test_no_attribute_of_a_module_can_be_taken() -> None:
    nn = pytest.importorskip("torch.nn")
    public = {name for name in dir(nn.Module) if name.islower() and not name.startswith("_")}
    assert public | {"training"} <= RESERVED


def test_wires_are_refused_where_they_cannot_be() -> None:
    graph = chain("a", "b", "c")
    with pytest.raises(GraphError, match="close a loop: a → b → c → a"):
        graph.connect(Edge("c", "y", "a", "x"))
    with pytest.raises(GraphError, match="close a loop: a → a"):
        graph.connect(Edge("a", "y", "a", "x"))
    with pytest.raises(GraphError, match="no node called z"):
        graph.connect(Edge("z", "y", "a", "x"))
    assert graph.connect(Edge("a", "y", "b", "x")) == graph


def test_a_wire_replaces_what_ended_at_its_port() -> None:
    graph = chain("a", "b", "c").connect(Edge("a", "y", "c", "x"), replace_port=True)
    assert graph.edges == (Edge("a", "y", "b", "x"), Edge("a", "y", "c", "x"))
    turned = chain("a", "b")
    assert turned.connect(Edge("a", "h", "b", "x"), replace_port=True).edges == (
        Edge("a", "h", "b", "x"),
    )


def test_removing_takes_wires_along_and_keeps_others_sharing() -> None:
    graph = chain("a", "b", "c").add(
        Node("d", "relu", share="b"), Node("e", "relu", share="b"), Node("f", "relu", share="b")
    )
    left = graph.remove(["b"])
    assert left.edges == ()
    assert [left[i].share for i in "def"] == [None, "d", "d"]
    assert graph.remove(edges=[Edge("a", "y", "b", "x")]).edges == (Edge("b", "y", "c", "x"),)


def test_renaming_follows_wires_and_sharing_and_keeps_the_order() -> None:
    graph = chain("a", "b", "c").add(Node("d", "relu", share="b"))
    renamed = graph.rename("b", "middle")
    assert list(renamed.nodes) == ["a", "middle", "c", "d"]
    assert renamed.edges == (Edge("a", "y", "middle", "x"), Edge("middle", "y", "c", "x"))
    assert renamed["d"].share == "middle"
    assert renamed.rename("middle", "b") == graph


def test_copies_get_free_names_and_keep_their_inner_wires() -> None:
    graph = chain("conv2d_1", "conv2d_2", "relu_1").add(Node("twin_1", "conv2d", share="conv2d_1"))
    copied = graph.part(["conv2d_1", "conv2d_2", "twin_1"])
    pasted, names = graph.merge(copied, offset=(10, 20))
    assert names == {"conv2d_1": "conv2d_3", "conv2d_2": "conv2d_4", "twin_1": "twin_2"}
    assert pasted.edges[-1] == Edge("conv2d_3", "y", "conv2d_4", "x")
    assert pasted["twin_2"].share == "conv2d_3"
    assert pasted["conv2d_3"].position == (10, 20)
    alone, names = graph.merge(graph.part(["twin_1"]))
    assert alone["twin_2"].share == "conv2d_1"
    elsewhere, names = Graph().merge(graph.part(["twin_1"]))
    assert elsewhere["twin_1"].share is None


def test_questions_of_order() -> None:
    graph = chain("c", "b", "a").add(Node("z", "relu"))
    assert topological(graph) == ["c", "b", "a", "z"]
    assert ancestors(graph, ["b"]) == {"b", "c"}
    assert descendants(graph, ["b", "none"]) == {"b", "a"}
    assert path(graph, "c", "a") == ["c", "b", "a"]
    assert path(graph, "a", "c") == path(graph, "a", "none") == []
    assert ranks(graph) == {"c": 0, "b": 1, "a": 2, "z": 0}
    assert cycle(graph) == []
    looped = Graph(graph.nodes, (*graph.edges, Edge("a", "y", "c", "x")))
    assert set(cycle(looped)) == {"a", "b", "c"}


def test_values_travel_to_another_process() -> None:
    graph = chain("a", "b").set_param("a", "sizes", (1, (2, 3)))
    assert pickle.loads(pickle.dumps(graph)) == graph
    assert hash(graph["a"]) == hash(pickle.loads(pickle.dumps(graph["a"])))

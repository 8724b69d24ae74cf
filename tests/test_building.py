"""Graphs in a few lines of Python."""

from __future__ import annotations

from itertools import combinations

import pytest

from netbuilder.building import Network, arranged
from netbuilder.compiler import check, generate
from netbuilder.graph import Edge, GraphError
from netbuilder.layers import REGISTRY


def test_the_example_of_the_module() -> None:
    net = Network("spirals_mlp")
    data = net.spirals()
    x = net.relu(net.linear(data.point, out_features=32))
    logits = net.linear(x, out_features=2)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    project = net.project(epochs=20, notes="Two spirals.")
    assert check(project).problems == ()
    assert (project.name, project.notes) == ("spirals_mlp", "Two spirals.")
    assert project.training.epochs == 20
    assert list(project.graph.nodes) == [
        "spirals_1", "linear_1", "relu_1", "linear_2", "output_1", "cross_entropy_1",
    ]  # fmt: skip
    assert project.graph.edges[0] == Edge("spirals_1", "point", "linear_1", "x")
    assert project.graph["linear_1"].params == {"out_features": 32}


def test_every_kind_is_a_method() -> None:
    for kind in REGISTRY:
        net = Network()
        out = getattr(net, kind)()
        assert [node.kind for node in net.graph] == [kind]
        assert out.node == next(iter(net.graph.nodes))
    with pytest.raises(AttributeError, match="no kind of node called warp"):
        _ = Network().warp


def test_ports_by_name() -> None:
    net = Network()
    data = net.digits()
    assert (data.port, data.label.port, data.label.node) == ("image", "label", "digits_1")
    rows = net.reshape(data.image, sizes=(8, 8))
    net.linear(net.lstm(rows).last)
    assert Edge("lstm_1", "last", "linear_1", "x") in net.graph.edges
    with pytest.raises(AttributeError, match="has no output colour; it has image, label"):
        _ = data.colour


def test_too_many_inputs_are_refused() -> None:
    net = Network()
    data = net.digits()
    before = net.graph
    with pytest.raises(GraphError, match="relu has 1 inputs, not 2"):
        net.relu(data.image, data.image)
    assert net.graph is before
    many = net.add(data.image, data.image, data.image)
    assert [e.target_port for e in net.graph.incoming[many.node]] == ["x"]  # one wire, drawn once
    with pytest.raises(GraphError, match="already a node called relu_1"):
        net.relu(net.relu(data.image), id="relu_1")


def test_blocks_with_parameters_and_repetition() -> None:
    net = Network("blocks")
    with net.block("body", width=8) as b:
        x = b.input(name="x")
        b.output(b.relu(b.linear(x, out_features="=width")), name="y")
    with net.block("twice", width=4) as b:
        b.output(b.body(b.input(name="x"), width="=width * 2", repeat=2), name="out")
    data = net.iris()
    x = net.twice(data.features, width=5)
    logits = net.linear(x, out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    project = net.project()
    assert x.ports == ("out",)
    assert set(project.blocks) == {"body", "twice"}
    assert [p.name for p in project.blocks["body"].params] == ["width"]
    assert check(project).problems == ()
    assert check(project).nodes["twice_1", "body_1[1]", "linear_1"].output.shape[1] == 10
    assert "class Twice(nn.Module)" in generate(project).text


def test_shared_weights_and_ids() -> None:
    net = Network()
    data = net.iris()
    net.linear(data.features, id="first")
    net.linear(data.features, id="second", share="first")
    assert net.graph["second"].share == "first"


def test_nothing_lies_on_top_of_anything_else() -> None:
    net = Network()
    data = net.digits()
    x = data.image
    for _ in range(3):
        x = net.add(net.conv2d(x, out_channels=1), x)
    net.output(x)
    net.mse(x, data.image)
    graph = arranged(net.graph)
    places = [node.position for node in graph]
    assert (min(x for x, _ in places), min(y for _, y in places)) == (0, 0)
    for (x1, y1), (x2, y2) in combinations(places, 2):
        assert abs(x1 - x2) >= 100 or abs(y1 - y2) >= 80


def test_an_input_is_wired_by_its_name() -> None:
    net = Network("named")
    data = net.random_tokens(vocabulary=9, length=5)
    x = net.embedding(data.tokens, embedding_dim=8)
    y = net.multihead_attention(x, mask=net.padding_mask(data.tokens), num_heads=2, id="attend")
    assert net.graph["attend"].params == {"num_heads": 2}
    assert [(e.source, e.target_port) for e in net.graph.incoming["attend"]] == [
        ("embedding_1", "query"), ("padding_mask_1", "mask"),
    ]  # fmt: skip
    with pytest.raises(GraphError, match="linear has no input mask"):
        net.linear(y, mask=y)

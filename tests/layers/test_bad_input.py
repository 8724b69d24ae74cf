"""Bad input to every kind there is: one sentence on the node, and no exception."""

from __future__ import annotations

from typing import Any

import pytest

from netbuilder.building import Network
from netbuilder.compiler import Check, check
from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.layers import REGISTRY, Param

KINDS = sorted(REGISTRY)
COUNTED = ("int", "float", "ints")


def outside(p: Param) -> list[Any]:
    """Values just outside what a parameter takes."""
    found: list[Any] = []
    if p.type in COUNTED:
        found += [p.min - 1] if p.min is not None else []
        found += [p.max + 1] if p.max is not None else []
        found += [float("nan"), "many"]
    if p.type == "ints" and p.min is not None:
        found += [(1, p.min - 1), (1,) * ((p.length or 20) + 1)]
    if p.type == "choice":
        found.append("nonsense")
    if p.type == "bool":
        found.append("yes")
    return found


def on_nodes(found: Check) -> dict[str, list[str]]:
    """What is said on each node; every sentence is one that a person could read."""
    said: dict[str, list[str]] = {}
    for problem in found.problems:
        text = problem.message
        assert text.endswith((".", "?")), text
        assert "\n" not in text, text
        assert len(text) < 320, text
        assert not any(odd in text for odd in ("Traceback", "Error:", "<class", "object at")), text
        if problem.node is not None:
            said.setdefault(problem.node, []).append(text)
    return said


@pytest.mark.parametrize("kind", KINDS)
def test_each_parameter_just_outside_its_range(kind: str) -> None:
    wrong = [(p.name, value) for p in REGISTRY[kind].params() for value in outside(p)]
    nodes = {f"n{i}": Node(f"n{i}", kind, {name: v}) for i, (name, v) in enumerate(wrong)}
    said = on_nodes(check(Project("outside", Graph(nodes))))
    for i, (name, value) in enumerate(wrong):
        assert said.get(f"n{i}"), (name, value)


@pytest.mark.parametrize("kind", [k for k in KINDS if REGISTRY[k].role in ("layer", "loss")])
def test_an_expression_that_divides_by_zero(kind: str) -> None:
    """Within a block, in each parameter that may hold an expression."""
    net = Network("zero")
    names = [p.name for p in REGISTRY[kind].params() if p.type in ("int", "float")]
    with net.block("wrong", width=4) as b:
        x = b.input(name="x")
        for name in names:
            placed = b.place(kind, **{name: "=width / 0"})
            for port in REGISTRY[kind]().input_ports():
                if not port.optional:
                    b.graph = b.graph.connect(Edge(x.node, "y", placed.node, port.name))
        b.output(b.linear(x), name="y")
    net.output(net.wrong(net.iris().features), name="y")
    found = check(net.project())
    on_nodes(found)
    told = {p.param for p in found.problems if "zero" in p.message}
    assert told >= set(names), found.problems


def _classifier() -> tuple[Network, Any]:
    net = Network("wrong")
    return net, net.random_tokens(vocabulary=5, length=4, classes=4)


def test_heads_that_do_not_divide() -> None:
    net, data = _classifier()
    x = net.embedding(data.tokens, embedding_dim=6)
    headed = [
        (kind, p.name) for kind in KINDS for p in REGISTRY[kind].params() if p.name == "num_heads"
    ]
    assert headed
    bad = [net.place(kind, x, **{name: heads}).node for kind, name in headed for heads in (4, 5)]
    said = on_nodes(check(net.project()))
    assert all(said.get(node) for node in bad), said


def test_a_mask_of_the_wrong_size() -> None:
    """Six rows of a mask where four tokens arrive, and one mask of numbers."""
    masked = [
        kind
        for kind in KINDS
        if any(port.name == "mask" for port in REGISTRY[kind]().input_ports())
    ]
    assert masked
    net, data = _classifier()
    x = net.embedding(data.tokens, embedding_dim=8)
    other = net.random_tokens(vocabulary=5, length=6, classes=4)
    for kind in masked:
        first = REGISTRY[kind]().input_ports()[0].name
        for n, mask in enumerate((other.tokens, x)):
            node = Node(f"{kind}_{n}", kind)
            net.graph = net.graph.add(node)
            net.graph = net.graph.connect(Edge(x.node, x.port, node.id, first))
            net.graph = net.graph.connect(Edge(mask.node, mask.port, node.id, "mask"))
    said = on_nodes(check(net.project()))
    for kind in masked:
        assert said.get(f"{kind}_0"), kind
        assert said.get(f"{kind}_1"), kind


@pytest.mark.slow
def test_shapes_that_cannot_fit() -> None:
    """A table of five axes, labels and tokens into every kind: sentences only."""
    net, data = _classifier()
    deep = net.reshape(net.embedding(data.tokens, embedding_dim=8), sizes=(1, 2, 2, 2, 4))
    nodes: list[Node] = []
    edges: list[Edge] = []
    for kind in KINDS:
        for n, value in enumerate((data.tokens, data.label, deep)):
            node = Node(f"{kind}_bad_{n}", kind)
            nodes.append(node)
            for port in REGISTRY[kind]().input_ports():
                if not port.optional:
                    edges.append(Edge(value.node, value.port or "y", node.id, port.name))
    net.graph = net.graph.add(*nodes).connect(*edges)
    said = on_nodes(check(net.project()))
    assert said["conv2d_bad_2"]
    assert said["cross_entropy_bad_2"]

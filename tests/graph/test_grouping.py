"""Grouping and taking apart are opposites, whatever was grouped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.graph import (
    Block,
    BlockParam,
    Edge,
    Frame,
    Graph,
    GraphError,
    Node,
    Optimiser,
    Project,
    Training,
)
from netbuilder.graph.file import Loaded, dumps, loads
from netbuilder.graph.grouping import OpenEnds, grouped
from netbuilder.graph.order import ancestors, descendants
from netbuilder.graph.ungrouping import ungrouped

QUICK = settings(max_examples=120, deadline=None, derandomize=True)
coordinates = st.floats(-1e6, 1e6)
points = st.tuples(coordinates, coordinates)


def chain() -> Graph:
    graph = Graph().add(
        *(Node(i, "relu", position=(172.0 * n, 8.0 * n)) for n, i in enumerate("abcdef"))
    )
    edges = [Edge(a, "y", b, "x") for a, b in zip("abcde", "bcdef", strict=True)]
    return graph.connect(*edges, Edge("b", "y", "e", "x"))


@st.composite
def drawn(draw: st.DrawFn) -> tuple[Graph, list[str]]:
    """A graph without loops, and some of its nodes with nothing of the others between them."""
    ids = [f"n{i}" for i in range(draw(st.integers(1, 8)))]
    nodes = [
        Node(
            node_id,
            draw(st.sampled_from(["linear", "add", "lstm"])),
            {"size": draw(st.sampled_from([3, 1.5, "=width", "=2*3", "=width*2 + other", True]))},
            draw(points),
            draw(st.sampled_from(["", "Title"])),
            muted=draw(st.booleans()),
            collapsed=draw(st.booleans()),
        )
        for node_id in ids
    ]
    order = draw(st.permutations(range(len(ids))))
    pairs = [(a, b) for a in range(len(ids)) for b in range(a + 1, len(ids))]
    edges: list[Edge] = []
    if pairs:
        port = st.sampled_from(["x", "logits"])
        ends = draw(st.lists(st.tuples(st.sampled_from(pairs), st.sampled_from("yh"), port)))
        edges = list(dict.fromkeys(Edge(ids[a], y, ids[b], x) for (a, b), y, x in ends))
    graph = Graph({ids[i]: nodes[i] for i in order}, tuple(edges))
    chosen = set(draw(st.sets(st.sampled_from(ids), min_size=1)))
    chosen |= descendants(graph, chosen) & ancestors(graph, chosen)
    for node in graph:
        near = [i for i in ids if i != node.id and (i in chosen) == (node.id in chosen)]
        graph = graph.put(replace(node, share=draw(st.sampled_from([None, *near]))))
    bends = {e: tuple(draw(st.lists(points, min_size=1, max_size=2))) for e in edges[::2]}
    frame = Frame("frame_1", "Here", (*draw(points), 100.0, 50.0), "image")
    frames = {"frame_1": frame, "frame_2": replace(frame, id="frame_2")}
    graph = replace(graph, bends=bends, frames=frames, bookmarks={3: (1.0, 2.0, 0.5)})
    return graph, sorted(chosen)


def assert_same(before: Graph, after: Graph) -> None:
    """Equal in all that matters; wires of different ports may be listed in another order."""
    assert dict(after.nodes) == dict(before.nodes)
    assert repr(sorted(after.nodes.items())) == repr(sorted(before.nodes.items()))
    assert sorted(after.edges) == sorted(before.edges)
    assert after.incoming == before.incoming
    assert after.frames == before.frames
    assert after.bends == before.bends
    assert after.bookmarks == before.bookmarks


@QUICK
@given(drawn(), st.booleans())
def test_taking_apart_restores_exactly(case: tuple[Graph, list[str]], inside: bool) -> None:
    graph, chosen = case
    params = (BlockParam("width", 4), BlockParam("other", 2))
    project = Project("p", graph)
    if inside:
        project = Project("p", Graph(), {"around": Block("around", graph, params)})
    place = ("around",) if inside else ()
    whole, instance = grouped(project, place, chosen, "part", ["frame_1"])
    outer = whole.graph_at(place)
    assert outer[instance].block == "part"
    assert not set(chosen) & outer.nodes.keys()
    assert all(e.source in outer and e.target in outer for e in outer.edges)
    assert len(set(outer.edges)) == len(outer.edges)
    assert set(outer.bends) <= set(outer.edges)
    inner = whole.blocks["part"].graph
    assert set(inner.bends) <= set(inner.edges)
    ports = {e.target_port for e in outer.incoming[instance]}
    assert sorted(whole.blocks["part"].ports("input")) == sorted(ports)
    back, nodes = ungrouped(loads(dumps(whole)).project, place, instance)
    assert_same(graph, back.graph_at(place))
    assert list(nodes) == [i for i in graph.nodes if i in chosen]
    assert back.blocks.keys() == project.blocks.keys()
    assert back.training == project.training


def test_neighbours_are_restored_with_the_order_of_everything() -> None:
    project = Project(graph=chain())
    whole, instance = grouped(project, (), ["b", "c", "d"], "Stage")
    assert loads(dumps(whole)) == Loaded(whole)
    assert ungrouped(whole, (), instance)[0] == project
    assert list(ungrouped(whole, (), instance)[0].graph.nodes) == list("abcdef")


def test_values_become_ports_in_the_order_of_their_places() -> None:
    graph = Graph().add(
        Node("low", "digits", position=(0, 300)),
        Node("high", "linear", position=(0, 0)),
        Node("one", "add", position=(200, 0)),
        Node("two", "add", position=(200, 200)),
        Node("end", "add", position=(400, 0)),
        Node("more", "add", position=(400, 200)),
    )
    graph = graph.connect(
        Edge("low", "label", "two", "x"),
        Edge("low", "label", "one", "x"),
        Edge("high", "y", "one", "x"),
        Edge("low", "y", "one", "x"),
        Edge("two", "y", "end", "x"),
        Edge("one", "y", "end", "x"),
        Edge("one", "y", "more", "x"),
    )
    whole, instance = grouped(Project(graph=graph), (), ["one", "two"], "Part")
    block = whole.blocks["Part"]
    assert block.ports("input") == ("x", "label", "x2")
    assert block.ports("output") == ("y", "y2")
    assert whole.graph.incoming[instance] == (
        Edge("low", "label", instance, "label"),
        Edge("high", "y", instance, "x"),
        Edge("low", "y", instance, "x2"),
    )
    assert [(e.source_port, e.target) for e in whole.graph.outgoing[instance]] == [
        ("y2", "end"), ("y", "end"), ("y", "more"),
    ]  # fmt: skip
    assert whole.graph[instance].position == (200.0, 96.0)


def test_repetitions_are_laid_out_one_behind_the_other() -> None:
    whole, instance = grouped(Project(graph=chain()), (), ["c", "d"], "Stage")
    whole = whole.with_graph(whole.graph.set_param(instance, "repeat", 3))
    project, nodes = ungrouped(whole, (), instance)
    assert nodes == ("c", "d", "c_1", "d_1", "c_2", "d_2")
    ways = {(e.source, e.target) for e in project.graph.edges}
    assert {("b", "c"), ("c", "d"), ("d", "c_1"), ("c_1", "d_1"), ("d_2", "e")} <= ways
    assert ("d", "e") not in ways
    assert project.graph["c_1"].position[0] > project.graph["d"].position[0]
    assert "Stage" not in project.blocks


def test_values_of_the_instance_take_the_place_of_parameters() -> None:
    inner = Graph().add(
        Node("a", "linear", {"out_features": "=width * 2", "bias": "=biased"}),
        Node("b", "conv2d", {"kernel_size": ("=width", 3), "out_channels": "=missing"}),
    )
    block = Block("body", inner, (BlockParam("width", 8), BlockParam("biased", True)))
    outer = Block("outer", Graph().add(Node("i", "block:body", {"width": "=depth+1"})))
    outer = replace(outer, params=(BlockParam("depth", 3),))
    project = Project(
        graph=Graph().add(Node("i", "block:body", {"width": 5}), Node("o", "block:outer")),
        blocks={"body": block, "outer": outer},
    )
    plain, nodes = ungrouped(project, (), "i")
    assert nodes == ("a", "b")
    assert dict(plain.graph["a"].params) == {"out_features": 10, "bias": True}
    assert plain.graph["b"].params["kernel_size"] == (5, 3)
    assert plain.graph["b"].params["out_channels"] == "=missing"
    assert "body" in plain.blocks  # outer has an instance still
    nested, _ = ungrouped(project, ("outer",), "i")
    assert nested.blocks["outer"].graph["a"].params["out_features"] == "=(depth + 1) * 2"


def test_moved_and_changed_blocks_are_taken_apart_where_they_stand() -> None:
    graph = replace(chain(), bends={Edge("b", "y", "c", "x"): ((1.0, 1.0),)})
    whole, instance = grouped(Project(graph=graph), (), ["b", "c"], "Stage")
    x, y = whole.graph[instance].position
    moved = whole.graph.move({instance: (x + 16, y - 8)}).add(Node("b", "tanh"))
    project, nodes = ungrouped(whole.with_graph(moved), (), instance)
    assert nodes == ("b_1", "c")
    assert project.graph["c"].position == (chain()["c"].position[0] + 16, 8.0)
    assert project.graph.bends == {Edge("b_1", "y", "c", "x"): ((17.0, -7.0),)}


def test_a_wire_straight_through_a_block_stays_a_wire() -> None:
    inner = Graph().add(
        Node("input_1", "input", {"name": "x"}), Node("output_1", "output", {"name": "y"})
    )
    inner = inner.connect(Edge("input_1", "y", "output_1", "x"))
    graph = Graph().add(
        Node("a", "relu"), Node("i", "block:pass", {"repeat": 2}), Node("b", "relu")
    )
    graph = graph.connect(Edge("a", "y", "i", "x"), Edge("i", "y", "b", "x"))
    whole = Project(graph=graph, blocks={"pass": Block("pass", inner)})
    project, nodes = ungrouped(whole, (), "i")
    assert nodes == ()
    assert project.graph.edges == (Edge("a", "y", "b", "x"),)


def test_loose_ends_can_be_ports() -> None:
    project = Project(graph=Graph().add(Node("a", "relu"), Node("b", "relu")))
    project = project.with_graph(project.graph.connect(Edge("a", "y", "b", "x")))
    ends = OpenEnds((("a", "x"),), (("b", "y"),))
    whole, instance = grouped(project, (), ["a", "b"], "Stage", ends=ends)
    assert (whole.blocks["Stage"].ports("input"), whole.blocks["Stage"].ports("output")) == (
        ("x",), ("y",),
    )  # fmt: skip
    assert ungrouped(whole, (), instance)[0] == project


def gan() -> Project:
    one = Optimiser("d", updates=("b", "c"))
    two = Optimiser("g", losses=("f",), updates=("d",))
    return Project(graph=chain(), training=Training(optimisers=(one, two)))


def test_optimisers_follow_into_the_block_and_back() -> None:
    whole, instance = grouped(gan(), (), ["b", "c"], "Critic")
    assert [o.updates for o in whole.training.optimisers] == [(instance,), ("d",)]
    assert ungrouped(whole, (), instance)[0] == gan()
    lazy, instance = grouped(gan(), (), ["b", "c", "d"], "All", learns=lambda n: n.id == "d")
    assert [o.updates for o in lazy.training.optimisers] == [(), (instance,)]


REFUSED = {
    "nothing": ([], "Choose the nodes"),
    "between": (["b", "d"], "c lies between these nodes"),
    "updates": (["c", "d"], "d updates c but not d"),
    "loss": (["f"], "g minimises f"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_a_block_is_refused(case: str) -> None:
    chosen, why = REFUSED[case]
    with pytest.raises(GraphError, match=why):
        grouped(gan(), (), chosen)


def test_names_and_shares_that_do_not_fit_are_refused() -> None:
    graph = chain().put(replace(chain()["c"], share="a"))
    project = Project(graph=graph, blocks={"Block": Block("Block")})
    with pytest.raises(GraphError, match="c shares the weights of a: choose both or none"):
        grouped(project, (), ["a"])
    with pytest.raises(GraphError, match="already a block called Block"):
        grouped(project, (), ["f"], "Block")
    with pytest.raises(GraphError, match="cannot name a block"):
        grouped(project, (), ["f"], "1")
    whole, _ = grouped(project, (), ["f"])
    assert list(whole.blocks) == ["Block", "Block 2"]


def test_what_cannot_be_taken_apart_is_refused() -> None:
    whole, instance = grouped(Project(graph=chain()), (), ["b", "c"], "Stage")
    graph = whole.graph

    def refused(node: Node, why: str) -> None:
        with pytest.raises(GraphError, match=why):
            ungrouped(whole.with_graph(graph.put(node)), (), node.id)

    refused(graph["a"], "a is not a block")
    refused(replace(graph[instance], kind="block:gone"), "is not a block")
    refused(replace(graph[instance], muted=True), "is muted")
    refused(replace(graph[instance], share="a"), "shares the weights of a")
    refused(graph[instance].with_params(repeat="=depth"), "set a number first")
    refused(graph[instance].with_params(repeat=0), "set a number first")
    refused(graph[instance].with_params(repeat=10**6), "more than 20,000 nodes")
    twin = graph.add(Node("twin", graph[instance].kind, share=instance))
    with pytest.raises(GraphError, match="twin shares the weights of stage_1"):
        ungrouped(whole.with_graph(twin), (), instance)


def test_one_value_by_two_ports_is_refused_rather_than_lost() -> None:
    inner = Graph().add(
        Node("p", "input", {"name": "p"}),
        Node("q", "input", {"name": "q"}, (0, 9)),
        Node("sum", "add"),
    )
    inner = inner.connect(Edge("p", "y", "sum", "x"), Edge("q", "y", "sum", "x"))
    graph = Graph().add(Node("a", "relu"), Node("i", "block:s"))
    graph = graph.connect(Edge("a", "y", "i", "p"), Edge("a", "y", "i", "q"))
    with pytest.raises(GraphError, match="sum takes y of a twice"):
        ungrouped(Project(graph=graph, blocks={"s": Block("s", inner)}), (), "i")

"""Edits behind the gestures, and the clipboard."""

import itertools

import pytest

from netbuilder.app.canvas.clipboard import PasteError, copied, pasted
from netbuilder.app.canvas.edits import (
    Gap,
    duplicated,
    free_place,
    healed,
    inserted,
    moved_wire,
    retitled,
    snapped,
)
from netbuilder.app.canvas.fits import Fitting
from netbuilder.compiler import check
from netbuilder.graph import Block, Edge, Graph, Node, Project
from netbuilder.graph.drawing import bent, framed


def chain(*kinds):
    nodes = [Node(f"{k}_{i}", k, position=(172.0 * i, 0)) for i, k in enumerate(kinds, 1)]
    edges = [Edge(a.id, "y", b.id, "x") for a, b in itertools.pairwise(nodes)]
    return Graph({n.id: n for n in nodes}, tuple(edges))


def test_snapping_is_to_the_nearest_eight():
    assert [snapped(x) for x in (3.9, 4.1, -5, 100)] == [0, 8, -8, 96]


def test_inserting_keeps_the_order_of_wires_at_a_port_for_many():
    graph = Graph(
        {i: Node(i, k) for i, k in (("a", "relu"), ("b", "tanh"), ("c", "add"), ("d", "gelu"))}
    )
    first, second = Edge("a", "y", "c", "x"), Edge("b", "y", "c", "x")
    graph = inserted(graph.connect(first, second), "d", Gap(first, "x", "y"))
    assert [e.source for e in graph.incoming["c"]] == ["d", "b"]
    assert Edge("a", "y", "d", "x") in graph.edges


def in_row(*kinds):
    """Nodes a, b, c … without wires."""
    return Graph({i: Node(i, kind) for i, kind in zip("abcdef", kinds, strict=False)})


def test_healing_keeps_the_order_of_wires_at_a_port_for_many():
    graph = in_row("relu", "tanh", "gelu", "concat").connect(
        Edge("a", "y", "b", "x"), Edge("b", "y", "d", "x"), Edge("c", "y", "d", "x")
    )
    graph = healed(graph, ["b"], fitting(graph))
    assert [e.source for e in graph.incoming["d"]] == ["a", "c"]


def test_a_wire_moved_at_its_source_keeps_its_place_and_its_bends():
    old, other, new = (Edge(i, "y", "d", "x") for i in "abc")
    graph = in_row("relu", "tanh", "gelu", "concat", "add").connect(old, other)
    graph = bent(graph, old, [(1, 2)])
    moved = moved_wire(graph, [old], [(new, fitting(graph).port("d", "x"))])
    assert moved.incoming["d"] == (new, other)
    assert moved.bends == {new: ((1, 2),)}
    # At another port it comes last, as any new wire.
    graph = graph.connect(Edge("c", "y", "e", "x"))
    end = Edge("a", "y", "e", "x")
    moved = moved_wire(graph, [old], [(end, fitting(graph).port("e", "x"))])
    assert [e.source for e in moved.incoming["e"]] == ["c", "a"]
    assert moved.bends == {end: ((1, 2),)}


def test_healing_leaves_a_wire_that_was_there_as_it_is():
    graph = in_row("relu", "tanh", "add").connect(
        Edge("a", "y", "b", "x"), Edge("b", "y", "c", "x"), Edge("a", "y", "c", "x")
    )
    graph = bent(graph, Edge("a", "y", "c", "x"), [(5, 5)])
    graph = bent(graph, Edge("b", "y", "c", "x"), [(7, 7)])
    graph = healed(graph, ["b"], fitting(graph))
    assert graph.edges == (Edge("a", "y", "c", "x"),)
    assert graph.bends == {Edge("a", "y", "c", "x"): ((5, 5),)}


def test_what_follows_makes_room():
    graph = chain("relu", "tanh", "gelu").add(Node("n", "sigmoid", position=(180, 0)))
    graph = inserted(graph, "n", Gap(Edge("relu_1", "y", "tanh_2", "x"), "x", "y"))
    xs = [graph[i].position[0] for i in ("relu_1", "n", "tanh_2", "gelu_3")]
    assert xs[2] - xs[1] >= 172
    assert xs[3] - xs[2] == 172


def test_a_wide_node_gets_the_room_that_it_needs():
    graph = chain("relu", "tanh").add(Node("n", "sigmoid", position=(344, 100)))
    gap = Gap(graph.edges[0], "x", "y")
    kept = inserted(graph, "n", gap, {"n": (232, 72), "relu_1": (140, 72), "tanh_2": (140, 72)})
    assert [n.position for n in kept] == [n.position for n in graph]  # another row
    level = graph.move({"n": (344, 0)})
    wide = inserted(level, "n", gap, {"n": (232, 72)})
    assert wide["tanh_2"].position[0] >= wide["n"].position[0] + 232 + 32


def test_copies_share_weights_with_the_original():
    graph = chain("linear", "relu").add(Node("twin", "linear", share="linear_1"))
    result, names = duplicated(graph, ["twin"], (0, 100))
    assert result[names["twin"]].share == "linear_1"


def test_a_new_node_is_never_put_exactly_on_another():
    graph = chain("relu")
    x, y = free_place(graph, 172, 0)
    assert (x, y) != graph["relu_1"].position
    graph = graph.add(Node("n", "tanh", position=(x, y)))
    assert free_place(graph, 172, 0) not in [n.position for n in graph]


def test_an_empty_title_goes_back_to_the_kinds_own():
    graph = retitled(chain("relu"), "relu_1", "  My   gate ", "ReLU")
    assert graph["relu_1"].title == "My gate"
    assert retitled(graph, "relu_1", " ", "ReLU")["relu_1"].title == ""
    assert retitled(graph, "relu_1", "ReLU", "ReLU")["relu_1"].title == ""


def test_copy_and_paste_carry_the_blocks_that_are_used():
    block = Block("Gate", chain("input", "relu", "output"))
    source = Project("a", Graph({"g": Node("g", "block:Gate")}), {"Gate": block})
    made, ids = pasted(Project("b"), (), copied(source, (), ["g"]), (0, 0))
    assert made.graph[ids[0]].block == "Gate"
    assert made.blocks["Gate"].graph == block.graph


def test_another_block_of_the_same_name_is_not_taken_for_the_pasted_one():
    block, other = Block("Gate", chain("input", "relu", "output")), Block("Gate", chain("tanh"))
    source = Project("a", Graph({"g": Node("g", "block:Gate")}), {"Gate": block})
    made, (pasted_id,) = pasted(
        Project("b", blocks={"Gate": other}), (), copied(source, (), ["g"]), (0, 0)
    )
    assert made.graph[pasted_id].block == "Gate 2"
    assert made.blocks["Gate 2"].graph == block.graph
    assert made.blocks["Gate"] == other


def test_frames_are_copied_and_pasted_too():
    graph, frame = framed(chain("relu"), (0, 0, 400, 200), "Here")
    text = copied(Project("a", graph), (), ["relu_1"], [frame.id])
    made, ids = pasted(Project("a", graph), (), text, (200, 500))
    assert len(ids) == 1
    assert made.graph.frames["frame_2"].rect == (0, 400, 400, 200)
    made, ids = pasted(Project(), (), copied(Project("a", graph), (), [], [frame.id]), (0, 0))
    assert (ids, list(made.graph.frames)) == ((), ["frame_1"])


def test_a_block_cannot_be_pasted_into_itself():
    block = Block("Gate", chain("input", "relu", "output"))
    project = Project("a", Graph({"g": Node("g", "block:Gate")}), {"Gate": block})
    text = copied(project, (), ["g"])
    with pytest.raises(PasteError, match="into itself"):
        pasted(project, ("Gate",), text, (0, 0))


def test_a_project_without_nodes_is_refused():
    with pytest.raises(PasteError, match="no nodes"):
        pasted(Project(), (), copied(Project(), (), []), (0, 0))


def fitting(graph):
    project = Project("p", graph)
    return Fitting(project, (), check(project))


def test_refusals_name_the_reason():
    graph = chain("relu", "tanh", "gelu")
    answers = fitting(graph)
    assert (
        answers.refusal(Edge("relu_1", "y", "tanh_2", "x")).message == "This wire is already there."
    )
    assert "feed itself" in answers.refusal(Edge("relu_1", "y", "relu_1", "x")).message
    loop = answers.refusal(Edge("gelu_3", "y", "relu_1", "x"))
    assert loop.firm
    assert "ReLU → Tanh → GELU → ReLU" in loop.message
    assert answers.refusal(Edge("relu_1", "y", "gelu_3", "x")) is None
    assert "no port z" in answers.refusal(Edge("relu_1", "y", "gelu_3", "z")).message


def test_a_wire_that_is_taken_off_does_not_count_as_a_loop():
    graph = chain("relu", "tanh")
    wire = graph.edges[0]
    back = Edge("tanh_2", "y", "relu_1", "x")
    assert fitting(graph).refusal(back) is not None
    assert fitting(graph).refusal(back, frozenset([wire])) is None


def test_the_shape_rule_of_the_target_decides():
    nodes = (
        Node("digits_1", "digits"),
        Node("flatten_1", "flatten"),
        Node("conv2d_1", "conv2d"),
        Node("add_1", "add"),
    )
    graph = Graph({n.id: n for n in nodes}).connect(Edge("digits_1", "image", "flatten_1", "x"))
    graph = graph.connect(Edge("digits_1", "image", "add_1", "x"))
    answers = fitting(graph)
    refusal = answers.refusal(Edge("flatten_1", "y", "conv2d_1", "x"))
    assert refusal is not None
    assert not refusal.firm
    refusal = answers.refusal(Edge("flatten_1", "y", "add_1", "x"))
    assert "B × 64" in refusal.message
    assert answers.refusal(Edge("digits_1", "image", "conv2d_1", "x")) is None

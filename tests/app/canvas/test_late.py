"""Where an edit changes many nodes, those in sight are first and none is left behind."""

from __future__ import annotations

from itertools import pairwise

from netbuilder.graph import Edge, Graph, Node, Project


def row(count: int) -> Project:
    """A convolution and a long row of activations: one padding is the shape of all."""
    names = ["data", "first", *(f"act_{i}" for i in range(count))]
    kinds = ["digits", "conv2d", *("relu" for _ in range(count))]
    nodes = {
        n: Node(n, k, {"padding": "custom", "pad": 1} if k == "conv2d" else {}, (176.0 * i, 0.0))
        for i, (n, k) in enumerate(zip(names, kinds, strict=True))
    }
    edges = [Edge("data", "image", "first", "x")]
    edges += [Edge(a, "y", b, "x") for a, b in pairwise(names[1:])]
    return Project("row", Graph(nodes, tuple(edges)))


def pad(canvas, value: int) -> None:
    graph = canvas.document.project.graph
    canvas.document.edit_graph("Pad", graph.set_param("first", "pad", value))


def shown(canvas) -> dict[str, str]:
    return {i: item.face.shape for i, item in canvas.scene.nodes.items() if i != "data"}


def shape(canvas) -> str:
    return canvas.document.check.nodes["act_0",].output.text()


def test_nodes_in_sight_follow_at_once_and_the_others_a_moment_later(make_canvas, qtbot) -> None:
    canvas = make_canvas(row(60))
    before = shape(canvas)
    pad(canvas, 9)
    after, now = shape(canvas), shown(canvas)
    assert after != before
    assert now["first"] == now["act_0"] == now["act_3"] == after
    assert now["act_59"] == before
    qtbot.waitUntil(lambda: set(shown(canvas).values()) == {after}, timeout=1000)


def test_a_second_edit_before_that_leaves_none_behind(make_canvas, qtbot) -> None:
    canvas = make_canvas(row(60))
    pad(canvas, 9)
    graph = canvas.document.project.graph
    canvas.document.edit_graph("Name", graph.remove(["act_59"]))
    canvas.document.undo()
    qtbot.waitUntil(lambda: set(shown(canvas).values()) == {shape(canvas)}, timeout=1000)


def test_few_changes_are_shown_at_once_wherever_they_are(make_canvas) -> None:
    canvas = make_canvas(row(30))
    pad(canvas, 9)
    assert set(shown(canvas).values()) == {shape(canvas)}

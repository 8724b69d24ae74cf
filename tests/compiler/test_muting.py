"""A muted node lets its first input through, in shapes, problems, code and values alike."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build, inspector
from netbuilder.compiler.muting import without_muted
from netbuilder.graph import Edge, GraphError, Node, Optimiser, Project
from netbuilder.layers.muting import is_silent, muted


def mlp() -> Project:
    net = Network("mlp")
    data = net.spirals()
    x = net.linear(data.point, id="first", out_features=8)
    x = net.relu(net.dropout(net.tanh(x, id="tanh")), id="relu")
    logits = net.linear(x, id="last", out_features=2)
    net.output(logits)
    net.cross_entropy(logits, data.label, id="loss")
    net.cross_entropy(logits, data.label, id="other")
    net.accuracy(logits, data.label, id="acc")
    return net.project()


def mute(project: Project, *node_ids: str, place: tuple[str, ...] = ()) -> Project:
    return project.with_graph(muted(project.graph_at(place), node_ids), place)


def test_muting_is_an_edit_that_refuses_what_has_nothing_to_let_through() -> None:
    graph = mlp().graph
    once = muted(graph, ["relu", "tanh"])
    assert [node.id for node in once if node.muted] == ["tanh", "relu"]
    assert all(once[i] is graph[i] for i in graph.nodes if i not in ("relu", "tanh"))
    assert muted(once, ["relu", "tanh"], on=False) == graph
    assert muted(once, ["relu"]) is once
    for node_id, why in (("spirals_1", "starts"), ("output_1", "names a result")):
        with pytest.raises(GraphError, match=why):
            muted(graph, [node_id])


def test_what_flows_in_flows_out() -> None:
    project = mute(mlp(), "tanh", "relu", "dropout_1")
    assert check(project).errors == ()
    found = check(project).inside()
    assert found["relu"].muted
    assert found["relu"].output == found["first"].output
    assert found["last"].inputs["x"] == (found["first"].output,)
    module = build(project)
    point = torch.randn(5, 2)
    assert torch.equal(module(point), module.last(module.first(point)))
    assert "relu" not in generate(project).text


def test_weights_that_step_aside_are_not_counted_and_the_shape_speaks_for_itself() -> None:
    net = Network()
    data = net.spirals()
    side = net.linear(data.point, id="side", out_features=8)
    both = net.add(net.linear(data.point, id="main", out_features=8), side, id="add")
    net.output(both)
    net.cross_entropy(both, data.label)
    project = net.project()
    off = mute(project, "side")
    assert check(off).parameters == check(project).parameters - 24
    (problem,) = check(off).errors
    assert problem.node == "add"
    assert "B × 8" in problem.message
    assert "B × 2" in problem.message


def test_a_muted_loss_and_metric_are_left_out() -> None:
    project = mute(mlp(), "other", "acc")
    source = generate(project)
    assert source.losses == ("loss",)
    assert source.metrics == ()
    assert source.objectives[0].losses == ("loss",)
    assert check(project).inside()["other"].outputs == {}
    named = replace(
        project, training=replace(project.training, optimisers=(Optimiser(losses=("other",)),))
    )
    assert any("minimises nothing" in p.message for p in check(named).errors)
    assert any("nothing to minimise" in p.message for p in check(mute(project, "loss")).errors)


def test_only_the_first_of_several_inputs_is_let_through() -> None:
    net = Network()
    data = net.digits()
    x = net.flatten(data.image)
    y = net.relu(x, id="relu")
    both = net.add(y, net.linear(x, id="side", out_features=64), id="add")
    logits = net.linear(both, id="head", out_features=10)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    project = mute(net.project(), "add")
    module = build(project)
    image = torch.randn(3, 1, 8, 8)
    assert torch.equal(module(image), module.head(image.flatten(1).relu()))
    assert not hasattr(module, "side")
    assert check(project).parameters == 650


def test_a_value_added_to_itself_through_a_muted_node_counts_twice() -> None:
    net = Network()
    data = net.spirals()
    x = net.linear(data.point, id="first", out_features=2)
    both = net.add(x, net.relu(x, id="relu"))
    net.output(both)
    net.cross_entropy(both, data.label)
    module = build(mute(net.project(), "relu"))
    point = torch.randn(4, 2)
    assert torch.equal(module(point), 2 * module.first(point))


def test_a_muted_node_may_be_broken() -> None:
    project = mlp()
    wrong = project.graph.set_param("tanh", "nonsense", 1)
    unknown = wrong.put(replace(wrong["relu"], kind="from_a_plugin"))
    assert check(project.with_graph(unknown)).errors
    assert check(mute(project.with_graph(unknown), "tanh", "relu")).errors == ()


def test_what_it_cannot_let_through_is_told_at_the_node() -> None:
    project = mlp()
    loose = project.with_graph(
        project.graph.remove(edges=[e for e in project.graph.edges if e.target == "tanh"])
    )
    (problem,) = check(mute(loose, "tanh")).errors
    assert (problem.node, problem.severity) == ("tanh", "error")
    assert "nothing is connected to x" in problem.message
    graph = project.graph.put(replace(project.graph["relu"], kind="lstm"))
    edges = [replace(e, source_port="h") if e.source == "relu" else e for e in graph.edges]
    (problem,) = check(mute(project.with_graph(graph.with_edges(edges)), "relu")).errors
    assert problem.message == "Muted, it lets nothing out of h: unmute it."


def test_muted_in_a_file_though_it_cannot_be_is_a_warning_with_a_fix() -> None:
    project = mlp()
    odd = project.with_graph(project.graph.put(replace(project.graph["spirals_1"], muted=True)))
    (problem,) = [p for p in check(odd).problems if p.node == "spirals_1"]
    assert problem.severity == "warning"
    assert problem.fixes[0].apply(odd) == project
    assert generate(odd).text == generate(project).text


def test_who_shared_the_weights_of_a_muted_node_has_its_own() -> None:
    net = Network()
    data = net.spirals()
    x = net.linear(data.point, id="first", out_features=2)
    x = net.linear(net.tanh(x), id="second", out_features=2, share="first")
    x = net.linear(net.tanh(x), id="third", out_features=2, share="first")
    net.output(x)
    net.cross_entropy(x, data.label)
    project = mute(net.project(), "first")
    assert check(project).errors == ()
    assert check(project).parameters == 6
    assert {n.partition(".")[0] for n, _ in build(project).named_parameters()} == {"second"}


def test_inside_a_block_and_as_a_block() -> None:
    net = Network()
    with net.block("body", width=8) as b:
        x = b.linear(b.input(name="x"), id="grow", out_features="=width")
        b.output(b.relu(x, id="relu"), name="y")
    data = net.spirals()
    x = net.body(net.body(data.point, id="one", width=2), id="two", width=2, repeat=3)
    x = net.linear(x, id="head", out_features=2)
    net.output(x)
    net.cross_entropy(x, data.label)
    project = net.project()
    inner = mute(project, "relu", place=("body",))
    point = torch.randn(4, 2)
    module = build(inner)
    expected = point
    for part in (module.one, *module.two):
        expected = part.grow(expected)
    assert torch.allclose(module(point), module.head(expected))
    whole = mute(project, "one")
    module = build(whole)
    assert not hasattr(module, "one")
    assert torch.equal(module(point), module.head(module.two(point)))
    empty = mute(inner, "grow", place=("body",))
    module = build(empty)
    assert torch.equal(module(point), module.head(point))


def test_the_inspector_looks_at_what_runs() -> None:
    project = mute(mlp(), "tanh")
    module = build(project).eval()
    point = torch.randn(4, 2)
    seen = inspector(project, module)(point=point, label=torch.zeros(4, dtype=torch.int64))
    assert torch.equal(seen["relu.y"], module.first(point).relu())


def test_chains_and_loops_of_muted_nodes_end() -> None:
    graph = mlp().graph
    graph = graph.with_edges([*graph.edges, Edge("relu", "y", "tanh", "x")])
    project = Project(graph=muted(graph, ["tanh", "dropout_1", "relu"]))
    assert any("loop" in p.message for p in check(project).errors)
    loose = Project(graph=muted(graph.add(Node("a", "relu", muted=False)), ["a"]))
    assert check(loose).inside()["a"].muted


@pytest.mark.parametrize("seed", range(25))
def test_shapes_as_drawn_are_those_of_what_runs(
    seed: int, random_project: Callable[[int], Project]
) -> None:
    project, chosen = random_project(seed), random.Random(seed)
    for place in ((), *((name,) for name in project.blocks)):
        graph = project.graph_at(place)
        able = [n.id for n in graph if is_silent(replace(n, muted=True))]
        project = mute(project, *chosen.sample(able, min(2, len(able))), place=place)
    drawn, runs = check(project), check(without_muted(project))
    for path, info in runs.nodes.items():
        seen = drawn.nodes.get(path)
        assert seen is None or dict(seen.outputs) == dict(info.outputs) or drawn.errors
    if drawn.errors:
        return
    assert runs.errors == ()
    assert (
        runs.parameters == drawn.parameters == sum(p.numel() for p in build(project).parameters())
    )

"""Edits of a project keep blocks and training settings true."""

from __future__ import annotations

import pickle

import pytest

from netbuilder.graph import (
    Block,
    BlockParam,
    Graph,
    GraphError,
    Node,
    Optimiser,
    Project,
    Training,
    WeightGroup,
)
from netbuilder.graph.instances import followed


@pytest.fixture
def project() -> Project:
    graph = Graph().add(Node("fake", "mse"), Node("real", "mse"), Node("body", "block:body"))
    inner = Block("body", Graph().add(Node("fake", "relu")), (BlockParam("width", 8),))
    outer = Block("outer", Graph().add(Node("body_1", "block:body")))
    optimisers = (
        Optimiser("d", losses=("fake", "real"), updates=("body",)),
        Optimiser("g", losses=("fake",), every=2),
    )
    training = Training(optimisers=optimisers)
    return Project("gan", graph, {"body": inner, "outer": outer}, training)


def test_renaming_follows_into_the_optimisers(project: Project) -> None:
    renamed = project.rename_node("fake", "false")
    assert [o.losses for o in renamed.training.optimisers] == [("false", "real"), ("false",)]
    assert renamed.rename_node("false", "fake") == project


def test_renaming_inside_a_block_leaves_the_optimisers(project: Project) -> None:
    renamed = project.rename_node("fake", "relu_1", ("body",))
    assert renamed.training is project.training
    assert list(renamed.blocks["body"].graph.nodes) == ["relu_1"]
    assert "fake" in renamed.graph


def test_removing_makes_optimisers_forget(project: Project) -> None:
    less = project.without_nodes(["fake", "body"])
    assert [o.losses for o in less.training.optimisers] == [("real",), ()]
    assert [o.updates for o in less.training.optimisers] == [(), None]
    untouched = project.without_nodes(["fake"], place=("body",))
    assert untouched.training is project.training
    assert len(untouched.blocks["body"].graph) == 0


def test_settings_for_weights_follow_their_nodes() -> None:
    groups = (WeightGroup(("a",), {"frozen": True}), WeightGroup(("a", "b"), {"rate": 0.1}))
    graph = Graph().add(Node("a", "linear"), Node("b", "linear"))
    project = Project("p", graph, training=Training(optimisers=(Optimiser(groups=groups),)))
    renamed = project.rename_node("a", "c").training.optimisers[0].groups
    assert [group.nodes for group in renamed] == [("c",), ("c", "b")]
    less = project.without_nodes(["a"]).training.optimisers[0].groups
    assert less == (WeightGroup(("b",), {"rate": 0.1}),)


def test_blocks_are_renamed_with_their_instances(project: Project) -> None:
    renamed = project.rename_block("body", "Conv Stage")
    assert list(renamed.blocks) == ["Conv Stage", "outer"]
    assert renamed.blocks["Conv Stage"].name == "Conv Stage"
    assert renamed.graph["body"].block == "Conv Stage"
    assert renamed.blocks["outer"].graph["body_1"].block == "Conv Stage"
    assert renamed.graph["fake"] is project.graph["fake"]
    assert renamed.rename_block("Conv Stage", "body") == project
    for old, new, words in [
        ("body", "outer", "already a block"),
        ("none", "x", "no block called none"),
        ("body", "a:b", "cannot name a block"),
    ]:
        with pytest.raises(GraphError, match=words):
            project.rename_block(old, new)


def test_a_block_in_use_is_not_removed(project: Project) -> None:
    with pytest.raises(GraphError, match="used in outer, the project; remove it there first"):
        project.without_block("body")
    assert list(project.without_block("outer").blocks) == ["body"]


def test_a_block_cannot_contain_itself(project: Project) -> None:
    inner = project.blocks["body"].graph.add(Node("outer_1", "block:outer"))
    with pytest.raises(GraphError, match="body cannot contain itself"):
        project.with_graph(inner, ("body",))
    assert project.blocks_inside("outer") == {"body"}
    for bad in (Block("a/b"), Block("a", params=(BlockParam("a b"),))):
        with pytest.raises(GraphError, match="cannot name"):
            project.with_block(bad)


def test_ports_of_a_block_in_drawing_order() -> None:
    graph = Graph().add(
        Node("input_1", "input", {"name": "low"}, (0, 50)),
        Node("input_2", "input", {}, (0, 10)),
        Node("output_1", "output", {"name": "y"}),
    )
    assert Block("b", graph).ports("input") == ("input_2", "low")
    assert Block("b", graph).ports("output") == ("y",)


def test_a_project_travels_to_another_process(project: Project) -> None:
    assert pickle.loads(pickle.dumps(project)) == project
    assert project.instance("body", "body_9", width=4) == Node("body_9", "block:body", {"width": 4})


def test_a_place_is_followed_through_renames_and_lost_with_its_block() -> None:
    inner = Block("Inner", Graph().add(Node("relu_1", "relu")))
    outer = Block("Outer", Graph().add(Node("inner_1", "block:Inner")))
    before = Project("p", blocks={"Inner": inner, "Outer": outer})
    place = ("Outer", "Inner")
    assert followed(before, before, place) == place
    assert followed(before, before.rename_block("Inner", "Core"), place) == ("Outer", "Core")
    gone = Project("p", blocks={"Outer": Block("Outer"), "Other": Block("Other")})
    assert followed(before, gone, place) is None

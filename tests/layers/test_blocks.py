"""Blocks as people make them: what may be in one, and parameters that become the block's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netbuilder.building import Network
from netbuilder.compiler import check, generate
from netbuilder.graph import GraphError, Node, Optimiser, Project
from netbuilder.graph.instances import (
    instances,
    make_unique,
    replace_instances,
    without_unused_blocks,
)
from netbuilder.layers import declare
from netbuilder.layers.blocks import group, learns, ungroup
from netbuilder.layers.promotion import (
    add_block_param,
    promote,
    remove_block_param,
    rename_block_param,
)


def digits() -> Project:
    net = Network("digits")
    data = net.digits()
    x = net.conv2d(data.image, id="conv", out_channels=6)
    x = net.relu(net.batch_norm(x, id="norm"), id="relu")
    logits = net.linear(net.flatten(x, id="flat"), id="head", out_features=10)
    net.output(logits, id="result")
    net.cross_entropy(logits, data.label, id="loss")
    return net.project()


STAGE = ["conv", "norm", "relu"]


def test_a_group_computes_the_same_and_comes_apart_again() -> None:
    project = digits()
    whole, instance = group(project, (), STAGE, "Stage")
    assert check(whole).errors == ()
    assert check(whole).parameters == check(project).parameters
    assert whole.blocks["Stage"].ports("input") == ("image",)
    assert check(whole).inside()["flat"] == check(project).inside()["flat"]
    back, nodes = ungroup(whole, (), instance)
    assert back == project
    assert set(nodes) == set(STAGE)
    assert generate(back).text == generate(project).text
    assert "Stage" in ungroup(whole, (), instance, keep=True)[0].blocks


@pytest.mark.parametrize("node_id", ["digits_1", "loss", "result"])
def test_what_belongs_on_the_canvas_stays_there(node_id: str) -> None:
    with pytest.raises(GraphError, match=f"{node_id} stays where it is"):
        group(digits(), (), ["conv", node_id])


def test_ports_of_a_block_stay_in_it() -> None:
    whole, _ = group(digits(), (), STAGE, "Stage")
    with pytest.raises(GraphError, match="input_1 is a port of the block Stage"):
        group(whole, ("Stage",), ["input_1", "conv"])
    nested, inner = group(whole, ("Stage",), ["norm", "relu"], "Inner")
    assert check(nested).errors == ()
    assert check(nested).parameters == check(whole).parameters
    assert ungroup(nested, ("Stage",), inner)[0] == whole


def test_unwired_nodes_get_ports_for_what_they_need() -> None:
    net = Network()
    net.place("conv2d", id="conv")
    x = net.place("relu", id="relu")
    net.place("add", x, id="sum")
    net.place("multihead_attention", id="look")
    project = Project(graph=net.graph)
    whole, _ = group(project, (), list(net.graph.nodes), "Part")
    inner = whole.blocks["Part"].graph
    fed = {
        (e.target, e.target_port) for n in inner if n.kind == "input" for e in inner.outgoing[n.id]
    }
    assert {("conv", "x"), ("relu", "x"), ("look", "query")} <= fed
    assert ("sum", "x") not in fed
    assert len(whole.blocks["Part"].ports("output")) == 3
    wired, _ = group(digits(), (), STAGE, "Stage")
    assert len(wired.blocks["Stage"].ports("input")) == 1


def test_what_has_weights_is_known_without_torch() -> None:
    whole, instance = group(digits(), (), STAGE, "Stage")
    assert [learns(whole, whole.blocks["Stage"].graph[i]) for i in STAGE] == [True, True, False]
    assert learns(whole, whole.graph[instance])
    flat, instance = group(digits(), (), ["flat"], "Flat")
    assert not learns(flat, flat.graph[instance])


def test_an_optimiser_that_names_weightless_nodes_too_is_no_obstacle() -> None:
    project = digits()
    optimisers = (Optimiser("a", updates=("conv", "norm")), Optimiser("b", updates=("head",)))
    project = replace(project, training=replace(project.training, optimisers=optimisers))
    whole, instance = group(project, (), STAGE, "Stage")
    assert [o.updates for o in whole.training.optimisers] == [(instance,), ("head",)]
    assert ungroup(whole, (), instance)[0] == project
    with pytest.raises(GraphError, match="updates conv but not head"):
        group(project, (), [*STAGE, "flat", "head"])


# --- parameters ------------------------------------------------------------------------------


def test_a_parameter_of_a_node_becomes_one_of_the_block() -> None:
    whole, instance = group(digits(), (), STAGE, "Stage")
    project, name = add_block_param(whole, "Stage", "conv", "out_channels")
    assert name == "out_channels"
    assert check(project).errors == ()
    assert check(project).parameters == check(whole).parameters
    assert project.blocks["Stage"].params[0].default == 6
    wide = project.with_graph(project.graph.set_param(instance, "out_channels", 9))
    assert check(wide).inside()[instance].output.shape[1] == 9  # type: ignore[union-attr]
    again, other = add_block_param(project, "Stage", "conv", "kernel_size", "kernel")
    assert other == "kernel"
    assert again.blocks["Stage"].params[1].default == 3  # nobody had set it; one size for all axes
    assert check(again).parameters == check(whole).parameters
    more, third = add_block_param(again, "Stage", "norm", "eps")
    assert isinstance(more.blocks["Stage"].params[-1].default, float)
    assert check(more).errors == ()
    assert third == "eps"


def test_a_parameter_goes_back_into_the_nodes() -> None:
    whole, instance = group(digits(), (), STAGE, "Stage")
    project, _ = add_block_param(whole, "Stage", "conv", "out_channels", "width")
    assert remove_block_param(project, "Stage", "width") == whole
    wide = project.with_graph(project.graph.set_param(instance, "width", 9))
    plain = remove_block_param(wide, "Stage", "width")
    assert plain.blocks["Stage"].graph["conv"].params["out_channels"] == 9
    assert dict(plain.graph[instance].params) == {}
    twin = wide.graph.add(wide.instance("Stage", "twin"))
    with pytest.raises(GraphError, match="several values of width"):
        remove_block_param(wide.with_graph(twin), "Stage", "width")


def test_a_parameter_is_renamed_wherever_it_is_used() -> None:
    whole, instance = group(digits(), (), STAGE, "Stage")
    project, _ = add_block_param(whole, "Stage", "conv", "out_channels", "width")
    graph = project.blocks["Stage"].graph.set_param(
        "conv", "out_channels", "=max(width, 2*width_2)"
    )
    project = project.with_graph(graph, ("Stage",))
    project = project.with_graph(project.graph.set_param(instance, "width", 9))
    after = rename_block_param(project, "Stage", "width", "channels")
    used = after.blocks["Stage"].graph["conv"].params["out_channels"]
    assert used == "=max(channels, 2*width_2)"
    assert dict(after.graph[instance].params) == {"channels": 9}
    assert rename_block_param(after, "Stage", "channels", "width") == project
    assert rename_block_param(after, "Stage", "channels", "channels") is after


def test_parameters_that_cannot_be_are_refused() -> None:
    whole, _ = group(digits(), (), STAGE, "Stage")
    project, _ = add_block_param(whole, "Stage", "conv", "out_channels", "width")

    def refused(why: str, *args: str) -> None:
        with pytest.raises(GraphError, match=why):
            add_block_param(project, *args)

    refused("no block called Nothing", "Nothing", "conv", "bias")
    refused("no node called gone", "Stage", "gone", "bias")
    refused("conv has no parameter colour", "Stage", "conv", "colour")
    refused("is =width already", "Stage", "conv", "out_channels")
    refused("already has a parameter width", "Stage", "conv", "bias", "width")
    refused("cannot name a parameter", "Stage", "conv", "bias", "No Bias")
    refused("cannot be called repeat", "Stage", "conv", "bias", "repeat")
    with pytest.raises(GraphError, match="has no parameter depth"):
        remove_block_param(project, "Stage", "depth")
    with pytest.raises(GraphError, match="cannot be called max"):
        rename_block_param(project, "Stage", "width", "max")


def test_a_parameter_is_handed_down_through_blocks() -> None:
    whole, _ = group(digits(), (), STAGE, "Stage")
    project, _ = add_block_param(whole, "Stage", "conv", "out_channels", "width")
    nested, inner = group(project, ("Stage",), ["conv", "norm"], "Inner")
    assert dict(nested.blocks["Stage"].graph[inner].params) == {"width": "=width"}
    assert check(nested).errors == ()
    assert check(nested).parameters == check(project).parameters
    assert ungroup(nested, ("Stage",), inner)[0] == project


# --- instances -------------------------------------------------------------------------------


def twice() -> tuple[Project, str]:
    whole, instance = group(digits(), (), STAGE, "Stage")
    outer = whole.with_block(whole.blocks["Stage"].__class__("Outer"))
    graph = outer.blocks["Outer"].graph.add(outer.instance("Stage", "inside"))
    return outer.with_graph(graph, ("Outer",)), instance


def test_instances_are_found_everywhere() -> None:
    project, instance = twice()
    assert instances(project, "Stage") == (((), instance), (("Outer",), "inside"))
    assert instances(project, "Outer") == ()


def test_one_instance_can_have_the_block_for_itself() -> None:
    project, instance = twice()
    alone, name = make_unique(project, (), instance)
    assert name == "Stage 2"
    assert alone.graph[instance].block == "Stage 2"
    assert alone.blocks["Stage 2"].graph is project.blocks["Stage"].graph
    assert alone.blocks["Outer"].graph["inside"].block == "Stage"
    assert make_unique(alone, (), instance)[1] == "Stage 3"
    with pytest.raises(GraphError, match="already a block called Outer"):
        make_unique(project, (), instance, "Outer")
    with pytest.raises(GraphError, match="conv is not a block"):
        make_unique(project, ("Stage",), "conv")


def test_all_instances_can_be_brought_up_to_date() -> None:
    project, instance = twice()
    alone, name = make_unique(project, (), instance)
    after = replace_instances(alone, "Stage", name)
    assert instances(after, "Stage") == ()
    assert instances(after, name) == (((), instance), (("Outer",), "inside"))
    with pytest.raises(GraphError, match="cannot contain itself"):
        replace_instances(alone, "Stage", "Outer")
    assert [*without_unused_blocks(after).blocks] == [name]
    assert without_unused_blocks(without_unused_blocks(after)).blocks.keys() == {name}


def test_a_port_without_a_name_is_called_as_its_node() -> None:
    """Empty is also what the properties of such an Input show."""
    node = Node("input_1", "input")
    assert node.port == node.with_params(name="").port == "input_1"
    assert declare(node).name == ""  # type: ignore[attr-defined]
    assert node.with_params(name="image").port == "image"


def test_what_several_nodes_agree_on_becomes_one_parameter() -> None:
    net = Network("two")
    a = net.linear(net.noise(size=(8,)), id="a", out_features=4)
    b = net.linear(a, id="b", out_features=4)
    net.linear(b, id="c", out_features=3)
    whole, instance = group(net.project(), (), ["a", "b", "c"], "Stage")
    project, name = promote(whole, "Stage", ["a", "b"], "out_features", "width")
    inner = project.blocks["Stage"].graph
    assert name == "width"
    assert {inner[i].params["out_features"] for i in ("a", "b")} == {"=width"}
    assert [(p.name, p.default) for p in project.blocks["Stage"].params] == [("width", 4)]
    for ids, words in (
        (["a", "c"], "a and c differ"),
        (["a", "z"], "no node called z"),
        ([], "no node called"),
    ):
        with pytest.raises(GraphError, match=words):
            promote(whole, "Stage", ids, "out_features")
    assert instance in project.graph


def test_a_node_shows_whole_numbers_of_its_block_or_none() -> None:
    """1024 cut short would read as another number."""
    net = Network()
    with net.block("wide", width=256, out=1024) as b:
        b.output(b.linear(b.input(), out_features="=out"))
    nodes = [net.place("block:wide", id="far"), net.place("block:wide", id="near", out=64)]
    assert len(nodes) == 2
    project = net.project()
    shown = [declare(node, project.blocks, {}).summary() for node in project.graph]
    assert shown == ["width 256", "width 256 · out 64"]

"""How weights begin: drawn as asked, written in the code, and as torch has it where not asked."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netbuilder.building import Network
from netbuilder.compiler import CompileError, check, generate
from netbuilder.compiler.build import build
from netbuilder.compiler.literals import literals
from netbuilder.graph import Block, BlockParam, Edge, Graph, Node, Project
from netbuilder.graph.file import load, save
from netbuilder.layers import REGISTRY, Layer


def network(kind: str = "linear", **params: Any) -> Project:
    """Digits, one layer with weights, ten scores."""
    net = Network("begun")
    data = net.digits()
    x = data.image if kind in ("conv2d", "batch_norm", "separable_conv") else net.flatten(data)
    node = net.place(kind, x, id="it", **params)
    scores = net.linear(net.flatten(node), out_features=10, id="head")
    net.output(scores)
    net.cross_entropy(scores, data.label)
    return net.project()


def begun(project: Project, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return build(project)


def weight(project: Project, name: str = "it.weight") -> Tensor:
    return begun(project).get_parameter(name).detach()


WIDE = {"out_features": 4096}  # 64 arrive, so fan in is 64 and fan out 4096
XAVIER, KAIMING = 2 / (64 + 4096), 2 / 64


@pytest.mark.parametrize(
    ("method", "value", "variance", "bound"),
    [
        ("normal", None, 0.02**2, None),
        ("normal", 0.5, 0.25, None),
        ("xavier_uniform", None, XAVIER, math.sqrt(3 * XAVIER)),
        ("xavier_uniform", 2.0, 4 * XAVIER, math.sqrt(12 * XAVIER)),
        ("xavier_normal", None, XAVIER, None),
        ("kaiming_uniform", None, KAIMING, math.sqrt(3 * KAIMING)),
        ("kaiming_normal", None, KAIMING, None),
        ("default", None, 1 / (3 * 64), math.sqrt(1 / 64)),
    ],
)
def test_mean_variance_and_bound(
    method: str, value: float | None, variance: float, bound: float | None
) -> None:
    w = weight(network(**WIDE, weight_init=method, init_value=value))
    assert w.mean().item() == pytest.approx(0, abs=4 * math.sqrt(variance / w.numel()))
    assert w.var().item() == pytest.approx(variance, rel=0.02)
    if bound is None:
        assert w.abs().max() > 3.5 * math.sqrt(variance)  # a normal distribution has tails
    else:
        assert 0.99 * bound < w.abs().max() <= bound


@pytest.mark.parametrize(
    ("params", "value"),
    [({"weight_init": "zeros"}, 0), ({"weight_init": "constant"}, 1),
     ({"weight_init": "constant", "init_value": -0.5}, -0.5),
     ({"weight_init": "constant", "init_value": 0.0}, 0)],
)  # fmt: skip
def test_constants(params: dict[str, Any], value: float) -> None:
    assert (weight(network(**params)) == value).all()


def test_orthogonal_rows() -> None:
    w = weight(network(out_features=32, weight_init="orthogonal", init_value=3.0))
    torch.testing.assert_close(w @ w.T, 9 * torch.eye(32), atol=1e-4, rtol=0)


def test_a_bias_begins_on_its_own() -> None:
    model = begun(network(bias_init=0.5))
    assert (model.get_parameter("it.bias") == 0.5).all()
    assert (model.get_parameter("it.weight") != 0.5).all()
    assert (begun(network("conv2d", bias_init=0.0)).get_parameter("it.bias") == 0).all()


@pytest.mark.parametrize("method", ["default", "xavier_normal", "normal"])
def test_the_same_seed_draws_the_same(method: str) -> None:
    project = network(weight_init=method)
    first, again, other = begun(project, 3), begun(project, 3), begun(project, 4)
    for name, w in first.named_parameters():
        assert torch.equal(w, again.get_parameter(name)), name
    assert not torch.equal(first.get_parameter("it.weight"), other.get_parameter("it.weight"))


def test_nothing_is_written_where_nothing_is_asked() -> None:
    assert "nn.init" not in generate(network()).text
    asked = network(weight_init="default", bias_init=None)
    assert generate(asked).text == generate(network()).text


def test_it_is_saved_and_opened(tmp_path: Path) -> None:
    project = network(weight_init="normal", init_value=0.1, bias_init=0.0)
    save(project, tmp_path / "begun.netbuilder")
    opened = load(tmp_path / "begun.netbuilder").project
    assert opened.graph["it"].params["weight_init"] == "normal"
    assert generate(opened).text == generate(project).text
    assert torch.equal(weight(opened), weight(project))


def test_the_code_alone_begins_the_same() -> None:
    """What is taken away draws the same weights from the same seed."""
    project = network("separable_conv", weight_init="kaiming_normal", bias_init=0.0)
    text = generate(project).text
    assert "nn.init.kaiming_normal_(self.it[1].weight" in text
    names: dict[str, Any] = {}
    exec(text, names)
    torch.manual_seed(0)
    alone = names[generate(project).class_name]()
    for name, w in begun(project).named_parameters():
        assert torch.equal(w, alone.get_parameter(name)), name


def test_matrices_are_refused_where_there_is_none() -> None:
    with pytest.raises(CompileError, match="at least 2 axes") as error:
        generate(network("batch_norm", weight_init="xavier_uniform"))
    problem = error.value.problem
    assert problem.node == "it"
    assert problem.fixes
    mended = problem.fixes[0].apply(network("batch_norm", weight_init="xavier_uniform"))
    assert check(mended).errors == ()
    zero = begun(network("batch_norm", weight_init="zeros"))  # as behind a residual branch
    assert (zero.get_parameter("it.weight") == 0).all()


def test_its_numbers_are_edited_in_the_code() -> None:
    project = network(weight_init="normal", init_value=0.1, bias_init=0.25)
    source = generate(project)
    found = {
        text: [known.param.name for known in literals(project, source, i) if known.param]
        for i, text in enumerate(source.text.split("\n"), 1)
        if "nn.init" in text
    }
    assert found == {
        "        nn.init.normal_(self.it.weight, std=0.1)": ["init_value"],
        "        nn.init.constant_(self.it.bias, 0.25)": ["bias_init"],
    }


def test_blocks_that_differ_take_it_as_an_argument() -> None:
    """The class is one; the number in which its instances differ is given to each."""
    wires = (Edge("input_1", "y", "linear_1", "x"), Edge("linear_1", "y", "output_1", "x"))
    inside = Graph().add(
        Node("input_1", "input"),
        Node("linear_1", "linear",
             {"out_features": 64, "weight_init": "normal", "init_value": "=sigma"}),
        Node("output_1", "output"),
    ).connect(*wires)  # fmt: skip
    stage = Block("Stage", inside, (BlockParam("sigma", 0.1),))
    project = network(out_features=64)
    graph = project.graph.add(
        Node("stage_1", "block:Stage", {"sigma": 0.2}), Node("stage_2", "block:Stage")
    )
    (before,) = graph.incoming["it"]
    graph = graph.remove(edges=[before]).connect(
        Edge(before.source, before.source_port, "stage_1", "input_1"),
        Edge("stage_1", "output_1", "stage_2", "input_1"),
        Edge("stage_2", "output_1", "it", "x"),
    )
    project = project.with_block(stage).with_graph(graph)
    assert check(project).errors == ()
    text = generate(project).text
    assert text.count("class Stage") == 1
    model = begun(project)
    for name, sigma in (("stage_1", 0.2), ("stage_2", 0.1)):
        drawn = model.get_parameter(f"{name}.linear_1.weight")
        assert drawn.std().item() == pytest.approx(sigma, rel=0.05)


@pytest.mark.parametrize(
    "kind", sorted(k for k, c in REGISTRY.items() if c.weights is not Layer.weights)
)
def test_every_kind_with_weights_has_it(kind: str) -> None:
    names = [p.name for p in REGISTRY[kind].params()]
    assert names[-3:] == ["weight_init", "init_value", "bias_init"]

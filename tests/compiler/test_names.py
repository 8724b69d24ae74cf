"""Names and texts that a person gave never collide in the code, and never become code."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler import check, generate
from netbuilder.compiler.build import build, inspector
from netbuilder.graph import Block, BlockParam, Edge, Graph, Node, Optimiser, Project
from netbuilder.graph.names import refusal
from netbuilder.nn import __all__ as lacking

#: What the generated code uses itself, or builds from; all may name a node.
ODD = (
    "x", "y", "z", "u", "v", "w", "x1", "v1", "v2", "loss", "losses", "metrics", "image", "label",
    "seen", "block", "range", "super", "logits", "digit", "f", "gaussian_kl", "causal_mask", "out",
    "inspect", "len", "print", "init", "digits_1_image", "dtype", "device", "match", "type_",
)  # fmt: skip


def outcome(project: Project, **more: torch.Tensor) -> tuple[Any, ...]:
    """Result, losses, metrics and inspected values, the same for the same weights and seed."""
    torch.manual_seed(0)
    module = build(project).eval()
    source = module.source
    torch.manual_seed(1)
    drawn = {}
    for argument in (*source.inputs, *source.fields):
        shape = (4, *(int(n) for n in argument.spec.shape[1:]))
        if (argument.node, argument.port) not in drawn:
            drawn[argument.node, argument.port] = (
                torch.randn(shape)
                if argument.spec.dtype == "float32"
                else torch.randint(0, argument.spec.classes, shape)
            )
    with torch.no_grad():
        torch.manual_seed(2)
        result = module(*(drawn[a.node, a.port] for a in source.inputs))
        fields = {f.name: drawn[f.node, f.port] for f in source.fields}
        torch.manual_seed(2)
        objectives = [getattr(module, o.method)(**fields) for o in source.objectives]
        torch.manual_seed(2)
        losses, metrics = module.measure(**fields)
        torch.manual_seed(2)
        seen = inspector(project, module)(**fields)
    return result, [[*o[1].values(), o[0]] for o in objectives], losses, metrics, seen


def same(a: Any, b: Any) -> bool:
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    if isinstance(a, dict):
        a, b = list(a.values()), list(b.values())
    return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))


def everything() -> Project:
    """Data, noise, VAE and classifier with two losses, a metric, shared weights, a block."""
    net = Network("plain")
    with net.block("body", width=4) as b:
        b.output(b.relu(b.linear(b.input(name="x"), out_features="=width")), name="y")
    data = net.digits(id="data")
    z = net.noise(size=(5,), id="dice")
    flat = net.linear(net.flatten(data.image, id="flat"), out_features=5, id="first")
    both = net.add(flat, z, id="sum")
    hidden = net.body(both, width=6, repeat=2, id="hidden")
    again = net.linear(net.detach(both, id="cut"), out_features=5, id="again")
    logits = net.linear(hidden, out_features=10, id="head")
    net.output(logits, name="digit", id="answer")
    net.cross_entropy(logits, data.label, id="first_loss")
    net.gaussian_kl(flat, again, weight=0.5, id="second_loss")
    net.accuracy(logits, data.label, id="right")
    return net.project()


@pytest.mark.parametrize("name", ODD)
def test_any_node_may_have_any_name(name: str) -> None:
    """Renaming a node changes nothing but names."""
    assert refusal(name) is None
    plain = everything()
    expected = outcome(plain)
    for node_id in plain.graph.nodes:
        project = plain.rename_node(node_id, name)
        assert check(project).errors == (), node_id
        assert same(outcome(project), expected), node_id


def test_all_at_once() -> None:
    plain, expected = everything(), outcome(everything())
    project = plain
    for node_id, name in zip(plain.graph.nodes, ODD, strict=False):
        project = project.rename_node(node_id, name)
    assert same(outcome(project), expected)


def test_reserved_names_cannot_be_given() -> None:
    """Attributes of nn.Module and names of the methods are refused by the graph itself."""
    for name in ("forward", "self", "train", "measure", "objective_main", "class", "torch", "nn"):
        assert refusal(name) is not None, name


PORTS = (
    ("x", "y"), ("self", "F"), ("block", "torch"), ("class", "lambda"), ("a b", "a_b"),
    ("petal length (cm)", "petal-length (cm)"), ("", " "), ("1", "2"), ("É", "日本"),
    ("gaussian_kl", "causal_mask"), ('"""', "'''"), ("\n", "\\"), ("ﬁ", "fi"), ("²", "½"),
    ("__class__", "__init__"), ("None", "True"),
)  # fmt: skip


@pytest.mark.parametrize("ports", PORTS)
@pytest.mark.parametrize("repeat", [1, 3])
def test_ports_of_blocks_may_have_any_names(ports: tuple[str, str], repeat: int) -> None:
    def made(names: tuple[str, str]) -> Project:
        net = Network("ports")
        with net.block("two") as b:
            left, right = b.input(name=names[0]), b.input(name=names[1])
            b.output(b.linear(b.add(left, right), out_features=4), name=names[0])
            b.output(b.tanh(right), name=names[1])
        data = net.iris()
        first = net.two(data.features, data.features, repeat=repeat)
        both = net.concat(first, replace(first, port=first.ports[1]))
        logits = net.linear(both, out_features=3)
        net.output(logits)
        net.cross_entropy(logits, data.label)
        return net.project()

    project = made(ports)
    assert check(project).errors == ()
    assert same(outcome(project), outcome(made(("left", "right"))))


@pytest.mark.parametrize(
    "name", ["F", "nn", "none", "true", "reparameterise", "Tensor", "a-b", "é"]
)
def test_blocks_may_have_any_names(name: str) -> None:
    net = Network(name)  # the network itself wants the same class name
    with net.block(name) as b:
        mu = b.linear(b.input(name="x"), out_features=4)
        b.output(b.relu(b.reparameterise(mu, mu)), name="y")
    data = net.iris()
    logits = net.linear(net.place(f"block:{name}", data.features), out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    outcome(net.project())


@pytest.mark.parametrize("param", ["nn", "torch", "self", "size", "in_features", "super", "range"])
def test_parameters_of_blocks_may_have_any_names(param: str) -> None:
    """Two instances that differ make one class with a parameter of that name, or near it."""
    net = Network("parameters")
    with net.block("body") as b:
        x = b.linear(b.input(name="x"), out_features=f"={param} * 2")
        b.output(b.linear(x, out_features=4, bias=True), name="y")
    net.blocks["body"] = replace(net.blocks["body"], params=(BlockParam(param, 3),))
    data = net.iris()
    x = net.body(net.body(data.features))
    net.graph = net.graph.put(replace(net.graph[x.node], params={param: 5}))
    logits = net.linear(x, out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    project = net.project()
    assert generate(project).text.count("class ") == 2
    outcome(project)


TEXTS = (
    'He said "hi"', '"', '"""', "'''", '"""; import os; os.abort(); """', "\\", '\\"',
    "line\nbreak",
    "a\r\nb", "form\x0cfeed", "\x00", "\u2028", "\ud800", "{braces}", "# comment", "日本語",
    "é" * 500, "def forward(self):\n    raise SystemExit", "", "   ", "1st", "None", "class",
    "\N{RIGHT-TO-LEFT OVERRIDE}x",
)  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_texts_of_a_person_stay_texts(text: str) -> None:
    """The code is the same but for names and docstrings, line by line."""
    plain = everything()
    output = plain.graph["answer"].with_params(name=text)
    node = replace(plain.graph["head"], title=text)
    project = replace(plain, name=text, notes=text, graph=plain.graph.put(output, node))
    project = replace(
        project, training=replace(project.training, optimisers=(Optimiser(text or "x"),))
    )
    assert check(project).errors == ()
    assert same(outcome(project)[:4], outcome(plain)[:4])
    source, expected = generate(project), generate(plain)
    assert len(source.text.split("\n")) == len(expected.text.split("\n"))
    assert source.lines == expected.lines
    # Nothing stands on a line of its own that did not stand there before.
    kinds = [type(n).__name__ for n in ast.walk(ast.parse(source.text))]
    assert kinds == [type(n).__name__ for n in ast.walk(ast.parse(expected.text))]
    for number, path in source.lines.items():
        assert source.text.split("\n")[number - 1].strip(), path


def test_optimisers_of_like_names_keep_their_own_objectives() -> None:
    plain = everything()
    optimisers = tuple(
        Optimiser(name, losses=(loss,))
        for name, loss in (("a b", "first_loss"), ("A-B", "second_loss"), ("é²", "first_loss"))
    )
    project = replace(plain, training=replace(plain.training, optimisers=optimisers))
    source = generate(project)
    assert len({o.method for o in source.objectives}) == 3
    module = build(source).eval()
    fields = {"image": torch.randn(4, 1, 8, 8), "label": torch.arange(4)}
    assert [list(getattr(module, o.method)(**fields)[1]) for o in source.objectives] == [
        ["first_loss"], ["second_loss"], ["first_loss"],
    ]  # fmt: skip


def test_two_data_sets_with_like_fields() -> None:
    """The second field of a name is called after its node."""
    net = Network("twins")
    one, two = net.iris(), net.wine()
    a = net.linear(one.features, out_features=3)
    b = net.linear(two.features, out_features=3)
    net.output(a, name="answer")
    net.output(b, name="answer")
    net.cross_entropy(a, one.label)
    net.cross_entropy(b, two.label)
    source = generate(net.project())
    assert [a.name for a in source.inputs] == ["features", "wine_1_features"]
    assert [f.name for f in source.fields] == [
        "features", "label", "wine_1_features", "wine_1_label",
    ]  # fmt: skip
    assert len({name for name, _ in source.outputs}) == 2
    outcome(net.project())


def test_ports_without_a_name_are_called_after_their_nodes() -> None:
    nodes = {"in_a": Node("in_a", "input"), "in_b": Node("in_b", "input", position=(0, 9)),
             "sum": Node("sum", "add"), "end": Node("end", "output")}  # fmt: skip
    edges = (
        Edge("in_a", "y", "sum", "x"),
        Edge("in_b", "y", "sum", "x"),
        Edge("sum", "y", "end", "x"),
    )
    net = Network("unnamed")
    net.blocks["both"] = Block("both", Graph(nodes, edges))
    data = net.iris()
    logits = net.linear(net.both(data.features, data.features), out_features=3)
    net.output(logits)
    net.cross_entropy(logits, data.label)
    assert check(net.project()).errors == ()
    outcome(net.project())


def test_every_inlined_part_stands_by_itself() -> None:
    assert set(lacking) >= {"causal_mask", "gaussian_kl", "LearnedPositions"}

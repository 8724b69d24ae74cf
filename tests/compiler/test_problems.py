"""Every kind of trouble: one sentence, at the right node, and fixes that mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from netbuilder.building import Network
from netbuilder.compiler import CompileError, Problem, check, generate
from netbuilder.compiler.infer import MOST_NODES
from netbuilder.graph import Block, Edge, Graph, Node, Optimiser, Project, Training
from tests.compiler.classifier import edited, sound


def wired(*edges: Edge, without: tuple[Edge, ...] = ()) -> Project:
    """Edges put in as a file may hold them, without the graph's own refusals."""
    return edited(lambda g: Graph(g.nodes, (*(e for e in g.edges if e not in without), *edges)))


def plus(*nodes: Node, edges: tuple[Edge, ...] = ()) -> Project:
    return edited(lambda g: Graph({**g.nodes, **{n.id: n for n in nodes}}, (*g.edges, *edges)))


def param(node: str, **params: Any) -> Project:
    return edited(lambda g: g.put(g[node].with_params(**params)))


def optimised(*optimisers: Optimiser) -> Project:
    return replace(sound().project(), training=Training(optimisers=optimisers))


def inside(*nodes: Node, edges: tuple[Edge, ...] = (), **params: Any) -> Project:
    """A block of these nodes put in place of the activation."""
    graph = Graph({n.id: n for n in nodes}, edges)
    project = edited(lambda g: g.put(Node("act", "block:part", params)))
    edges = tuple(
        replace(e, source_port="y", target_port="x" if e.target == "act" else e.target_port)
        if "act" in (e.source, e.target) else e
        for e in project.graph.edges
    )  # fmt: skip
    blocks = {"part": Block("part", graph)}
    return replace(project, blocks=blocks, graph=Graph(project.graph.nodes, edges))


IN, OUT = Node("entry", "input", {"name": "x"}), Node("exit", "output", {"name": "y"})


def through(kind: str, **params: Any) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    nodes = (IN, Node("inner", kind, params), OUT)
    return nodes, (Edge("entry", "y", "inner", "x"), Edge("inner", "y", "exit", "x"))


def nodes_and_edges(pair: tuple[tuple[Node, ...], tuple[Edge, ...]], **params: Any) -> Project:
    return inside(*pair[0], edges=pair[1], **params)


def recursive() -> Project:
    nodes = (IN, Node("a", "block:part"), Node("b", "block:part"), OUT)
    edges = (Edge("entry", "y", "a", "x"), Edge("a", "y", "b", "x"), Edge("b", "y", "exit", "x"))
    return inside(*nodes, edges=edges)


def towers() -> Project:
    """Blocks in blocks, each a thousand times: a billion nodes in a small file."""
    project = nodes_and_edges(through("relu"), repeat=1000)
    blocks = dict(project.blocks)
    for name, inner in (("mid", "part"), ("top", "mid")):
        nodes, edges = through(f"block:{inner}", repeat=1000)
        blocks[name] = Block(name, Graph({n.id: n for n in nodes}, edges))
    graph = project.graph.put(Node("act", "block:top", {"repeat": 1000}))
    return replace(project, blocks=blocks, graph=graph)


SHARED = Edge("data", "image", "twin", "x")
FLAT = Edge("act", "y", "flat", "x")

#: name: (project, a part of the sentence, node, block)
ERRORS: dict[str, tuple[Callable[[], Project], str, str | None, str | None]] = {
    "empty canvas": (lambda: Project(), "canvas is empty", None, None),
    "no data": (lambda: sound("data").project(), "add a Data node", None, None),
    "no loss": (lambda: sound("loss_1").project(), "nothing to minimise", None, None),
    "no output": (lambda: sound("end", "right").project(), "result of the model", None, None),
    "no weights": (
        lambda: edited(lambda g: Graph(
            {i: n for i, n in {**g.nodes, "head": Node("head", "softmax")}.items() if i != "conv"},
            (*(e for e in g.edges if "conv" not in (e.source, e.target)),
             Edge("data", "image", "act", "x")),
        )),
        "Nothing can learn", None, None,
    ),
    "no data at a loss": (
        lambda: replace(
            plus(Node("dice", "noise"), Node("far", "linear"), Node("real", "bce_with_logits",
                {"constant": 1.0}),
                 edges=(Edge("dice", "y", "far", "x"), Edge("far", "y", "real", "logits"))),
        ).without_nodes(["loss_1", "right"]),
        "No data reaches a loss", None, None,
    ),
    "cycle": (
        lambda: edited(lambda g: Graph(
            {**g.nodes, "sum": Node("sum", "add")},
            (*(e for e in g.edges if e.target != "act"), Edge("conv", "y", "sum", "x"),
             Edge("act", "y", "sum", "x"), Edge("sum", "y", "act", "x")),
        )),
        "form a loop", "sum", None,
    ),
    "dangling input": (lambda: wired(Edge("conv", "y", "act", "nowhere")), "port nowhere", "act",
        None),
    "dangling output": (
        lambda: wired(Edge("act", "nowhere", "flat", "x"), without=(FLAT,)),
        "port nowhere of act", "flat", None,
    ),
    "missing input": (lambda: wired(without=(FLAT,)), "Nothing is connected", "flat", None),
    "two wires": (lambda: wired(Edge("conv", "y", "flat", "x")), "takes one wire", "flat", None),
    "unknown kind": (
        lambda: edited(lambda g: g.put(replace(g["act"], kind="from_a_plugin"))),
        "not installed", "act", None,
    ),
    "unknown block": (
        lambda: edited(lambda g: g.put(replace(g["act"], kind="block:gone"))),
        "not in this project", "act", None,
    ),
    "NaN": (lambda: param("loss_1", weight=float("nan")), "not a finite number", "loss_1", None),
    "infinite": (lambda: param("loss_1", weight=float("inf")), "not a finite number", "loss_1",
        None),
    "too large": (lambda: param("conv", out_channels=10**12), "at most 1\u202f000\u202f000",
        "conv", None),
    "wrong type": (lambda: param("conv", out_channels="many"), "is a number", "conv", None),
    "unknown parameter": (lambda: param("conv", colour="red"), "has no parameter colour", "conv",
        None),
    "wrong expression": (lambda: param("conv", out_channels="=width +"), "not an expression",
        "conv", None),
    "unknown name": (lambda: param("conv", out_channels="=width"), "not a parameter", "conv", None),
    "division by zero": (lambda: param("conv", out_channels="=1/0"), "divides by zero", "conv",
        None),
    "code as expression": (
        lambda: param("conv", out_channels="=__import__('os').abort()"), "uses more than", "conv",
            None,
    ),
    "input at the top": (
        lambda: edited(lambda g: g.put(Node("act", "input")).connect()), "port of a block", "act",
            None,
    ),
    "shape": (lambda: wired(Edge("data", "image", "head", "x"),
                            without=(Edge("flat", "y", "head", "x"),)),
              "", "loss_1", None),
    "nothing left": (
        lambda: param("conv", kernel_size=(9,), padding="valid"), "9", "conv", None,
    ),
    "share of nothing": (
        lambda: edited(lambda g: g.put(replace(g["conv"], share="ghost"))), "does not exist",
            "conv", None,
    ),
    "share in a ring": (
        lambda: edited(lambda g: g.put(replace(g["conv"], share="conv"))), "does not exist",
            "conv", None,
    ),
    "share of another kind": (
        lambda: edited(lambda g: g.put(replace(g["conv"], share="head"))), "another kind", "conv",
            None,
    ),
    "share of another shape": (
        lambda: edited(lambda g: Graph(
            {**g.nodes, "twin": Node("twin", "conv2d", {"out_channels": 8}),
             "conv": replace(g["conv"], share="twin")},
            (*g.edges, SHARED),
        )),
        "weight is (8, 1, 3, 3); here it would be (4, 1, 3, 3)", "conv", None,
    ),
    "share of another stride": (
        lambda: edited(lambda g: Graph(
            {**g.nodes, "twin": Node("twin", "conv2d", {"out_channels": 4, "stride": (2,)}),
             "conv": replace(g["conv"], share="twin")},
            (*g.edges, SHARED),
        )),
        "set up in another way", "conv", None,
    ),
    "share of an unfinished node": (
        lambda: edited(lambda g: Graph(
            {**g.nodes, "twin": Node("twin", "conv2d", {"out_channels": 4}),
             "conv": replace(g["conv"], share="twin")},
            g.edges,
        )),
        "mend twin first", "conv", None,
    ),
    "no optimiser": (lambda: optimised(), "no optimiser", None, None),
    "optimiser of a missing loss": (
        lambda: optimised(Optimiser(losses=("ghost",))), "ghost, which does not exist", None, None,
    ),
    "optimiser of a missing node": (
        lambda: optimised(Optimiser(updates=("ghost",))), "ghost, which does not exist", None, None,
    ),
    "optimiser of no loss": (lambda: optimised(Optimiser(losses=())), "minimises nothing", None,
        None),
    "optimiser of a layer": (
        lambda: optimised(Optimiser(losses=("head",))), "not a loss", "head", None,
    ),
    "optimiser without weights": (
        lambda: optimised(Optimiser(updates=("act", "flat"))), "updates no weights", None, None,
    ),
    "optimisers of one name": (lambda: optimised(Optimiser(), Optimiser()), "rename one", None,
        None),
    "block in itself": (recursive, "contains itself", "act", None),
    "a billion nodes": (towers, f"more than {MOST_NODES:,}", "inner", "mid"),
    "block without output": (lambda: inside(IN), "no Output", "act", None),
    "ports of one name": (
        lambda: inside(IN, replace(IN, id="entry_2"), OUT, edges=(Edge("entry", "y", "exit",
            "x"),)),
        "two inputs called x", "act", None,
    ),
    "noise in a block": (
        lambda: inside(IN, Node("dice", "noise"), OUT, edges=(Edge("dice", "y", "exit", "x"),)),
        "main canvas", "dice", "part",
    ),
    "data in a block": (
        lambda: inside(IN, Node("inner", "iris"), OUT, edges=(Edge("inner", "features", "exit",
            "x"),)),
        "main canvas", "inner", "part",
    ),
    "loss in a block": (
        lambda: inside(IN, Node("inner", "mse"), OUT, edges=(Edge("entry", "y", "exit", "x"),)),
        "main canvas", "inner", "part",
    ),
    "trouble in a block": (
        lambda: nodes_and_edges(through("linear", out_features=0)), "at least 1", "inner", "part",
    ),
    "parameter of a block": (
        lambda: nodes_and_edges(through("relu"), depth=3), "has no parameter depth", "act", None,
    ),
    "repeat of a block": (
        lambda: nodes_and_edges(through("relu"), repeat=0), "at least 1", "act", None,
    ),
    "missing file": (
        lambda: edited(lambda g: g.put(Node("data", "csv", {"path": "/no/such/file.csv"}))),
        "is not there any more", "data", None,
    ),
}  # fmt: skip


def is_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(text) < 320 and "Error" not in text


def matching(project: Project, part: str, node: str | None, block: str | None) -> list[Problem]:
    return [
        p
        for p in check(project).problems
        if part in p.message and (p.node, p.block) == (node, block)
    ]


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_one_sentence_at_its_node(name: str) -> None:
    make, part, node, block = ERRORS[name]
    project = make()
    found = matching(project, part, node, block)
    assert len(found) == 1, [(p.message, p.node, p.block) for p in check(project).problems]
    assert found[0].severity == "error"
    assert all(is_sentence(p.message) for p in check(project).problems)
    with pytest.raises(CompileError) as error:
        generate(project)
    assert is_sentence(str(error.value))


@pytest.mark.parametrize("name", ERRORS)
def test_each_fix_mends_what_it_is_offered_for(name: str) -> None:
    project = ERRORS[name][0]()
    for problem in check(project).problems:
        for fix in problem.fixes:
            mended = check(fix.apply(project)).problems
            assert problem.message not in [p.message for p in mended], fix.label


#: Errors for which a remedy of one click is known.
MENDED = {
    "no output", "cycle", "dangling input", "dangling output", "two wires", "share of nothing",
    "share in a ring", "share of another kind", "share of another shape", "share of another stride",
    "share of an unfinished node", "nothing left", "shape",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(MENDED))
def test_a_fix_is_offered(name: str) -> None:
    make, part, node, block = ERRORS[name]
    (problem,) = matching(make(), part, node, block)
    assert problem.fixes
    assert all(fix.label[0].isupper() and len(fix.label) < 40 for fix in problem.fixes)


# --- shapes that do not fit, each with its remedy ----------------------------------------------


def remedied(build: Callable[[Network, Any], Any]) -> Project:
    net = Network("remedies")
    data = net.digits(id="data")
    x = net.linear(net.flatten(build(net, data)), out_features=10)
    net.output(x)
    net.cross_entropy(x, data.label)
    return net.project()


REMEDIES: dict[str, Callable[[Network, Any], Any]] = {
    "To tokens": lambda net, data: net.multihead_attention(
        net.conv2d(data.image, out_channels=8), id="bad"
    ),
    "Embedding": lambda net, data: net.linear(data.label, id="bad"),
    "padding same": lambda net, data: net.conv2d(
        data.image, kernel_size=(9,), padding="valid", id="bad"
    ),
    "Project the skip": lambda net, data: net.add(
        net.conv2d(net.conv2d(data.image, out_channels=4), out_channels=8, stride=(2,)),
        data.image, id="bad",
    ),
    "Project with Linear": lambda net, data: net.add(
        net.linear(net.flatten(data.image), out_features=8), net.flatten(data.image), id="bad"
    ),
}  # fmt: skip


@pytest.mark.parametrize("label", REMEDIES)
def test_a_remedy_makes_the_network_whole(label: str) -> None:
    project = remedied(REMEDIES[label])
    (problem,) = [p for p in check(project).problems if p.node == "bad"]
    (fix,) = [f for f in problem.fixes if label in f.label]
    mended = fix.apply(project)
    assert check(mended).errors == (), label
    generate(mended)


def test_a_pool_is_offered_where_one_row_of_scores_is_wanted() -> None:
    net = sound("flat")
    net.graph = net.graph.connect(Edge("act", "y", "head", "x"))
    (problem,) = [p for p in check(net.project()).errors if p.node == "loss_1"]
    (fix,) = problem.fixes
    assert fix.label == "Insert Global average pool"
    assert problem.message not in [p.message for p in check(fix.apply(net.project())).problems]

"""Each fix, applied: its problem is gone, no error is new, and unrelated nodes stay themselves."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from netbuilder.building import Network
from netbuilder.compiler import Problem, check
from netbuilder.graph import Edge, Graph, Node, Optimiser, Project, Training
from tests.compiler.classifier import edited, sound


def between(source: str, target: str, *nodes: Node) -> Project:
    """The classifier with a chain of nodes put into the wires from one node to another."""

    def change(graph: Graph) -> Graph:
        old = [e for e in graph.edges if (e.source, e.target) == (source, target)]
        graph = graph.remove(edges=old).add(*nodes)
        chain = [*(n.id for n in nodes)]
        edges = [Edge(source, old[0].source_port, chain[0], _input(nodes[0]))]
        edges += [
            Edge(a, "y", b, _input(n)) for a, b, n in zip(chain, chain[1:], nodes[1:], strict=False)
        ]
        edges += [Edge(chain[-1], "y", e.target, e.target_port) for e in old]
        return graph.connect(*edges)

    return edited(change)


def _input(node: Node) -> str:
    return "query" if node.kind == "multihead_attention" else "x"


def swapped(old: Edge, new: Edge) -> Project:
    return edited(lambda g: Graph(g.nodes, tuple(new if e == old else e for e in g.edges)))


def meeting(kind: str, build: Callable[[Network, object], tuple[object, ...]]) -> Project:
    """Branches that meet in a node `bad`, and a head behind it."""
    net = Network("meeting")
    data = net.digits(id="data")
    x = getattr(net, kind)(*build(net, data), id="bad")
    x = net.linear(net.flatten(x), out_features=10)
    net.output(x)
    net.cross_entropy(x, data.label)
    return net.project()


def tokens(**params: object) -> Project:
    net = Network("tokens")
    data = net.digits(id="data")
    x = net.reshape(data.image, sizes=(8, 8))
    x = net.multihead_attention(x, **params, id="bad")
    x = net.linear(net.mean_pool(x), out_features=10)
    net.output(x)
    net.cross_entropy(x, data.label)
    return net.project()


def optimised(*optimisers: Optimiser) -> Project:
    return replace(sound().project(), training=Training(optimisers=optimisers))


def numbers(kind: str, target: str, width: int) -> Project:
    """Diabetes or iris under a loss that may not suit them."""
    net = Network("numbers")
    data = getattr(net, "diabetes" if target == "target" else "iris")(id="data")
    x = net.linear(data.features, out_features=width, id="head")
    net.output(x)
    getattr(net, kind)(x, getattr(data, target), id="bad")
    return net.project()


def binary(kind: str, loss: str = "bce_with_logits") -> Project:
    """Yes or no of two outputs, behind an activation."""
    net = Network("binary")
    data = net.blobs(id="data")
    x = net.place(kind, net.linear(data.point, out_features=2, id="head"), id="last")
    net.output(x)
    net.place(loss, x, data.point, id="bad")
    return net.project()


def regression(node: Node, loss: str = "mse") -> Project:
    """Diabetes, with something behind the last layer."""
    project = numbers(loss, "target", 1)
    graph = project.graph
    gone = [e for e in graph.edges if e.target == "bad" and e.source == "head"]
    wires = Edge("head", "y", node.id, "x"), Edge(node.id, "y", "bad", "prediction")
    return project.with_graph(graph.remove(edges=gone).add(node).connect(*wires))


def pixels(kind: str, params: dict[str, object]) -> Project:
    """Probabilities for each pixel of an image, as the result of a network."""
    net = Network("pixels")
    data = net.digits(id="data")
    x = net.relu(net.conv2d(data.image, out_channels=4))
    scores = net.conv2d(x, out_channels=3, id="head")
    net.output(net.place(kind, scores, id="bad", **params), name="where")
    x = net.linear(net.flatten(net.relu(scores)), out_features=10)
    net.cross_entropy(x, data.label)
    return net.project()


def batch_of_one() -> Project:
    project = between("conv", "act", Node("norm", "batch_norm"))
    return replace(project, training=replace(project.training, batch_size=1))


def two_heads() -> Project:
    """Two layers side by side, each with a loss of its own."""
    return edited(lambda g: g.add(
        Node("other", "linear", {"out_features": 10}), Node("ce", "cross_entropy"),
    ).connect(
        Edge("flat", "y", "other", "x"), Edge("other", "y", "ce", "logits"),
        Edge("data", "label", "ce", "label"),
    ))  # fmt: skip


def penalised(norm: bool, share: bool = True, mix: bool = True) -> Project:
    """A critic of points whose slope is bound, with or without batch norm in it."""
    net = Network("penalised")
    data = net.blobs(id="data")
    x = net.random_mix(data.point, id="mix") if mix else data.point
    hidden = net.linear(x if share else data.point, out_features=8, bias=False)
    hidden = net.batch_norm(hidden, id="norm") if norm else hidden
    scores = net.linear(net.tanh(hidden), out_features=1)
    net.output(scores)
    net.gradient_penalty(scores, x, id="penalty")
    return net.project()


def leaf(*nodes: Node) -> Project:
    """Nodes behind the activation that lead nowhere."""
    chain = ["act", *(n.id for n in nodes)]
    edges = [Edge(a, "y", b, "x") for a, b in itertools.pairwise(chain)]
    return edited(lambda g: g.add(*nodes).connect(*edges))


#: name: (project, a part of the sentence, the fix)
FIXES: dict[str, tuple[Callable[[], Project], str, str]] = {
    # the project as a whole
    "no data": (lambda: sound("data").project(), "add a Data node", "Add Digits"),
    "no output": (lambda: sound("end").project(), "result of the model", "Add an Output"),
    "no loss": (lambda: sound("loss_1").project(), "nothing to minimise", "Add Cross-entropy"),
    "no loss of numbers": (
        lambda: numbers("mse", "target", 1).without_nodes(["bad"]), "nothing to minimise",
        "Add Mean squared error",
    ),
    "no optimiser": (lambda: optimised(), "no optimiser", "Add Adam"),
    "optimisers of one name": (
        lambda: optimised(Optimiser(), Optimiser()), "rename one", "Rename one of them",
    ),
    "optimiser of a missing loss": (
        lambda: optimised(Optimiser(losses=("ghost",))), "ghost", "Leave ghost out",
    ),
    "optimiser of a missing node": (
        lambda: optimised(Optimiser(updates=("ghost", "head"))), "ghost", "Leave ghost out",
    ),
    "optimiser of a layer": (
        lambda: optimised(Optimiser(losses=("head",))), "not a loss", "Leave head out",
    ),
    "optimiser of no loss": (
        lambda: optimised(Optimiser(losses=())), "minimises nothing", "Minimise every loss",
    ),
    "optimiser without weights": (
        lambda: optimised(Optimiser(updates=("act",))), "updates no weights", "Update all weights",
    ),
    # wires
    "missing input": (
        lambda: edited(lambda g: g.remove(edges=[Edge("act", "y", "flat", "x")])),
        "Nothing is connected", "Connect act",
    ),
    "missing label": (
        lambda: edited(lambda g: g.remove(edges=[Edge("data", "label", "loss_1", "label")])),
        "Nothing is connected to the input label", "Connect label of data",
    ),
    "another field": (
        lambda: swapped(Edge("data", "image", "conv", "x"), Edge("data", "label", "conv", "x")),
        "takes an image", "Connect image instead",
    ),
    "unknown kind": (
        lambda: edited(lambda g: g.put(replace(g["act"], kind="from_a_plugin"))),
        "not installed", "Mute act",
    ),
    "muted without input": (
        lambda: edited(lambda g: g.put(replace(g["act"], muted=True)).remove(
            edges=[Edge("conv", "y", "act", "x")])),
        "Muted", "Connect conv",
    ),
    # parameters
    "below the range": (
        lambda: edited(lambda g: g.set_param("conv", "out_channels", 0)), "at least 1",
        "Set channels to 1",
    ),
    "above the range": (
        lambda: edited(lambda g: g.set_param("loss_1", "label_smoothing", 2.0)), "at most",
        "Set label smoothing to 1",
    ),
    "wrong type": (
        lambda: edited(lambda g: g.set_param("conv", "out_channels", "many")), "is a number",
        "Use the default channels",
    ),
    "unknown parameter": (
        lambda: edited(lambda g: g.set_param("conv", "colour", "red")), "no parameter colour",
        "Remove colour",
    ),
    "expression": (
        lambda: edited(lambda g: g.set_param("conv", "out_channels", "=width")),
        "not a parameter", "Use the default channels",
    ),
    # shapes: what is put in
    "Global average pool": (
        lambda: between("head", "loss_1", Node("bad", "reshape", {"sizes": (10, 1, 1)})),
        "one label for each row", "Insert Global average pool",
    ),
    "Reshape": (
        lambda: between("flat", "head", Node("bad", "conv2d"), Node("f", "flatten")),
        "takes an image", "Insert Reshape to 1×16×16",
    ),
    "Mean of tokens": (
        lambda: between("flat", "head", Node("rows", "reshape", {"sizes": (64, 4)})),
        "one label for each row", "Insert Mean of tokens",
    ),
    "Flatten": (
        lambda: between("head", "loss_1", Node("bad", "reshape", {"sizes": (10, 1)})),
        "one label for each row", "Insert Flatten",
    ),
    "Transpose": (
        lambda: meeting("add", lambda net, data: (
            net.transpose(net.reshape(data.image, sizes=(4, 16))),
            net.reshape(data.image, sizes=(4, 16)),
        )),
        "takes equal shapes", "Insert Transpose",
    ),
    # shapes: the node's own values
    "heads": (lambda: tokens(num_heads=3), "evenly over 3 heads", "Set heads to 2"),
    "groups": (
        lambda: between("conv", "act", Node("bad", "conv2d", {"out_channels": 4, "groups": 3})),
        "3 equal groups", "Set groups to 1",
    ),
    "kernel larger than the image": (
        lambda: between("conv", "act", Node("bad", "max_pool2d", {"kernel_size": (9,)})),
        "spans 9×9", "Set window to 8×8",
    ),
    "convolution larger than the image": (
        lambda: edited(lambda g: g.put(g["conv"].with_params(kernel_size=(9,), padding="valid"))),
        "spans 9×9", "Use padding same",
    ),
    "pad of a pool": (
        lambda: between("conv", "act", Node("bad", "max_pool2d", {"pad": (2,)})),
        "more than half of the window", "Set pad to 1×1",
    ),
    "sizes of a reshape": (
        lambda: between("flat", "head", Node("bad", "reshape", {"sizes": (7,)})),
        "do not fill", "Set sizes to −1",
    ),
    "greatest length": (
        lambda: between("act", "flat", Node("rows", "to_tokens"),
                        Node("bad", "positional_encoding", {"max_length": 9})),
        "more than the greatest length", "Set greatest length to 64",
    ),
    "axis of softmax": (
        lambda: between("act", "flat", Node("bad", "softmax", {"dim": 7})),
        "works along axis 7", "Set axis to −1",
    ),
    "neither target nor constant": (
        lambda: edited(lambda g: g.add(Node("bad", "bce_with_logits")).connect(
            Edge("head", "y", "bad", "logits"))),
        "neither is given", "Set constant to 1",
    ),
    # shapes: what another layer gives
    "class count": (
        lambda: edited(lambda g: g.set_param("head", "out_features", 3)),
        "scores for only 3", "Give head 10 outputs",
    ),
    "class count behind an activation": (
        lambda: edited(lambda g: between("head", "loss_1", Node("bad", "dropout")).graph
                       .set_param("head", "out_features", 3)),
        "scores for only 3", "Give head 10 outputs",
    ),
    "one number": (
        lambda: numbers("mse", "target", 3), "compares values one by one", "Give head 1 output",
    ),
    "another loss": (
        lambda: numbers("mse", "label", 3), "compares numbers", "Use Cross-entropy instead",
    ),
    "binary loss of classes": (
        lambda: numbers("bce_with_logits", "label", 3), "tells 2 classes apart",
        "Use Cross-entropy instead",
    ),
    "tokens of numbers": (
        lambda: between("flat", "head", Node("bad", "embedding")),
        "takes tokens or labels", "Remove bad",
    ),
    # branches
    "padding at an Add": (
        lambda: meeting("add", lambda net, data: (
            net.conv2d(data.image, out_channels=4, padding="valid", id="left"),
            net.conv2d(data.image, out_channels=4, id="right"))),
        "takes equal shapes", "Use padding same in left",
    ),
    "stride at an Add": (
        lambda: meeting("add", lambda net, data: (
            net.relu(net.conv2d(data.image, out_channels=4, stride=(2,), id="left")),
            net.conv2d(data.image, out_channels=4, id="right"))),
        "takes equal shapes", "Set the stride of left to 1",
    ),
    "channels at an Add": (
        lambda: meeting("add", lambda net, data: (
            net.batch_norm(net.conv2d(data.image, out_channels=6, bias=False, id="left")),
            net.conv2d(data.image, out_channels=4, id="right"))),
        "takes equal shapes", "Give left 4 channels",
    ),
    "projection at an Add": (
        lambda: meeting("add", lambda net, data: (
            net.conv2d(net.conv2d(data.image, out_channels=4), out_channels=8, stride=(2,)),
            net.max_pool2d(net.conv2d(data.image, out_channels=4), kernel_size=(1,)))),
        "takes equal shapes", "Project the skip",
    ),
    "width at an Add": (
        lambda: meeting("add", lambda net, data: (
            net.linear(net.flatten(data.image), out_features=8), net.flatten(data.image))),
        "takes equal shapes", "Project with Linear",
    ),
    "padding at a Multiply": (
        lambda: meeting("multiply", lambda net, data: (
            net.conv2d(data.image, out_channels=4, padding="valid", id="left"),
            net.conv2d(data.image, out_channels=4, id="right"))),
        "takes equal shapes", "Use padding same in left",
    ),
    "stride at a Concatenate": (
        lambda: meeting("concat", lambda net, data: (
            net.conv2d(data.image, out_channels=4, stride=(2,), id="left"),
            net.conv2d(data.image, out_channels=4, id="right"))),
        "put side by side", "Set the stride of left to 1",
    ),
    # mistakes
    "softmax before cross-entropy": (
        lambda: between("head", "loss_1", Node("soft", "softmax")), "applies softmax itself",
        "Remove soft",
    ),
    "dropout after the last layer": (
        lambda: between("head", "loss_1", Node("drop", "dropout")), "Dropout after the last layer",
        "Remove drop",
    ),
    "batch norm after the last layer": (
        lambda: between("head", "loss_1", Node("norm", "batch_norm")),
        "Batch norm after the last layer", "Remove norm",
    ),
    "activation after the last layer": (
        lambda: between("head", "loss_1", Node("last", "relu")),
        "activation after the last layer", "Remove last",
    ),
    "sigmoid before cross-entropy": (
        lambda: between("head", "loss_1", Node("yes", "sigmoid")), "a yes or no of its own",
        "Remove yes",
    ),
    "softmax before binary cross-entropy": (
        lambda: binary("softmax"), "lets the outputs compete", "Remove last",
    ),
    "sigmoid before binary focal": (
        lambda: binary("sigmoid", "binary_focal"), "applies sigmoid itself", "Remove last",
    ),
    "ReLU on a regression": (
        lambda: regression(Node("cut", "relu")), "cuts predictions at 0", "Remove cut",
    ),
    "ReLU on a regression of what is positive": (
        lambda: regression(Node("cut", "relu")), "cuts predictions at 0", "Use Softplus instead",
    ),
    "dropout on a regression": (
        lambda: regression(Node("drop", "dropout"), "huber"), "Dropout after the last layer",
        "Remove drop",
    ),
    "softmax along the width": (
        lambda: pixels("log_softmax", {"dim": -1}), "classes stand along axis 1", "Set axis to 1",
    ),
    "two activations": (
        lambda: between("act", "flat", Node("more", "tanh")), "two activations in a row",
        "Remove more",
    ),
    "ReLU before a sigmoid": (
        lambda: between("act", "flat", Node("gate", "sigmoid")), "no answer is a no", "Remove act",
    ),
    "convolution after convolution": (
        lambda: between("conv", "act", Node("norm", "batch_norm"), Node("more", "conv2d")),
        "no activation between conv and more", "Insert ReLU",
    ),
    "linear behind a convolution": (
        lambda: edited(lambda g: g.remove(["act"]).connect(Edge("conv", "y", "flat", "x"))),
        "no activation between conv and head", "Insert ReLU",
    ),
    "dropout before batch norm": (
        lambda: between("conv", "act", Node("drop", "dropout"), Node("norm", "batch_norm")),
        "changes the variance", "Put drop behind norm",
    ),
    "dropout of everything": (
        lambda: between("act", "flat", Node("drop", "dropout", {"p": 1.0})), "deletes everything",
        "Set it to 0.5",
    ),
    "weights of zero": (
        lambda: edited(lambda g: g.set_param("conv", "weight_init", "zeros")), "begin alike",
        "Draw them as torch does",
    ),
    "a loss behind Detach": (
        lambda: between("head", "loss_1", Node("cut", "detach")), "Its gradient ends at cut",
        "Remove cut",
    ),
    "batch norm of one sample": (
        lambda: batch_of_one(), "which holds 1 sample", "Set the batch size to 32",
    ),
    "batch norm of one sample, another norm": (
        lambda: batch_of_one(), "which holds 1 sample", "Use Layer norm instead",
    ),
    "learning rate too large": (
        lambda: optimised(Optimiser(settings={"lr": 1.0})), "far too large", "Set it to 0.001",
    ),
    "learning rate of nothing": (
        lambda: optimised(Optimiser("main", "sgd", {"lr": 0.0})), "moves no weight",
        "Set it to 0.01",
    ),
    "optimiser out of reach": (
        lambda: replace(two_heads(), training=Training(optimisers=(
            Optimiser("a", losses=("loss_1",), updates=("other",)), Optimiser("b")))),
        "none of its losses reaches", "Update all weights",
    ),
    "batch norm under a gradient penalty": (
        lambda: penalised(True), "mixes the samples", "Remove norm",
    ),
    "linear after linear": (
        lambda: between("flat", "head", Node("more", "linear")), "one linear layer", "Insert ReLU",
    ),
    "stride over the kernel": (
        lambda: edited(lambda g: g.set_param("conv", "stride", (4,))), "never looked at",
        "Set stride to 3",
    ),
    "softmax of one value": (
        lambda: edited(lambda g: g.add(Node("one", "linear", {"out_features": 1}),
            Node("soft", "softmax"), Node("end_2", "output", {"name": "gate"})).connect(
            Edge("flat", "y", "one", "x"), Edge("one", "y", "soft", "x"),
            Edge("soft", "y", "end_2", "x"))),
        "always 1", "Use Sigmoid instead",
    ),
    "outputs of one name": (
        lambda: edited(lambda g: g.set_param("end", "name", "digit").add(
            Node("end_2", "output", {"name": "digit"})).connect(Edge("flat", "y", "end_2", "x"))),
        "Two outputs are called", "Rename to",
    ),
    "loose end": (lambda: leaf(Node("lost", "tanh")), "Nothing reads what lost", "Remove it"),
    "loose branch": (
        lambda: leaf(Node("lost", "tanh"), Node("more", "relu")), "Nothing reads what more",
        "Remove its 2 nodes",
    ),
}  # fmt: skip


def _one(project: Project, part: str) -> Problem:
    found = [p for p in check(project).problems if part in p.message]
    assert found, [p.message for p in check(project).problems]
    return found[0]


@pytest.mark.parametrize("name", FIXES)
def test_a_fix_ends_its_problem_and_brings_no_other(name: str) -> None:
    make, part, label = FIXES[name]
    project = make()
    problem = _one(project, part)
    fix = next((f for f in problem.fixes if f.label.startswith(label)), None)
    assert fix is not None, [f.label for f in problem.fixes]
    mended = fix.apply(project)
    before = {(p.message, p.node) for p in check(project).errors}
    after = check(mended)
    assert (problem.message, problem.node) not in {(p.message, p.node) for p in after.problems}
    assert {(p.message, p.node) for p in after.errors} <= before
    # What the fix has nothing to do with is the same node as before.
    kept = [i for i in project.graph.nodes if i in mended.graph]
    assert sum(mended.graph[i] is project.graph[i] for i in kept) >= len(kept) // 4


@pytest.mark.parametrize("name", FIXES)
def test_every_fix_that_is_offered_keeps_what_it_promises(name: str) -> None:
    make, _, _ = FIXES[name]
    project = make()
    for problem in check(project).problems:
        assert len({f.label for f in problem.fixes}) == len(problem.fixes)
        for fix in problem.fixes:
            after = check(fix.apply(project))
            left = {(p.message, p.node) for p in after.problems}
            assert (problem.message, problem.node) not in left, fix.label


def test_there_are_many_kinds_of_problems_with_fixes() -> None:
    parts = {part for _, part, _ in FIXES.values()}
    assert len(parts) >= 15


def test_the_answer_given_away_is_told() -> None:
    net = Network("leak")
    data = net.diabetes(id="data")
    hints = net.concat(data.features, net.reshape(data.target, sizes=(1,), id="hint"))
    x = net.linear(hints, out_features=1)
    net.output(x)
    net.mse(x, data.target)
    (problem,) = [p for p in check(net.project()).problems if "learn to copy" in p.message]
    assert (problem.node, problem.severity) == ("hint", "warning")


def test_a_fix_is_not_offered_where_it_would_break_what_is_sound() -> None:
    """Another width of the first convolution would break the Add before it."""
    net = Network("tied")
    data = net.digits(id="data")
    a = net.conv2d(data.image, out_channels=4, id="a")
    b = net.conv2d(data.image, out_channels=4, id="b")
    first = net.add(a, b, id="first")
    bad = net.add(net.conv2d(first, out_channels=6, id="c"), a, id="bad")
    x = net.linear(net.flatten(bad), out_features=10)
    net.output(x)
    net.cross_entropy(x, data.label)
    problem = _one(net.project(), "takes equal shapes")
    labels = [f.label for f in problem.fixes]
    assert "Give c 4 channels" in labels
    assert "Give a 6 channels" not in labels


def test_a_fix_of_a_block_mends_the_block() -> None:
    net = Network("blocks")
    with net.block("part") as b:
        x = b.input(name="x")
        attended = b.multihead_attention(x, num_heads=3, id="inner")
        b.output(attended, name="y")
    data = net.digits()
    x = net.part(net.reshape(data.image, sizes=(8, 8)))
    x = net.linear(net.flatten(x), out_features=10)
    net.output(x)
    net.cross_entropy(x, data.label)
    project = net.project()
    problem = _one(project, "evenly over 3 heads")
    assert (problem.node, problem.block) == ("inner", "part")
    assert check(problem.fixes[0].apply(project)).errors == ()

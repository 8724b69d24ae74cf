"""What runs but learns badly, and what nothing depends on: warnings, never errors."""

from __future__ import annotations

from dataclasses import replace

from netbuilder.building import Network, Output
from netbuilder.compiler import check, generate
from netbuilder.graph import Edge, Graph, Node, Project
from tests.compiler.classifier import edited, sound


def plus(*nodes: Node, edges: tuple[Edge, ...] = ()) -> Project:
    return edited(lambda g: Graph({**g.nodes, **{n.id: n for n in nodes}}, (*g.edges, *edges)))


def is_sentence(text: str) -> bool:
    return text.endswith(".") and "\n" not in text and len(text) < 320 and "Error" not in text


def test_softmax_before_cross_entropy() -> None:
    net = sound("end", "right", "loss_1")
    soft = net.softmax(net.place("linear", out_features=10, id="more"), id="soft")
    net.graph = net.graph.connect(Edge("act", "y", "flat", "x"), Edge("flat", "y", "more", "x"))
    net.graph = net.graph.remove(["head"])
    net.output(soft)
    net.graph = net.graph.add(Node("ce", "cross_entropy"))
    net.graph = net.graph.connect(
        Edge("soft", "y", "ce", "logits"), Edge("data", "label", "ce", "label")
    )
    warned(net.project(), "soft")


def test_sigmoid_before_binary_cross_entropy() -> None:
    net = sound()
    logit = net.sigmoid(net.linear(net.place("flatten", id="f2"), out_features=1), id="squash")
    net.graph = net.graph.connect(Edge("act", "y", "f2", "x"))
    net.bce_with_logits(logit, constant=1.0)
    warned(net.project(), "squash")


def judged(loss: str, activation: str = "") -> Project:
    """The small classifier under another loss, with an activation in front of it."""
    net = sound("loss_1")
    project = net.project()
    graph = project.graph.add(Node("loss_1", loss))
    graph = graph.connect(Edge("data", "label", "loss_1", "label"))
    if activation:
        graph = graph.add(Node("act_2", activation)).connect(Edge("head", "y", "act_2", "x"))
    last = "act_2" if activation else "head"
    return replace(project, graph=graph.connect(Edge(last, "y", "loss_1", "logits")))


def test_scores_where_log_probabilities_belong() -> None:
    warned(judged("nll"), "loss_1")
    warned(judged("nll", "softmax"), "loss_1")
    assert check(judged("nll", "log_softmax")).problems == ()


def test_nothing_learns_in_front_of_a_sign() -> None:
    for kind in ("sign", "step"):
        warned(edited(lambda g, kind=kind: g.put(Node("act", kind))), "act")  # type: ignore[misc]
    warned(judged("cross_entropy", "sign"), "act_2")
    net = sound()
    net.output(net.sign(Output("head", "y", ("y",))), name="side")  # no loss behind it
    assert check(net.project()).problems == ()


def test_an_identity_before_a_loss_is_no_mistake() -> None:
    assert check(judged("cross_entropy", "identity")).problems == ()


def test_bias_before_batch_norm() -> None:
    project = edited(
        lambda g: (
            g.remove(edges=[Edge("conv", "y", "act", "x")])
            .add(Node("norm", "batch_norm"))
            .connect(Edge("conv", "y", "norm", "x"), Edge("norm", "y", "act", "x"))
        )
    )
    warned(project, "conv")


def test_linear_after_linear() -> None:
    project = edited(lambda g: g.put(Node("act", "linear", {"out_features": 3})))
    (problem,) = [p for p in check(edited_linear()).problems]
    assert problem.severity == "warning"
    assert problem.node == "second"
    assert is_sentence(problem.message)
    assert check(project).errors == ()


def edited_linear() -> Project:
    net = sound("end", "right", "loss_1")
    x = net.place("linear", out_features=10, id="second")
    net.graph = net.graph.connect(Edge("head", "y", "second", "x"))
    net.output(x)
    net.graph = net.graph.add(Node("ce", "cross_entropy")).connect(
        Edge("second", "y", "ce", "logits"), Edge("data", "label", "ce", "label")
    )
    return net.project()


def warned(project: Project, node: str) -> None:
    """One warning at the node, with a fix that ends it and leaves no other trouble."""
    (problem,) = check(project).problems
    assert problem.severity == "warning"
    assert problem.node == node
    assert is_sentence(problem.message)
    (fix,) = problem.fixes
    assert check(fix.apply(project)).problems == ()
    generate(project)


# --- what nothing depends on ---------------------------------------------------------------------


def test_an_unfinished_corner_only_warns() -> None:
    project = plus(Node("corner", "linear"), Node("odd", "from_a_plugin"))
    found = check(project)
    assert {(p.node, p.severity) for p in found.problems} == {
        ("corner", "warning"), ("odd", "warning"),
    }  # fmt: skip
    assert "corner" not in generate(project).text


def test_a_corner_costs_nothing() -> None:
    project = plus(Node("corner", "linear"), edges=(Edge("flat", "y", "corner", "x"),))
    assert check(project).parameters == check(sound().project()).parameters
    assert check(project).nodes["corner",].parameters > 0
    assert check(project).multiply_adds == check(sound().project()).multiply_adds


def test_trouble_in_a_block_is_told_where_it_matters() -> None:
    """First an instance that nothing needs, then one that is needed: an error all the same."""
    net = Network("told")
    with net.block("part") as b:
        b.output(b.linear(b.input(name="x"), out_features=0, id="inner"), name="y")
    data = net.iris()
    net.part(data.features, id="a_corner")
    x = net.part(data.features)
    net.output(x)
    net.cross_entropy(x, data.label)
    found = check(net.project())
    assert [p.severity for p in found.errors] == ["error"]
    assert (found.errors[0].node, found.errors[0].block) == ("inner", "part")


def test_errors_come_first() -> None:
    project = plus(Node("corner", "linear"))
    project = replace(project, graph=project.graph.put(Node("act", "from_a_plugin")))
    severities = [p.severity for p in check(project).problems]
    assert severities == sorted(severities)

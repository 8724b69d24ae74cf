"""Finding what to add, by words and by what a wire carries."""

import pytest

from netbuilder.app.canvas.catalogue import entries, match, search, suggestions
from netbuilder.app.canvas.fits import Fitting
from netbuilder.app.canvas.ports import PortRef
from netbuilder.app.panels.palette import families, ranked
from netbuilder.compiler import check
from netbuilder.graph import Edge, Graph, Node, Project
from netbuilder.layers import REGISTRY


def found(query):
    return [f.entry.kind for f in search(entries(Project(), ()), query)]


def test_everything_that_may_stand_at_the_top_is_listed():
    kinds = {e.kind for e in entries(Project(), ())}
    assert kinds == {k for k, c in REGISTRY.items() if c.role != "input"}


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        *(("conv", "conv2d"), ("relu", "relu"), ("max pool", "max_pool2d"), ("lin", "linear")),
        *(("mha", "multihead_attention"), ("cross", "cross_entropy"), ("CONV2D", "conv2d")),
        ("bn", "batch_norm"),
    ],
)
def test_a_few_letters_find_it_near_the_top(query, kind):
    assert kind in found(query)[:3]


OTHER_NAMES = [
    ("contrastive", "info_nce"), ("wgan", "wasserstein"), ("distillation", "kl_divergence"),
    ("swish", "silu"), ("heaviside", "step"), ("svm", "hinge"), ("support vector", "hinge"),
    ("logistic", "bce_with_logits"), ("speech", "ctc"), ("least squares", "mse"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "kind"), OTHER_NAMES)
def test_other_names_of_the_field_find_it(query, kind):
    assert kind in found(query)[:3]
    offered = [e for family in families() for e in family.entries]
    assert kind in [e.kind for e, _ in ranked(query, offered)][:3]


def test_a_title_beats_another_name():
    assert found("linear")[0] == "linear"


def test_nonsense_finds_nothing():
    assert found("qqqxyz") == []


def test_matched_letters_are_the_ones_typed():
    for query, title in (("conv", "Convolution 2-D"), ("bn", "Batch norm"), ("tn", "Batch norm")):
        scored = match(query, title)
        assert scored is not None
        assert "".join(title[i] for i in scored[1]).lower() == query


def test_a_whole_word_beats_strewn_letters():
    whole, strewn = match("norm", "Batch norm"), match("bnm", "Batch norm")
    assert whole is not None
    assert strewn is None or whole[0] > strewn[0]


@pytest.fixture
def fitting():
    graph = Graph(
        {
            n.id: n
            for n in (
                Node("digits_1", "digits"),
                Node("conv2d_1", "conv2d"),
                Node("linear_1", "linear"),
            )
        }
    )
    graph = graph.connect(Edge("digits_1", "image", "conv2d_1", "x"))
    project = Project("p", graph)
    return Fitting(project, (), check(project))


def test_from_an_image_only_what_takes_one_is_suggested(fitting):
    listed = {f.entry.kind: f for f in suggestions(fitting, PortRef("conv2d_1", "y", True))}
    assert not listed["max_pool2d"].between
    assert listed["max_pool2d"].entry.gives == "image"
    assert "digits" not in listed
    assert "embedding" not in listed


def test_from_labels_an_embedding_is_the_step_to_numbers(fitting):
    listed = {f.entry.kind: f for f in suggestions(fitting, PortRef("digits_1", "label", True))}
    assert not listed["embedding"].between
    assert listed["linear"].between == "embedding"
    order = list(listed)
    assert order.index("embedding") < order.index("linear")


def test_into_an_input_only_what_has_outputs_is_suggested(fitting):
    listed = {f.entry.kind for f in suggestions(fitting, PortRef("linear_1", "x", False))}
    assert {"relu", "flatten", "iris"} <= listed
    assert not {"output", "accuracy"} & listed


def test_what_the_project_does_often_comes_first():
    graph = Graph({"digits_1": Node("digits_1", "digits")})
    before, port = "digits_1", "image"
    for i in range(1, 4):
        for kind in ("conv2d", "gelu"):
            node = Node(f"{kind}_{i}", kind)
            graph = graph.add(node).connect(Edge(before, port, node.id, "x"))
            before, port = node.id, "y"
    graph = graph.add(Node("conv2d_4", "conv2d")).connect(Edge(before, port, "conv2d_4", "x"))
    project = Project("p", graph)
    best = suggestions(Fitting(project, (), check(project)), PortRef("conv2d_4", "y", True))[0]
    assert best.entry.kind == "gelu"
    assert best.note == "3 here"

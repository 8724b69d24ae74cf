"""Six layers on digits, begun well and badly: the figures, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F

from netbuilder.building import Network
from netbuilder.compiler import generate
from netbuilder.engine.answers import answer
from netbuilder.engine.messages import Ask
from netbuilder.engine.weights import Weights
from netbuilder.explain.beginnings import Beginning
from netbuilder.explain.verdicts import verdicts
from netbuilder.graph import Project
from netbuilder.training.feed import Feed


def deep(activation: str = "tanh", norm: bool = False, **begin: Any) -> Project:
    """Five hidden layers of 64 units and ten scores; the parameters say how all six begin."""
    net = Network("deep")
    data = net.digits()
    x: Any = net.flatten(data)
    for number in range(1, 6):
        x = net.place("linear", x, id=f"linear_{number}", out_features=64, **begin)
        x = net.place("batch_norm", x) if norm else x
        x = net.place(activation, x, id=f"{activation}_{number}")
    scores = net.place("linear", x, id="linear_6", out_features=10, **begin)
    net.output(scores)
    net.cross_entropy(scores, data.label)
    return net.project()


def asked(project: Project) -> dict[str, Any]:
    given = answer(Ask(1, "beginnings", project, {}), Weights())
    assert given.error is None, given.error
    assert given.result is not None
    return dict(given.result)


def said(project: Project) -> str:
    return " ".join(asked(project)["verdicts"])


XAVIER = {"weight_init": "xavier_normal", "bias_init": 0.0}
SMALL = {"weight_init": "normal", "init_value": 0.01}
LARGE = {"weight_init": "normal", "init_value": 1.0}


def test_figures_are_torchs() -> None:
    project = deep(**XAVIER)
    nodes = {n["node"]: n for n in asked(project)["nodes"]}
    assert list(nodes)[:4] == ["digits_1", "flatten_1", "linear_1", "tanh_1"]
    # The same batch and weights, computed by hand.
    model = Weights().fresh(project)
    batch = next(Feed(project, generate(project), torch.device("cpu")).epoch(1))
    x, kept = batch["image"].flatten(1), {}
    for number in range(1, 7):
        kept[number] = getattr(model, f"linear_{number}")(x)
        kept[number].retain_grad()
        x = torch.tanh(kept[number])
    F.cross_entropy(kept[6], batch["label"]).backward()
    for number, logits in kept.items():
        y, back = logits.detach(), logits.grad
        node = nodes[f"linear_{number}"]
        assert node["mean"] == pytest.approx(float(y.mean()), abs=1e-5)
        assert node["std"] == pytest.approx(float(y.std()), rel=1e-3)
        assert node["spread"] == pytest.approx(float(y.var(0, False).mean().sqrt()), rel=1e-3)
        assert node["gradient"] == pytest.approx(float(back.square().mean().sqrt()), rel=1e-3)
        weight = getattr(model, f"linear_{number}").weight
        assert node["weights"] == pytest.approx(float(weight.detach().std()), rel=1e-3)
        assert node["weight_gradient"] == pytest.approx(float(weight.grad.norm()), rel=1e-3)


@pytest.mark.parametrize(
    ("activation", "begin"),
    [
        ("tanh", XAVIER),
        ("tanh", {}),
        ("relu", {"weight_init": "kaiming_normal", "bias_init": 0.0}),
        ("relu", {}),
    ],
)
def test_good_beginnings_are_left_alone(activation: str, begin: dict[str, Any]) -> None:
    assert said(deep(activation, **begin)) == ""


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_zeros_keep_units_alike(activation: str) -> None:
    name = "Kaiming" if activation == "relu" else "Xavier"
    text = said(deep(activation, weight_init="zeros"))
    assert text.startswith("All weights of linear_1 and of ")
    assert text.endswith(f"begin at zero: every unit learns the same. Begin with {name}.")


def test_a_constant_keeps_units_alike() -> None:
    assert "begin at 0.1: every unit learns the same" in said(
        deep(weight_init="constant", init_value=0.1, bias_init=0.0)
    )


def test_one_layer_of_zeros_hides_the_samples_the_last_one_does_not() -> None:
    project = deep(**XAVIER)

    def zeroed(node: str) -> str:
        return said(replace(project, graph=project.graph.set_param(node, "weight_init", "zeros")))

    assert zeroed("linear_1").startswith("All weights of linear_1 begin at zero: behind it all")
    assert zeroed("linear_6") == ""


@pytest.mark.parametrize(("activation", "name"), [("tanh", "Xavier"), ("relu", "Kaiming")])
def test_too_small_shrinks(activation: str, name: str) -> None:
    text = said(deep(activation, **SMALL))
    assert text.startswith("Activations shrink by ")
    assert text.endswith(f"at every layer. Begin with {name}.")
    nodes = {n["node"]: n for n in asked(deep(activation, **SMALL))["nodes"]}
    assert nodes["linear_6"]["spread"] < 1e-4 * nodes["linear_1"]["spread"]


def test_too_large_saturates_or_grows() -> None:
    text = said(deep("tanh", **LARGE))
    assert "of what tanh_" in text
    assert "lies at its limits" in text
    assert said(deep("relu", **LARGE)).startswith("Activations grow by ")


def test_normalisation_holds_what_is_too_small() -> None:
    assert said(deep("relu", norm=True, **SMALL)) == ""


def test_the_answer_repeats_and_is_never_of_a_run() -> None:
    project = deep(**XAVIER)
    assert asked(project) == asked(project)
    assert "weights" not in asked(project)


def layers(*spreads: float, **others: Any) -> list[Beginning]:
    return [
        Beginning(f"linear_{n}", spread=s, weights=0.1, gradient=1.0, **others)
        for n, s in enumerate(spreads, 1)
    ]


def test_rules_by_themselves() -> None:
    assert verdicts([]) == []
    assert verdicts(layers(1, 1, 1)) == []
    assert verdicts(layers(1, 0.1, 0.01)) == [
        "Activations shrink by 10 at every layer. Begin with Xavier."
    ]
    assert verdicts(layers(1, 0.1, 0.01, method="xavier_normal")) == [
        "Activations shrink by 10 at every layer. Put a normalisation between the layers."
    ]
    assert "grow by 20 at" in verdicts(layers(1, 20, 400))[0]
    assert (
        "overflow at linear_2"
        in verdicts([*layers(1), Beginning("linear_2", std=float("nan"), weights=1.0)])[0]
    )
    back = [replace(b, gradient=g) for b, g in zip(layers(1, 1, 1), (1e-4, 1e-2, 1), strict=True)]
    assert verdicts(back)[0].startswith("Gradients shrink by 1e+02 at every layer on their way")
    assert (
        "98% of what relu_1 gives is zero"
        in verdicts([*layers(1), Beginning("relu_1", kind="relu", zeros=0.98)])[0]
    )

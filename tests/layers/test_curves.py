"""What the help draws is what torch computes: values and derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from netbuilder.layers import REGISTRY, B, Layer, TensorSpec
from netbuilder.layers.curve import Curved, drawn

ACTIVATIONS = sorted(k for k, c in REGISTRY.items() if issubclass(c, Curved) and c.role == "layer")
LOSSES = sorted(k for k, c in REGISTRY.items() if issubclass(c, Curved) and c.role == "loss")
VARIANTS: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "leaky_relu": ({"negative_slope": 0.3},),
    "prelu": ({"init": -0.5},),
    "gelu": ({"approximate": "tanh"},),
    "elu": ({"alpha": 0.5},),
    "softplus": ({"beta": 3.0},),
    "cross_entropy": ({"label_smoothing": 0.3},),
    "bce_with_logits": ({"constant": 0.3}, {"pos_weight": "2.5"}),
    "focal": ({"gamma": 0.5},),
    "binary_focal": ({"gamma": 0.0, "alpha": None},),
    "quantile": ({"q": 0.9},),
    "margin_ranking": ({"margin": 0.5},),
    "huber": ({"delta": 0.5},),
    "smooth_l1": ({"beta": 0.5}, {"beta": 0.0}),
    "hinge": ({"margin": 0.5}, {"squared": True}),
    "multiclass_hinge": ({"margin": 2.0},),
    "triplet": ({"margin": 0.5},),
    "wasserstein": ({"goal": "down"},),
}
YES = torch.ones(1, dtype=torch.int64)
NO = torch.zeros((), dtype=torch.float64)


def _two(x: Tensor) -> dict[str, Tensor]:
    """Scores of two classes, the second of which is the true one."""
    return {"logits": torch.stack((NO, x))[None], "label": YES}


def _difference(x: Tensor) -> dict[str, Tensor]:
    return {"prediction": x[None], "target": NO[None]}


def _score(x: Tensor) -> dict[str, Tensor]:
    return {"logits": x[None], "target": NO[None] + 1, "label": YES, "score": x[None]}


def _triplet(x: Tensor) -> dict[str, Tensor]:
    """On a line: the positive at |x| + 1 + x behind the anchor, the negative at |x| + 1."""
    far = x.detach().abs() + 1
    return {
        "anchor": NO[None, None],
        "positive": (far + x)[None, None],
        "negative": far[None, None],
    }


def _angle(x: Tensor) -> dict[str, Tensor]:
    return {
        "a": torch.stack((x, (1 - x**2).sqrt()))[None],
        "b": torch.tensor([[1.0, 0.0]], dtype=torch.float64),
    }


#: What arrives at the ports of a loss where its curve is at x.
GIVEN: Mapping[str, Callable[[Tensor], dict[str, Tensor]]] = {
    "cross_entropy": _two,
    "multiclass_hinge": _two,
    "nll": lambda x: {"logits": torch.stack((NO, x))[None], "label": YES},
    "mse": _difference, "l1": _difference, "huber": _difference, "smooth_l1": _difference,
    "log_cosh": _difference, "quantile": _difference,
    "poisson_nll": lambda x: _difference(x) | {"target": NO[None] + 1},
    "focal": _two, "binary_focal": _score,
    "margin_ranking": lambda x: {"a": x[None], "b": NO[None]},
    "gaussian_nll": lambda x: _difference(x) | {"log_variance": NO[None]},
    "gaussian_kl": lambda x: {"mu": x[None, None], "log_variance": NO[None, None]},
    "bce_with_logits": _score, "hinge": _score, "perceptron_loss": _score, "wasserstein": _score,
    "triplet": _triplet,
    "cosine_loss": _angle,
}  # fmt: skip


def variants(kinds: list[str]) -> list[Layer]:
    return [REGISTRY[k].from_params(v) for k in kinds for v in ({}, *VARIANTS.get(k, ()))]


def off_the_kinks(layer: Layer) -> tuple[np.ndarray[Any, Any], ...]:
    """The curve at an even number of points, which miss what lies at round numbers."""
    assert isinstance(layer, Curved)
    return drawn(layer, 150)


@pytest.mark.parametrize("layer", variants(ACTIVATIONS), ids=repr)
def test_the_curve_of_an_activation(layer: Layer, interpret: Callable[..., Any]) -> None:
    places, y, slope = off_the_kinks(layer)
    x = torch.tensor(places, requires_grad=True)
    call = layer.call(TensorSpec((B,)))
    found = interpret(call, {"x": [x]})
    if call.is_module:
        found = found.double()(x)
    found.sum().backward()
    np.testing.assert_allclose(y, found.detach().numpy(), atol=1e-6)
    np.testing.assert_allclose(slope, np.asarray(x.grad), atol=1e-6)


@pytest.mark.parametrize("layer", variants(LOSSES), ids=repr)
def test_the_curve_of_a_loss(layer: Layer, interpret: Callable[..., Any]) -> None:
    places, y, slope = off_the_kinks(layer)
    if layer.kind == "cosine_loss":  # at the very ends two vectors fall together
        places, y, slope = places[1:-1], y[1:-1], slope[1:-1]
    for place, value, steep in zip(places, y, slope, strict=True):
        x = torch.tensor(place, requires_grad=True)
        given = GIVEN[layer.kind](x)
        wired = {port.name: given.get(port.name) for port in layer.input_ports()}
        if getattr(layer, "constant", None) is not None:
            wired["target"] = None
        specs = [None if t is None else _spec(t) for t in wired.values()]
        layer.infer(*specs)
        loss = interpret(layer.call(*specs), {k: [t] for k, t in wired.items()})
        loss.backward()
        assert loss.item() == pytest.approx(value, abs=1e-5)
        assert x.grad is not None
        assert x.grad.item() == pytest.approx(steep, abs=1e-5)


def _spec(t: Tensor) -> TensorSpec:
    return TensorSpec((B, *t.shape[1:]), "float32" if t.is_floating_point() else "int64")


@pytest.mark.parametrize("kind", [*ACTIVATIONS, *LOSSES])
def test_a_curve_fills_its_span_with_numbers(kind: str) -> None:
    layer = REGISTRY[kind]()
    assert isinstance(layer, Curved)
    x, y, slope = drawn(layer)
    assert (x[0], x[-1]) == layer.span
    assert np.isfinite(y).all()
    assert np.isfinite(slope).all()
    assert layer.across


def test_every_activation_of_single_values_is_drawn() -> None:
    changing = {"softmax", "log_softmax", "glu", "maxout"}
    found = {k for k, c in REGISTRY.items() if c.family == "Activation"}
    assert found - changing == set(ACTIVATIONS)

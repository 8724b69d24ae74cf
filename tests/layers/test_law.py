"""How first weights are said to be drawn, against the weights that torch draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from netbuilder.layers import REGISTRY, B, TensorSpec
from netbuilder.layers.initial import beginnings, is_bias, law
from netbuilder.layers.law import Law

WIDE = TensorSpec((B, 64))
SEQUENCE = TensorSpec((B, 9, 48))
TOKENS = TensorSpec((B, 9), "int64", 300)
CHANNELS = {1: (B, 32, 9), 2: (B, 32, 9, 9), 3: (B, 32, 4, 4, 4)}
#: What arrives at kinds with weights; every such kind stands here.
ARRIVING: dict[str, tuple[TensorSpec, ...]] = {
    **dict.fromkeys(("linear", "maxout", "prelu", "learned", "layer_norm", "rms_norm"), (WIDE,)),
    **dict.fromkeys(("rnn", "lstm", "gru", "positional_encoding"), (SEQUENCE,)),
    **dict.fromkeys(("multihead_attention", "grouped_query_attention"), (SEQUENCE,)),
    **dict.fromkeys(("bilinear_attention", "additive_attention"), (SEQUENCE,)),
    **dict.fromkeys(("attention_pooling", "transformer_encoder"), (SEQUENCE,)),
    "transformer_decoder": (SEQUENCE, SEQUENCE),
    "attention_decoder": (SEQUENCE, TOKENS),
    **dict.fromkeys(("embedding", "embedding_bag"), (TOKENS,)),
    **{f"conv{n}d": (TensorSpec(s),) for n, s in CHANNELS.items()},
    **{f"conv_transpose{n}d": (TensorSpec(s),) for n, s in CHANNELS.items()},
    **dict.fromkeys(
        ("pointwise_conv", "depthwise_conv", "separable_conv", "batch_norm", "instance_norm",
         "group_norm"),
        (TensorSpec(CHANNELS[2]),),
    ),
}  # fmt: skip
#: Whose tensors are what torch decides, or have no weights unless a person writes some.
UNKNOWN = {"torch_layer", "torch_loss", "custom"}
SETTINGS = {"learned": {"sizes": (20, 40)}, "instance_norm": {"affine": True}}
METHODS = [
    "default", "zeros", "constant", "normal", "xavier_uniform", "xavier_normal", "kaiming_uniform",
    "kaiming_normal", "orthogonal",
]  # fmt: skip


def test_every_kind_with_weights_is_looked_at() -> None:
    learning = {k for k, c in REGISTRY.items() if any(p.name == "weight_init" for p in c.params())}
    missing = learning - {*ARRIVING, *UNKNOWN}
    assert not missing, f"say in ARRIVING of tests/layers/test_law.py what arrives at {missing}"


@pytest.mark.parametrize("kind", sorted(ARRIVING))
def test_weights_left_to_torch_follow_the_law(kind: str, apply: Callable[..., Any]) -> None:
    torch.manual_seed(0)
    layer = REGISTRY[kind].from_params(SETTINGS.get(kind, {}))
    module = apply(layer, *ARRIVING[kind]).module
    for name, shape in layer.weights(*ARRIVING[kind]).items():
        if not is_bias(name):
            found = law(layer, name, shape)
            assert found is not None
            _holds(found, module.get_parameter(name))


@pytest.mark.parametrize("kind", ["linear", "conv2d", "conv_transpose2d", "lstm", "embedding"])
@pytest.mark.parametrize("method", METHODS[1:])
@pytest.mark.parametrize("value", [None, 0.5])
def test_weights_of_each_method_follow_its_law(
    kind: str, method: str, value: float | None, apply: Callable[..., Any]
) -> None:
    torch.manual_seed(0)
    layer = REGISTRY[kind].from_params({"weight_init": method, "init_value": value})
    specs = ARRIVING[kind]
    module, weights = apply(layer, *specs).module, layer.weights(*specs)
    with torch.no_grad():
        for name, call in beginnings(layer, weights).items():
            fill = getattr(torch.nn.init, call.target.rpartition(".")[2])
            fill(module.get_parameter(name), *call.args[1:], **call.kwargs)
    for name, shape in weights.items():
        if not is_bias(name):
            found = law(layer, name, shape)
            assert found is not None
            _holds(found, module.get_parameter(name))


def _holds(found: Law, weight: torch.Tensor) -> None:
    """Mean, deviation, extremes and quartiles of a tensor are those of its law."""
    numbers = weight.detach().numpy().ravel().astype(float)
    if not found.spread:
        assert np.allclose(numbers, found.scale)
        return
    near = 4 / np.sqrt(numbers.size)
    assert abs(numbers.mean()) < near * found.deviation * 1.2
    assert numbers.std() == pytest.approx(found.deviation, rel=max(near, 0.02))
    if found.form in ("uniform", "sphere"):
        assert np.abs(numbers).max() <= abs(found.scale) * (1 + 1e-6)
    if found.form == "uniform":
        assert np.abs(numbers).max() > abs(found.scale) * (1 - max(near, 0.02))
    x = np.linspace(-found.reach, found.reach, 4001)
    share = np.cumsum(found.density(x)) * (x[1] - x[0])
    for quantile in (0.25, 0.5, 0.75):
        at = x[np.searchsorted(share, quantile)]
        assert (numbers < at).mean() == pytest.approx(quantile, abs=max(near, 0.02))


@pytest.mark.parametrize(
    "found",
    [
        Law("uniform", 0.3), Law("normal", 0.2), Law("normal", -0.2), Law("sphere", 0.5, 3),
        Law("sphere", 2.0, 40), Law("sphere", 1.0, 700), Law("sphere", 1.0, 4),
    ],
)  # fmt: skip
def test_a_density_is_one_in_all_and_as_wide_as_it_says(found: Law) -> None:
    x = np.linspace(-found.reach, found.reach, 20001)
    step = x[1] - x[0]
    density = found.density(x)
    assert density.sum() * step == pytest.approx(1, abs=2e-3)
    deviation = np.sqrt((density * x**2).sum() * step)
    assert deviation == pytest.approx(found.deviation, rel=1e-2)


def test_a_law_is_told_in_words() -> None:
    assert Law("uniform", 1 / 24).text() == "uniform within ±0.0417"
    assert Law("normal", 0.02).text() == "normal, σ = 0.02"
    assert Law("constant", 1.0).text() == "all 1"
    assert Law("normal", 0.0).text() == "all 0"
    assert Law("sphere", 1.0, 100).text() == "orthogonal, σ = 0.1"


def test_what_only_torch_knows_has_no_law() -> None:
    assert law(REGISTRY["torch_layer"](), "weight", (3, 4)) is None

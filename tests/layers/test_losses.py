"""Losses against their definitions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.layers import REGISTRY, B, Dim, ShapeError, TensorSpec

Apply = Callable[..., Any]
T = Dim("T", 5)


@pytest.mark.parametrize("rows", [(), (T,), (3, 2)])
def test_cross_entropy_is_the_mean_surprise_at_the_true_class(
    rows: tuple[int, ...], apply: Apply
) -> None:
    shape = (B, 4, *rows) if len(rows) == 2 else (B, *rows, 4)
    label = TensorSpec((B, *rows), "int64", 4)
    ran = apply(REGISTRY["cross_entropy"](), TensorSpec(shape), label)
    (logits,), (true,) = ran.inputs["logits"], ran.inputs["label"]
    scores = logits.movedim(1, -1) if len(rows) == 2 else logits
    surprise = -scores.log_softmax(-1).gather(-1, true[..., None])
    torch.testing.assert_close(ran.outputs["loss"], surprise.mean())


def test_label_smoothing_spreads_part_of_the_target(apply: Apply) -> None:
    layer = REGISTRY["cross_entropy"].from_params({"label_smoothing": 0.2})
    ran = apply(layer, TensorSpec((B, 4)), TensorSpec((B,), "int64", 4))
    surprise = -ran.inputs["logits"][0].log_softmax(-1)
    wanted = torch.nn.functional.one_hot(ran.inputs["label"][0], 4) * 0.8 + 0.05
    torch.testing.assert_close(ran.outputs["loss"], (wanted * surprise).sum(1).mean())


@pytest.mark.parametrize(
    ("logits", "label", "words"),
    [
        (TensorSpec((B, 8)), TensorSpec((B,), "int64", 10), "10 classes"),
        (TensorSpec((B, 10)), TensorSpec((B, 10)), "whole numbers"),
        (TensorSpec((B, 7, 10)), TensorSpec((B,), "int64", 10), "labels of B × 7"),
        (TensorSpec((B, 1)), TensorSpec((B,), "int64", 2), "at least 2 classes"),
    ],
)
def test_cross_entropy_refuses_what_does_not_fit(
    logits: TensorSpec, label: TensorSpec, words: str
) -> None:
    with pytest.raises(ShapeError, match=words):
        REGISTRY["cross_entropy"]().infer(logits, label)


@pytest.mark.parametrize("constant", [0.0, 0.9, 1.0])
def test_a_constant_target_needs_no_data(constant: float, apply: Apply) -> None:
    layer = REGISTRY["bce_with_logits"].from_params({"constant": constant})
    ran = apply(layer, TensorSpec((B, 1)), None)
    p = ran.inputs["logits"][0].sigmoid()
    expected = -(constant * p.log() + (1 - constant) * (1 - p).log()).mean()
    torch.testing.assert_close(ran.outputs["loss"], expected)


def test_binary_labels_fit_a_single_score(apply: Apply) -> None:
    layer = REGISTRY["bce_with_logits"]()
    ran = apply(layer, TensorSpec((B, 1)), TensorSpec((B,), "int64", 2))
    (x,), (t,) = ran.inputs["logits"], ran.inputs["target"]
    chosen = torch.where(t == 1, x[:, 0].sigmoid(), 1 - x[:, 0].sigmoid())
    torch.testing.assert_close(ran.outputs["loss"], -chosen.log().mean())
    with pytest.raises(ShapeError, match="neither"):
        layer.infer(TensorSpec((B, 1)), None)


@pytest.mark.parametrize("kind", ["mse", "l1"])
def test_differences(kind: str, apply: Apply) -> None:
    ran = apply(REGISTRY[kind](), TensorSpec((B, 1)), TensorSpec((B,)))
    gap = ran.inputs["prediction"][0][:, 0] - ran.inputs["target"][0]
    expected = gap.pow(2).mean() if kind == "mse" else gap.abs().mean()
    torch.testing.assert_close(ran.outputs["loss"], expected)
    with pytest.raises(ShapeError, match="B × 2"):
        REGISTRY[kind]().infer(TensorSpec((B, 2)), TensorSpec((B, 3)))


def test_gaussian_kl_is_that_of_torch_distributions(apply: Apply) -> None:
    spec = TensorSpec((B, 6))
    ran = apply(REGISTRY["gaussian_kl"](), spec, spec)
    (mu,), (log_variance,) = ran.inputs["mu"], ran.inputs["log_variance"]
    normal = torch.distributions.Normal
    expected = torch.distributions.kl_divergence(
        normal(mu, (0.5 * log_variance).exp()), normal(0.0, 1.0)
    )
    torch.testing.assert_close(ran.outputs["loss"], expected.sum(1).mean())

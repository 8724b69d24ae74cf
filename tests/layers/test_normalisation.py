"""Norms and dropout against their formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from netbuilder.layers import REGISTRY, B, TensorSpec

#: kind, parameters and the axes over which mean and variance are taken.
OVER: list[tuple[str, dict[str, Any], tuple[int, ...]]] = [
    ("batch_norm", {}, (0, 2, 3)),
    ("instance_norm", {}, (2, 3)),
    ("layer_norm", {"axes": 2}, (2, 3)),
    ("layer_norm", {"axes": 3, "elementwise_affine": False}, (1, 2, 3)),
]
X = TensorSpec((B, 6, 5, 4))


def normal(x: Tensor, over: tuple[int, ...], eps: float = 1e-5) -> Tensor:
    """(x − μ) / √(σ² + ε)"""
    mean = x.mean(over, keepdim=True)
    return (x - mean) / ((x - mean).square().mean(over, keepdim=True) + eps).sqrt()


@pytest.mark.parametrize(("kind", "params", "over"), OVER)
def test_mean_and_variance_are_taken_away(
    kind: str, params: dict[str, Any], over: tuple[int, ...], apply: Callable[..., Any]
) -> None:
    ran = apply(REGISTRY[kind].from_params(params), X)
    torch.testing.assert_close(ran.outputs["y"], normal(ran.inputs["x"][0], over))


@pytest.mark.parametrize("groups", [1, 2, 6])
def test_group_norm_takes_groups_of_channels(groups: int, apply: Callable[..., Any]) -> None:
    ran = apply(REGISTRY["group_norm"].from_params({"num_groups": groups}), X)
    (x,) = ran.inputs["x"]
    parted = x.view(x.size(0), groups, 6 // groups, 5, 4)
    torch.testing.assert_close(ran.outputs["y"], normal(parted, (2, 3, 4)).view_as(x))


def test_rms_norm_divides_by_the_root_mean_square(apply: Callable[..., Any]) -> None:
    ran = apply(REGISTRY["rms_norm"].from_params({"eps": 0.01, "axes": 2}), X)
    (x,) = ran.inputs["x"]
    expected = x / (x.square().mean((2, 3), keepdim=True) + 0.01).sqrt()
    torch.testing.assert_close(ran.outputs["y"], expected)


@pytest.mark.parametrize("momentum", [0.25, None])
def test_batch_norm_remembers(momentum: float | None, apply: Callable[..., Any]) -> None:
    """By a share of each batch, or as the plain mean of all batches."""
    layer = REGISTRY["batch_norm"].from_params({"momentum": momentum})
    first = apply(layer, X)
    second = apply(layer, X, module=first.module)
    a, b = (ran.inputs["x"][0].mean((0, 2, 3)) for ran in (first, second))
    expected = (a + b) / 2 if momentum is None else 0.75 * (0.25 * a) + 0.25 * b
    torch.testing.assert_close(first.module.running_mean, expected)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_spatial_dropout_drops_whole_channels(axes: int, apply: Callable[..., Any]) -> None:
    torch.manual_seed(0)
    x = TensorSpec((B, 50, *(4,) * axes))
    layer = REGISTRY["spatial_dropout"].from_params({"p": 0.25})
    ran = apply(layer, x)
    (before,) = ran.inputs["x"]
    dropped = (ran.outputs["y"] == 0).flatten(2)
    assert torch.equal(dropped.all(2), dropped.any(2))
    assert dropped.all(2).float().mean().item() == pytest.approx(0.25, abs=0.03)
    kept = ~dropped.view_as(before)
    torch.testing.assert_close(ran.outputs["y"][kept], before[kept] / 0.75)


def test_alpha_dropout_keeps_mean_and_variance(apply: Callable[..., Any]) -> None:
    torch.manual_seed(0)
    y = apply(REGISTRY["alpha_dropout"]().from_params({"p": 0.3}), TensorSpec((B, 4000))).outputs
    assert y["y"].mean().item() == pytest.approx(0, abs=0.01)
    assert y["y"].var().item() == pytest.approx(1, abs=0.02)
    plain = apply(REGISTRY["dropout"].from_params({"p": 0.3}), TensorSpec((B, 4000))).outputs
    assert plain["y"].var().item() == pytest.approx(1 / 0.7, abs=0.05)

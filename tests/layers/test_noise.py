"""Random inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from netbuilder.layers import REGISTRY, B, TensorSpec


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_noise_has_its_size_and_distribution(
    distribution: str, interpret: Callable[..., Any]
) -> None:
    params = {"size": (200, 50), "distribution": distribution}
    layer = REGISTRY["noise"].from_params(params)
    assert layer.infer() == TensorSpec((B, 200, 50))
    drawn = interpret(layer.call(), {})
    assert tuple(drawn.shape) == (200, 50)
    mean, spread = (0.0, 1.0) if distribution == "normal" else (0.5, 12**-0.5)
    assert drawn.mean().item() == pytest.approx(mean, abs=0.05)
    assert drawn.std().item() == pytest.approx(spread, abs=0.05)

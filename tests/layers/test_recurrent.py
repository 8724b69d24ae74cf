"""Recurrent layers against their equations, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.layers import REGISTRY, B, TensorSpec

X = TensorSpec((B, 5, 3))


def weights(module: torch.nn.Module) -> tuple[torch.Tensor, ...]:
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    return tuple(module.get_parameter(name) for name in names)


def test_lstm_follows_its_equations(apply: Callable[..., Any]) -> None:
    """Rows are in the order input, forget, candidate, output gate."""
    ran = apply(REGISTRY["lstm"].from_params({"hidden_size": 4}), X)
    w, u, b, d = weights(ran.module)
    (x,) = ran.inputs["x"]
    h = c = torch.zeros(x.size(0), 4)
    for t in range(x.size(1)):
        i, f, g, o = (x[:, t] @ w.T + b + h @ u.T + d).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        torch.testing.assert_close(ran.outputs["y"][:, t], h)
    torch.testing.assert_close(ran.outputs["last"], h)


def test_gru_follows_its_equations(apply: Callable[..., Any]) -> None:
    """Rows are in the order reset, update, candidate; z keeps the old state."""
    ran = apply(REGISTRY["gru"].from_params({"hidden_size": 4}), X)
    w, u, b, d = weights(ran.module)
    (x,) = ran.inputs["x"]
    h = torch.zeros(x.size(0), 4)
    for t in range(x.size(1)):
        (r, z, n), (hr, hz, hn) = (x[:, t] @ w.T + b).chunk(3, 1), (h @ u.T + d).chunk(3, 1)
        r, z = (r + hr).sigmoid(), (z + hz).sigmoid()
        h = z * h + (1 - z) * (n + r * hn).tanh()
        torch.testing.assert_close(ran.outputs["y"][:, t], h)
    torch.testing.assert_close(ran.outputs["last"], h)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("layers", [1, 2])
def test_last_holds_where_each_direction_ended(
    kind: str, layers: int, apply: Callable[..., Any]
) -> None:
    params = {"hidden_size": 4, "bidirectional": True, "num_layers": layers}
    layer = REGISTRY[kind].from_params(params)
    ran = apply(layer, X)
    out = ran.outputs
    named = {name: tuple(weight.shape) for name, weight in ran.module.named_parameters()}
    assert dict(layer.weights(X)) == named
    forward, backward = out["y"][:, -1, :4], out["y"][:, 0, 4:]
    torch.testing.assert_close(out["last"], torch.cat([forward, backward], dim=1))


def test_lstm_costs_its_matrices_at_every_step() -> None:
    layer = REGISTRY["lstm"].from_params({"hidden_size": 4})
    assert layer.multiply_adds(TensorSpec((B, 5, 4)), X) == 5 * (16 * 3 + 16 * 4)
    assert sum(len(s) == 2 for s in layer.weights(X).values()) == 2

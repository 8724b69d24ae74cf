"""Recurrent layers against their equations, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.layers import REGISTRY, B, ShapeError, TensorSpec

Apply = Callable[..., Any]

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


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_rnn_follows_its_equation_from_a_state(nonlinearity: str, apply: Apply) -> None:
    layer = REGISTRY["rnn"].from_params({"hidden_size": 4, "nonlinearity": nonlinearity})
    ran = apply(layer, X, TensorSpec((B, 1, 4)))
    w, u, b, d = weights(ran.module)
    (x,), (start,) = ran.inputs["x"], ran.inputs["state"]
    h = start[:, 0]
    for t in range(x.size(1)):
        h = getattr(torch, nonlinearity)(x[:, t] @ w.T + b + h @ u.T + d)
        torch.testing.assert_close(ran.outputs["y"][:, t], h)
    torch.testing.assert_close(ran.outputs["state"][:, 0], h)


@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_lstm_shows_a_projection_of_its_memory(apply: Apply) -> None:
    """Sak et al. 2014: what is shown, and goes back into the gates, is R·o·tanh(c)."""
    layer = REGISTRY["lstm"].from_params({"hidden_size": 4, "proj_size": 2})
    ran = apply(layer, X, TensorSpec((B, 2)), TensorSpec((B, 4)))
    w, u, b, d = weights(ran.module)
    r = ran.module.get_parameter("weight_hr_l0")
    (x,), (h,), (c,) = (ran.inputs[port] for port in ("x", "state", "cell"))
    for t in range(x.size(1)):
        i, f, g, o = (x[:, t] @ w.T + b + h @ u.T + d).chunk(4, dim=1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = (o.sigmoid() * c.tanh()) @ r.T
        torch.testing.assert_close(ran.outputs["y"][:, t], h)
    torch.testing.assert_close(ran.outputs["last"], h)
    torch.testing.assert_close(ran.outputs["cell"][:, 0], c)


def test_the_gru_of_the_courses_is_this_one_with_its_update_gate_turned(apply: Apply) -> None:
    """There h = (1 − z)·h + z·n: the same function, since σ(−a) = 1 − σ(a)."""
    layer = REGISTRY["gru"].from_params({"hidden_size": 4})
    ran = apply(layer, X)
    (x,) = ran.inputs["x"]
    with torch.no_grad():
        w, u, b, d = (p.clone() for p in weights(ran.module))
        for p in (w, u, b, d):
            p[4:8] *= -1
        h = torch.zeros(x.size(0), 4)
        for t in range(x.size(1)):
            (r, z, n), (hr, hz, hn) = (x[:, t] @ w.T + b).chunk(3, 1), (h @ u.T + d).chunk(3, 1)
            r, z = (r + hr).sigmoid(), (z + hz).sigmoid()
            h = (1 - z) * h + z * (n + r * hn).tanh()
    torch.testing.assert_close(ran.outputs["last"], h)


@pytest.mark.parametrize("kind", ["rnn", "gru", "lstm"])
def test_a_sequence_in_two_parts_is_the_whole_if_the_state_is_handed_on(
    kind: str, apply: Apply
) -> None:
    layer = REGISTRY[kind].from_params({"hidden_size": 4, "num_layers": 2})
    whole = apply(layer, X)
    (x,) = whole.inputs["x"]
    first = apply(layer, X, module=whole.module, given={"x": x[:, :2]})
    names = [p.name for p in layer.input_ports() if p.name in first.outputs]
    states = {name: first.outputs[name] for name in names}
    specs = [TensorSpec((B, 2, 4)) for _ in names]
    second = apply(layer, X, *specs, module=whole.module, given={"x": x[:, 2:], **states})
    torch.testing.assert_close(second.outputs["y"], whole.outputs["y"][:, 2:])
    torch.testing.assert_close(second.outputs["state"], whole.outputs["state"])


def test_a_state_of_another_size_is_refused_with_the_one_that_fits() -> None:
    layer = REGISTRY["gru"].from_params({"hidden_size": 4, "num_layers": 2})
    with pytest.raises(ShapeError, match=r"is B × 4 or B × 2 × 4 here.*a vector \(B × 5\)") as e:
        layer.infer(X, TensorSpec((B, 5)))
    assert (e.value.port, e.value.width) == ("state", 4)
    with pytest.raises(ShapeError, match="narrower than the memory, which has 64; 64 is not"):
        REGISTRY["lstm"].from_params({"proj_size": 64}).infer(X)

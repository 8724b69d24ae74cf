"""Activations: what the curves do not say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler.build import build
from netbuilder.layers import REGISTRY, B, Dim, ShapeError, TensorSpec

Apply = Callable[..., Any]


@pytest.mark.parametrize("temperature", [0.25, 1.0, 4.0])
def test_softmax_with_a_temperature(temperature: float, apply: Apply) -> None:
    layer = REGISTRY["softmax"].from_params({"temperature": temperature})
    ran = apply(layer, TensorSpec((B, 5)))
    powers = (ran.inputs["x"][0].double() / temperature).exp()
    expected = (powers / powers.sum(1, keepdim=True)).float()
    torch.testing.assert_close(ran.outputs["y"], expected)
    logs = apply(
        REGISTRY["log_softmax"].from_params({"temperature": temperature}),
        TensorSpec((B, 5)),
        given={"x": ran.inputs["x"][0]},
    )
    torch.testing.assert_close(logs.outputs["y"], expected.log())


def test_a_high_temperature_evens_out_and_a_low_one_decides(apply: Apply) -> None:
    given = {"x": torch.tensor([[1.0, 2.0, 4.0]])}
    spread = {
        t: apply(
            REGISTRY["softmax"].from_params({"temperature": t}), TensorSpec((B, 3)), given=given
        )
        for t in (1000.0, 0.01)
    }
    even, decided = (ran.outputs["y"][0] for ran in spread.values())
    assert even.tolist() == pytest.approx([1 / 3] * 3, abs=1e-3)
    assert decided.tolist() == pytest.approx([0, 0, 1], abs=1e-6)


@pytest.mark.parametrize(("per_channel", "count"), [(False, 1), (True, 4)])
def test_prelu_learns_its_slopes(per_channel: bool, count: int, apply: Apply) -> None:
    layer = REGISTRY["prelu"].from_params({"per_channel": per_channel, "init": 0.3})
    ran = apply(layer, TensorSpec((B, 4, 3, 3)))
    assert ran.module.weight.tolist() == pytest.approx([0.3] * count)
    x = ran.inputs["x"][0]
    torch.testing.assert_close(ran.outputs["y"], torch.where(x > 0, x, 0.3 * x))
    ran.outputs["y"].sum().backward()
    negative = x.clamp(max=0).sum((0, 2, 3))
    expected = negative if per_channel else negative.sum()[None]
    torch.testing.assert_close(ran.module.weight.grad, expected)


def test_a_slope_for_each_channel_needs_channels() -> None:
    layer = REGISTRY["prelu"].from_params({"per_channel": True})
    with pytest.raises(ShapeError, match="channel axis") as error:
        layer.infer(TensorSpec((B, Dim("T", 6), 4)))
    assert error.value.params == {"per_channel": False}


def test_glu_asks_for_an_even_axis() -> None:
    glu = REGISTRY["glu"]()
    assert glu.infer(TensorSpec((B, 3, 8))) == TensorSpec((B, 3, 4))
    with pytest.raises(ShapeError, match="odd") as error:
        glu.infer(TensorSpec((B, 7)))
    assert error.value.width == 8


def test_sign_and_step_at_zero(apply: Apply) -> None:
    given = {"x": torch.tensor([-2.0, 0.0, 2.0])}
    found = {k: apply(REGISTRY[k](), TensorSpec((B,)), given=given) for k in ("sign", "step")}
    assert found["sign"].outputs["y"].tolist() == [-1, 0, 1]
    assert found["step"].outputs["y"].tolist() == [0, 0, 1]


def test_identity_passes_labels_too() -> None:
    label = TensorSpec((B,), "int64", 10)
    assert REGISTRY["identity"]().infer(label) == label


def test_a_gate_wired_by_hand_is_silu_and_glu() -> None:
    """sigmoid(x)·x is SiLU; a·σ(b) of two halves is GLU."""
    net = Network("gates")
    data = net.spirals()
    x = net.linear(data.point, out_features=6, id="layer")
    net.output(net.multiply(net.sigmoid(x), x), name="wired")
    net.output(net.silu(x), name="silu")
    net.output(net.glu(x), name="glu")
    net.cross_entropy(net.linear(x, out_features=2), data.label)
    model = build(net.project())
    point = torch.randn(9, 2)
    wired, silu, glu = model(point)
    torch.testing.assert_close(wired, silu)
    a, b = model.get_submodule("layer")(point).chunk(2, 1)
    torch.testing.assert_close(glu, a * torch.sigmoid(b))

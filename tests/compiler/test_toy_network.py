"""The worked example of DLM, three sigmoid layers of two units, number for number."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import netbuilder as nb
from netbuilder.building import Network

WEIGHTS = (
    ([[1.0, -2.0], [-1.0, 1.0]], [1.0, 0.0]),
    ([[2.0, -1.0], [-2.0, -1.0]], [0.0, 0.0]),
    ([[3.0, -1.0], [-1.0, 4.0]], [-2.0, 2.0]),
)


@pytest.fixture
def toy() -> nn.Module:
    """Outputs: pre-activation and activation of the first layer, and the answer."""
    net = Network("toy")
    data = net.spirals()
    first = net.linear(data.point, out_features=2, id="layer_1")
    hidden = net.sigmoid(first)
    x = net.sigmoid(net.linear(hidden, out_features=2, id="layer_2"))
    x = net.sigmoid(net.linear(x, out_features=2, id="layer_3"))
    for name, value in (("pre_activation", first), ("activation", hidden), ("answer", x)):
        net.output(value, name=name)
    net.cross_entropy(x, data.label)
    model = nb.compile(net.project())
    with torch.no_grad():
        for number, (weight, bias) in enumerate(WEIGHTS, 1):
            layer = model.get_submodule(f"layer_{number}")
            assert isinstance(layer, nn.Linear)
            layer.weight.copy_(torch.tensor(weight))
            layer.bias.copy_(torch.tensor(bias))
    return model


def test_it_gives_the_numbers_of_the_course(toy: nn.Module) -> None:
    pre, hidden, answer = toy(torch.tensor([[1.0, -1.0], [0.0, 0.0]]))
    assert pre[0].tolist() == [4.0, -2.0]
    assert [round(v, 2) for v in hidden[0].tolist()] == [0.98, 0.12]
    assert [round(v, 2) for v in answer[0].tolist()] == [0.62, 0.83]
    assert [round(v, 2) for v in answer[1].tolist()] == [0.51, 0.85]


def test_a_3_4_2_network_has_26_parameters() -> None:
    net = Network("small")
    with net.block("small") as inner:
        x = inner.sigmoid(inner.linear(inner.input(name="x"), out_features=4))
        inner.output(inner.linear(x, out_features=2), name="y")
    data = net.spirals()
    answer = net.small(net.linear(data.point, out_features=3, id="widen"), id="block")
    net.output(answer)
    net.cross_entropy(answer, data.label)
    model = nb.compile(net.project())
    assert sum(p.numel() for p in model.get_submodule("block").parameters()) == 26
    assert sum(p.numel() for p in model.parameters()) == 26 + (2 * 3 + 3)

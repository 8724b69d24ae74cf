"""Channels of a node's value: which they are, how large, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler.build import build
from netbuilder.explain.channels import channels
from netbuilder.explain.undisturbed import ExplainError
from netbuilder.graph import Project


def project() -> Project:
    net = Network("channels")
    data = net.digits()
    x = net.conv2d(data.image, out_channels=5)
    rows = net.reshape(data.image, sizes=(8, 8))
    logits = net.linear(net.flatten(net.add(net.relu(x))), out_features=10)
    net.output(logits, name="digit")
    net.output(rows, name="rows")
    net.cross_entropy(logits, data.label)
    return net.project(epochs=1, batch_size=8)


def test_channels_are_those_of_the_layer() -> None:
    made = project()
    torch.manual_seed(0)
    model = build(made).eval()
    image = torch.rand(2, 1, 8, 8)
    found = channels(model, made, {"image": image, "label": torch.zeros(2).long()}, "conv2d_1.y")
    wanted = model.conv2d_1(image)[0].detach().numpy()
    assert found.total == 5
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.maps, wanted, rtol=1e-5)


def test_at_most_so_many_and_a_sequence_is_one_matrix() -> None:
    made = project()
    model = build(made).eval()
    batch = {"image": torch.rand(1, 1, 8, 8), "label": torch.zeros(1).long()}
    few = channels(model, made, batch, "conv2d_1.y", most=2)
    assert (few.maps.shape[0], few.total) == (2, 5)
    matrix = channels(model, made, batch, "reshape_1.y")
    np.testing.assert_allclose(matrix.maps, batch["image"].numpy().reshape(1, 8, 8))


@pytest.mark.parametrize(
    ("key", "words"), [("nowhere.y", "nothing called"), ("linear_1.y", "neither")]
)
def test_what_has_no_channels_is_refused(key: str, words: str) -> None:
    made = project()
    batch = {"image": torch.rand(1, 1, 8, 8), "label": torch.zeros(1).long()}
    with pytest.raises(ExplainError, match=words):
        channels(build(made).eval(), made, batch, key)

"""Receptive fields: by the known numbers, and by which pixels move a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import torch

from netbuilder.building import Network
from netbuilder.compiler import check
from netbuilder.compiler.build import build
from netbuilder.compiler.receptive import receptive_fields
from netbuilder.graph import Block, Edge, Graph, Node, Project
from netbuilder.layers import REGISTRY, B, DataSet, TensorSpec


class Given(DataSet, abstract=True):
    """A large image, a long sequence and a volume."""

    kind = "given_here"

    def fields(self) -> Mapping[str, TensorSpec]:
        return {
            "image": TensorSpec((B, 3, 224, 224)),
            "signal": TensorSpec((B, 64, 3)),
            "volume": TensorSpec((B, 2, 12, 12, 12)),
        }


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY, Given.kind, Given)


def fields(net: Network | Project) -> dict[str, tuple[int, ...]]:
    project = net.project() if isinstance(net, Network) else net
    found = check(project)
    errors = [p.message for p in found.errors if p.node is not None]
    assert errors == []
    return {".".join(path): size for path, size in receptive_fields(project, found).items()}


def test_vgg16() -> None:
    """196 behind the last block of convolutions, 212 behind its pooling."""
    net = Network("vgg")
    x: Any = net.place(Given.kind, id="given").image
    for block, times in enumerate([2, 2, 3, 3, 3], start=1):
        for number in range(1, times + 1):
            x = net.conv2d(x, out_channels=1, id=f"conv{block}_{number}")
            x = net.relu(x, id=f"relu{block}_{number}")
        x = net.max_pool2d(x, id=f"pool{block}")
    net.output(net.linear(net.flatten(x), out_features=2, id="head"))
    found = fields(net)
    assert found["conv1_1"] == (3, 3)
    assert found["pool1"] == (6, 6)
    assert found["relu5_3"] == found["conv5_3"] == (196, 196)
    assert found["pool5"] == (212, 212)
    assert "head" not in found
    assert "flatten_1" not in found


def test_dilated_causal_convolutions_double_what_they_hear() -> None:
    """WaveNet: kernel 2, dilation 1, 2, 4, 8 hear 16 steps."""
    net = Network("wavenet")
    x: Any = net.transpose(net.place(Given.kind, id="given").signal)
    for i in range(4):
        dilation = 2**i
        x = net.conv1d(x, kernel_size=2, dilation=dilation, padding="causal", id=f"c{i}")
    net.output(net.transpose(x, id="back"))
    found = fields(net)
    assert [found[f"c{i}"] for i in range(4)] == [(2,), (4,), (8,), (16,)]
    assert found["back"] == (16,)


def test_the_larger_way_counts_and_a_global_one_ends_it() -> None:
    net = Network("ways")
    x = net.place(Given.kind, id="given").image
    small, large = net.conv2d(x, id="small"), net.conv2d(x, kernel_size=(5, 1), id="large")
    net.output(net.add(small, large, id="both"))
    everywhere = net.upsample(net.adaptive_avg_pool(small), size=224, id="everywhere")
    net.output(net.add(small, everywhere, id="told"))
    found = fields(net)
    assert found["both"] == (5, 3)
    assert found["told"] == (226, 226)


def test_blocks_are_looked_into_and_repeat() -> None:
    wires = (Edge("input_1", "y", "conv2d_1", "x"), Edge("conv2d_1", "y", "output_1", "x"))
    inside = Graph().add(
        Node("input_1", "input"),
        Node("conv2d_1", "conv2d", {"out_channels": 3}),
        Node("output_1", "output"),
    )
    project = Project("blocks").with_block(Block("Stage", inside.connect(*wires)))
    graph = (
        project.graph.add(
            Node("given", Given.kind),
            Node("stage_1", "block:Stage", {"repeat": 3}),
            Node("out", "output"),
        )
        .connect(Edge("given", "image", "stage_1", "input_1"))
        .connect(Edge("stage_1", "output_1", "out", "x"))
    )
    found = fields(project.with_graph(graph))
    assert found["stage_1"] == (7, 7)
    assert [found[f"stage_1[{i}].conv2d_1"] for i in range(3)] == [(3, 3), (5, 5), (7, 7)]


LAYERS: list[tuple[str, dict[str, Any]]] = [
    ("conv2d", {"kernel_size": (3, 5), "stride": 2, "dilation": (2, 1)}),
    ("conv_transpose2d", {"kernel_size": 4}),
    ("conv_transpose2d", {"kernel_size": 5, "stride": 3, "pad": 0}),
    ("depthwise_conv", {"kernel_size": 5}),
    ("separable_conv", {}),
    ("pointwise_conv", {}),
    ("avg_pool2d", {"kernel_size": 3, "stride": 2}),
    ("adaptive_avg_pool", {"output_size": 8}),
    ("upsample", {}),
    ("upsample", {"mode": "bilinear"}),
    ("upsample", {"mode": "bicubic", "scale_factor": 3.0}),
    ("pixel_shuffle", {}),
    ("pixel_unshuffle", {}),
    ("pad", {}),
    ("crop", {"amount": 2}),
    ("batch_norm", {}),
    ("gelu", {}),
]


@pytest.mark.parametrize(("kind", "params"), LAYERS)
def test_the_field_is_what_moves_a_value(kind: str, params: dict[str, Any]) -> None:
    """Between two convolutions: the widest reach of the gradient among values in the middle."""
    net = Network("field")
    first = net.conv2d(net.place(Given.kind, id="given").image, out_channels=4, stride=2)
    node = net.place(kind, first, id="it", **params)
    net.output(net.conv2d(node, out_channels=1, kernel_size=3, id="last"))
    expected = fields(net)["last"]
    beside = net.linear(net.digits().image, out_features=1, id="beside")
    net.mse(beside, beside)  # a project has something to learn
    torch.manual_seed(0)
    model = build(net.project()).eval()
    x = torch.randn(1, 3, 224, 224, requires_grad=True)
    y = model(x)
    height, width = y.shape[2:]
    widest = [0, 0]
    for i in range(max(0, height // 2 - 6), min(height, height // 2 + 6)):
        (grad,) = torch.autograd.grad(y[0, 0, i, i * width // height], x, retain_graph=True)
        moved = grad[0].abs().sum(0) != 0
        for axis in (0, 1):
            hit = moved.any(1 - axis).nonzero()
            widest[axis] = max(widest[axis], int(hit.max() - hit.min()) + 1)
    assert tuple(widest) == expected


def test_modules_without_places_have_none() -> None:
    net = Network("none")
    given = net.place(Given.kind, id="given")
    net.output(net.lstm(given.signal, id="lstm").y)
    net.output(net.linear(given.signal, id="linear"))
    net.output(net.conv3d(given.volume, id="conv3d"))
    found = fields(net)
    assert "lstm" not in found
    assert found["linear"] == (1,)
    assert found["conv3d"] == (3, 3, 3)

"""Convolution, pooling, norms and dropout: the generated code is the call written by hand.

A project of one node is compiled; forward and backward it must agree bit by bit with the
module or function that a person would have written, with the same weights and seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from netbuilder.building import Network
from netbuilder.compiler.build import build
from netbuilder.layers import REGISTRY, B, DataSet, TensorSpec

SIGNAL, IMAGE, VOLUME = (4, 9), (4, 9, 8), (4, 6, 5, 7)
Made = Callable[[], nn.Module]
#: kind, parameters, what arrives, and a module to be made or a function of what arrives.
MODULES: list[tuple[str, dict[str, Any], tuple[int, ...], Made]] = [
    ("conv1d", {"out_channels": 6, "kernel_size": 5}, SIGNAL,
     lambda: nn.Conv1d(4, 6, 5, padding="same")),
    ("conv1d", {"padding": "causal", "kernel_size": 3, "dilation": 2}, SIGNAL,
     lambda: nn.Sequential(nn.ConstantPad1d((4, 0), 0.0), nn.Conv1d(4, 16, 3, dilation=2))),
    ("conv2d", {"padding_mode": "reflect"}, IMAGE,
     lambda: nn.Conv2d(4, 16, 3, padding="same", padding_mode="reflect")),
    ("conv2d", {"stride": 2, "groups": 2, "padding_mode": "circular", "bias": False}, IMAGE,
     lambda: nn.Conv2d(4, 16, 3, 2, 1, groups=2, bias=False, padding_mode="circular")),
    ("conv3d", {"kernel_size": (1, 3, 2), "padding": "custom", "pad": (0, 1, 1)}, VOLUME,
     lambda: nn.Conv3d(4, 16, (1, 3, 2), padding=(0, 1, 1))),
    ("conv3d", {"padding_mode": "replicate", "dilation": 2}, VOLUME,
     lambda: nn.Conv3d(4, 16, 3, padding="same", dilation=2, padding_mode="replicate")),
    ("conv_transpose1d", {"output_padding": 1}, SIGNAL,
     lambda: nn.ConvTranspose1d(4, 16, 4, 2, 1, output_padding=1)),
    ("conv_transpose2d", {"stride": (2, 3), "kernel_size": 3}, IMAGE,
     lambda: nn.ConvTranspose2d(4, 16, 3, (2, 3), 1)),
    ("conv_transpose3d", {"groups": 2, "bias": False}, VOLUME,
     lambda: nn.ConvTranspose3d(4, 16, 4, 2, 1, groups=2, bias=False)),
    ("pointwise_conv", {"out_channels": 3}, IMAGE, lambda: nn.Conv2d(4, 3, 1)),
    ("depthwise_conv", {"multiplier": 2, "stride": 2}, SIGNAL,
     lambda: nn.Conv1d(4, 8, 3, 2, 1, groups=4)),
    ("depthwise_conv", {}, VOLUME, lambda: nn.Conv3d(4, 4, 3, padding="same", groups=4)),
    ("separable_conv", {"out_channels": 5, "kernel_size": 5}, IMAGE,
     lambda: nn.Sequential(nn.Conv2d(4, 4, 5, padding="same", groups=4, bias=False),
                           nn.Conv2d(4, 5, 1))),
    ("batch_norm", {"momentum": None}, (4,), lambda: nn.BatchNorm1d(4, momentum=None)),
    ("batch_norm", {"momentum": 0.3, "eps": 0.01}, IMAGE,
     lambda: nn.BatchNorm2d(4, 0.01, 0.3)),
    ("batch_norm", {"track_running_stats": False, "affine": False}, VOLUME,
     lambda: nn.BatchNorm3d(4, affine=False, track_running_stats=False)),
    ("layer_norm", {"axes": 3, "bias": False}, IMAGE, lambda: nn.LayerNorm(IMAGE, bias=False)),
    ("layer_norm", {"elementwise_affine": False}, SIGNAL,
     lambda: nn.LayerNorm(9, elementwise_affine=False)),
    ("instance_norm", {}, SIGNAL, lambda: nn.InstanceNorm1d(4)),
    ("instance_norm", {"affine": True, "track_running_stats": True}, IMAGE,
     lambda: nn.InstanceNorm2d(4, affine=True, track_running_stats=True)),
    ("instance_norm", {}, VOLUME, lambda: nn.InstanceNorm3d(4)),
    ("group_norm", {"num_groups": 2}, IMAGE, lambda: nn.GroupNorm(2, 4)),
    ("rms_norm", {"axes": 2}, SIGNAL, lambda: nn.RMSNorm(SIGNAL)),
    ("rms_norm", {"eps": 0.1, "elementwise_affine": False}, (8,),
     lambda: nn.RMSNorm(8, 0.1, elementwise_affine=False)),
    ("dropout", {"p": 0.3}, IMAGE, lambda: nn.Dropout(0.3)),
    ("spatial_dropout", {}, SIGNAL, nn.Dropout1d),
    ("spatial_dropout", {"p": 0.25}, IMAGE, lambda: nn.Dropout2d(0.25)),
    ("spatial_dropout", {}, VOLUME, nn.Dropout3d),
    ("alpha_dropout", {"p": 0.2}, SIGNAL, lambda: nn.AlphaDropout(0.2)),
]  # fmt: skip
FUNCTIONS: list[tuple[str, dict[str, Any], tuple[int, ...], Callable[[Tensor], Tensor]]] = [
    ("max_pool1d", {"ceil_mode": True}, SIGNAL, lambda x: F.max_pool1d(x, 2, ceil_mode=True)),
    ("max_pool2d", {"kernel_size": 3, "stride": 2, "pad": 1}, IMAGE,
     lambda x: F.max_pool2d(x, 3, 2, 1)),
    ("max_pool2d", {"dilation": (2, 1), "return_indices": True}, IMAGE,
     lambda x: F.max_pool2d(x, 2, dilation=(2, 1))),
    ("max_pool3d", {}, VOLUME, lambda x: F.max_pool3d(x, 2)),
    ("avg_pool1d", {"kernel_size": 3, "pad": 1, "count_include_pad": False}, SIGNAL,
     lambda x: F.avg_pool1d(x, 3, padding=1, count_include_pad=False)),
    ("avg_pool2d", {"ceil_mode": True}, IMAGE, lambda x: F.avg_pool2d(x, 2, ceil_mode=True)),
    ("avg_pool3d", {"kernel_size": (1, 2, 3)}, VOLUME, lambda x: F.avg_pool3d(x, (1, 2, 3))),
    ("adaptive_avg_pool", {"output_size": (2, 3)}, IMAGE,
     lambda x: F.adaptive_avg_pool2d(x, (2, 3))),
    ("adaptive_avg_pool", {"output_size": 2}, VOLUME, lambda x: F.adaptive_avg_pool3d(x, 2)),
    ("adaptive_max_pool", {"output_size": 4}, SIGNAL, lambda x: F.adaptive_max_pool1d(x, 4)),
    ("global_avg_pool", {}, IMAGE, lambda x: x.mean(dim=(2, 3))),
    ("global_max_pool", {}, VOLUME, lambda x: x.amax(dim=(2, 3, 4))),
    ("upsample", {}, IMAGE, lambda x: F.interpolate(x, scale_factor=2.0)),
    ("upsample", {"scale_factor": 1.5, "mode": "bilinear"}, SIGNAL,
     lambda x: F.interpolate(x, scale_factor=1.5, mode="linear")),
    ("upsample", {"size": (20, 11), "mode": "bilinear", "align_corners": True}, IMAGE,
     lambda x: F.interpolate(x, (20, 11), mode="bilinear", align_corners=True)),
    ("upsample", {"mode": "bicubic"}, IMAGE,
     lambda x: F.interpolate(x, scale_factor=2.0, mode="bicubic")),
    ("upsample", {"mode": "bilinear", "size": 9}, VOLUME,
     lambda x: F.interpolate(x, 9, mode="trilinear")),
    ("pixel_shuffle", {}, (4, 3, 5), lambda x: F.pixel_shuffle(x, 2)),
    ("pixel_unshuffle", {"downscale_factor": 3}, (2, 6, 9), lambda x: F.pixel_unshuffle(x, 3)),
    ("pad", {"amount": (1, 2, 0, 3)}, IMAGE, lambda x: F.pad(x, (1, 2, 0, 3))),
    ("pad", {"mode": "reflect"}, SIGNAL, lambda x: F.pad(x, (1, 1), mode="reflect")),
    ("crop", {"amount": (1, 0, 2, 3)}, IMAGE, lambda x: x[:, :, 2:-3, 1:]),
]  # fmt: skip


@pytest.fixture
def one_node(monkeypatch: pytest.MonkeyPatch) -> Callable[..., nn.Module]:
    """`one_node(kind, params, shape)`: the generated module of a project with this node."""

    def made(kind: str, params: Mapping[str, Any], shape: tuple[int, ...]) -> nn.Module:
        net = Network("one")
        x = given(monkeypatch, net, shape)
        node = net.place(kind, x, id="node", **params)
        net.output(node.y)
        return built(net)

    return made


def given(monkeypatch: pytest.MonkeyPatch, net: Network, shape: tuple[int, ...]) -> Any:
    """A value of this shape, as a data set would give it."""

    class Given(DataSet, abstract=True):
        kind = "given_by_hand"

        def fields(self) -> Mapping[str, TensorSpec]:
            return {"x": TensorSpec((B, *shape))}

    monkeypatch.setitem(REGISTRY, Given.kind, Given)
    return net.place(Given.kind, id="given").x


def built(net: Network) -> nn.Module:
    beside = net.linear(net.digits().image, out_features=2, id="beside")
    net.mse(beside, beside)  # a project has something to learn
    return build(net.project())


def names(cases: list[Any]) -> list[str]:
    return [f"{kind} {len(shape)} {' '.join(params)}" for kind, params, shape, _ in cases]


def same(ours: Callable[..., Tensor], theirs: Callable[..., Tensor], x: Tensor) -> Tensor:
    """Both agree on this, and on the gradient by it; returns what comes out."""
    results, gradients = [], []
    for function in (ours, theirs):
        leaf = x.clone().requires_grad_()
        torch.manual_seed(2)
        y = function(leaf)
        y.backward(torch.linspace(-1, 1, y.numel()).view_as(y))
        results.append(y)
        gradients.append(leaf.grad)
    assert torch.equal(results[0], results[1])
    assert torch.equal(gradients[0], gradients[1])
    return results[0]


@pytest.mark.parametrize(("kind", "params", "shape", "make"), MODULES, ids=names(MODULES))
def test_a_module_is_the_one_by_hand(
    kind: str,
    params: dict[str, Any],
    shape: tuple[int, ...],
    make: Made,
    one_node: Callable[..., nn.Module],
) -> None:
    torch.manual_seed(1)
    model, by_hand = one_node(kind, params, shape), make()
    theirs = by_hand
    ours = model.get_submodule("node")
    if "padding" in params and params["padding"] == "causal":
        theirs = by_hand.get_submodule("1")
    theirs.load_state_dict(ours.state_dict())
    for training in (True, False):
        model.train(training)
        by_hand.train(training)
        same(model, by_hand, torch.randn(5, *shape))
        for (name, w), v in zip(ours.named_parameters(), theirs.parameters(), strict=True):
            assert w.grad is not None, name
            assert v.grad is not None, name
            assert torch.equal(w.grad, v.grad), name
        for (name, w), v in zip(ours.named_buffers(), theirs.buffers(), strict=True):
            assert torch.equal(w, v), name


@pytest.mark.parametrize(("kind", "params", "shape", "by_hand"), FUNCTIONS, ids=names(FUNCTIONS))
def test_a_function_is_the_one_by_hand(
    kind: str,
    params: dict[str, Any],
    shape: tuple[int, ...],
    by_hand: Callable[[Tensor], Tensor],
    one_node: Callable[..., nn.Module],
) -> None:
    torch.manual_seed(1)
    model = one_node(kind, params, shape)
    same(model, by_hand, torch.randn(5, *shape))


@pytest.mark.parametrize("shape", [SIGNAL, IMAGE, VOLUME])
def test_what_is_pooled_goes_back_to_its_place(
    shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pooling tells places through its second port; odd sizes are given to the unpooling."""
    axes = len(shape) - 1
    net = Network("one")
    x = given(monkeypatch, net, shape)
    pool = net.place(f"max_pool{axes}d", x, return_indices=True)
    size = shape[1:] if axes > 1 else shape[1]
    node = net.place("max_unpool", pool.y, pool.indices, id="node", output_size=size)
    net.output(node)
    model = built(net)

    def by_hand(x: Tensor) -> Tensor:
        pooled = getattr(nn, f"MaxPool{axes}d")(2, return_indices=True)
        return getattr(nn, f"MaxUnpool{axes}d")(2)(*pooled(x), output_size=shape[1:])

    x = torch.randn(3, *shape)
    y = same(model, by_hand, x)
    kept = y != 0
    assert torch.equal(y[kept], x[kept])
    assert kept.sum() == 3 * shape[0] * torch.tensor([n // 2 for n in shape[1:]]).prod()


def test_crop_cuts_out_the_middle_like_another_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    net = Network("one")
    x = given(monkeypatch, net, (4, 9, 8))
    small = net.max_pool2d(x)
    net.output(net.place("crop", x, small, id="node"))
    same(built(net), lambda x: x[:, :, 2:6, 2:6], torch.randn(2, 4, 9, 8))

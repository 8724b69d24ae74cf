"""Sizes and counts of convolutions against numbers from the course."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from netbuilder.layers import REGISTRY, B, Dim, ShapeError, TensorSpec

Conv1d, Conv2d = REGISTRY["conv1d"], REGISTRY["conv2d"]
ConvTranspose2d = REGISTRY["conv_transpose2d"]


def image(*shape: int) -> TensorSpec:
    return TensorSpec((B, *shape))


def test_five_kernels_of_8_by_8_over_a_colour_image_have_965_parameters() -> None:
    layer = Conv2d.from_params({"out_channels": 5, "kernel_size": 8, "padding": "valid"})
    x = image(3, 28, 28)
    assert layer.infer(x) == image(5, 21, 21)
    assert sum(math.prod(s) for s in layer.weights(x).values()) == 965
    assert layer.multiply_adds(image(5, 21, 21), x) == 5 * 3 * 8 * 8 * 21 * 21


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pad"),
    [(7, 3, 1, 0), (7, 3, 2, 1), (28, 5, 1, 2), (8, 3, 2, 0), (7, 3, 2, 0), (224, 7, 2, 3)],
)
def test_the_size_formula_of_the_course(size: int, kernel: int, stride: int, pad: int) -> None:
    params = {"kernel_size": kernel, "stride": stride, "padding": "custom", "pad": pad}
    expected = (size + 2 * pad - kernel) // stride + 1
    out = Conv2d.from_params(params).infer(image(3, size, size))
    assert isinstance(out, TensorSpec)
    assert out.shape[2:] == (expected, expected)


@pytest.mark.parametrize("size", [1, 7, 8, 56, 57])
@pytest.mark.parametrize("stride", [2, 3])
def test_same_with_a_stride_halves_rounding_up(
    size: int, stride: int, apply: Callable[..., Any]
) -> None:
    layer = Conv2d.from_params({"stride": stride})
    x = image(3, size, size)
    assert layer.call(x).kwargs["padding"] == 1
    assert apply(layer, x, device="meta").outputs["y"].shape[2] == math.ceil(size / stride)


def test_an_even_kernel_with_a_stride_halves_exactly() -> None:
    layer = Conv2d.from_params({"kernel_size": 4, "stride": 2})
    assert layer.infer(image(3, 8, 8)) == image(16, 4, 4)


def test_time_keeps_its_name_where_its_length_is_kept() -> None:
    out = Conv1d().infer(TensorSpec((B, 8, Dim("T", 64))))
    assert isinstance(out, TensorSpec)
    assert out.text() == "B × 16 × T"
    valid = Conv1d.from_params({"padding": "valid", "kernel_size": 5})
    shorter = valid.infer(TensorSpec((B, 8, Dim("T", 64))))
    assert isinstance(shorter, TensorSpec)
    assert shorter.text() == "B × 16 × T-4"


def test_a_causal_convolution_never_looks_ahead(apply: Callable[..., Any]) -> None:
    layer = Conv1d.from_params({"padding": "causal", "kernel_size": 3, "dilation": 2})
    x = TensorSpec((B, 4, Dim("T", 12)))
    out = layer.infer(x)
    assert isinstance(out, TensorSpec)
    assert out.text() == "B × 16 × T"
    ran = apply(layer, x)
    (signal,) = ran.inputs["x"]
    later = signal.clone()
    later[:, :, 7:] = 0
    y = apply(layer, x, given={"x": later}, module=ran.module).outputs["y"]
    assert torch.equal(y[:, :, :7], ran.outputs["y"][:, :, :7])
    assert not torch.equal(y[:, :, 7], ran.outputs["y"][:, :, 7])
    weight = ran.module.weight  # y_t = b + w_0·x_{t−4} + w_1·x_{t−2} + w_2·x_t
    by_hand = ran.module.bias + sum(
        signal[:, :, 8 - 4 + 2 * i] @ weight[:, :, i].T for i in range(3)
    )
    torch.testing.assert_close(ran.outputs["y"][:, :, 8], by_hand)


@pytest.mark.parametrize(("mode", "expected"), [
    ("zeros", [0, 1, 2, 3, 0]), ("reflect", [2, 1, 2, 3, 2]),
    ("replicate", [1, 1, 2, 3, 3]), ("circular", [3, 1, 2, 3, 1]),
])  # fmt: skip
@pytest.mark.parametrize("kind", ["pad", "conv1d"])
def test_padding_modes_put_these_values_around(
    mode: str, expected: list[float], kind: str, apply: Callable[..., Any]
) -> None:
    """A convolution shows them through a kernel that takes the left or the right neighbour."""
    x, row = image(1, 3), torch.tensor([[[1.0, 2.0, 3.0]]])
    if kind == "pad":
        ran = apply(REGISTRY["pad"].from_params({"mode": mode}), x, given={"x": row})
        assert ran.outputs["y"][0, 0].tolist() == expected
        return
    layer = Conv1d.from_params({"out_channels": 2, "padding_mode": mode, "bias": False})
    module = apply(layer, x).module
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[[1.0, 0.0, 0.0]], [[0.0, 0.0, 1.0]]]))
    left, right = apply(layer, x, given={"x": row}, module=module).outputs["y"][0].tolist()
    assert left == expected[:3]
    assert right == expected[2:]


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_a_separable_convolution_costs_what_its_parts_cost(axes: int) -> None:
    x = image(8, *(10,) * axes)
    parts = [
        REGISTRY["depthwise_conv"].from_params({"bias": False}),
        REGISTRY["pointwise_conv"].from_params({"out_channels": 32}),
    ]
    whole = REGISTRY["separable_conv"].from_params({"out_channels": 32})
    places = 10**axes
    cost = places * 8 * (3**axes + 32)
    out = whole.infer(x)
    assert isinstance(out, TensorSpec)
    assert whole.multiply_adds(out, x) == cost
    assert parts[0].multiply_adds(x, x) + parts[1].multiply_adds(out, x) == cost
    assert sum(math.prod(s) for s in whole.weights(x).values()) == 8 * 3**axes + 8 * 32 + 32


def test_max_pooling_of_the_course(apply: Callable[..., Any]) -> None:
    """Introduction to Deep Learning Models: 4 × 4 values, window 2; and where they stood."""
    values = [[1.0, 3, 5, 3], [4, 2, 3, 1], [3, 1, 1, 3], [0, 1, 0, 4]]
    x = image(1, 4, 4)
    layer = REGISTRY["max_pool2d"].from_params({"return_indices": True})
    found = apply(layer, x, given={"x": torch.tensor([[values]])}).outputs
    assert found["y"][0, 0].tolist() == [[4, 5], [3, 4]]
    assert found["indices"][0, 0].tolist() == [[4, 2], [8, 15]]
    specs = layer.infer(x)
    assert isinstance(specs, dict)
    unpool = REGISTRY["max_unpool"]()
    pooled = {"x": found["y"], "indices": found["indices"]}
    back = apply(unpool, specs["y"], specs["indices"], given=pooled).outputs["y"][0, 0]
    assert back.tolist() == [[0, 0, 5, 0], [4, 0, 0, 0], [3, 0, 0, 0], [0, 0, 0, 4]]


def test_unpooling_wants_the_size_that_was_rounded_down() -> None:
    pooled = REGISTRY["max_pool2d"].from_params({"return_indices": True}).infer(image(1, 7, 8))
    assert isinstance(pooled, dict)
    with pytest.raises(ShapeError, match="one place for each value"):
        REGISTRY["max_unpool"]().infer(pooled["y"], pooled["y"])
    with pytest.raises(ShapeError, match="56 places, but 6×8 has 48"):
        REGISTRY["max_unpool"]().infer(pooled["y"], pooled["indices"])
    sized = REGISTRY["max_unpool"].from_params({"output_size": (7, 8)})
    assert sized.infer(pooled["y"], pooled["indices"]) == image(1, 7, 8)
    far = REGISTRY["max_unpool"].from_params({"output_size": (9, 8)})
    with pytest.raises(ShapeError, match="between 5 and 7"):
        far.infer(pooled["y"], pooled["indices"])


def test_a_one_by_one_kernel_needs_no_padding() -> None:
    assert dict(Conv2d.from_params({"kernel_size": 1}).call(image(3, 8, 8)).kwargs) == {}


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pad", "extra"),
    [(7, 4, 2, 1, 0), (3, 3, 2, 0, 0), (3, 3, 2, 0, 1), (1, 7, 1, 0, 0), (5, 2, 3, 0, 2)],
)
def test_transposed_convolution_follows_its_formula(
    size: int,
    kernel: int,
    stride: int,
    pad: int,
    extra: int,
    axes: int,
    apply: Callable[..., Any],
) -> None:
    params = {"kernel_size": kernel, "stride": stride, "pad": pad, "output_padding": extra}
    layer = REGISTRY[f"conv_transpose{axes}d"].from_params(params)
    x = image(3, *(size,) * axes)
    expected = (stride * (size - 1) + (kernel - 1) - 2 * pad + extra + 1,) * axes
    assert layer.infer(x) == image(16, *expected)
    assert apply(layer, x, device="meta").outputs["y"].shape[2:] == expected


def test_output_padding_tells_7_from_8() -> None:
    """A kernel 3 with stride 2 makes 3 of both 7 and 8; going back needs to be told."""
    down = Conv2d.from_params({"kernel_size": 3, "stride": 2, "padding": "valid"})
    for extra, size in ((0, 7), (1, 8)):
        assert down.infer(image(1, size, size)) == image(16, 3, 3)
        params = {"kernel_size": 3, "stride": 2, "pad": 0, "output_padding": extra}
        back = ConvTranspose2d.from_params(params).infer(image(16, 3, 3))
        assert back == image(16, size, size)


@pytest.mark.parametrize(
    ("kind", "params", "x", "words", "remedy"),
    [
        ("conv2d", {}, TensorSpec((B, 64)), ["4 axes", "a vector (B × 64)"], "reshape"),
        ("conv1d", {"padding": "valid"}, image(1, 2), ["spans 3", "only 2"], "padding"),
        ("conv2d", {"groups": 2}, image(3, 8, 8), ["3 channels", "2 equal groups"], None),
        ("max_pool2d", {"kernel_size": 4}, image(1, 3, 3), ["4×4", "3×3"], None),
        ("max_pool2d", {"pad": 2}, image(1, 9, 9), ["Pad 2", "2 wide"], None),
        ("conv_transpose2d", {"output_padding": 2}, image(1, 3, 3), ["g 2", "stride 2"], None),
        ("conv_transpose2d", {"pad": 9}, image(1, 3, 3), ["Pad 9", "-10"], None),
        ("conv3d", {}, image(1, 8, 8), ["5 axes", "B × 1 × 8 × 8"], "reshape"),
        ("conv2d", {"padding_mode": "reflect"}, image(1, 1, 5), ["axis of 1", "not 1"], None),
        ("depthwise_conv", {"kernel_size": (3, 3, 3)}, image(1, 8, 8), ["3 numbers", "2"], None),
        ("upsample", {"mode": "bicubic"}, image(1, 8), ["Bicubic", "B × 1 × 8"], None),
        ("pixel_shuffle", {}, image(6, 8, 8), ["of 4", "6 channels"], None),
        ("pixel_unshuffle", {}, image(6, 7, 8), ["2×2", "7×8"], None),
        ("pad", {"amount": (1, 2)}, image(1, 8, 8), ["4 here", "not 2"], None),
        ("crop", {"amount": 4}, image(1, 8, 8), ["cuts off", "8×8"], None),
        ("group_norm", {}, image(6, 8, 8), ["6 channels", "4 equal"], None),
        ("instance_norm", {}, image(6, 1, 1), ["only one", "B × 6 × 1 × 1"], None),
        ("lstm", {}, image(1, 8, 8), ["3 axes", "B × 1 × 8 × 8"], "to_tokens"),
        ("relu", {}, TensorSpec((B,), "int64", 10), ["labels"], "embedding"),
        ("softmax", {"dim": 0}, TensorSpec((B, 64)), ["axis 0", "B × 64"], None),
        ("reshape", {"sizes": (3, -1)}, TensorSpec((B, 64)), ["64", "3×−1"], None),
    ],
)  # fmt: skip
def test_refusals_name_the_numbers(
    kind: str, params: dict[str, Any], x: TensorSpec, words: list[str], remedy: str | None
) -> None:
    with pytest.raises(ShapeError) as error:
        REGISTRY[kind].from_params(params).infer(x)
    for word in words:
        assert word in str(error.value)
    assert error.value.remedy == remedy

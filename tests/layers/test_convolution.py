"""Sizes and counts of convolutions against numbers from the course."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

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


def test_a_one_by_one_kernel_needs_no_padding() -> None:
    assert dict(Conv2d.from_params({"kernel_size": 1}).call(image(3, 8, 8)).kwargs) == {}


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "pad", "extra"),
    [(7, 4, 2, 1, 0), (3, 3, 2, 0, 0), (3, 3, 2, 0, 1), (1, 7, 1, 0, 0), (5, 2, 3, 0, 2)],
)
def test_transposed_convolution_follows_its_formula(
    size: int, kernel: int, stride: int, pad: int, extra: int, apply: Callable[..., Any]
) -> None:
    params = {"kernel_size": kernel, "stride": stride, "pad": pad, "output_padding": extra}
    layer, x = ConvTranspose2d.from_params(params), image(3, size, size)
    expected = stride * (size - 1) + (kernel - 1) - 2 * pad + extra + 1
    assert layer.infer(x) == image(16, expected, expected)
    assert apply(layer, x, device="meta").outputs["y"].shape[2:] == (expected, expected)


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

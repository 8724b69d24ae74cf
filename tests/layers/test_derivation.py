"""The steps by which a number of parameters or multiply-adds is told."""

from __future__ import annotations

from netbuilder.layers import REGISTRY, B, TensorSpec
from netbuilder.layers.derivation import derived


def plain(line: str) -> str:
    """Without the spaces at which no line breaks."""
    return line.replace("\u202f", "").replace("\u00a0", " ")


def test_a_convolution_is_derived_as_in_the_course() -> None:
    x = TensorSpec((B, 16, 8, 8))
    layer = REGISTRY["conv2d"].from_params({"out_channels": 32, "kernel_size": (3,)})
    shown = [plain(line) for line in derived(layer.weights(x))]
    assert shown == ["weight: 32 · 16 · 3 · 3 = 4608", "bias: 32", "4608 + 32 = 4640"]
    (work,) = derived(layer.work(x.with_shape(B, 32, 8, 8), x))
    assert plain(work) == "weight: 32 · 16 · 3 · 3 · 8 · 8 = 294912"


def test_equal_tensors_in_a_row_are_told_together() -> None:
    shapes = {"first": (4, 2), "second": (4, 2), "bias": (4,), "third": (4, 2)}
    assert [plain(line) for line in derived(shapes)] == [
        "first, second: 2 · 4 · 2 = 16",
        "bias: 4",
        "third: 4 · 2 = 8",
        "16 + 4 + 8 = 28",
    ]
    assert [plain(line) for line in derived({n: (3,) for n in "abcd"})] == ["a … d: 4 · 3 = 12"]
    assert derived({}) == ()


def test_equal_layers_of_a_stack_are_told_once() -> None:
    x = TensorSpec((B, 16, 32))
    layer = REGISTRY["transformer_encoder"].from_params({"num_layers": 6, "bias": False})
    assert [plain(line) for line in derived(layer.weights(x))] == [
        "self_attn.in_proj_weight: 6 · 96 · 32 = 18432",
        "self_attn.out_proj.weight: 6 · 32 · 32 = 6144",
        "linear1.weight: 6 · 128 · 32 = 24576",
        "linear2.weight: 6 · 32 · 128 = 24576",
        "norm1.weight, norm2.weight: 2 · 6 · 32 = 384",
        "18432 + 6144 + 24576 + 24576 + 384 = 74112",
    ]
    unlike = {"layers.0.weight": (4, 2), "layers.1.weight": (4, 3)}
    assert len(derived(unlike)) == 3

"""Wires that meet."""

from __future__ import annotations

import pytest

from netbuilder.layers import REGISTRY, B, Dim, ShapeError, TensorSpec

T = Dim("T", 6)


def spec(*shape: int) -> TensorSpec:
    return TensorSpec((B, *shape))


def test_an_axis_of_size_one_is_repeated() -> None:
    gate = REGISTRY["multiply"]().infer((spec(16, 8, 8), spec(16, 1, 1)))
    assert gate == spec(16, 8, 8)
    assert REGISTRY["multiply"]().infer((spec(1, T), spec(4, 1))).text() == "B × 4 × T"


def test_unequal_shapes_offer_to_project_the_skip() -> None:
    with pytest.raises(ShapeError, match="B × 16 × 28 × 28 and B × 32 × 14 × 14") as error:
        REGISTRY["add"]().infer((spec(16, 28, 28), spec(32, 14, 14)))
    assert error.value.remedy == "project_skip"


def test_shapes_are_not_aligned_from_the_right() -> None:
    """torch would add a vector (B, C) to a sequence (B, T, C) along the wrong axis."""
    with pytest.raises(ShapeError):
        REGISTRY["add"]().infer((spec(8, 8), spec(8)))
    with pytest.raises(ShapeError):
        REGISTRY["add"]().infer((spec(8), spec(8, 8)))


def test_concatenation_adds_up_one_axis() -> None:
    concat = REGISTRY["concat"]
    assert concat().infer((spec(16, 8, 8), spec(3, 8, 8))) == spec(19, 8, 8)
    last = concat.from_params({"dim": -1})
    assert last.infer((spec(T, 4), spec(T, 5))).text() == "B × T × 9"
    assert concat().infer((spec(T, 4), spec(T, 4))).text() == "B × 2T × 4"
    with pytest.raises(ShapeError, match="axis 1"):
        concat().infer((spec(16, 8, 8), spec(3, 8, 9)))


def test_flattening_and_reshaping_keep_the_name_of_time() -> None:
    flat = REGISTRY["flatten"]().infer(spec(T, 4))
    assert flat.text() == "B × 4T"
    assert REGISTRY["reshape"].from_params({"sizes": (-1, 4)}).infer(flat).text() == "B × T × 4"
    assert REGISTRY["transpose"]().infer(spec(T, 4)).text() == "B × 4 × T"
    assert REGISTRY["to_tokens"]().infer(spec(16, 7, 5)) == spec(35, 16)

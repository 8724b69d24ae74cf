"""Data of chance is the same by the same seed, and every class is in it equally often."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from netbuilder.data import Fields, load
from netbuilder.layers import REGISTRY, ParamError


def drawn(kind: str, **params: Any) -> Fields:
    return load(REGISTRY[kind].from_params(params))


@pytest.mark.parametrize("kind", ["random_numbers", "random_tokens"])
def test_the_seed_decides(kind: str) -> None:
    one, two = drawn(kind, seed=3), drawn(kind, seed=4)
    for name in one.arrays:
        assert not np.array_equal(one[name], two[name])
    load.__globals__["_loaded"].cache_clear()
    again = drawn(kind, seed=3)
    for name in one.arrays:
        np.testing.assert_array_equal(one[name], again[name])


def test_numbers_are_normal_and_classes_equally_often() -> None:
    found = drawn("random_numbers", sizes=(20, 10), classes=8, samples=400)
    assert found["values"].shape == (400, 20, 10)
    assert abs(found["values"].mean()) < 0.02
    assert abs(found["values"].std() - 1) < 0.02
    assert np.bincount(found["label"]).tolist() == [50] * 8


def test_next_is_the_text_a_step_further_on() -> None:
    found = drawn("random_tokens", vocabulary=16, length=8, samples=10)
    assert np.bincount(found["tokens"].ravel()).tolist() == [5] * 16
    np.testing.assert_array_equal(found["tokens"].ravel()[1:], found["next"].ravel()[:-1])


def test_more_than_fits_into_memory_is_refused_with_what_would() -> None:
    with pytest.raises(ParamError, match="do not fit into memory: take 1,660 or smaller"):
        REGISTRY["random_numbers"].from_params(
            {"sizes": (3, 224, 224), "samples": 100_000}
        ).fields()
    with pytest.raises(ParamError, match="do not fit into memory: take 1,907 or shorter"):
        REGISTRY["random_tokens"].from_params({"length": 65_536, "samples": 100_000}).fields()

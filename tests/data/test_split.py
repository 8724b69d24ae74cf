"""Parts of a data set: apart, complete, repeatable, in proportion."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.data import Fields, divided_all, split
from netbuilder.graph import Training
from netbuilder.layers import DataError


def plain(rows: int) -> Fields:
    return Fields({"x": np.arange(rows, dtype=np.float32)[:, None]})


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    rows=st.integers(3, 300),
    classes=st.integers(1, 6),
    validation=st.floats(0, 0.6),
    test=st.floats(0, 0.35),
    seed=st.integers(0, 2**31 - 1),
)
def test_parts_are_apart_and_complete(
    rows: int, classes: int, validation: float, test: float, seed: int
) -> None:
    label = np.random.default_rng(seed).integers(0, classes, rows)
    fields = Fields({"x": np.zeros((rows, 2), np.float32), "label": label})
    parts = split(fields, validation, test, seed)
    assert list(parts) == ["train"] + ["validation"] * (validation > 0) + ["test"] * (test > 0)
    together = np.concatenate(list(parts.values()))
    assert sorted(together.tolist()) == list(range(rows))
    for name, fraction in (("validation", validation), ("test", test)):
        if fraction:
            assert len(parts[name]) >= 1
            assert abs(len(parts[name]) - rows * fraction) <= 2
    for value in range(classes):
        there = (label == value).sum()
        for indices in parts.values():
            share = there * len(indices) / rows
            # A part lies between one or two cuts, and each can be off by a row.
            assert abs((label[indices] == value).sum() - share) <= 2
    again = split(fields, validation, test, seed)
    assert all(np.array_equal(parts[name], again[name]) for name in parts)


def test_another_seed_gives_other_parts() -> None:
    one, two = split(plain(100), 0.2, 0.2, 0), split(plain(100), 0.2, 0.2, 1)
    assert not np.array_equal(one["test"], two["test"])


def test_every_row_is_held_out_about_equally_often() -> None:
    label = np.repeat([0, 1], [30, 10])
    fields = Fields({"label": label})
    often = np.zeros(40)
    for seed in range(300):
        often[split(fields, 0.0, 0.25, seed)["test"]] += 1
    np.testing.assert_allclose(often / 300, 0.25, atol=0.12)


def test_the_label_is_found_or_named() -> None:
    label = np.repeat([0, 1], [90, 10])
    noise = np.zeros(100, np.int64)
    assert Fields({"label": label}).label == "label"
    two = Fields({"label": label, "other": noise})
    assert two.label is None
    assert (label[split(two, 0.2, 0.2, 0, label="label")["test"]] == 1).sum() == 2
    assert Fields({"x": np.zeros((3, 2), np.int64)}).label is None


def test_small_sets_leave_something_in_every_part() -> None:
    parts = split(plain(3), 0.01, 0.01, 0)
    assert [len(rows) for rows in parts.values()] == [1, 1, 1]
    parts = split(plain(4), 0.49, 0.49, 0)
    assert min(len(rows) for rows in parts.values()) == 1


def test_what_cannot_be_split_says_so() -> None:
    with pytest.raises(DataError, match="2 rows are too few for 3 parts"):
        split(plain(2), 0.2, 0.2, 0)
    for validation, test in ((0.5, 0.5), (-0.1, 0.2), (1.0, 0.0), (0.7, 0.7), (float("nan"), 0)):
        with pytest.raises(DataError, match="leave no rows to train on"):
            split(plain(50), validation, test, 0)
    windows = Fields({"x": np.zeros((8, 2), np.float32)}, overlap=3)
    with pytest.raises(DataError, match="8 rows are too few for 3 parts without overlap"):
        split(windows, 0.2, 0.2, 0)


def test_several_data_sets_by_part_and_node() -> None:
    both = divided_all({"a": plain(10), "b": plain(20)}, Training(validation=0.2, test=0.0))
    assert {part: {n: len(r) for n, r in rows.items()} for part, rows in both.items()} == {
        "train": {"a": 8, "b": 16},
        "validation": {"a": 2, "b": 4},
    }

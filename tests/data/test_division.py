"""Splits by group, by time, as given; folds and bootstrap samples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from netbuilder.data import Fields, divided, load
from netbuilder.graph import Training
from netbuilder.layers import REGISTRY, DataError


def patients(rows: int = 200, groups: int = 20, seed: int = 0) -> Fields:
    random = np.random.default_rng(seed)
    group = random.integers(0, groups, rows)
    label = random.integers(0, 3, rows)
    return Fields(
        {"x": random.standard_normal((rows, 2)).astype(np.float32), "label": label},
        keys={"patient": np.array([f"p{g}" for g in group])},
    )


@settings(max_examples=40, deadline=None, derandomize=True)
@drawn(seed=st.integers(0, 10_000), groups=st.integers(3, 40))
def test_no_group_is_on_both_sides(seed: int, groups: int) -> None:
    fields = patients(300, groups, seed)
    parts = divided(fields, Training(split="group", split_by="patient", seed=seed))
    of = fields.keys["patient"]
    held = [set(of[rows]) for rows in parts.values()]
    assert len(parts) == 3
    assert not (held[0] & held[1] | held[0] & held[2] | held[1] & held[2])
    assert sorted(np.concatenate(list(parts.values()))) == list(range(300))
    if groups > 20:
        assert abs(len(parts["test"]) - 60) <= 15


def test_too_few_groups_or_no_such_column_is_said() -> None:
    fields = patients(groups=2)
    with pytest.raises(DataError, match="patient has 2 different values, too few for 3 parts"):
        divided(fields, Training(split="group", split_by="patient"))
    with pytest.raises(DataError, match="There is no column who to split by; this data set has"):
        divided(fields, Training(split="group", split_by="who"))
    with pytest.raises(DataError, match="No column to split by is set"):
        divided(fields, Training(split="given"))


def test_the_latest_are_tested_and_no_moment_is_cut() -> None:
    days = np.array([f"2024-01-{1 + (7 * i) % 30 // 3:02}" for i in range(90)])
    fields = Fields({"x": np.zeros((90, 1), np.float32)}, keys={"day": days})
    parts = divided(fields, Training(split="time", split_by="day"))
    order = [days[rows] for rows in parts.values()]
    assert max(order[0]) < min(order[1])
    assert max(order[1]) < min(order[2])
    by_place = divided(fields, Training(split="time"))
    assert by_place["train"].tolist() == list(range(54))
    wrong = replace(fields, keys={"day": np.array(["soon"] * 90)})
    with pytest.raises(DataError, match="Row 1 of day is 'soon', neither a number nor a date"):
        divided(wrong, Training(split="time", split_by="day"))


def test_a_column_of_the_file_decides(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    part = ["train", "Train", "val", "test", "train"] * 8
    rows = "".join(f"{i},{i * 2},{p},{'ab'[i % 2]}\n" for i, p in enumerate(part))
    table.write_text("one,two,part,class\n" + rows)
    layer = REGISTRY["csv"].from_params({"path": str(table), "aside": "part"})
    fields = load(layer)  # type: ignore[arg-type]
    assert fields.columns["features"] == ("one", "two")
    parts = divided(fields, Training(split="given", split_by="part"))
    assert {name: len(rows) for name, rows in parts.items()} == {
        "train": 24,
        "validation": 8,
        "test": 8,
    }
    assert set(fields.keys["part"][parts["validation"]]) == {"val"}
    wrong = replace(fields, keys={"part": np.array(["later"] * 40)})
    with pytest.raises(DataError, match="Row 1 of part is 'later': write train, validation or"):
        divided(wrong, Training(split="given", split_by="part"))


@pytest.mark.parametrize("method", ["stratified", "random", "group"])
def test_every_row_is_held_out_in_one_fold(method: str) -> None:
    fields = patients()
    t = Training(split=method, split_by="patient" if method == "group" else "", folds=5)
    folds = [divided(fields, replace(t, fold=i)) for i in range(1, 6)]
    test = set(divided(fields, replace(t, folds=0))["test"].tolist())
    held = np.concatenate([f["validation"] for f in folds])
    assert len(held) == len(set(held.tolist())) == 200 - len(test)
    for fold in folds:
        together = np.concatenate(list(fold.values()))
        assert set(together.tolist()) == set(range(200)) - test
        if method == "stratified":
            label = fields["label"]
            share = np.bincount(label[fold["validation"]], minlength=3) / len(fold["validation"])
            np.testing.assert_allclose(share, np.bincount(label) / 200, atol=0.06)
        if method == "group":
            of = fields.keys["patient"]
            assert not set(of[fold["train"]]) & set(of[fold["validation"]])


def test_folds_in_time_never_look_ahead() -> None:
    fields = Fields({"x": np.zeros((100, 1), np.float32)}, overlap=2)
    for fold in range(1, 5):
        parts = divided(fields, Training(split="time", folds=4, fold=fold))
        assert parts["train"].max() + 2 < parts["validation"].min()
        assert parts["validation"].max() < 80
    with pytest.raises(DataError, match="Fold 5 of 4 does not exist"):
        divided(fields, Training(folds=4, fold=5))


def test_a_bootstrap_sample_holds_63_percent_of_the_rows() -> None:
    """(1 − 1/n)ⁿ → 1/e are left out: Breiman 1996."""
    fields = Fields({"x": np.zeros((4000, 1), np.float32)})
    plain = divided(fields, Training())
    parts = divided(fields, Training(resample=3))
    assert len(parts["train"]) == len(plain["train"])
    assert abs(len(set(parts["train"].tolist())) / len(plain["train"]) - (1 - np.exp(-1))) < 0.02
    assert np.array_equal(parts["test"], plain["test"])
    other = divided(fields, Training(resample=4))
    assert not np.array_equal(parts["train"], other["train"])

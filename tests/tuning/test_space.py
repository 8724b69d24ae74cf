"""Declared ranges held against what the parameters take."""

from __future__ import annotations

import pytest

from netbuilder.graph import Range
from netbuilder.training.assigning import declared, present
from netbuilder.tuning import TuningError
from netbuilder.tuning.space import (
    dimensions,
    grid,
    objection,
    read_range,
    shown_range,
    suggested,
    with_values,
)
from tests.tuning.conftest import searched


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("linear_9.out_features", Range(1, 2), "There is no node linear_9 in small."),
        ("linear_1.width", Range(1, 2), "linear_1 has no parameter width."),
        ("training.speed", Range(1, 2), "Training has no setting speed."),
        ("training.other.lr", Range(1, 2), "There is no optimiser other."),
        ("linear_1.out_features", Range(0, 8), "at least 1"),
        ("linear_1.out_features", Range(9, 8), "ends below its beginning"),
        ("linear_1.out_features", Range(1, 8.5), "whole number"),
        ("training.lr", Range(0, 1, log=True), "begins above 0"),
        ("training.lr", Range(0.1, 1, True, 0.1), "either a step or a log scale"),
        ("linear_1.bias", Range(0, 1), "give it choices"),
        ("training.algorithm", Range(choices=("adam", "magic")), "magic"),
        ("training.algorithm", Range(choices=("adam", "adam")), "twice"),
    ],
)
def test_what_cannot_be_searched_is_refused_in_one_sentence(
    name: str, values: Range, words: str
) -> None:
    project = searched({name: values})
    assert words in objection(project, name, values)
    with pytest.raises(TuningError, match=r"\.$"):
        dimensions(project)


def test_every_kind_of_name_is_found_and_set() -> None:
    project = searched({})
    values = {
        "linear_1.out_features": 4,
        "blobs_1.points": 60,
        "training.batch_size": 8,
        "training.ema.decay": 0.9,
        "training.main.weight_decay": 0.1,
        "training.algorithm": "adamw",
        "training.schedule": "cosine",
        "training.schedule.warmup": 5,
        "training.groups.linear_1.rate": 0.5,
    }
    after = with_values(project, values)
    assert {name: present(after, name) for name in values} == values
    assert declared(after, "training.schedule.warmup").type == "int"


@pytest.mark.parametrize(
    "text", ["8:128", "8:128:log", "0:1:0.1", "adam,sgd", "true,false", "3x3,5x5"]
)
def test_a_range_is_read_as_it_is_shown(text: str) -> None:
    assert shown_range(read_range(text)) == text


@pytest.mark.parametrize("text", ["8:", "a:b", "1:2:3:4", "1:inf"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(TuningError, match="is no range"):
        read_range(text)


def test_a_suggestion_around_the_value_can_be_searched() -> None:
    project = searched({})
    for name in ("linear_1.out_features", "linear_1.bias", "training.lr", "training.batch_size",
                 "training.weight_decay", "training.algorithm", "training.beta1"):  # fmt: skip
        values = suggested(project, name)
        assert objection(project, name, values) == "", (name, values)


def test_a_grid_holds_every_combination_once() -> None:
    space = {
        "linear_1.out_features": Range(2, 8, step=3),
        "training.lr": Range(0.001, 0.1, log=True),
        "linear_1.bias": Range(choices=(True, False)),
    }
    found = grid(dimensions(searched(space)))
    assert len(found) == 3 * 5 * 2 == len({tuple(values.values()) for values in found})
    assert {values["linear_1.out_features"] for values in found} == {2, 5, 8}
    assert found[0]["training.lr"] == pytest.approx(0.001)


def test_a_grid_beyond_bounds_is_refused() -> None:
    space = {f"training.{n}": Range(0, 0.9, step=0.001) for n in ("weight_decay", "beta1")}
    with pytest.raises(TuningError, match="combinations"):
        grid(dimensions(searched(space)))

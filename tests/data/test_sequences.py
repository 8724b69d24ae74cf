"""Made-up sequences hold what their rule says, filled up with token 0 behind their lengths."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np
import pytest

from netbuilder.data import Fields, load
from netbuilder.layers import REGISTRY, ParamError


def made(kind: str, **params: Any) -> Fields:
    return load(REGISTRY[kind].from_params(params))


def texts(fields: Fields, name: str) -> list[str]:
    """Each row as a text, without what fills it up."""
    names = fields.class_names[name]
    return ["".join(names[t] for t in row if t) for row in fields[name].tolist()]


@pytest.mark.parametrize("task", ["copy", "reverse", "sort"])
def test_letters_are_said_again(task: str) -> None:
    fields = made("symbol_sequences", task=task, symbols=5, shortest=2, longest=6, samples=300)
    read, before, target = (texts(fields, n) for n in ("tokens", "before", "target"))
    for one, b, t in zip(read, before, target, strict=True):
        said = {"copy": one, "reverse": one[::-1], "sort": "".join(sorted(one))}[task]
        assert b == f"<bos>{said}"
        assert t == f"{said}<eos>"
    lengths = fields["lengths"]
    assert [len(r) for r in read] == lengths.tolist()
    assert set(lengths.tolist()) == {2, 3, 4, 5, 6}
    assert (fields["tokens"] > 0).sum(1).tolist() == lengths.tolist()
    long = [r for r in read if len(r) > 3]
    assert len(set(long)) == len(long)


def test_rows_differ_where_they_can() -> None:
    fields = made("symbol_sequences", symbols=2, shortest=3, longest=3, samples=8)
    assert len(np.unique(fields["tokens"], axis=0)) == 8


@pytest.mark.parametrize("backwards", [False, True])
def test_sums_are_right(backwards: bool) -> None:
    fields = made("addition", digits=2, samples=200, backwards=backwards)
    sums, target = texts(fields, "tokens"), texts(fields, "target")
    for written, said in zip(sums, target, strict=True):
        a, b = written.removesuffix("=").split("+")
        result = said.removesuffix("<eos>")
        assert int(result[::-1] if backwards else result) == int(a) + int(b)
        assert "0" not in (a[0], b[0]) or 1 in (len(a), len(b))
    assert fields["lengths"].tolist() == [len(s) for s in sums]
    assert texts(fields, "before")[0].startswith("<bos>")


def depth(row: list[int]) -> int:
    now = most = 0
    for token in row:
        now = max(now + (1 if token == 1 else -1), 0)
        most = max(most, now)
    return most


RULES: dict[str, Any] = {
    "parity": lambda row: ("even", "odd")[sum(t == 2 for t in row) % 2],
    "longest run": lambda row: str(max(len(list(run)) for _, run in groupby(row))),
    "depth": lambda row: str(depth(row)),
}


@pytest.mark.parametrize("task", RULES)
def test_the_class_is_what_the_rule_says_and_equally_often(task: str) -> None:
    fields = made("sequence_classes", task=task, shortest=6, longest=9, samples=300)
    names = fields.class_names["label"]
    for row, label, length in zip(
        *(fields[n] for n in ("tokens", "label", "lengths")), strict=True
    ):
        assert (row[:length] > 0).all()
        assert (row[length:] == 0).all()
        assert RULES[task](row[:length].tolist()) == names[label]
    counts = np.bincount(fields["label"])
    assert len(counts) == len(names)
    assert counts.max() - counts.min() <= 1


def test_the_seed_decides() -> None:
    for kind in ("symbol_sequences", "addition", "sequence_classes"):
        one, two = (made(kind, seed=seed, samples=50) for seed in (1, 2))
        assert not np.array_equal(one["tokens"], two["tokens"])


def test_a_longest_below_the_shortest_is_refused() -> None:
    with pytest.raises(ParamError, match="Longest is at least the shortest, 5, not 4"):
        REGISTRY["symbol_sequences"].from_params({"shortest": 5, "longest": 4}).fields()

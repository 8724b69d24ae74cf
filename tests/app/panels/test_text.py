"""What is typed in a field, and what it means."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.app.panels.form.text import read, shown, stepped
from netbuilder.layers import REGISTRY, Param, ParamError

COUNT = Param("n", "int", 4, "Count", "", 1, 1_000_000)
RATE = Param("lr", "float", 0.1, "Rate", "", 0.0, 1.0)
SIZE = Param("size", "ints", (3,), "Size", "", 1, 100, length=2)
NAME = Param("name", "text", "x", "Name", "")
MAYBE = Param("maybe", "int", None, "Maybe", "", 1, 10, optional=True)


@pytest.mark.parametrize("text", ["3 × 3", "3x3", "3X3", "3, 3", "3,3", "3 3", " 3 ×3 ", "3*3"])
def test_sizes_are_read_however_they_are_written(text: str) -> None:
    assert read(SIZE, text, {}) == (3, 3)


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        (COUNT, "12", 12),
        (COUNT, "1\u2009000", 1000),
        (COUNT, "12.0", 12),
        (RATE, "1e-3", 0.001),
        (RATE, "1", 1.0),
        (SIZE, "3", (3,)),
        (SIZE, "3 ×", (3,)),
        (NAME, "logits", "logits"),
        (MAYBE, "", None),
    ],
)
def test_values(param: Param, text: str, value: object) -> None:
    found = read(param, text, {})
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("param", "text", "part"),
    [
        (COUNT, "abc", "is a number"),
        (COUNT, "", "needs a value"),
        (COUNT, "0", "at least 1"),
        (COUNT, "2.5", "whole number"),
        (COUNT, "1e400", "finite"),
        (COUNT, "nan", "finite"),
        (COUNT, "1000000000000", "at most"),
        (RATE, "2", "at most 1"),
        (SIZE, "3 × 3 × 3", "not 3"),
        (SIZE, "3 × q", "not 'q'"),
        (COUNT, "=width * 2", "only inside a block"),
    ],
)
def test_what_is_wrong_is_said(param: Param, text: str, part: str) -> None:
    with pytest.raises(ParamError) as caught:
        read(param, text, {})
    assert part in str(caught.value)


def test_expressions_are_kept_as_they_are_written() -> None:
    assert read(COUNT, "=width * 2", {"width": 8}) == "=width * 2"
    assert read(SIZE, "=max(width, 3)", {"width": 8}) == "=max(width, 3)"
    assert read(SIZE, "=width × 3", {"width": 8}) == ("=width", 3)
    assert read(COUNT, "=2 * 3", {}) == "=2 * 3"


def test_an_expression_must_fit_the_range_and_the_names() -> None:
    with pytest.raises(ParamError, match="at least 1"):
        read(COUNT, "=width - 8", {"width": 8})
    with pytest.raises(ParamError, match="height is not a parameter"):
        read(COUNT, "=height", {"width": 8})


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 1_000_000))
def test_a_number_survives_its_text(value: int) -> None:
    assert read(COUNT, shown(COUNT, value), {}) == value


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 100), min_size=2, max_size=2))
def test_sizes_survive_their_text(value: list[int]) -> None:
    assert read(SIZE, shown(SIZE, tuple(value)), {}) == tuple(value)


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_every_default_survives_its_text(kind: str) -> None:
    for param in REGISTRY[kind].params():
        if param.type not in ("bool", "choice"):
            assert read(param, shown(param, param.default), {}) == param.default, param.name


@pytest.mark.parametrize(
    ("param", "value", "steps", "after"),
    [
        (COUNT, 4, 1, 5),
        (COUNT, 1, -1, 1),
        (SIZE, (3, 5), 1, (4, 6)),
        (RATE, 0.01, 1, 0.02),
        (RATE, 0.1, -1, 0.09),
        (RATE, 1.0, 1, 1.0),
    ],
)
def test_arrows(param: Param, value: object, steps: int, after: object) -> None:
    assert stepped(param, value, steps) == after  # type: ignore[arg-type]

"""INTERACTIONS.md tells the truth: the tests it names exist, and no interaction is missing."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
#: Number, and what the last cell says.
ROWS = re.findall(
    r"^\|\s*(\d+)\s*\|[^|\n]+\|[^|\n]+\|([^|\n]+)\|\s*$",
    (HERE / "INTERACTIONS.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)


@cache
def written_in(path: Path) -> set[str]:
    """Names of the test functions in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize(("number", "cell"), ROWS, ids=[number for number, _ in ROWS])
def test_every_named_test_exists(number, cell):
    named = re.findall(r"([\w./]+\.py)::(test_\w+)", cell)
    assert named, f"Row {number} names no test."
    for path, name in named:
        assert name in written_in((HERE / path).resolve()), f"Row {number}: {path} has no {name}."


def test_every_interaction_has_its_row_in_order():
    assert [int(number) for number, _ in ROWS] == list(range(1, 43))

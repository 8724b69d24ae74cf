"""How far the curriculum is: a row is done only if all that it names exists.

What exists is looked up in the registry, the declarations, the examples and the tests; the
rows themselves are in ``rows.py``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from netbuilder import resources
from netbuilder.architectures import ARCHITECTURES
from netbuilder.graph import Training
from netbuilder.help.row import Row
from netbuilder.help.rows import GROUPS
from netbuilder.layers import REGISTRY
from netbuilder.training.settings import ALGORITHMS

Status = Literal["done", "partly", "later"]
_ROOT = Path(__file__).resolve().parents[2]
_HEAD = """# Curriculum

What five deep-learning courses teach, row by row, and how much of it can be built here. This
page is written by `python -m netbuilder.help` from the registry of layers, the examples and
the tests, never by hand. **done**: everything the row names is there, a test holds it to a
number, and an example uses it. **partly**: some of it is there. **later**: none of it yet.
"""


@dataclass(frozen=True)
class Finding:
    """A row, its status, and in words what it still lacks."""

    row: Row
    status: Status
    missing: tuple[str, ...]


def findings() -> list[Finding]:
    """Every row, in order."""
    return [_found(row) for rows in GROUPS.values() for row in rows]


def curriculum_page() -> str:
    """The page of the guide."""
    found = {finding.row.id: finding for finding in findings()}
    counts = {s: sum(f.status == s for f in found.values()) for s in ("done", "partly", "later")}
    lines = [
        _HEAD,
        f"Of {len(found)} rows {counts['done']} are done, {counts['partly']} partly, "
        f"{counts['later']} come later.",
    ]
    for title, rows in GROUPS.items():
        lines += [
            "",
            f"## {title}",
            "",
            "| row | what | status | still missing |",
            "|---|---|---|---|",
        ]
        for row in rows:
            finding = found[row.id]
            where = f" (example `{row.example}`)" if finding.status == "done" else ""
            missing = "; ".join(finding.missing) if finding.status == "partly" else ""
            lines.append(f"| {row.id} | {row.title}{where} | {finding.status} | {missing} |")
    return "\n".join([*lines, "", "[Back to the start](index.md)", ""])


def _found(row: Row) -> Finding:
    there = [need for need in row.needs if exists(need)]
    missing = tuple(_words(need) for need in row.needs if need not in there)
    if not there:
        return Finding(row, "later", missing)
    if not missing:
        if not exists(f"example:{row.example}"):
            missing += ("an example",)
        if not exists(f"test:{row.proof}"):
            missing += ("a test that holds it to a number",)
    return Finding(row, "partly" if missing else "done", missing)


def exists(need: str) -> bool:
    """Whether what is named by ``sort:name`` is there. Raises KeyError for another sort."""
    sort, _, name = need.partition(":")
    return _SORTS[sort](name)


def _words(need: str) -> str:
    name = need.partition(":")[2]
    return name.rpartition("=")[2] or name


def _param(name: str) -> bool:
    """``conv2d.groups``, or with a choice ``positional_encoding.method=rotary``."""
    path, _, choice = name.partition("=")
    kind, _, param = path.partition(".")
    found = [p for p in REGISTRY[kind].params() if p.name == param] if kind in REGISTRY else []
    return bool(found) and (not choice or choice in found[0].choices)


def _setting(name: str) -> bool:
    """``adam.weight_decay``: a setting of an optimiser."""
    algorithm, _, setting = name.partition(".")
    return algorithm in ALGORITHMS and any(
        p.name == setting for p in ALGORITHMS[algorithm].settings
    )


def _code(name: str) -> bool:
    """``netbuilder/explain/boundary.py:decision_boundary``: defined at the top of a file."""
    path, _, wanted = name.partition(":")
    return wanted in _defined(_ROOT / path)


def _test(name: str) -> bool:
    """``tests/explain/test_boundary.py:test_a_known_line``."""
    return bool(name) and _code(name)


@cache
def _defined(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    names = set()
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.ClassDef | ast.FunctionDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            names.add(statement.target.id)
    return frozenset(names)


@cache
def _text(path: str) -> str:
    return (_ROOT / path).read_text(encoding="utf-8")


_SORTS: Mapping[str, Callable[[str], bool]] = {
    "kind": lambda name: name in REGISTRY,
    "param": _param,
    "algorithm": lambda name: name in ALGORITHMS,
    "setting": _setting,
    "training": lambda name: name in Training.__dataclass_fields__,
    "saliency": lambda name: f'"{name}"' in _text("netbuilder/explain/saliency.py"),
    "code": _code,
    "test": _test,
    "architecture": lambda name: name in ARCHITECTURES,
    "example": lambda name: bool(name) and resources.example(name).is_file(),
    # Named in words because nothing of it exists; whoever builds it names it here instead.
    "later": lambda name: False,
}

"""Source of what torch lacks, copied into the generated code from ``netbuilder/nn``.

Read as text, never imported: so the window stays free of torch, and exported files never
import netbuilder.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).resolve().parent.parent / "nn"


@cache
def definitions() -> dict[str, str]:
    """Source text of every public and private class and function of ``netbuilder.nn``."""
    found: dict[str, str] = {}
    for path in sorted(_FOLDER.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        for statement in ast.parse(text).body:
            if isinstance(statement, ast.ClassDef | ast.FunctionDef):
                first = min([statement.lineno, *(d.lineno for d in statement.decorator_list)])
                found[statement.name] = "\n".join(lines[first - 1 : statement.end_lineno])
    return found


def needed(names: list[str]) -> list[str]:
    """`names` and what their definitions use, each after what it uses."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order or name not in definitions():
            return
        tree = ast.parse(definitions()[name])
        used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        for other in sorted(used - {name}):
            visit(other)
        order.append(name)

    for name in names:
        visit(name)
    return order

"""A person's expression as it stands in a line of the generated code."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from netbuilder.compiler.naming import unused


def inlined(text: str, values: Mapping[str, str]) -> str:
    """The expression with the text of a value for each of its names.

    Names that it binds itself, as in ``[t for t in x]``, give way to those of the values.
    """
    tree = ast.parse(text, mode="eval")
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _stores(n)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    parsed = {name: ast.parse(value, mode="eval").body for name, value in values.items()}
    inside = {n.id for value in parsed.values() for n in ast.walk(value) if isinstance(n, ast.Name)}
    other: dict[str, str] = {}
    for name in sorted(bound):
        other[name] = unused(name, {*inside, *other.values(), *(bound - {name})})
    return ast.unparse(_Put(parsed, other).visit(tree))


def _stores(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)


class _Put(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, ast.expr], other: Mapping[str, str]) -> None:
        self._values, self._other = values, other

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._other:
            return ast.Name(self._other[node.id], node.ctx)
        return self._values.get(node.id, node)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self._other.get(node.arg, node.arg))

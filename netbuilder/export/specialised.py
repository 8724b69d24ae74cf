"""The source of a data loader, with everything its declaration decides filled in.

A loader reads a declaration, ``layer.points``; a script of one's own has no declarations.
So the loader's text is taken as it stands, comments and all, and each expression over
`layer` becomes its value: ``1000``. What is left is plain numpy and scikit-learn.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from types import FunctionType
from typing import Any

from netbuilder.layers import DataSet

_UNKNOWN = object()
_BUILTIN = {"type": type, "len": len, "str": str}


class NotPlain(ValueError):
    """The loader needs more of its declaration than plain values."""


class Specialised:
    """Function definitions by name, each after those it uses, and the imports they need."""

    def __init__(self, layer: DataSet) -> None:
        self.layer = layer
        self.functions: dict[str, str] = {}
        self.imports: set[str] = set()
        module, _, name = layer.loader.partition(":")
        self.name = name
        self._take(getattr(importlib.import_module(module), name))

    def _take(self, thing: Any) -> None:
        """Add a function or class of this package and all it uses."""
        name = thing.__name__
        if name in self.functions:
            return
        module = importlib.import_module(thing.__module__)
        text = textwrap.dedent(inspect.getsource(thing))
        edits = _Edits(text, self.layer, vars(module))
        text = edits.applied()
        tree = ast.parse(text)
        used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        if "layer" in used:
            raise NotPlain(name)
        for other in sorted(used - {name}):
            self._need(other, module)
        self.functions[name] = text.rstrip()

    def _need(self, name: str, module: Any) -> None:
        found = vars(module).get(name)
        if getattr(found, "__module__", "").startswith("netbuilder."):
            self._take(found)
            return
        for statement in ast.parse(inspect.getsource(module)).body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                if any((a.asname or a.name) == name for a in statement.names):
                    alias = [a for a in statement.names if (a.asname or a.name) == name]
                    statement.names = alias
                    self.imports.add(ast.unparse(statement))
            elif isinstance(statement, ast.Assign | ast.AnnAssign) and name in _targets(statement):
                raise NotPlain(name)


class _Edits(ast.NodeVisitor):
    """Replacements in the text of one definition. Columns of `ast` count UTF-8 bytes."""

    def __init__(self, text: str, layer: DataSet, names: dict[str, Any]) -> None:
        self._text = text.encode()
        self._lines: list[int] = [0]
        for line in self._text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self._layer, self._names = layer, names
        self._edits: list[tuple[int, int, str]] = []
        self._tree = ast.parse(text)

    def applied(self) -> str:
        """The text with every replacement made."""
        self.visit(self._tree)
        data = self._text
        for start, end, new in sorted(self._edits, reverse=True):
            data = data[:start] + new.encode() + data[end:]
        return data.decode()

    def _start(self, node: ast.stmt | ast.expr) -> int:
        return self._lines[node.lineno - 1] + node.col_offset

    def _end(self, node: ast.stmt | ast.expr) -> int:
        return self._lines[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)

    def _put(self, start: int, end: int, new: str) -> None:
        self._edits.append((start, end, new))

    # --- what is replaced -----------------------------------------------------------------

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.expr) and _mentions(node):
            value = self._value(node)
            if isinstance(value, FunctionType):
                return self._put(self._start(node), self._end(node), value.__name__)
            if _literal(value):
                return self._put(self._start(node), self._end(node), repr(value))
        super().visit(node)
        return None

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """A signature without `layer` and without types."""
        names = [a.arg for a in node.args.args if a.arg != "layer"]
        body = self._lines[node.body[0].lineno - 1]
        self._put(self._start(node), body, f"def {node.name}({', '.join(names)}):\n")
        for statement in node.body:
            self.visit(statement)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None and isinstance(node.target, ast.Name):
            self._put(self._end(node.target), self._end(node.annotation), "")
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        """A choice that the declaration makes: only the branch taken stays."""
        chosen = self._value(node.test) if _mentions(node.test) else _UNKNOWN
        if chosen is _UNKNOWN:
            self.generic_visit(node)
            return None
        taken = node.body if chosen else node.orelse
        if not taken:
            return self._put(self._lines[node.lineno - 1], self._lines[node.end_lineno or 0], "")
        inner = self._text[self._lines[taken[0].lineno - 1] : self._end(taken[-1])].decode()
        found = _Edits(textwrap.dedent(inner), self._layer, self._names).applied()
        shifted = textwrap.indent(found, " " * node.col_offset).lstrip()
        return self._put(self._start(node), self._end(node), shifted)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "Fields":
            # Of a data set only its arrays are needed.
            arrays = node.args[0]
            self._put(self._start(node), self._start(arrays), "")
            self._put(self._end(arrays), self._end(node), "")
            return self.visit(arrays)
        if isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) == 2:
            owner, name = node.args
            value = self._value(name)
            if isinstance(value, str) and value.isidentifier():
                text = f"{ast.unparse(owner)}.{value}"
                return self._put(self._start(node), self._end(node), text)
        if [ast.unparse(a) for a in node.args] == ["layer"] and not node.keywords:
            self.visit(node.func)
            return self._put(self._end(node.func), self._end(node), "()")
        self.generic_visit(node)
        return None

    # --- what is known ---------------------------------------------------------------------

    def _value(self, node: ast.AST) -> Any:
        """Value of an expression over the declaration and the loader's module, if known."""
        match node:
            case ast.Constant(value):
                return value
            case ast.Name("layer"):
                return self._layer
            case ast.Name(name):
                return self._names.get(name, _BUILTIN.get(name, _UNKNOWN))
            case ast.Attribute(inner, name):
                owner = self._value(inner)
                return _UNKNOWN if owner is _UNKNOWN else getattr(owner, name, _UNKNOWN)
            case ast.Subscript(inner, key):
                owner, index = self._value(inner), self._value(key)
                return _UNKNOWN if owner is _UNKNOWN or index is _UNKNOWN else owner[index]
            case ast.JoinedStr(parts):
                values = [self._value(p) for p in parts]
                return _UNKNOWN if _UNKNOWN in values else "".join(map(str, values))
            case ast.FormattedValue(inner):
                return self._value(inner)
            case ast.Compare(inner, [ast.Eq()], [other]):
                values = [self._value(inner), self._value(other)]
                return _UNKNOWN if _UNKNOWN in values else values[0] == values[1]
            case ast.Call(ast.Name("type"), [inner], []):
                owner = self._value(inner)
                return _UNKNOWN if owner is _UNKNOWN else type(owner)
        return _UNKNOWN


def _mentions(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "layer" for n in ast.walk(node))


def _literal(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_literal(v) for v in value)
    return value is None or isinstance(value, bool | int | float | str)


def _targets(statement: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {t.id for t in targets if isinstance(t, ast.Name)}

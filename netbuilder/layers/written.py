"""Code that a person wrote for one node, read as text: nothing of it is executed here.

It is a class of ``nn.Module`` with a `forward`, or one expression. Its ports, its arguments
and most of its mistakes are found in the syntax tree.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from netbuilder.layers import unknown_names
from netbuilder.layers.spec import ParamError, Port

#: What code may use without importing it, and how the generated code imports it.
STANDARD = {
    "torch": "import torch",
    "nn": "from torch import nn",
    "F": "import torch.nn.functional as F",
    "math": "import math",
}
_MEANT = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional", "math": "math"}
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LONGEST = 100_000
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_EITHER = "Write one class of nn.Module with forward, or one expression such as torch.sin(x) * x."


@dataclass(frozen=True)
class Import:
    """One name that code imports. `value` is what it stands for, `text` the statement."""

    name: str
    value: str
    text: str


@dataclass(frozen=True)
class Written:
    """What can be known of code without running it.

    name: of the class, empty for an expression. body: the class without what stands around
    it, or the expression. inputs: ports in order. needs, takes: arguments of the
    constructor; `free` if it takes any. names: what an expression leaves open, in order.
    """

    name: str
    body: str
    inputs: tuple[Port, ...]
    outputs: tuple[str, ...]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    free: bool = False
    names: tuple[str, ...] = ()
    imports: tuple[Import, ...] = ()
    future: bool = False


class _Fault(ValueError):
    """What is wrong, and in which line."""

    def __init__(self, message: str, at: ast.AST | None = None) -> None:
        line = getattr(at, "lineno", None)
        super().__init__(message if line is None else f"Line {line}: {message}")


@lru_cache(256)
def read(text: str) -> Written:
    """The code as far as it can be known. Raises ParamError with the line."""
    if "\0" in text:  # Pythons differ in what they say of it
        line = text[: text.index("\0")].count("\n") + 1
        raise ParamError("code", f"Line {line}: a null byte; delete it.")
    try:
        return _read(text.replace("\r\n", "\n").replace("\r", "\n"))
    except _Fault as error:
        raise ParamError("code", str(error)) from None
    except SyntaxError as error:
        said = (error.msg or "it cannot be read").strip().rstrip(".")
        raise ParamError("code", f"Line {error.lineno or 1}: {said[:120]}.") from None
    except (ValueError, RecursionError, MemoryError):
        raise ParamError("code", "This cannot be read as Python.") from None


def _read(text: str) -> Written:
    if len(text) > _LONGEST:
        raise _Fault(f"Code of a node has at most {_LONGEST:,} characters.")
    if not text.strip():
        raise _Fault(_EITHER)
    for number, line in enumerate(text.split("\n"), 1):
        if _REORDERING.search(line):  # what is read would not be what runs
            raise _Fault(f"Line {number}: a hidden character changes the order of the text.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as one about an escape in a text
        try:
            tree: ast.AST = ast.parse(text.strip(), mode="eval").body
        except SyntaxError:
            tree = ast.parse(text)
    return _module(tree, text) if isinstance(tree, ast.Module) else _expression(tree)


# --- expressions -----------------------------------------------------------------------


def _expression(tree: ast.AST) -> Written:
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and _stores(n)}
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    found: dict[str, ast.AST] = {}
    for node in _in_order(tree):
        if isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
            raise _Fault("an expression names nothing and waits for nothing.", node)
        if isinstance(node, ast.BinOp) and _divides_by_zero(node):
            raise _Fault("this divides by zero.", node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            name = node.func.id
            if name not in bound and name not in unknown_names.EXPRESSION:
                raise _Fault(f"{name} is not known here; {unknown_names.perhaps(name)}.", node)
        if isinstance(node, ast.Name) and node.id not in bound:
            if node.id in unknown_names.MODULES:
                raise _Fault(
                    f"{node.id} is not known here; an expression has torch, nn, F and math.", node
                )
            if node.id not in STANDARD and node.id not in unknown_names.EXPRESSION:
                found.setdefault(node.id, node)
    if not found:
        raise _Fault("An expression names at least one input, such as x.")
    outputs = _several(tree.elts, named=False) if isinstance(tree, ast.Tuple) else ("y",)
    return Written("", ast.unparse(tree), (), outputs, takes=tuple(found), names=tuple(found))


def _divides_by_zero(node: ast.BinOp) -> bool:
    zero = isinstance(node.right, ast.Constant) and node.right.value in (0, 0.0)
    return zero and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod)


def _stores(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    """Every part, as it is read from left to right."""
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from _in_order(child)


# --- classes ---------------------------------------------------------------------------


def _module(tree: ast.Module, text: str) -> Written:
    imports: list[Import] = []
    classes: list[ast.ClassDef] = []
    future = False
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            classes.append(statement)
        elif isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            future = True
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            imports += _imports(statement)
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            raise _Fault(f"this stands outside the class. {_EITHER}", statement)
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Import | ast.ImportFrom):
            _imports(inner)  # which may object
    if len(classes) != 1:
        second = classes[1] if len(classes) > 1 else None
        raise _Fault(f"a node is one class. {_EITHER}" if second else _EITHER, second)
    (own,) = classes
    known = {own.name, *STANDARD, *(i.name for i in imports)}
    missing = unknown_names.first(tree, text, known)
    if missing is not None:
        raise _Fault(f"{missing[0]} is not known; import it at the top.", missing[1])
    if not own.bases:
        raise _Fault(f"write class {own.name}(nn.Module).", own)
    first = min([own.lineno, *(d.lineno for d in own.decorator_list)])
    body = "\n".join(line.rstrip() for line in text.split("\n")[first - 1 : own.end_lineno])
    forward = _method(own, "forward")
    if forward is None:
        raise _Fault(f"{own.name} has no method forward(self, x).", own)
    needs, takes, free = _arguments(own)
    return Written(
        own.name, body, _ports(forward), _outputs(forward), needs, takes, free,
        (), tuple(imports), future,
    )  # fmt: skip


def _imports(statement: ast.Import | ast.ImportFrom) -> list[Import]:
    """Names that a statement imports, but for those that the generated code has anyway."""
    found = []
    for alias in statement.names:
        name = alias.asname or alias.name.partition(".")[0]
        if isinstance(statement, ast.ImportFrom):
            if statement.level or alias.name == "*":
                raise _Fault("import from a package by its full name, name by name.", statement)
            owner, value = statement.module or "", f"{statement.module}.{alias.name}"
        else:
            owner = alias.name
            value = alias.name if alias.asname else name
        if owner.partition(".")[0] == "netbuilder":
            raise _Fault("code of a node stands alone, so it cannot import netbuilder.", statement)
        dotted = isinstance(statement, ast.Import) and "." in alias.name and not alias.asname
        if name in _MEANT and value != _MEANT[name]:
            raise _Fault(f"{name} means {_MEANT[name]}; import this by another name.", statement)
        if name in _MEANT and not dotted:
            continue  # the generated code has it
        one = (
            ast.ImportFrom(statement.module, [alias], 0)
            if isinstance(statement, ast.ImportFrom)
            else ast.Import([alias])
        )
        found.append(Import(name, value, ast.unparse(one)))
    return found


def _method(own: ast.ClassDef, name: str) -> ast.FunctionDef | None:
    found = [n for n in own.body if isinstance(n, ast.FunctionDef) and n.name == name]
    return found[-1] if found else None


def _ports(forward: ast.FunctionDef) -> tuple[Port, ...]:
    given = forward.args
    names = [a.arg for a in (*given.posonlyargs, *given.args)][1:]
    optional = min(len(given.defaults), len(names))
    needed = names[: len(names) - optional]
    ports = [Port(name) for name in needed]
    if given.vararg is not None:
        ports.append(Port(given.vararg.arg, many=True))
    else:
        ports += [Port(name, optional=True) for name in names[len(needed) :]]
    for word, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        if default is None:
            raise _Fault(f"forward needs {word.arg} by name; let it stand before the *.", forward)
    if not any(not port.optional for port in ports):
        raise _Fault("forward takes at least one input: forward(self, x).", forward)
    return tuple(ports)


def _arguments(own: ast.ClassDef) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """What the constructor needs, all it takes, and whether it takes more than that."""
    init = _method(own, "__init__")
    if init is None:
        plain = ast.unparse(own.bases[0]) in ("nn.Module", "torch.nn.Module", "Module")
        return (), (), not plain
    given = init.args
    names = [a.arg for a in (*given.posonlyargs, *given.args)][1:]
    needs = names[: len(names) - min(len(given.defaults), len(names))]
    words = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    needs += [word.arg for word, default in words if default is None]
    return tuple(needs), (*names, *(w.arg for w in given.kwonlyargs)), given.kwarg is not None


def _outputs(forward: ast.FunctionDef) -> tuple[str, ...]:
    """Output ports: one, unless every return gives the same number of values."""
    returned = [n.value for n in _of_function(forward) if isinstance(n, ast.Return)]
    tuples = [value for value in returned if isinstance(value, ast.Tuple)]
    if tuples and len(tuples) == len(returned) and len({len(t.elts) for t in tuples}) == 1:
        return _several(tuples[0].elts)
    match forward.returns:
        case ast.Subscript(value=ast.Name(id="tuple" | "Tuple"), slice=ast.Tuple(elts=parts)):
            if not any(isinstance(p, ast.Constant) for p in parts):
                return _several(parts, named=False)
    return ("y",)


def _of_function(function: ast.AST) -> Iterator[ast.AST]:
    """What belongs to a function itself, not to one inside it."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, _SCOPES):
            yield child
            yield from _of_function(child)


def _several(parts: list[ast.expr], named: bool = True) -> tuple[str, ...]:
    if any(isinstance(part, ast.Starred) for part in parts):
        raise _Fault("name every value that is returned, without a *.", parts[0])
    if len(parts) < 2:
        raise _Fault("return the value itself, without a comma behind it.", *parts)
    names = [part.id for part in parts if isinstance(part, ast.Name)]
    if named and len(set(names)) == len(parts):
        return tuple(names)
    return tuple(f"y{n}" for n in range(1, len(parts) + 1))

"""Arithmetic over the parameters of a block, such as ``=width * 2``.

A closed set of operations on numbers: no names but those in scope, no attributes, no
calls but `min`, `max` and `round`, never `eval`.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netbuilder.graph.model import GraphError, Value

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {"min": min, "max": max, "round": round}
_LIMIT = 1e15
_LONGEST = 200


def is_expression(value: object) -> bool:
    """Whether a parameter's value is an expression: a text that starts with ``=``."""
    return isinstance(value, str) and value.startswith("=")


def evaluate(text: str, scope: Mapping[str, Value]) -> Value:
    """Value of an expression (with or without its ``=``) over the names in `scope`.

    A result without a fraction is an int. Raises GraphError with one sentence.
    """
    source = text.removeprefix("=").strip()
    if len(source) > _LONGEST:
        raise GraphError(f"An expression is at most {_LONGEST} characters long.")
    try:
        tree = ast.parse(source, mode="eval").body
        result: Value = _value(tree, scope, source)
    except OverflowError:
        raise GraphError(f"{source!r} is too large.") from None
    except (SyntaxError, RecursionError, ValueError, MemoryError) as error:
        if isinstance(error, GraphError):
            raise
        raise GraphError(f"{source!r} is not an expression such as width * 2.") from None
    except ZeroDivisionError:
        raise GraphError(f"{source!r} divides by zero.") from None
    if isinstance(result, float) and result.is_integer():
        return int(result)
    return result


def evaluated(params: Mapping[str, Value], scope: Mapping[str, Value]) -> dict[str, Value]:
    """Parameters with every expression replaced by its value. Raises GraphError."""

    def one(value: Value) -> Value:
        if isinstance(value, tuple):
            return tuple(one(item) for item in value)
        return evaluate(value, scope) if isinstance(value, str) and is_expression(value) else value

    return {name: one(value) for name, value in params.items()}


def names_in(value: Value) -> set[str]:
    """Names that the expressions in a parameter's value read."""
    if isinstance(value, tuple):
        return set[str]().union(*(names_in(item) for item in value))
    tree = _parsed(value)
    return {node.id for node in _names(tree)} if tree is not None else set()


def substituted(value: Value, scope: Mapping[str, Value]) -> Value:
    """A parameter's value with the names in `scope` replaced by what they stand for.

    What then needs no name any more is evaluated; what cannot be is left as it was.
    Raises GraphError if an expression would become too long.
    """
    if isinstance(value, tuple):
        return tuple(substituted(item, scope) for item in value)
    tree, used = _parsed(value), names_in(value) & scope.keys()
    if tree is None or all(scope[name] == f"={name}" for name in used):
        return value
    trees: dict[str, ast.expr] = {}
    for name in used:
        if is_expression(inner := scope[name]):
            if (found := _parsed(inner)) is None:
                return value
            trees[name] = found
        elif isinstance(inner, bool | int | float):
            trees[name] = ast.Constant(inner)
    if used == names_in(value) and not any(is_expression(scope[name]) for name in used):
        try:
            return evaluate(str(value), scope)
        except GraphError:
            return value
    if trees.keys() != used:
        return value

    class Substitution(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.Call:
            node.args = [self.visit(arg) for arg in node.args]
            return node

        def visit_Name(self, node: ast.Name) -> ast.expr:
            return trees.get(node.id, node)

    text = f"={ast.unparse(Substitution().visit(tree))}"
    if len(text) > _LONGEST:
        raise GraphError(f"{value} would become longer than {_LONGEST} characters.")
    return text


def renamed(value: Value, old: str, new: str) -> Value:
    """A parameter's value whose expressions call a name otherwise; the rest of them stays."""
    if isinstance(value, tuple):
        return tuple(renamed(item, old, new) for item in value)
    if old not in names_in(value):
        return value
    return re.sub(rf"(?<![\w.]){re.escape(old)}(?!\w|\s*\()", new, str(value))


def _parsed(value: Value) -> ast.expr | None:
    """The tree of an expression; None for another value, and for what is none."""
    if not isinstance(value, str) or not is_expression(value) or len(value) > _LONGEST + 1:
        return None
    try:
        return ast.parse(value.removeprefix("=").strip(), mode="eval").body
    except (SyntaxError, RecursionError, ValueError, MemoryError):
        return None


def _names(tree: ast.expr) -> Iterator[ast.Name]:
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and id(node) not in called:
            yield node


def _value(tree: ast.expr, scope: Mapping[str, Value], source: str) -> Any:
    match tree:
        case ast.Constant(value=bool() | int() | float() as number):
            return _bounded(number, source)
        case ast.Name(id=name):
            if name not in scope:
                known = ", ".join(scope) or "none"
                raise GraphError(f"{name} is not a parameter of this block; it has {known}.")
            return scope[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, scope, source)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _number(operand, scope, source)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            a, b = _number(left, scope, source), _number(right, scope, source)
            if isinstance(op, ast.Pow) and (abs(b) > 64 or abs(a) > 1e6):
                raise GraphError(f"{source!r} is too large.")
            return _bounded(_BINARY[type(op)](a, b), source)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if (
            name in _FUNCTIONS and args
        ):
            numbers = [_number(arg, scope, source) for arg in args]
            # round(1, -10**15) would compute 10**10**15.
            if name == "round" and any(abs(digits) > 15 for digits in numbers[1:]):
                raise GraphError(f"{source!r} rounds to more than 15 digits.")
            try:
                return _bounded(_FUNCTIONS[name](*numbers), source)
            except TypeError:
                raise GraphError(f"{name} in {source!r} needs other arguments.") from None
    raise GraphError(f"{source!r} uses more than numbers, parameters and + - * / // % **.")


def _number(tree: ast.expr, scope: Mapping[str, Value], source: str) -> Any:
    value = _value(tree, scope, source)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise GraphError(f"{source!r} calculates with something that is not a number.")
    return value


def _bounded(value: Any, source: str) -> Any:
    if isinstance(value, complex) or not math.isfinite(value) or abs(value) > _LIMIT:
        raise GraphError(f"{source!r} is too large.")
    return value

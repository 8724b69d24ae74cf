"""Literals in the text of the generated code: where they stand, and what they mean.

The line is parsed and read side by side with the call it was written from, so columns are
those of the text that is shown, whatever names it uses.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from netbuilder.compiler.checking import check
from netbuilder.compiler.filling import reference
from netbuilder.compiler.provenance import Calling, Loc, applied, bindings, called, cause, others
from netbuilder.compiler.report import NodeInfo, Path
from netbuilder.compiler.sharing import positional
from netbuilder.compiler.source import CompileError, Source, generate
from netbuilder.graph import Graph, Node, Project
from netbuilder.graph.expression import is_expression
from netbuilder.layers import BlockInstance, Call, In, Layer, Param, block_params
from netbuilder.layers.initial import beginnings

#: A line that has a call on its right, or is one.
Statement = ast.Assign | ast.Expr
_INFIX: Mapping[str, type[ast.operator]] = {
    "+": ast.Add, "-": ast.Sub, "*": ast.Mult, "/": ast.Div, "@": ast.MatMult,
}  # fmt: skip


@dataclass(frozen=True)
class Literal:
    """A literal on one line, in characters from `start` to `end`.

    place: names of the blocks around the node. param: the parameter it shows (`item`: one
    entry of it), None if it cannot be edited here, and then `origin` says where it comes
    from. draft: what editing begins with, which is an expression where the person wrote one.
    """

    start: int
    end: int
    text: str
    value: Any
    place: tuple[str, ...]
    node: str
    param: Param | None = None
    item: int | None = None
    draft: str = ""
    origin: str = ""


def literals(project: Project, source: Source, line: int) -> tuple[Literal, ...]:
    """Literals of a line (counted from 1) of the source of a project, in order."""
    path = source.lines.get(line)
    where = located(project, path) if path else None
    info = check(project).nodes.get(path) if path else None
    if path is None or where is None or info is None:
        return ()
    place, node = where
    text = source.text.split("\n")[line - 1]
    statement = _statement(text)
    if statement is None:
        return ()
    if isinstance(info.layer, BlockInstance):
        found = _of_instance(project, line, text, statement, node, info.layer, place)
    else:
        found = _of_layer(project, text, statement, node, info, place)
    return tuple(sorted(found, key=lambda known: known.start))


def located(project: Project, path: Path) -> tuple[tuple[str, ...], Node] | None:
    """Blocks around the node at a path, and the node; None if it is not there."""
    graph, names = project.graph, list[str]()
    ids = [part.partition("[")[0] for part in path]
    for node_id in ids[:-1]:
        name = graph[node_id].block if node_id in graph else None
        if name is None or name not in project.blocks:
            return None
        names.append(name)
        graph = project.blocks[name].graph
    return (tuple(names), graph[ids[-1]]) if ids[-1] in graph else None


# --- layers ---------------------------------------------------------------------------------


def _of_layer(
    project: Project,
    text: str,
    statement: Statement,
    node: Node,
    info: NodeInfo,
    place: tuple[str, ...],
) -> Iterator[Literal]:
    layer, specs = info.layer, positional(info.layer, info.inputs)
    counts = {port.name: _wires(info, port.name, port.default) for port in layer.input_ports()}
    try:
        calling = _calling(layer, specs, statement)
        call = calling(layer, specs)
    except (ValueError, TypeError, LookupError):
        return
    known = bindings(layer, specs, calling)
    for loc, value, tree in _matched(call, statement.value, (), counts):
        start, end = _columns(text, tree)
        plain = Literal(start, end, text[start:end], value, place, node.id)
        binding = known.get(loc)
        if binding is None:
            words = _origin(project, place, node, layer, specs, loc, value, calling)
            yield replace(plain, origin=words)
        else:
            draft = _draft(node, binding.param, binding.item, plain.text)
            yield replace(plain, param=binding.param, item=binding.item, draft=draft)


def _calling(layer: Layer, specs: tuple[Any, ...], statement: Statement) -> Calling:
    """Which of a layer's calls a line shows: its making, its use, or a filling of weights."""
    if isinstance(statement, ast.Expr):
        assert isinstance(statement.value, ast.Call)
        tensor = re.sub(r"^self\.\w+", "", ast.unparse(statement.value.args[0]))

        def filling(layer: Layer, specs: tuple[Any, ...]) -> Call:
            calls = beginnings(layer, layer.weights(*specs))
            return {reference(name): call for name, call in calls.items()}[tensor]

        return filling
    makes = isinstance(statement.targets[0], ast.Attribute)
    return applied if called(layer, specs).is_module and not makes else called


def _wires(info: NodeInfo, port: str, default: str) -> int:
    own = len(info.inputs.get(port, ()))
    return own or (len(info.inputs.get(default, ())) if default else 0)


def _draft(node: Node, param: Param, item: int | None, text: str) -> str:
    raw = node.params.get(param.name)
    if item is not None and isinstance(raw, tuple) and item < len(raw):
        raw = raw[item]
    if isinstance(raw, tuple) and any(is_expression(part) for part in raw):
        return ", ".join(str(part) for part in raw)
    return str(raw) if is_expression(raw) else text


def _origin(
    project: Project,
    place: tuple[str, ...],
    node: Node,
    layer: Layer,
    specs: tuple[Any, ...],
    loc: Loc,
    value: Any,
    calling: Calling,
) -> str:
    """Where a literal comes from that is no parameter, in one sentence."""
    why = cause(layer, specs, loc, calling)
    if why.ports:
        graph = project.graph_at(place)
        block = place[-1] if place else None
        port = why.ports[0]
        index = [p.name for p in layer.input_ports()].index(port)
        spec = specs[index][0] if isinstance(specs[index], tuple) else specs[index]
        shape = f" ({spec.text()})" if spec is not None else ""
        inside = f" in the block {block}" if block else ""
        feeding = _feeding(graph, node, layer, port)
        return f"{value} comes from the wire: it is what {feeding} gives{shape}{inside}."
    if why.params:
        names = " and ".join(param.label for param in why.params)
        return f"{value} is computed from {names}: change that instead."
    return f"{value} is part of how {layer.title} works; no parameter changes it."


def _feeding(graph: Graph, node: Node, layer: Layer, port: str) -> str:
    default = next((p.default for p in layer.input_ports() if p.name == port), "")
    edges = {edge.target_port: edge for edge in reversed(graph.incoming[node.id])}
    edge = edges.get(port) or edges.get(default)
    return edge.source if edge is not None else "the node before"


# --- instances of blocks ----------------------------------------------------------------------


def _of_instance(
    project: Project,
    line: int,
    text: str,
    statement: Statement,
    node: Node,
    layer: BlockInstance,
    place: tuple[str, ...],
) -> Iterator[Literal]:
    """Keywords of the constructor that are parameters of the block, and how often it repeats.

    That the number really follows the parameter is tried on the whole project.
    """
    if isinstance(statement, ast.Expr) or not isinstance(statement.targets[0], ast.Attribute):
        return
    values = {**layer.scope, "repeat": layer.repeat}
    params = {param.name: param for param in block_params(layer.block)}
    for name, tree in _named(statement.value):
        known, value = _value(tree)
        if not known:
            continue
        start, end = _columns(text, tree)
        plain = Literal(start, end, text[start:end], value, place, node.id)
        param = params.get(name)
        if param is None or values.get(name) != value:
            words = f"{value} comes from what is wired to {node.id}."
            yield replace(plain, origin=words)
        elif not _follows(project, line, node, place, param, start):
            words = f"{value} is computed inside the block {layer.block.name}."
            yield replace(plain, origin=words)
        else:
            yield replace(plain, param=param, draft=_draft(node, param, None, plain.text))


def _named(tree: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    for inner in ast.walk(tree):
        if isinstance(inner, ast.keyword) and inner.arg is not None:
            yield inner.arg, inner.value
        elif isinstance(inner, ast.Call) and ast.unparse(inner.func) == "range":
            yield "repeat", inner.args[0]


def _follows(
    project: Project, line: int, node: Node, place: tuple[str, ...], param: Param, start: int
) -> bool:
    value = node.params.get(param.name, param.default)
    if is_expression(value):
        value = param.default
    for other in others(param, value):
        if param.name == "repeat" and other == 1:
            continue  # then there is no range to look at
        graph = project.graph_at(place).set_param(node.id, param.name, other)
        try:
            text = generate(project.with_graph(graph, place)).text.split("\n")[line - 1]
        except (CompileError, IndexError):
            continue
        statement = _statement(text)
        trees = _named(statement.value) if statement is not None else ()
        return any(
            name == param.name and _columns(text, tree)[0] == start and _value(tree)[1] == other
            for name, tree in trees
        )
    return param.name == "repeat"


# --- text and calls side by side ----------------------------------------------------------------


def _statement(text: str) -> Statement | None:
    try:
        body = ast.parse(text.strip()).body
    except SyntaxError:  # the head of a loop or a method
        return None
    if len(body) != 1 or not isinstance(body[0], ast.Assign | ast.Expr):
        return None
    found = body[0]
    filling = isinstance(found.value, ast.Call) and bool(found.value.args)
    return found if isinstance(found, ast.Assign) or filling else None


def _columns(text: str, tree: ast.expr) -> tuple[int, int]:
    """Characters of a line that an expression takes; the parser counts bytes of the rest."""
    inner = text.lstrip()
    indent, data = len(text) - len(inner), inner.encode()
    end = tree.end_col_offset if tree.end_col_offset is not None else tree.col_offset
    return (
        indent + len(data[: tree.col_offset].decode()),
        indent + len(data[:end].decode()),
    )


def _matched(
    value: Any, tree: ast.expr, loc: Loc, counts: Mapping[str, int]
) -> Iterator[tuple[Loc, Any, ast.expr]]:
    """Literals of a call with the expressions that write them; differing parts are left out."""
    match value:
        case Call(target, args, kwargs):
            if target == "=":
                items: list[ast.expr] = [tree]
                named: dict[str | None, ast.expr] = {}
            elif target in _INFIX:
                items, named = _chain(tree, _INFIX[target]), {}
            elif isinstance(tree, ast.Call):
                method = target.startswith(".") and isinstance(tree.func, ast.Attribute)
                first = [tree.func.value] if method and isinstance(tree.func, ast.Attribute) else []
                items = [*first, *tree.args]
                named = {keyword.arg: keyword.value for keyword in tree.keywords}
            else:
                return
            yield from _sequence(args, items, loc, counts)
            for name, arg in kwargs.items():
                if name in named:
                    yield from _matched(arg, named[name], (*loc, name), counts)
        case In():
            return
        case tuple() | list():
            known, written = _value(tree)
            if known and _listed(written) == list(value):
                yield loc, value, tree
            elif isinstance(tree, ast.Tuple | ast.List):
                yield from _sequence(tuple(value), tree.elts, loc, counts)
        case _:
            known, written = _value(tree)
            if known and written == value and isinstance(written, bool) == isinstance(value, bool):
                yield loc, value, tree


def _listed(value: Any) -> list[Any] | None:
    return list(value) if isinstance(value, (tuple, list)) else None


def _sequence(
    args: tuple[Any, ...], items: list[ast.expr], loc: Loc, counts: Mapping[str, int]
) -> Iterator[tuple[Loc, Any, ast.expr]]:
    sizes = [counts.get(arg.port, 1) if isinstance(arg, In) else 1 for arg in args]
    if sum(sizes) != len(items):
        return
    at = 0
    for i, (arg, size) in enumerate(zip(args, sizes, strict=True)):
        if not isinstance(arg, In):
            yield from _matched(arg, items[at], (*loc, i), counts)
        at += size


def _chain(tree: ast.expr, operator: type[ast.operator]) -> list[ast.expr]:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, operator):
        return [*_chain(tree.left, operator), tree.right]
    return [tree]


def _value(tree: ast.expr) -> tuple[bool, Any]:
    """Whether an expression is a literal, and its value."""
    match tree:
        case ast.Constant(value=value):
            return True, value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return True, -value
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            found = [_value(part) for part in parts]
            made = tuple if isinstance(tree, ast.Tuple) else list
            return all(known for known, _ in found), made(value for _, value in found)
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str() as word)]):
            return word in ("inf", "-inf"), float(word) if word in ("inf", "-inf") else None
    return False, None

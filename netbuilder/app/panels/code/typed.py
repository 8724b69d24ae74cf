"""What is typed over a literal becomes a parameter of its node."""

from __future__ import annotations

from dataclasses import dataclass, replace

from netbuilder.app.panels.form.text import Scope, read
from netbuilder.app.panels.inspector import edits
from netbuilder.app.panels.places import scope_at
from netbuilder.compiler import Problem, check
from netbuilder.compiler.literals import Literal
from netbuilder.graph import Graph, Project, Value
from netbuilder.layers import Param

_WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class Edited:
    """The graph with the new value; `breaks`: what the project would no longer do with it."""

    graph: Graph
    text: str
    breaks: str


def edited(project: Project, literal: Literal, text: str) -> Edited:
    """The edit that typing `text` over a literal means.

    Raises ParamError with one sentence if the declaration refuses the value.
    """
    param = literal.param
    if param is None:
        raise ValueError(literal.origin)
    graph = project.graph_at(literal.place)
    raw = graph[literal.node].params.get(param.name, param.default)
    value = typed(param, literal.item, text, scope_at(project, literal.place), raw)
    after = edits.with_param(graph, [literal.node], param, value)
    return Edited(
        after,
        f"Set {param.label.lower()} of {literal.node}",
        _broken(project, project.with_graph(after, literal.place)),
    )


def typed(param: Param, item: int | None, text: str, scope: Scope, raw: Value = None) -> Value:
    """The value of a parameter after typing Python, or what the inspector takes.

    `item`: only this entry of the list `raw` was typed. Raises ParamError.
    """
    text = text.strip()
    if param.optional and text == "None":
        return None
    if param.type == "bool":
        word = _WORDS.get(text.lower())
        return bool(param.checked(text if word is None else word))
    if param.type in ("choice", "text", "path", "code"):
        quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
        return read(param, text[1:-1] if quoted else text, scope)
    if param.type == "ints":
        text = text.strip("()[]").strip().rstrip(",")
        if item is not None and isinstance(raw, tuple):
            one = read(replace(param, type="int", length=None), text, scope)
            return (*raw[:item], one, *raw[item + 1 :])
    return read(param, text, scope)


def _broken(before: Project, after: Project) -> str:
    """The first error that the project has only after the edit, with its place."""
    known = {_told(problem) for problem in check(before).errors}
    new = next((p for p in check(after).errors if _told(p) not in known), None)
    if new is None:
        return ""
    return f"{new.node}: {new.message}" if new.node else new.message


def _told(problem: Problem) -> tuple[str, str | None, str | None]:
    return problem.message, problem.node, problem.block

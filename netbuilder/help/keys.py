"""The table of keys, read from where the program declares them.

Declarations are read as text: so this needs neither Qt nor a screen.
"""

from __future__ import annotations

import ast
from pathlib import Path

_APP = Path(__file__).resolve().parent.parent / "app"
#: The last heading of ``canvas.md``; everything below it is generated.
HEADING = "## Every key"


def canvas_keys() -> list[tuple[str, str]]:
    """Text and keys of every command of the canvas, in the order of the declaration."""
    tree = ast.parse((_APP / "canvas" / "actions.py").read_text(encoding="utf-8"))
    for statement in tree.body:
        if isinstance(statement, ast.AnnAssign) and getattr(statement.target, "id", "") == (
            "ACTIONS"
        ):
            assert statement.value is not None
            actions = ast.literal_eval(statement.value)
            return [(text, _keys(keys)) for text, keys, _ in actions.values() if keys]
    raise ValueError("netbuilder/app/canvas/actions.py declares no ACTIONS.")


def window_keys() -> list[tuple[str, str]]:
    """Text and keys of every command of the menus that has a key of its own."""
    tree = ast.parse((_APP / "menus.py").read_text(encoding="utf-8"))
    found = []
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "_add":
            text, keys = (a.value if isinstance(a, ast.Constant) else "" for a in call.args[2:4])
            if text and keys:
                found.append((call.lineno, str(text), _keys(str(keys).split("|"))))
    return [(text, keys) for _, text, keys in sorted(found)]


def with_keys(page: str) -> str:
    """The page with the tables under its last heading written anew."""
    head, heading, _ = page.partition(f"{HEADING}\n")
    if not heading:
        raise ValueError(f"The page has no heading {HEADING!r}.")
    lines = [
        "Keys of the canvas work while it has the focus; letters typed into a field are letters.",
        "",
        *_table("On the canvas", canvas_keys()),
        "",
        *_table("Everywhere", [("Undo", _keys(("Ctrl+Z",))), *_REDO, *window_keys(), *_PANELS]),
        "",
        "[Back to the start](index.md)",
    ]
    return head + heading + "\n" + "\n".join(lines) + "\n"


#: Declared in loops, so not found by reading.
_REDO = [("Redo", "`Ctrl+Shift+Z` or `Ctrl+Y`")]
_PANELS = [("A panel below, in their order", "`Alt+1` to `Alt+7`")]


def _keys(keys: tuple[str, ...] | list[str]) -> str:
    return " or ".join(f"`{key.replace('Return', 'Enter')}`" for key in keys)


def _table(title: str, rows: list[tuple[str, str]]) -> list[str]:
    return [f"| {title} | Key |", "|---|---|", *(f"| {text} | {keys} |" for text, keys in rows)]

"""The table of keys, from the table of commands."""

from __future__ import annotations

from collections.abc import Iterable

from netbuilder.app.command_table import CANVAS, PANELS, WINDOW, Command

#: The last heading of ``canvas.md``; everything below it is generated.
HEADING = "## Every key"


def canvas_keys() -> list[tuple[str, str]]:
    """Text and keys of every command of the canvas, in the order of the declaration."""
    return [(c.text, _keys(c)) for c in CANVAS.values() if c.keys]


def window_keys() -> list[tuple[str, str]]:
    """Text and keys of every command of the menus that has a key; the panels in one row."""
    panels = {f"panel.{name}" for name in PANELS}
    found = [(c.text, _keys(c)) for n, c in WINDOW.items() if c.keys and n not in panels]
    return [*found, ("A panel below, in their order", f"`Alt+1` to `Alt+{len(PANELS)}`")]


def with_keys(page: str) -> str:
    """The page with the tables under its last heading written anew."""
    head, heading, _ = page.partition(f"{HEADING}\n")
    if not heading:
        raise ValueError(f"The page has no heading {HEADING!r}.")
    lines = [
        "These are the keys at first; Edit › Change keys gives a command another one. Keys of the",
        "canvas work while it has the focus; letters typed into a field are letters.",
        "",
        *_table("On the canvas", canvas_keys()),
        "",
        *_table("Everywhere", window_keys()),
        "",
        "[Back to the start](index.md)",
    ]
    return head + heading + "\n" + "\n".join(lines) + "\n"


def _keys(command: Command) -> str:
    # The two keys called Enter are one to whoever reads.
    return " or ".join(dict.fromkeys(f"`{k.replace('Return', 'Enter')}`" for k in command.keys))


def _table(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    return [f"| {title} | Key |", "|---|---|", *(f"| {text} | {keys} |" for text, keys in rows)]

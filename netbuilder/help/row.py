"""One row of the curriculum, and short ways of writing what it needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing to be learned: everything in `needs` must exist before it is done.

    example: name of a project that uses it. proof: ``path:test`` that holds it to a number.
    """

    id: str
    title: str
    needs: tuple[str, ...]
    example: str = ""
    proof: str = ""


def row(id: str, title: str, needs: str, example: str = "", proof: str = "") -> Row:
    """`needs`: one a line."""
    return Row(id, title, tuple(n.strip() for n in needs.strip().splitlines()), example, proof)


def kinds(names: str) -> str:
    """Needs of these kinds of nodes."""
    return "\n".join(f"kind:{name}" for name in names.split())


def later(*names: str) -> str:
    """Needs of what is not there yet, in words."""
    return "\n".join(f"later:{name}" for name in names)

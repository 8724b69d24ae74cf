"""Where in a project a panel looks, and remedies applied there."""

from __future__ import annotations

from netbuilder.app.document import Document
from netbuilder.compiler.report import Fix
from netbuilder.graph import GraphError, Project, Value

Place = tuple[str, ...]
"""Names of the blocks that were entered; () is the top graph."""


def apply_fix(document: Document, fix: Fix) -> str:
    """Apply a remedy as one undo step; returns why not, or an empty text."""
    try:
        document.edit(fix.label, fix.apply(document.project))
    except GraphError as error:
        return str(error)
    return ""


def block_of(place: Place) -> str | None:
    """Name of the block whose graph is at `place`, None for the top graph."""
    return place[-1] if place else None


def scope_at(project: Project, place: Place) -> dict[str, Value]:
    """Parameters that expressions at a place may use, with their default values."""
    return {p.name: p.default for p in project.blocks[place[-1]].params} if place else {}


def exists(project: Project, place: Place) -> bool:
    """Whether every block of a place is still there."""
    return all(name in project.blocks for name in place)


def place_of(project: Project, path: tuple[str, ...]) -> Place | None:
    """Blocks that lie around the node at a path of instance ids; None if it is not there.

    The compiler numbers repeated instances (``block_1[0]``); the number does not matter.
    """
    graph, names = project.graph, list[str]()
    for node_id in plain(path)[:-1]:
        name = graph[node_id].block if node_id in graph else None
        if name is None or name not in project.blocks:
            return None
        names.append(name)
        graph = project.blocks[name].graph
    return tuple(names)


def plain(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path of the compiler without the numbers of repeats: ids as the graphs have them."""
    return tuple(part.partition("[")[0] for part in path)

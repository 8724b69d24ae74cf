"""Nodes as text: what copying puts on the clipboard is a small project file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from netbuilder.graph import BLOCK_PREFIX, Block, Graph, GraphError, Project
from netbuilder.graph.atomic import FileError
from netbuilder.graph.drawing import NODE_SIZE
from netbuilder.graph.file import NewerError, dumps, loads
from netbuilder.graph.library import adopted

#: Larger texts are not even looked at: pasting must never hang the window.
LARGEST = 8 * 1024 * 1024


class PasteError(ValueError):
    """What is on the clipboard cannot be pasted: one sentence."""


def copied(
    project: Project,
    place: tuple[str, ...],
    node_ids: Iterable[str],
    frame_ids: Iterable[str] = (),
) -> str:
    """These nodes and frames, the wires between them and the blocks they use, as text."""
    part = project.graph_at(place).part(node_ids, frame_ids)
    used = set[str]()
    for node in part:
        if node.block is not None and node.block in project.blocks:
            used |= {node.block} | project.blocks_inside(node.block)
    blocks = {name: project.blocks[name] for name in project.blocks if name in used}
    return dumps(Project(name=project.name, graph=part, blocks=blocks))


def pasted(
    project: Project, place: tuple[str, ...], text: str, middle: tuple[float, float]
) -> tuple[Project, tuple[str, ...]]:
    """`project` with the nodes and frames in `text` added around `middle`, under free ids.

    Returns it and the new ids of the nodes. A block that is already here is used; one
    whose name stands for another block here gets a free name. Raises PasteError for text
    that holds no nodes.
    """
    if not text.strip():
        raise PasteError("The clipboard is empty: copy some nodes first.")
    if len(text) > LARGEST:
        raise PasteError("The text on the clipboard is too long to be nodes of a network.")
    try:
        part = loads(text, "The clipboard").project
    except NewerError as error:
        raise PasteError(
            f"These nodes come from a newer NetBuilder (format {error.version}); "
            "update to paste them."
        ) from None
    except FileError:
        raise PasteError(
            "The clipboard holds other text, no nodes: copy nodes on the canvas first."
        ) from None
    if not part.graph.nodes and not part.graph.frames:
        raise PasteError("The project on the clipboard has no nodes to paste.")
    try:
        project, pasted_graph = _with_blocks(project, place, part.blocks, part.graph)
    except GraphError as error:
        raise PasteError(str(error)) from None
    graph, names = project.graph_at(place).merge(pasted_graph, _offset(pasted_graph, middle))
    return project.with_graph(graph, place), tuple(names.values())


def _with_blocks(
    project: Project, place: tuple[str, ...], blocks: Mapping[str, Block], graph: Graph
) -> tuple[Project, Graph]:
    """With the blocks that the graph uses, and the graph with their names here."""
    project, names = adopted(project, blocks)
    nodes = [replace(n, kind=BLOCK_PREFIX + names[n.block]) for n in graph if n.block in names]
    graph = graph.put(*nodes)
    for name in {n.block for n in graph if n.block} if place else ():
        if place[-1] == name or place[-1] in project.blocks_inside(name):
            raise GraphError(f"The block {name} cannot be pasted into itself.")
    return project, graph


def _offset(graph: Graph, middle: tuple[float, float]) -> tuple[float, float]:
    """How far everything moves, in whole steps of the grid, for its middle to be there."""
    rects = [(*n.position, *NODE_SIZE) for n in graph] + [f.rect for f in graph.frames.values()]
    left, right = min(r[0] for r in rects), max(r[0] + r[2] for r in rects)
    top, bottom = min(r[1] for r in rects), max(r[1] + r[3] for r in rects)
    dx, dy = middle[0] - (left + right) / 2, middle[1] - (top + bottom) / 2
    return round(dx / 8) * 8.0, round(dy / 8) * 8.0

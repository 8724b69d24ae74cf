"""Where blocks are used, and edits that concern a block and all its instances."""

from __future__ import annotations

from dataclasses import replace

from netbuilder.graph.model import BLOCK_PREFIX, Graph, GraphError
from netbuilder.graph.names import block_refusal
from netbuilder.graph.project import Project

Place = tuple[str, ...]


def instances(project: Project, name: str) -> tuple[tuple[Place, str], ...]:
    """Every instance of a block: its place (() or the block around it) and its node id."""
    kind = BLOCK_PREFIX + name
    found: list[tuple[Place, str]] = [((), n.id) for n in project.graph if n.kind == kind]
    for block in project.blocks.values():
        found += [((block.name,), node.id) for node in block.graph if node.kind == kind]
    return tuple(found)


def make_unique(
    project: Project, place: Place, instance_id: str, name: str = ""
) -> tuple[Project, str]:
    """With an instance that has a copy of its block for itself; returns the copy's name.

    Without a name the copy gets a free one. Raises GraphError.
    """
    graph = project.graph_at(place)
    node = graph[instance_id]
    if node.block is None or node.block not in project.blocks:
        raise GraphError(f"{instance_id} is not a block of this project.")
    name = name.strip() or free_block_name(project, node.block)
    if (why := block_refusal(name)) is not None:
        raise GraphError(why)
    if name in project.blocks:
        raise GraphError(f"There is already a block called {name}.")
    project = project.with_block(replace(project.blocks[node.block], name=name))
    graph = graph.put(replace(node, kind=BLOCK_PREFIX + name))
    return project.with_graph(graph, place), name


def replace_instances(project: Project, old: str, new: str) -> Project:
    """With every instance of one block as an instance of another ("update all instances").

    Values of parameters that the other block lacks are forgotten; wires stay. Raises
    GraphError if a block is missing or would contain itself.
    """
    for name in (old, new):
        if name not in project.blocks:
            raise GraphError(f"There is no block called {name}.")
    names = {p.name for p in project.blocks[new].params} | {"repeat"}

    def replaced(graph: Graph) -> Graph:
        nodes = [
            replace(
                n,
                kind=BLOCK_PREFIX + new,
                params={k: v for k, v in n.params.items() if k in names},
            )
            for n in graph
            if n.block == old
        ]
        return graph.put(*nodes) if nodes and old != new else graph

    project = replace(project, graph=replaced(project.graph))
    for block in tuple(project.blocks.values()):
        if (graph := replaced(block.graph)) is not block.graph:
            project = project.with_block(replace(block, graph=graph))
    return project


def followed(before: Project, after: Project, place: Place) -> Place | None:
    """The same place after an edit, which may have renamed blocks of it; None if it is gone."""
    found: list[str] = []
    for name in place:
        if name not in after.blocks:
            new = [b.name for b in after.blocks.values() if b.name not in before.blocks]
            # Only a rename leaves a block's graph the same object under another name.
            same = (n for n in new if after.blocks[n].graph is before.blocks[name].graph)
            if (renamed := next(same, None)) is None:
                return None
            name = renamed
        found.append(name)
    return tuple(found)


def without_unused_blocks(project: Project) -> Project:
    """Without the blocks that nothing on the main canvas uses, at any depth."""
    used = {node.block for node in project.graph if node.block}
    for name in tuple(used):
        used |= project.blocks_inside(name)
    kept = {name: block for name, block in project.blocks.items() if name in used}
    return project if len(kept) == len(project.blocks) else replace(project, blocks=kept)


def free_block_name(project: Project, stem: str) -> str:
    """`stem` if no block is called so, else the first free of ``stem 2``, ``stem 3`` …"""
    # A copy of "Stage 2" is "Stage 3", not "Stage 2 2".
    base, _, tail = stem.rpartition(" ")
    number, name = 1, stem
    if stem in project.blocks and base and tail.isdecimal():
        stem, number = base, int(tail)
    while name in project.blocks:
        number += 1
        name = f"{stem} {number}"
    return name

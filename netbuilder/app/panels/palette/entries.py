"""What the palette offers: every declared kind by family, the project's blocks, one's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from netbuilder.app.my_blocks import FAMILY as MY_BLOCKS
from netbuilder.app.my_blocks import MINE
from netbuilder.graph import BLOCK_PREFIX, Project
from netbuilder.graph.library import Saved
from netbuilder.layers import FAMILIES, REGISTRY

BLOCKS = "Blocks"
"""Name of the family that holds the blocks of the project."""


NEXT = "Usually next"
"""Name of the first family, while one node is selected: what usually follows it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to place. `summary` is the first sentence of its help."""

    kind: str
    title: str
    family: str
    summary: str = ""
    tex: str = ""
    also: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A heading of the palette and what stands under it."""

    name: str
    entries: tuple[Entry, ...]


def layer_entry(kind: str) -> Entry:
    """The entry of a declared kind. Raises KeyError for one that is not installed."""
    layer = REGISTRY[kind]
    summary = layer.help().partition("\n")[0]
    return Entry(kind, layer.title or kind, layer.family, summary, layer.tex, layer.also)


def families(project: Project | None = None, mine: Iterable[Saved] = ()) -> tuple[Family, ...]:
    """Every family that has something in it, in the order of ``FAMILIES``; blocks are last."""
    by_name: dict[str, list[Entry]] = {name: [] for name in FAMILIES}
    for kind in REGISTRY:
        entry = layer_entry(kind)
        by_name.setdefault(entry.family, []).append(entry)
    if project is not None and project.blocks:
        by_name[BLOCKS] = [block_entry(project, name) for name in project.blocks]
    if kept := [kept_entry(saved) for saved in mine]:
        by_name[MY_BLOCKS] = kept
    return tuple(Family(name, tuple(found)) for name, found in by_name.items() if found)


def block_entry(project: Project, name: str) -> Entry:
    """The entry of one of the project's blocks, with what it is made of."""
    size = len(project.blocks[name].graph)
    nodes = "1 node" if size == 1 else f"{size} nodes"
    return Entry(BLOCK_PREFIX + name, name, BLOCKS, f"A block of this project, made of {nodes}.")


def kept_entry(saved: Saved) -> Entry:
    """The entry of a block that the person keeps for every project."""
    size = len(saved.block.graph)
    nodes = "1 node" if size == 1 else f"{size} nodes"
    words = f"One of your own blocks, made of {nodes}. F2 renames it, Del takes it out."
    return Entry(MINE + saved.name, saved.name, MY_BLOCKS, words)

"""A person's own blocks, kept for other projects: one small project file for each.

A file holds a block and the blocks inside it, with an empty canvas, and is named by the
project's name. It is read as strictly as any project, and nothing in it is run.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from netbuilder.folders import home
from netbuilder.graph.atomic import FileError, atomic_write, reason
from netbuilder.graph.file import dumps, load, loads
from netbuilder.graph.instances import free_block_name
from netbuilder.graph.layout import flat
from netbuilder.graph.model import BLOCK_PREFIX, GraphError
from netbuilder.graph.project import Block, Project
from netbuilder.graph.raw import raw_block

_SUFFIX = ".json"


@dataclass(frozen=True)
class Saved:
    """A block in the library: its definition, and those it uses."""

    name: str
    path: Path
    block: Block
    inside: Mapping[str, Block]


class Library:
    """The folder with the blocks; ``blocks`` in the program's own folder unless told."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home() / "blocks"

    def entries(self) -> tuple[tuple[Saved, ...], tuple[str, ...]]:
        """Blocks by name, and one sentence for each file that cannot be read."""
        found, troubles = [], []
        for path in sorted(self.folder.glob(f"*{_SUFFIX}")):
            try:
                found.append(_read(path))
            except FileError as error:
                troubles.append(str(error))
        return tuple(sorted(found, key=lambda s: s.name.casefold())), tuple(troubles)

    def save(self, project: Project, name: str) -> Path:
        """Keep a block of a project; one of the same name is replaced (and backed up).

        Raises GraphError if there is no such block, FileError if it cannot be written.
        """
        if name not in project.blocks:
            raise GraphError(f"There is no block called {name}.")
        kept = project.blocks_inside(name) | {name}
        blocks = {n: block for n, block in project.blocks.items() if n in kept}
        path = self._path(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(reason(error, path), path, error.errno) from error
        text = dumps(Project(name, blocks=blocks))
        loads(text, name)  # never keep what would not open
        atomic_write(path, text.encode(), backup=True)
        return path

    def add(self, project: Project, name: str) -> tuple[Project, str]:
        """With a kept block, and those it uses, in a project; returns its name there.

        Raises FileError if it is not in the library or cannot be read, GraphError if it
        contains itself.
        """
        saved = _read(self._path(name))
        project, names = adopted(project, {**saved.inside, saved.name: saved.block})
        return project, names[saved.name]

    def remove(self, name: str) -> None:
        """Take a block out of the library; it stays as a ``.bak`` file. Raises FileError."""
        path = self._path(name)
        try:
            os.replace(path, path.with_name(f"{path.name}.bak"))
        except OSError as error:
            raise FileError(reason(error, path, "removed"), path, error.errno) from error

    def restore(self, name: str) -> None:
        """Put a block back that `remove` took out.

        Raises GraphError if another one has its name by now, FileError if it is not there.
        """
        path = self._path(name)
        if path.exists():
            raise GraphError(f"There is another block called {name} in your library by now.")
        try:
            os.replace(path.with_name(f"{path.name}.bak"), path)
        except OSError as error:
            raise FileError(reason(error, path), path, error.errno) from error

    def rename(self, old: str, new: str) -> None:
        """Call a kept block otherwise; projects that use it are not touched.

        Raises GraphError if the name is in use or cannot be one, FileError.
        """
        new = " ".join(new.split())
        if new == old:
            return
        if self._path(new).exists():
            raise GraphError(f"There is already a block called {new} in your library.")
        saved = _read(self._path(old))
        whole = Project(old, blocks={**saved.inside, saved.name: saved.block})
        self.save(whole.rename_block(old, new), new)
        self.remove(old)

    def _path(self, name: str) -> Path:
        # Names that differ only in case, or that Windows reserves, still are other files.
        plain = re.sub(r"[^A-Za-z0-9_-]+", " ", name).strip()[:40]
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        return self.folder / f"{plain} {digest}{_SUFFIX}".lstrip()


def _read(path: Path) -> Saved:
    project = load(path).project
    if project.name not in project.blocks:
        raise FileError(f"{path.name} cannot be opened: it holds no block {project.name!r}.", path)
    inside = dict(project.blocks)
    block = inside.pop(project.name)
    return Saved(project.name, path, block, inside)


def adopted(project: Project, blocks: Mapping[str, Block]) -> tuple[Project, dict[str, str]]:
    """With blocks of another project; returns the name that each has here.

    One that is here already, with all that it uses, is taken as it is; one whose name
    stands for another block gets a free name. Raises GraphError if one contains itself.
    """
    foreign = Project(blocks=blocks)
    names: dict[str, str] = {}
    # What a block uses comes before it, so that its own text already has the new names.
    for name in sorted(blocks, key=lambda n: len(foreign.blocks_inside(n))):
        graph = blocks[name].graph
        changed = [
            replace(node, kind=BLOCK_PREFIX + names[node.block])
            for node in graph
            if node.block in names and names[node.block] != node.block
        ]
        block = replace(blocks[name], graph=graph.put(*changed)) if changed else blocks[name]
        here = project.blocks.get(name)
        if here is not None and flat(raw_block(here)) == flat(raw_block(block)):
            names[name] = name
            continue
        names[name] = free_block_name(project, name)
        project = project.with_block(replace(block, name=names[name]))
    return project, names

"""Files that a project names: absolute while it is open, beside the project in its file.

So a folder with a project and its table can be moved or sent to somebody, while a run,
whose snapshot lies elsewhere, still finds the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from netbuilder.graph import Graph, Node, Project
from netbuilder.layers.spec import REGISTRY


def anchored(project: Project, folder: Path) -> Project:
    """The project with relative paths taken as below `folder`."""
    return _mapped(project, lambda path: str((folder / path).resolve()) if path else path)


def portable(project: Project, folder: Path) -> Project:
    """The project with paths below `folder` written relative to it."""

    def relative(path: str) -> str:
        found = Path(path)
        inside = found.is_absolute() and found.is_relative_to(folder.resolve())
        return found.relative_to(folder.resolve()).as_posix() if inside else path

    return _mapped(project, relative)


def paths_in(project: Project) -> tuple[str, ...]:
    """Every file that a project names, each once."""
    found: list[str] = []

    def note(path: str) -> str:
        found.append(path)
        return path

    _mapped(project, note)
    return tuple(dict.fromkeys(path for path in found if path))


def _mapped(project: Project, change: Callable[[str], str]) -> Project:
    graph = _graph(project.graph, change)
    blocks = {n: replace(b, graph=_graph(b.graph, change)) for n, b in project.blocks.items()}
    same = graph is project.graph and all(
        blocks[n].graph is b.graph for n, b in project.blocks.items()
    )
    if not same:
        project = replace(project, graph=graph, blocks=blocks)
    weights = project.training.weights
    if weights and change(weights) != weights:
        training = replace(project.training, weights=change(weights))
        project = replace(project, training=training)
    return project


def _graph(graph: Graph, change: Callable[[str], str]) -> Graph:
    changed = []
    for node in graph:
        params = {name: change(str(node.params[name])) for name in _paths(node)}
        if any(node.params[name] != value for name, value in params.items()):
            changed.append(node.with_params(**params))
    return graph.put(*changed) if changed else graph


def _paths(node: Node) -> list[str]:
    layer = REGISTRY.get(node.kind)
    declared = layer.params() if layer is not None else ()
    return [p.name for p in declared if p.type == "path" and node.params.get(p.name)]

"""Which tokens lie nearest to one in the space of an Embedding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from netbuilder.compiler import check
from netbuilder.explain.undisturbed import ExplainError
from netbuilder.graph import Project
from netbuilder.layers import DataSet, declare

Measure = Literal["cosine", "euclid"]
MEASURES: tuple[Measure, ...] = ("cosine", "euclid")


@dataclass(frozen=True)
class Neighbours:
    """node: the Embedding. token: what was asked. tokens: the nearest, the nearest first.

    values: cosines, 1 at most, or distances. nodes: all Embeddings there are. vocabulary: all
    tokens, by their numbers.
    """

    node: str
    token: str
    tokens: tuple[str, ...]
    values: tuple[float, ...]
    measure: Measure
    nodes: tuple[str, ...]
    vocabulary: tuple[str, ...]


def neighbours(
    model: nn.Module,
    project: Project,
    node: str = "",
    token: str = "",
    count: int = 10,
    measure: Measure = "cosine",
) -> Neighbours:
    """The `count` tokens whose vectors lie nearest to that of `token`.

    node: an Embedding on the canvas, the first by default; token: as the data set names it, or
    its number, the first by default. measure: cosine (the angle counts) or euclid (the
    distance). Raises ExplainError.
    """
    nodes = embeddings(project)
    if not nodes:
        raise ExplainError("There is no Embedding on the canvas, so no token has a vector.")
    node = node or next(iter(nodes))
    if node not in nodes:
        raise ExplainError(f"{node} is not an Embedding here; there is {', '.join(nodes)}.")
    if measure not in MEASURES:
        raise ExplainError(f"Neighbours are measured by cosine or euclid, not {measure}.")
    owner = project.graph[node].share or node
    table = model.get_parameter(f"{owner}.weight").detach().float().cpu()
    names = nodes[node] if len(nodes[node]) == len(table) else ()
    names = names or tuple(str(i) for i in range(len(table)))
    index = numbered(token, names)
    if measure == "cosine":
        unit = table / table.norm(dim=1, keepdim=True).clamp(min=1e-12)
        nearness = unit @ unit[index]
    else:
        nearness = -(table - table[index]).norm(dim=1)
    nearness[index] = -torch.inf
    found: Tensor = nearness.topk(max(1, min(count, len(table) - 1))).indices
    values = nearness[found] if measure == "cosine" else -nearness[found]
    near = tuple(names[i] for i in found.tolist())
    return Neighbours(
        node, names[index], near, tuple(values.tolist()), measure, tuple(nodes), names
    )


def numbered(token: str, names: tuple[str, ...]) -> int:
    """Which row a token has: by its name, in small letters, or by its number."""
    for text in (token, token.lower(), token.strip().lower()):
        if text in names:
            return names.index(text)
    if not token:
        return 0
    if token.isdecimal() and int(token) < len(names):
        return int(token)
    raise ExplainError(f"The data set has no token {token!r}.")


def embeddings(project: Project) -> dict[str, tuple[str, ...]]:
    """Embeddings on the canvas, with the names of the tokens they read, () if unknown."""
    found = {}
    for path, info in check(project).nodes.items():
        if len(path) == 1 and info.layer.kind == "embedding":
            found[path[0]] = names_of(project, path[0])
    return found


def names_of(project: Project, node: str) -> tuple[str, ...]:
    """Names of the tokens that arrive at a node straight from a data set."""
    for edge in project.graph.incoming[node]:
        layer = declare(project.graph[edge.source], project.blocks)
        if isinstance(layer, DataSet):
            return layer.class_names(edge.source_port)
    return ()

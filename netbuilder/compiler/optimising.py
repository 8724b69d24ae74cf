"""Optimisers name losses and nodes that exist, and none has nothing to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from netbuilder.compiler.infer import Walk, owners
from netbuilder.compiler.naming import shortened
from netbuilder.compiler.remedies import optimise
from netbuilder.compiler.report import Fix, Problem
from netbuilder.graph import Node, Optimiser, Project
from netbuilder.graph.model import free_id
from netbuilder.layers import REGISTRY


def optimisers(project: Project, walk: Walk) -> Iterator[Problem]:
    """Optimisers name losses and nodes that exist, and none has nothing to do."""
    graph, training = project.graph, project.training
    if not training.optimisers:
        yield Problem(
            "There is no optimiser: add one in the training settings.",
            fixes=(optimise("Add Adam", lambda there: (Optimiser(),)),),
        )
    names = [o.name for o in training.optimisers]
    for optimiser in training.optimisers:
        who = f"The optimiser {optimiser.name}"
        if names.count(optimiser.name) > 1:
            yield Problem(
                f"Two optimisers are called {optimiser.name}: rename one.",
                fixes=(optimise("Rename one of them", _named_apart),),
            )
            return
        for what, ids in (("minimises", optimiser.losses), ("updates", optimiser.updates)):
            for node_id in ids or ():
                if node_id not in graph:
                    yield Problem(
                        f"{who} {what} {node_id}, which does not exist: choose again in the "
                        "training settings.",
                        fixes=(_leave_out(optimiser, node_id),),
                    )
                elif what == "minimises" and not _is_loss(graph[node_id]):
                    yield Problem(
                        f"{who} minimises {node_id}, which is not a loss: choose again in the "
                        "training settings.",
                        node_id,
                        fixes=(_leave_out(optimiser, node_id),),
                    )
        for node_id in dict.fromkeys(i for group in optimiser.groups for i in group.nodes):
            if node_id not in graph:
                yield Problem(
                    f"{who} has settings for the weights of {node_id}, which does not exist: "
                    "take them away in the training settings.",
                    severity="warning",
                    fixes=(_leave_out(optimiser, node_id),),
                )
        if optimiser.losses == ():
            yield Problem(
                f"{who} minimises nothing: choose its losses in the training settings.",
                fixes=(changed("Minimise every loss", optimiser, losses=None),),
            )
        yield from _idle(project, walk, optimiser)


def _is_loss(node: Node) -> bool:
    return node.kind in REGISTRY and REGISTRY[node.kind].role == "loss"


def _idle(project: Project, walk: Walk, optimiser: Optimiser) -> Iterator[Problem]:
    """An optimiser told to update only nodes that have no weights."""
    ids = [i for i in optimiser.updates or () if i in project.graph]
    known = owners(project.graph, ids)
    infos = [walk.nodes.get((node_id,)) for node_id in known]
    if optimiser.updates is None or len(ids) < len(optimiser.updates) or None in infos:
        return
    if not any(info.parameters for info in infos if info is not None):
        yield Problem(
            f"The optimiser {optimiser.name} updates no weights: choose what it updates in the "
            "training settings.",
            fixes=(changed("Update all weights", optimiser, updates=None),),
        )


# --- fixes ---------------------------------------------------------------------------------


def changed(label: str, optimiser: Optimiser, **values: Any) -> Fix:
    """Give the optimiser of this name other values."""
    name = optimiser.name
    return optimise(
        label, lambda there: (replace(o, **values) if o.name == name else o for o in there)
    )


def _leave_out(optimiser: Optimiser, node_id: str) -> Fix:
    """Without this name; an optimiser that is left without any takes all there are."""

    def kept(ids: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if ids is None or node_id not in ids:
            return ids
        return tuple(i for i in ids if i != node_id) or None

    groups = (replace(g, nodes=tuple(i for i in g.nodes if i != node_id)) for g in optimiser.groups)
    return changed(
        f"Leave {shortened(node_id)} out",
        optimiser,
        losses=kept(optimiser.losses),
        updates=kept(optimiser.updates),
        groups=tuple(group for group in groups if group.nodes),
    )


def _named_apart(there: tuple[Optimiser, ...]) -> Iterator[Optimiser]:
    taken: set[str] = set()
    for optimiser in there:
        name = optimiser.name
        if name in taken:
            name = free_id(name, {*taken, *(o.name for o in there)}, 2)
        taken.add(name)
        yield replace(optimiser, name=name)

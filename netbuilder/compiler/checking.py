"""Everything that can be said about a project without running it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netbuilder.compiler.infer import Walk, ends, owners
from netbuilder.compiler.mistakes import RULES
from netbuilder.compiler.muting import without_muted
from netbuilder.compiler.remedies import append, unmute
from netbuilder.compiler.report import Check, Fix, Problem
from netbuilder.graph import Graph, Node, Optimiser, Project
from netbuilder.graph.order import ancestors
from netbuilder.layers import REGISTRY
from netbuilder.layers.muting import mute_refusal


def check(project: Project) -> Check:
    """Shapes, costs and problems of a project; computed once for each value."""
    known = project.__dict__.get("_check")
    if known is None:
        known = project.__dict__["_check"] = _check(project)
    return known


def _check(project: Project) -> Check:
    walk = Walk(project)
    walk.top()
    heard = without_muted(project)
    top = {path[0]: info for path, info in walk.nodes.items() if len(path) == 1}
    problems = walk.problems
    problems += _missing(heard, walk)
    problems += _optimisers(heard, walk)
    problems += _not_muted(project)
    whole = Check(walk.nodes, ())
    for block in (None, *project.blocks):
        graph = heard.graph_at((block,) if block else ())
        infos = top if block is None else whole.inside(block)
        for rule in RULES:
            problems += rule(graph, infos, block)
    problems.sort(key=lambda p: p.severity != "error")
    counted = _needed(heard)
    built = counted | owners(heard.graph, counted)  # what the code leaves out costs nothing
    return Check(
        walk.nodes,
        tuple(problems),
        sum(info.parameters for node_id, info in top.items() if node_id in built),
        sum(info.multiply_adds for node_id, info in top.items() if node_id in counted),
    )


def _missing(project: Project, walk: Walk) -> Iterator[Problem]:
    """What a project needs as a whole: data, a result, something to minimise."""
    graph = project.graph
    if not graph.nodes:
        yield Problem("The canvas is empty: start with a Data node.")
        return
    roles = {n.id: REGISTRY[n.kind].role for n in graph if n.kind in REGISTRY}
    if "data" not in roles.values():
        yield Problem("Nothing feeds this network: add a Data node.")
    if "output" not in roles.values():
        fixes: tuple[Fix, ...] = ()
        likely = _result(graph, roles)
        if likely and (info := walk.nodes.get((likely,))) and info.outputs:
            fixes = (append("Add an Output", None, likely, next(iter(info.outputs)), "output"),)
        yield Problem(
            "Nothing is marked as the result of the model: connect an Output node.", fixes=fixes
        )
    if "loss" not in roles.values():
        yield Problem("There is nothing to minimise: connect a loss, such as Cross-entropy.")
    elif not any(
        info.parameters
        for path, info in walk.nodes.items()
        if len(path) == 1 and path[0] in _needed(project)
    ) and not any(p.severity == "error" for p in walk.problems):
        yield Problem("Nothing can learn: no layer in front of the loss has weights.")
    fed = ancestors(graph, [i for i, role in roles.items() if role in ("loss", "metric")])
    if {"data", "loss"} <= set(roles.values()) and not any(roles.get(i) == "data" for i in fed):
        yield Problem("No data reaches a loss: connect a field of the Data node to what it needs.")


def _not_muted(project: Project) -> Iterator[Problem]:
    """Nodes that a file calls muted and that cannot be: they compute as ever."""
    for block in (None, *project.blocks):
        for node in project.graph_at((block,) if block else ()):
            if node.muted and (why := mute_refusal(node)) is not None:
                yield Problem(why, node.id, block, "warning", fixes=(unmute(block, node.id),))


def _result(graph: Graph, roles: Mapping[str, str]) -> str | None:
    """The node that is most likely meant as the result: what a loss judges, or a loose end."""
    judged = [
        graph.incoming[i][0].source
        for i, role in roles.items()
        if role == "loss" and graph.incoming[i]
    ]
    loose = [n.id for n in graph if graph.incoming[n.id] and not graph.outgoing[n.id]]
    return next((i for i in (*judged, *loose) if roles.get(i, "layer") == "layer"), None)


def _needed(project: Project) -> set[str]:
    return ancestors(project.graph, ends(project.graph))


def _optimisers(project: Project, walk: Walk) -> Iterator[Problem]:
    """Optimisers name losses and nodes that exist, and none has nothing to do."""
    graph, training = project.graph, project.training
    if not training.optimisers:
        yield Problem("There is no optimiser: add one in the training settings.")
    names = [o.name for o in training.optimisers]
    for optimiser in training.optimisers:
        who = f"The optimiser {optimiser.name}"
        if names.count(optimiser.name) > 1:
            yield Problem(f"Two optimisers are called {optimiser.name}: rename one.")
            return
        for what, ids in (("minimises", optimiser.losses), ("updates", optimiser.updates)):
            for node_id in ids or ():
                if node_id not in graph:
                    yield Problem(
                        f"{who} {what} {node_id}, which does not exist: choose again in the "
                        "training settings."
                    )
                elif what == "minimises" and not _is_loss(graph[node_id]):
                    yield Problem(
                        f"{who} minimises {node_id}, which is not a loss: choose again in the "
                        "training settings.",
                        node_id,
                    )
        if optimiser.losses == ():
            yield Problem(f"{who} minimises nothing: choose its losses in the training settings.")
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
            "training settings."
        )

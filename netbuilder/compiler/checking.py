"""Everything that can be said about a project without running it."""

from __future__ import annotations

from collections.abc import Iterator

from netbuilder.compiler import mistakes_of_training, wanting
from netbuilder.compiler.infer import Walk, ends, owners
from netbuilder.compiler.mending import mend, site_at
from netbuilder.compiler.mistakes import LAST_RULES, RULES
from netbuilder.compiler.muting import without_muted
from netbuilder.compiler.optimising import optimisers
from netbuilder.compiler.remedies import mute
from netbuilder.compiler.report import Check, Problem
from netbuilder.graph import Project
from netbuilder.graph.meaning import same_meaning
from netbuilder.graph.order import ancestors
from netbuilder.layers import REGISTRY, trial
from netbuilder.layers.muting import mute_refusal


def check(project: Project, like: Project | None = None) -> Check:
    """Shapes, costs and problems of a project; computed once for each value.

    like: a project that was checked; if this one is only drawn otherwise, the same holds.
    """
    known = _remembered(project)
    if known is None and like is not None and same_meaning(like, project):
        known = project.__dict__["_check"] = _remembered(like)
    if known is None:
        before = trial.postponed
        found = _check(project)
        # What waits for an answer holds only until one has come.
        until = trial.learned if trial.postponed != before else None
        known = project.__dict__["_check"] = found, until
    return known[0]


def _remembered(project: Project) -> tuple[Check, int | None] | None:
    """What was found before, and after how many answers it was, if it waits for one."""
    found: tuple[Check, int | None] | None = project.__dict__.get("_check")
    return found if found is not None and found[1] in (None, trial.learned) else None


def _check(project: Project) -> Check:
    walk = Walk(project)
    walk.top()
    mend(walk)
    heard = without_muted(project)
    top = {path[0]: info for path, info in walk.nodes.items() if len(path) == 1}
    problems = walk.problems
    problems += _missing(heard, walk)
    problems += optimisers(heard, walk)
    problems += _not_muted(project)
    for of_training in mistakes_of_training.RULES:
        problems += of_training(heard, walk)
    whole = Check(walk.nodes, ())
    for block in (None, *project.blocks):
        graph = heard.graph_at((block,) if block else ())
        infos = top if block is None else whole.inside(block)
        sound = not any(p.severity == "error" for p in problems)
        for rule in (*RULES, *LAST_RULES) if sound else RULES:
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
    site = site_at(walk, graph, (), None)
    if "data" not in roles.values():
        yield Problem(
            "Nothing feeds this network: add a Data node.", fixes=tuple(wanting.data(site))
        )
    if "output" not in roles.values():
        yield Problem(
            "Nothing is marked as the result of the model: connect an Output node.",
            fixes=tuple(wanting.output(site)),
        )
    if "loss" not in roles.values():
        yield Problem(
            "There is nothing to minimise: connect a loss, such as Cross-entropy.",
            fixes=tuple(wanting.loss(site)),
        )
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
                yield Problem(
                    why, node.id, block, "warning", fixes=(mute(block, node.id, on=False),)
                )


def _needed(project: Project) -> set[str]:
    return ancestors(project.graph, ends(project.graph))

"""Mistakes in the training settings: a batch of one, a learning rate that cannot be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from netbuilder.compiler.infer import Walk
from netbuilder.compiler.mistakes_of_gradients import learning, reached
from netbuilder.compiler.optimising import changed
from netbuilder.compiler.remedies import become
from netbuilder.compiler.report import Fix, Problem
from netbuilder.graph import Optimiser, Project

#: The batch that the remedy of a batch of one sets.
_BATCH = 32
#: What compares the samples of a batch with one another, and how one says it.
_COMPARING = {
    "batch_norm": "Batch norm measures mean and variance over the batch, which holds 1 sample",
    "info_nce": "This loss tells the samples of a batch apart, which holds 1 sample",
}


def batch_of_one(project: Project, walk: Walk) -> Iterator[Problem]:
    """What compares samples has nothing to compare in a batch of one."""
    if project.training.batch_size != 1:
        return
    told: set[tuple[str | None, str]] = set()
    for path, info in walk.nodes.items():
        around = walk.nodes.get((*path[:-2], path[-2].partition("[")[0])) if path[1:] else None
        inside = getattr(around.layer, "block", None) if around else None
        block = inside.name if inside is not None else None
        if info.layer.kind in _COMPARING and not info.muted and (block, path[-1]) not in told:
            told.add((block, path[-1]))
            fixes = [_batch(_BATCH)]
            if info.layer.kind == "batch_norm":
                fixes.append(become("Use Layer norm instead", block, path[-1], "layer_norm"))
            yield Problem(
                f"{_COMPARING[info.layer.kind]}: choose a larger batch in the training settings.",
                path[-1],
                block,
                "warning",
                fixes=tuple(fixes),
            )


def _batch(size: int) -> Fix:
    def apply(project: Project) -> Project:
        return replace(project, training=replace(project.training, batch_size=size))

    return Fix(f"Set the batch size to {size}", apply)


#: By algorithm, above which learning rate training falls apart on anything, and what is usual.
_RATES = {
    "sgd": (10.0, 0.01),
    "adam": (0.3, 0.001),
    "adamw": (0.3, 0.001),
    "nadam": (0.3, 0.001),
    "radam": (0.3, 0.001),
    "rmsprop": (0.3, 0.001),
}
#: A weight of size 1 takes no smaller step: float32 has no number between.
_LOST = 1e-9


def learning_rate(project: Project, walk: Walk) -> Iterator[Problem]:
    """A learning rate far from what its algorithm is made for: SGD bears more than Adam."""
    for optimiser in project.training.optimisers:
        rate = optimiser.settings.get("lr")
        if optimiser.algorithm not in _RATES or not isinstance(rate, int | float):
            continue
        most, usual = _RATES[optimiser.algorithm]
        if rate > most:
            why = f"is far too large for {optimiser.algorithm}: the weights fly apart"
        elif 0 <= rate < _LOST:
            why = "moves no weight" if rate == 0 else "is so small that rounding swallows it"
        else:
            continue
        yield Problem(
            f"The learning rate {rate:g} of the optimiser {optimiser.name} {why}.",
            None,
            None,
            "warning",
            fixes=(_rate(optimiser, usual),),
        )


def _rate(optimiser: Optimiser, rate: float) -> Fix:
    settings = {**optimiser.settings, "lr": rate}
    return changed(f"Set it to {rate:g}", optimiser, settings=settings)


def optimiser_out_of_reach(project: Project, walk: Walk) -> Iterator[Problem]:
    """An optimiser whose losses send no gradient to what it updates never moves it."""
    graph, training = project.graph, project.training
    infos = {path[0]: info for path, info in walk.nodes.items() if len(path) == 1}
    for optimiser in training.optimisers:
        ids = [i for i in optimiser.updates or () if i in graph]
        mine = optimiser.losses
        losses = [i for i in (infos if mine is None else mine) if i in infos]
        losses = [i for i in losses if infos[i].layer.role == "loss"]
        owned = learning(graph, infos, ids)
        if not ids or not losses or not owned or any(i not in infos for i in ids):
            continue
        if not owned & learning(graph, infos, reached(graph, losses)):
            yield Problem(
                f"The optimiser {optimiser.name} updates only weights that none of its losses "
                "reaches: choose its losses or what it updates again.",
                None,
                None,
                "warning",
                fixes=(changed("Update all weights", optimiser, updates=None),),
            )


RULES = (batch_of_one, learning_rate, optimiser_out_of_reach)

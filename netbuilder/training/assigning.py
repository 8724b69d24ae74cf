"""Any parameter of a project by its full name: what is declared of it, its value, another value.

``conv2d_1.out_channels`` is of a node, ``Block/conv2d_1.out_channels`` of one inside a block.
Of training: ``training.batch_size``, ``training.ema.decay``; of all its optimisers
``training.lr``, ``training.schedule``, ``training.schedule.warmup``,
``training.groups.conv2d_1.frozen``; of one ``training.main.lr``. Loads without torch.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from netbuilder.graph import Node, Optimiser, Project, Schedule, Training, Value
from netbuilder.layers import REGISTRY, Param, block_params
from netbuilder.training.parts import PARTS, RUN, part_values
from netbuilder.training.schedules import SCHEDULES, checked_schedule, schedule_kind
from netbuilder.training.settings import (
    ALGORITHMS,
    EVERY,
    GROUP,
    algorithm,
    group_of,
)

_ALGORITHM = Param("algorithm", "choice", "adam", "Algorithm", "How a step follows the gradient.",
                   choices=tuple(ALGORITHMS))  # fmt: skip
_SCHEDULE = Param("schedule", "choice", "constant", "Schedule", "How the learning rate moves.",
                  choices=tuple(SCHEDULES))  # fmt: skip


class UnknownName(ValueError):
    """A name that no parameter of the project has, as one plain sentence."""


def assigned(project: Project, name: str, value: Value) -> Project:
    """The project with one parameter set. Raises UnknownName, SettingError or ParamError."""
    owner, _, field = name.rpartition(".")
    place = owner.split(".")
    if place[0] == "training":
        training = _training(project.training, (*place[1:], field), value)
        return replace(project, training=training)
    where, node = _node(project, owner)
    graph = project.graph_at(where).set_param(node.id, field, value)
    return project.with_graph(graph, where)


def declared(project: Project, name: str) -> Param:
    """What is declared of a parameter. Raises UnknownName."""
    owner, _, field = name.rpartition(".")
    place = owner.split(".")
    if place[0] == "training":
        found = _of_training(project.training, (*place[1:], field))
        if found is None:
            raise UnknownName(f"Training has no setting {name.partition('.')[2]}.")
        return found
    _, node = _node(project, owner)
    if node.block in project.blocks:
        params = block_params(project.blocks[node.block or ""])
    else:
        params = REGISTRY[node.kind].params() if node.kind in REGISTRY else ()
    for param in params:
        if param.name == field:
            return param
    raise UnknownName(f"{owner} has no parameter {field}.")


def present(project: Project, name: str) -> Value:
    """The value that a parameter has now. Raises UnknownName."""
    param = declared(project, name)
    owner, _, field = name.rpartition(".")
    place = owner.split(".")
    if place[0] != "training":
        value: Value = _node(project, owner)[1].params.get(field, param.default)
        return value
    return _now(project.training, (*place[1:], field), param)


def _node(project: Project, owner: str) -> tuple[tuple[str, ...], Node]:
    block, _, node = owner.rpartition("/")
    where = (block,) if block else ()
    if (block and block not in project.blocks) or node not in project.graph_at(where):
        raise UnknownName(f"There is no node {owner} in {project.name}.")
    return where, project.graph_at(where)[node]


# --- training ------------------------------------------------------------------------------


def _training(training: Training, place: tuple[str, ...], value: Value) -> Training:
    """``epochs``, ``ema.decay``, or of optimisers ``lr``, ``schedule.warmup``, ``main.lr``."""
    first, *rest = place
    for param in RUN:
        if place == (param.name,):
            given: dict[str, Any] = {param.name: param.checked(value)}
            return replace(training, **given)
    if first in PARTS and len(rest) == 1:
        after = training.with_part(first, **{rest[0]: value})
        part_values(after, first)
        return after
    if first in PARTS:
        raise UnknownName(f"training.{'.'.join(place)} is no setting; try training.{first}."
                          f"{PARTS[first].params[0].name}=….")  # fmt: skip
    names, of = _optimisers(training, place)
    optimisers = (_optimiser(o, of, value) if o.name in names else o for o in training.optimisers)
    return replace(training, optimisers=tuple(optimisers))


def _optimisers(training: Training, place: tuple[str, ...]) -> tuple[list[str], tuple[str, ...]]:
    """Names of the optimisers that are meant, and what of them. Raises UnknownName."""
    names = [o.name for o in training.optimisers]
    if place[0] in names and len(place) > 1:
        return [place[0]], place[1:]
    if len(place) > 1 and place[0] not in ("schedule", "groups"):
        raise UnknownName(f"There is no optimiser {place[0]}.")
    return names, place


def _optimiser(optimiser: Optimiser, place: tuple[str, ...], value: Value) -> Optimiser:
    """``lr``, ``algorithm``, ``every``, ``schedule``, ``schedule.warmup``, ``groups.NODE.rate``."""
    match place:
        case ("algorithm",):
            known = {p.name for p in algorithm(str(value)).settings}
            kept = {k: v for k, v in optimiser.settings.items() if k in known}
            return replace(optimiser, algorithm=str(value), settings=kept)
        case ("every" | "steps" as name,):
            given: dict[str, Any] = {name: EVERY[name].checked(value)}
            return replace(optimiser, **given)
        case ("schedule",):
            schedule = Schedule(schedule_kind(str(value)).name)
            return replace(optimiser, schedule=schedule)
        case ("schedule", name):
            schedule = optimiser.schedule
            schedule = Schedule(schedule.name, {**schedule.settings, name: value})
            checked_schedule(schedule)
            return replace(optimiser, schedule=schedule)
        case ("groups", node, name):
            after = optimiser.with_weights_of(node, {**optimiser.weights_of(node), name: value})
            group_of(after, node)
            return after
        case (name,):
            return replace(optimiser, settings={**optimiser.settings, name: value})
    raise UnknownName(f"An optimiser has no setting {'.'.join(place)}.")


def _of_training(training: Training, place: tuple[str, ...]) -> Param | None:
    candidates: tuple[Param, ...]
    if len(place) == 1 and any(p.name == place[0] for p in RUN):
        candidates = RUN
    elif place[0] in PARTS:
        candidates = PARTS[place[0]].params if len(place) == 2 else ()
    else:
        names, of = _optimisers(training, place)
        meant = next((o for o in training.optimisers if o.name in names), None)
        candidates = _of_optimiser(meant, of) if meant is not None else ()
    return next((p for p in candidates if p.name == place[-1]), None)


def _of_optimiser(optimiser: Optimiser, place: tuple[str, ...]) -> tuple[Param, ...]:
    match place:
        case ("schedule", _):
            schedule = optimiser.schedule.name
            return SCHEDULES[schedule].params if schedule in SCHEDULES else ()
        case ("groups", _, _):
            return GROUP
        case (_,):
            known = ALGORITHMS.get(optimiser.algorithm)
            own = known.settings if known is not None else ()
            return (*own, *EVERY.values(), _ALGORITHM, _SCHEDULE)
    return ()


def _now(training: Training, place: tuple[str, ...], param: Param) -> Value:
    if len(place) == 1 and any(p.name == place[0] for p in RUN):
        value: Value = getattr(training, place[0])
        return value
    if place[0] in PARTS:
        return training.settings.get(place[0], {}).get(param.name, param.default)
    names, of = _optimisers(training, place)
    optimiser = next(o for o in training.optimisers if o.name in names)
    match of:
        case ("algorithm",):
            return optimiser.algorithm
        case ("every" | "steps" as name,):
            return int(getattr(optimiser, name))
        case ("schedule",):
            return optimiser.schedule.name
        case ("schedule", name):
            return optimiser.schedule.settings.get(name, param.default)
        case ("groups", node, name):
            return optimiser.weights_of(node).get(name, param.default)
    return optimiser.settings.get(param.name, param.default)

"""``--set training.lr=0.01`` and ``--set conv2d_1.out_channels=32``: changes for one run.

Also ``training.schedule=cosine``, ``training.schedule.warmup=100``, ``training.ema.decay=0.999``,
``training.groups.conv2d_1.frozen=true`` and, of one optimiser, ``training.main.lr=0.01``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from netbuilder.cli.errors import InputError
from netbuilder.graph import Optimiser, Project, Schedule, Training, Value
from netbuilder.layers import ParamError
from netbuilder.training.parts import PARTS, RUN, part_values
from netbuilder.training.schedules import checked_schedule, schedule_kind
from netbuilder.training.settings import EVERY, SettingError, algorithm, group_of


def changed(project: Project, assignments: list[str]) -> Project:
    """The project with assignments applied in order. Raises InputError."""
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        owner, dot, field = name.strip().rpartition(".")
        if not equals or not dot:
            raise InputError(f"{assignment!r} is not of the form training.lr=0.01.")
        project = _one(project, owner, field, read_value(text))
    return project


def read_value(text: str) -> Value:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return tuple(value) if isinstance(value, list) else value


def _one(project: Project, owner: str, field: str, value: Value) -> Project:
    place = owner.split(".")
    if place[0] == "training":
        try:
            training = _training(project.training, (*place[1:], field), value)
        except (SettingError, ParamError) as error:
            raise InputError(f"{owner}.{field} cannot be {value!r}: {error}") from None
        return replace(project, training=training)
    if owner not in project.graph:
        raise InputError(f"There is no node {owner} in {project.name}.")
    return replace(project, graph=project.graph.set_param(owner, field, value))


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
    names = [o.name for o in training.optimisers]
    if first in PARTS:
        raise InputError(f"training.{'.'.join(place)} is no setting; try training.{first}."
                         f"{PARTS[first].params[0].name}=….")  # fmt: skip
    of = place
    if first in names and rest:
        names, of = [first], tuple(rest)
    elif len(place) > 1 and first not in ("schedule", "groups"):
        raise InputError(f"There is no optimiser {first}.")
    optimisers = (_optimiser(o, of, value) if o.name in names else o for o in training.optimisers)
    return replace(training, optimisers=tuple(optimisers))


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
    raise InputError(f"An optimiser has no setting {'.'.join(place)}.")

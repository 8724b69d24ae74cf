"""``--set training.lr=0.01`` and ``--set conv2d_1.out_channels=32``: changes for one run."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from typing import Any

from netbuilder.cli.errors import InputError
from netbuilder.graph import Project, Training, Value

#: The least and the greatest value of what a run can be told.
_RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1, 10**9),
    "batch_size": (1, 10**9),
    "seed": (0, 2**63 - 1),
    "validation": (0, 0.99),
    "test": (0, 0.99),
    "folds": (0, 100),
    "fold": (0, 100),
    "resample": (0, 2**31 - 1),
}


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
    if owner == "training":
        return replace(project, training=_training(project.training, field, value))
    if owner.startswith("training."):
        return replace(project, training=_optimiser(project.training, owner[9:], field, value))
    if owner not in project.graph:
        raise InputError(f"There is no node {owner} in {project.name}.")
    return replace(project, graph=project.graph.set_param(owner, field, value))


def _training(training: Training, field: str, value: Value) -> Training:
    known = {f.name: f.type for f in dataclasses.fields(Training) if f.name != "optimisers"}
    if field not in known:
        # A setting such as the learning rate, of every optimiser.
        for optimiser in training.optimisers:
            training = _optimiser(training, optimiser.name, field, value)
        return training
    accepted: dict[str, tuple[type, ...]] = {"int": (int,), "float": (int, float), "str": (str,)}
    if isinstance(value, bool) or not isinstance(value, accepted[str(known[field])]):
        raise InputError(f"training.{field} cannot be {value!r}.")
    low, high = _RANGES.get(field, (0, 0))
    if field in _RANGES and not low <= value <= high:  # type: ignore[operator]
        raise InputError(f"training.{field} lies between {low:g} and {high:g}, not at {value!r}.")
    given: dict[str, Any] = {field: value}
    return replace(training, **given)


def _optimiser(training: Training, name: str, field: str, value: Value) -> Training:
    if name not in [o.name for o in training.optimisers]:
        raise InputError(f"There is no optimiser {name}.")
    optimisers = tuple(
        replace(o, settings={**o.settings, field: value}) if o.name == name else o
        for o in training.optimisers
    )
    return replace(training, optimisers=optimisers)

"""Rows of a project's data as the tensors its model takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from netbuilder.compiler import generate
from netbuilder.data import divided_all, load
from netbuilder.data.fields import Fields
from netbuilder.data.split import Indices
from netbuilder.graph import Project, Training
from netbuilder.layers import DataSet, declare


class RowError(ValueError):
    """Rows that do not exist, as one plain sentence."""


def data_sets(project: Project) -> dict[str, Fields]:
    """The data sets that the network reads, by node. Raises one-sentence errors."""
    source = generate(project)
    found: dict[str, Fields] = {}
    for place in (*source.fields, *source.inputs):
        layer = declare(project.graph[place.node], project.blocks)
        if place.node not in found and isinstance(layer, DataSet):
            found[place.node] = load(layer)
    return found


def batch(project: Project, arguments: Mapping[str, Any]) -> dict[str, Tensor]:
    """What a question is about, by the names that the model's methods take.

    arguments: ``fields``, arrays by name with their batch axis; or ``rows`` (or one
    ``sample``), numbers of rows of the data set, or of a ``part`` of it (train,
    validation, test). Both: fields win. Without either, row 0.
    """
    source = generate(project)
    given = {n: torch.as_tensor(np.asarray(a)) for n, a in arguments.get("fields", {}).items()}
    places = {a.name: a for a in (*source.fields, *source.inputs) if a.name not in given}
    if not places:
        return given
    sets = data_sets(project)
    numbers = _numbers(arguments)
    training, part = project.training, arguments.get("part")
    parts = None
    if part is not None:
        parts = _split(sets, training).get(part)
        if parts is None:
            raise RowError(f"This project has no {part} split; change the fractions of its data.")
    found = dict(given)
    for name, place in places.items():
        if place.node in sets:
            rows = parts[place.node] if parts is not None else np.arange(len(sets[place.node]))
            if not all(0 <= n < len(rows) for n in numbers):
                where = f"The {part} split" if part else "The data set"
                raise RowError(f"{where} has rows 0 to {len(rows) - 1}, not {max(numbers)}.")
            found[name] = torch.from_numpy(sets[place.node][place.port][rows[list(numbers)]])
    return found


#: What was split last, how, and into what. A live view asks for the same twice a second, and
#: splitting 60,000 rows takes longer than the rest of its answer.
_last: tuple[dict[str, Fields], Training, dict[str, dict[str, Indices]]] = ({}, Training(), {})


def _split(sets: dict[str, Fields], how: Training) -> dict[str, dict[str, Indices]]:
    global _last
    before, same, parts = _last
    # Fields are loaded once and never change, so the same object holds the same rows.
    if how != same or before.keys() != sets.keys() or any(before[n] is not sets[n] for n in sets):
        parts = divided_all(sets, how)
        _last = (sets, how, parts)
    return parts


def _numbers(arguments: Mapping[str, Any]) -> Sequence[int]:
    numbers = arguments.get("rows", (arguments.get("sample", 0),))
    found = [int(n) for n in numbers]
    if not found:
        raise RowError("No rows were chosen.")
    return found

"""``--set training.lr=0.01`` and ``--set conv2d_1.out_channels=32``: changes for one run.

What can be named is told in `netbuilder.training.assigning`.
"""

from __future__ import annotations

import json

from netbuilder.cli.errors import InputError
from netbuilder.graph import Project, Value
from netbuilder.layers import ParamError
from netbuilder.training.assigning import UnknownName, assigned
from netbuilder.training.settings import SettingError


def changed(project: Project, assignments: list[str]) -> Project:
    """The project with assignments applied in order. Raises InputError."""
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip()
        if not equals or "." not in name:
            raise InputError(f"{assignment!r} is not of the form training.lr=0.01.")
        value = read_value(text)
        try:
            project = assigned(project, name, value)
        except UnknownName as error:
            raise InputError(str(error)) from None
        except (SettingError, ParamError) as error:
            raise InputError(f"{name} cannot be {value!r}: {error}") from None
    return project


def read_value(text: str) -> Value:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return tuple(value) if isinstance(value, list) else value

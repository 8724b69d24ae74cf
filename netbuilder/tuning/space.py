"""The space of a search: declared ranges held against the parameters they are for. No torch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from netbuilder.graph import Project, Range, Search, Value
from netbuilder.layers import Param, ParamError
from netbuilder.training.assigning import UnknownName, assigned, declared, present
from netbuilder.tuning.failure import TuningError

METHODS = ("tpe", "random", "grid")
PRUNING = ("none", "median", "hyperband")
DIRECTIONS = ("auto", "lower", "higher")
#: So many values of a range are tried by a grid where no step says which.
POINTS = 5
#: Whole numbers up to so many are all tried by a grid.
FEW = 10
MOST = 10_000


@dataclass(frozen=True)
class Dimension:
    """One parameter that is searched, as declared and the values it may take."""

    name: str
    param: Param
    range: Range


def dimensions(project: Project) -> tuple[Dimension, ...]:
    """All that is searched. Raises TuningError about the first thing that cannot be."""
    search = project.search
    if not search.space:
        raise TuningError(
            "Nothing is marked to be searched; mark a parameter in the inspector, or give "
            "--search linear_1.out_features=8:128."
        )
    for what, value, known in (
        ("method", search.method, METHODS),
        ("pruning", search.pruning, PRUNING),
        ("direction", search.direction, DIRECTIONS),
    ):
        if value not in known:
            raise TuningError(f"The {what} of a search is {', '.join(known)}, not {value}.")
    if search.trials < 1:
        raise TuningError("A search has at least one trial.")
    found = []
    for name, values in search.space.items():
        if why := objection(project, name, values):
            raise TuningError(f"{name} cannot be searched: {why}")
        found.append(Dimension(name, declared(project, name), values))
    return tuple(found)


def objection(project: Project, name: str, values: Range) -> str:
    """Why a parameter cannot be searched so, as a sentence; empty if it can."""
    try:
        param = declared(project, name)
    except UnknownName as error:
        return str(error)
    if values.choices:
        return _against_choices(param, values.choices)
    if param.type not in ("int", "float"):
        return f"{param.label} is not a number; give it choices."
    return _against_bounds(param, values)


def _against_choices(param: Param, choices: tuple[Value, ...]) -> str:
    if param.type in ("code", "path"):
        return f"{param.label} has no choices to try."
    if len(set(map(repr, choices))) < len(choices):
        return f"A choice for {param.label} stands there twice."
    for choice in choices:
        try:
            param.checked(choice)
        except ParamError as error:
            return str(error)
    return ""


def _against_bounds(param: Param, values: Range) -> str:
    low, high, step = values.low, values.high, values.step
    whole = param.type == "int"
    for bound in (low, high):
        try:
            param.checked(bound)
        except ParamError as error:
            return str(error)
    if low > high:
        return f"The range of {param.label} ends below its beginning."
    if values.log and low <= 0:
        return f"A log scale of {param.label} begins above 0."
    if step is not None:
        if values.log:
            return f"{param.label} has either a step or a log scale."
        if not math.isfinite(step) or step <= 0 or (whole and step != int(step)):
            return f"The step of {param.label} is a {'whole ' if whole else ''}number above 0."
    return ""


def suggested(project: Project, name: str) -> Range:
    """A range around the value that a parameter has now. Raises UnknownName."""
    param, value = declared(project, name), present(project, name)
    if param.type == "bool":
        return Range(choices=(False, True))
    if param.type == "choice":
        return Range(choices=tuple(param.choices[:12]))
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if param.type not in ("int", "float") or not number:
        number = param.type in ("int", "float")
        if not number:
            return Range(choices=(value,) if value not in (None, "") else ())
        value = param.min or 1
    assert isinstance(value, (int, float))
    least = param.min if param.min is not None else -math.inf
    most = param.max if param.max is not None else math.inf
    if param.type == "int":
        low, high = max(least, value // 4, min(1, value)), min(most, max(value * 4, 4))
        return Range(int(low), int(high), log=low >= 1 and high >= 16 * low)
    if most <= 1 and least >= 0 and value >= 0.1:
        return Range(least, most if most < 1 else 0.9)
    if value > 0:
        return Range(max(least, value / 10), min(most, value * 10), log=True)
    return Range(least if math.isfinite(least) else -1.0, min(most, 0.1))


def with_values(project: Project, values: Mapping[str, Value]) -> Project:
    """The project with the values of a trial. What chooses which others there are comes first.

    Raises UnknownName, SettingError or ParamError.
    """
    first = ("algorithm", "schedule")
    for name in sorted(values, key=lambda n: n.rpartition(".")[2] not in first):
        value = values[name]
        param = declared(project, name)
        project = assigned(project, name, param.checked(value))
    return project


# --- grids -----------------------------------------------------------------------------------


def grid_values(dimension: Dimension) -> tuple[Value, ...]:
    """The values that a grid tries: choices, steps, all of few whole numbers, or `POINTS`."""
    values, whole = dimension.range, dimension.param.type == "int"
    if values.choices:
        return values.choices
    step = values.step
    if step is None and whole and values.high - values.low < FEW and not values.log:
        step = 1
    if step is not None:
        count = math.floor((values.high - values.low) / step + 1e-9) + 1
        found = [values.low + i * step for i in range(min(count, MOST + 1))]
    elif values.log:
        ratio = values.high / values.low
        found = [values.low * ratio ** (i / (POINTS - 1)) for i in range(POINTS)]
    else:
        width = values.high - values.low
        found = [values.low + width * i / (POINTS - 1) for i in range(POINTS)]
    if whole:
        return tuple(dict.fromkeys(round(v) for v in found))
    # Twelve digits, so that the tenth step of 0.1 is 1 and not a neighbour of it.
    return tuple(dict.fromkeys(float(f"{v:.12g}") for v in found))


def grid(of: tuple[Dimension, ...]) -> tuple[dict[str, Value], ...]:
    """All combinations. Raises TuningError if there are too many."""
    axes = [grid_values(dimension) for dimension in of]
    if (count := math.prod(map(len, axes))) > MOST:
        raise TuningError(
            f"The grid has {count:,} combinations, and {MOST:,} are the most; take larger steps, "
            "or search by tpe.".replace(",", "\u202f", 2)
        )
    names = [dimension.name for dimension in of]
    return tuple(dict(zip(names, values, strict=True)) for values in itertools.product(*axes))


# --- as typed ----------------------------------------------------------------------------------


def read_range(text: str) -> Range:
    """``8:128``, ``8:128:log``, ``0:1:0.1`` or ``adam,sgd``. Raises TuningError."""
    bounds = text.split(":")
    if len(bounds) == 1:
        return Range(choices=tuple(_read(choice) for choice in text.split(",") if choice.strip()))
    try:
        low, high = (float(bound) for bound in bounds[:2])
        scale = bounds[2].strip() if len(bounds) == 3 else ""
        step = float(scale) if scale not in ("", "log") else None
        if len(bounds) > 3 or not all(map(math.isfinite, (low, high))):
            raise ValueError
    except ValueError:
        raise TuningError(
            f"{text!r:.60} is no range; write 8:128, 8:128:log, 0:1:0.1 or choices such as "
            "adam,sgd."
        ) from None
    return Range(_trimmed(low), _trimmed(high), scale == "log", step and _trimmed(step))


def shown_range(values: Range) -> str:
    """A range as `read_range` reads it."""
    if values.choices:
        return ",".join(_shown(choice) for choice in values.choices)
    text = f"{values.low:g}:{values.high:g}"
    return text + (":log" if values.log else f":{values.step:g}" if values.step else "")


def _read(text: str) -> Value:
    text = text.strip()
    if text in ("true", "false", "none"):
        return {"true": True, "false": False, "none": None}[text]
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    if "x" in text and all(part.strip().isdigit() for part in text.split("x")):
        return tuple(int(part) for part in text.split("x"))
    return text


def _shown(choice: Value) -> str:
    if isinstance(choice, tuple):
        return "x".join(str(part) for part in choice)
    if choice is None or isinstance(choice, bool):
        return str(choice).lower()
    return str(choice)


def _trimmed(number: float) -> float:
    return int(number) if number == int(number) and abs(number) < 1e15 else number


def with_search(search: Search, assignments: list[str]) -> Search:
    """With ``linear_1.out_features=8:128:log`` and others added. Raises TuningError."""
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or "." not in name:
            raise TuningError(f"{assignment!r} is not of the form linear_1.out_features=8:128:log.")
        search = search.with_range(name.strip(), read_range(text))
    return search


def spread(of: tuple[Dimension, ...]) -> Iterator[tuple[str, Any]]:
    """For each name the values between which it lies, for an axis of a plot."""
    for dimension in of:
        values = dimension.range
        yield dimension.name, values.choices or (values.low, values.high)

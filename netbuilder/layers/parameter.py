"""One parameter of a layer or a setting: what it may be, and what is said of a wrong value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from netbuilder.layers.late import difflib

ParamType = Literal["int", "float", "bool", "choice", "text", "ints", "path", "code"]
#: Nobody reads more choices than these in a sentence.
_MANY = 12


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter as declared: what the inspector shows and validation holds to."""

    name: str
    type: ParamType
    default: Any
    label: str
    help: str
    min: float | None = None
    max: float | None = None
    choices: tuple[str, ...] = ()
    length: int | None = None
    optional: bool = False
    folder: bool = False  # of a path: whether it leads to a folder

    def checked(self, value: Any) -> Any:
        """`value` as the right type, or ParamError with one sentence."""
        if value is None and self.optional:
            return None
        name = self.label
        if self.type == "bool":
            if not isinstance(value, bool):
                raise ParamError(self.name, f"{name} is either true or false, not {_shown(value)}.")
            return value
        if self.type in ("int", "float"):
            return self._number(value)
        if self.type == "ints":
            items = tuple(value) if isinstance(value, (tuple, list)) else (value,)
            if not items or len(items) > 8:
                raise ParamError(self.name, f"{name} takes 1 to 8 whole numbers.")
            numbers = tuple(self._number(item, whole=True) for item in items)
            if self.length and len(numbers) not in (1, self.length):
                several = f" or {self.length}" if self.length > 1 else ""
                raise ParamError(
                    self.name, f"{name} takes one whole number{several}, not {len(numbers)}."
                )
            return numbers
        if not isinstance(value, str):
            raise ParamError(self.name, f"{name} is a text, not {_shown(value)}.")
        if self.type == "choice" and value not in self.choices:
            known = f"one of {', '.join(self.choices)}"
            if len(self.choices) > _MANY:
                near = difflib.get_close_matches(value, self.choices, 3, 0.3)
                known = (
                    f"one of {len(self.choices)}, {', '.join(near or self.choices[:3])} among them"
                )
            raise ParamError(self.name, f"{name} is {known}, not {_shown(value)}.")
        return value

    def _number(self, value: Any, whole: bool = False) -> int | float:
        whole = whole or self.type == "int"
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ParamError(self.name, f"{self.label} is a number, not {_shown(value)}.")
        if isinstance(value, float) and not math.isfinite(value):
            raise ParamError(self.name, f"{self.label} is not a finite number.")
        if whole and value != int(value):
            raise ParamError(self.name, f"{self.label} is a whole number, not {_shown(value)}.")
        if self.min is not None and value < self.min:
            raise ParamError(
                self.name, f"{self.label} is at least {_plain(self.min)}, not {_plain(value)}."
            )
        if self.max is not None and value > self.max:
            raise ParamError(
                self.name, f"{self.label} is at most {_plain(self.max)}, not {_plain(value)}."
            )
        return int(value) if whole else float(value)


def _plain(number: float) -> str:
    """A number as a person writes it: 1 000 000, 0.5, 1e+12."""
    if abs(number) < 1e9 and number == int(number):
        return f"{int(number):,}".replace(",", "\u202f")
    try:
        return f"{number:g}"
    except OverflowError:
        return "a number of more than 300 digits"


def _shown(value: Any) -> str:
    """A value of any type and size, short enough for a sentence."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4300 digits
        text = "a number without end"
    return text if len(text) <= 40 else f"{text[:40]}…"


class ParamError(ValueError):
    """A parameter outside its declaration: which one, and one sentence."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.param = param

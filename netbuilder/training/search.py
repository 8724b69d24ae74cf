"""Finding runs by what is typed: words, tags, states and figures.

``digits accuracy>0.9 #good state:finished`` are runs in whose name, note or tags the word
stands, and for which everything else is true, too. See `Overview.figure` for the figures.
"""

from __future__ import annotations

import math
import operator
import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from netbuilder.training.overview import Overview

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt, "=": math.isclose,
}  # fmt: skip
_FIGURE = re.compile(r"([A-Za-z][\w.() -]*?)(>=|<=|>|<|=)(.*)")
_PREFIXES = ("tag", "state", "note", "name", "device")


class SearchError(ValueError):
    """A search that cannot be understood, as one plain sentence."""


@dataclass(frozen=True)
class Search:
    """Tells which runs are meant; an empty one means all."""

    parts: tuple[Callable[[Overview], bool], ...] = ()

    def __call__(self, run: Overview) -> bool:
        return all(part(run) for part in self.parts)


def search(text: str) -> Search:
    """What was typed, understood. Raises SearchError."""
    try:
        words = shlex.split(text)
    except ValueError:  # a quotation mark that is still open
        words = text.replace('"', " ").replace("'", " ").split()
    return Search(tuple(_part(word) for word in words))


def sort_key(name: str) -> Callable[[Overview], tuple[bool, float | str]]:
    """The key that sorts runs by a column or a figure; runs without it come last, ascending."""
    texts = {"name", "state", "device", "note"}
    if name in texts:
        return lambda run: (not getattr(run, name), str(getattr(run, name)))
    if name in ("created", "when"):
        return lambda run: (False, f"{run.created:020.6f} {run.id}")

    def of_figure(run: Overview) -> tuple[bool, float]:
        value = run.figure(name)
        return math.isnan(value), value

    return of_figure


def sorted_runs(runs: Iterable[Overview], by: str, descending: bool = False) -> list[Overview]:
    """Runs by a column or figure; those without it stay last either way."""
    key = sort_key(by)
    listed = list(runs)
    known = [run for run in listed if not key(run)[0]]
    return sorted(known, key=key, reverse=descending) + [run for run in listed if key(run)[0]]


def _part(word: str) -> Callable[[Overview], bool]:
    if word.startswith("#"):
        return _tagged(word[1:])
    prefix, colon, rest = word.partition(":")
    if colon and prefix in _PREFIXES:
        wanted = rest.lower()
        if prefix == "tag":
            return _tagged(rest)
        return lambda run: wanted in str(getattr(run, prefix)).lower()
    if (found := _FIGURE.fullmatch(word)) is not None:
        return _compared(*found.groups())
    wanted = word.lower()
    return lambda run: any(wanted in text.lower() for text in (run.name, run.id, run.note,
                                                               *run.tags))  # fmt: skip


def _tagged(tag: str) -> Callable[[Overview], bool]:
    wanted = tag.lower()
    return lambda run: any(one.lower().startswith(wanted) for one in run.tags)


def _compared(name: str, sign: str, number: str) -> Callable[[Overview], bool]:
    if not number:
        return lambda run: True  # it is still being typed
    percent = number.endswith("%")
    try:
        value = float(number.removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        raise SearchError(
            f"{name}{sign}{number} compares with no number; write it like accuracy>0.9."
        ) from None
    compare = _COMPARISONS[sign]
    return lambda run: compare(run.figure(name.strip()), value)

"""Layers typed as words: ``conv 64 7/2, batch norm, relu, max pooling k3s2p1``. No Qt.

A comma (or ``>``) puts one layer behind the other. The words of one are its name, found as
the search finds it, then its properties:

``64``, ``3x5``, ``=width * 2``   the next number it has, in the order of the inspector
``/2``, ``7/2``                   the stride, alone or behind a number
``k7n64s2``                       numbers by their first letters; n is the first there is
``-bias``, ``+bias``              a switch off or on
``x3``                            how often a block repeats
``rate=0.5``                      any property by its name, or by how the name begins
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from netbuilder.app.canvas.catalogue import Entry, Found
from netbuilder.app.panels.form.text import Scope, read
from netbuilder.graph import Value
from netbuilder.layers import Param, ParamError

_APART = re.compile(r"\s*[,>→]\s*")
_SIZES = re.compile(r"-?[\d.]+([x×][\d.]+)*\Z")
_SLASH = re.compile(r"(?P<first>[\dx×]+)?/(?P<stride>[\dx×]+|=\S+)\Z")
_LETTERS = re.compile(r"([a-z]\d+)+\Z")
_SWITCH = re.compile(r"[-+][a-z_]+\Z")
_NAMED = re.compile(r"(?P<name>[a-z_]+)=(?P<value>.+)\Z")
_NUMBERS = ("int", "float", "ints")

Declared = Callable[[Entry], Sequence[Param]]
"""The properties that an entry has."""


class TypedError(ValueError):
    """What was typed means nothing, as one sentence."""


@dataclass(frozen=True)
class Typed:
    """One layer as typed: the words of its name, and those of its properties."""

    name: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A layer to place, with the properties that were typed."""

    entry: Entry
    params: Mapping[str, Value] = field(default_factory=dict)


def parts(text: str, titles: Sequence[str] = ()) -> tuple[Typed, ...]:
    """The layers of a text. `titles`: names that may themselves end in a number."""
    known = {title.casefold() for title in titles}
    return tuple(_part(piece, known) for piece in _APART.split(text.strip()))


def _part(piece: str, known: set[str]) -> Typed:
    words = piece.split()
    for length in range(len(words), 0, -1):
        if " ".join(words[:length]).casefold() in known:
            break
    else:
        first = (i for i, word in enumerate(words) if i and _is_property(word.casefold()))
        length = next(first, len(words))
    return Typed(" ".join(words[:length]), tuple(words[length:]))


def _is_property(word: str) -> bool:
    shapes = (_SIZES, _SLASH, _LETTERS, _SWITCH, _NAMED)
    return word.startswith("=") or any(shape.match(word) for shape in shapes)


def step(typed: Typed, found: Found | None, declared: Declared, scope: Scope) -> Step:
    """What one typed layer means. Raises TypedError."""
    if found is None:
        raise TypedError(f"Nothing is called {typed.name!r}.")
    known = {param.name: param for param in declared(found.entry)}
    params: dict[str, Value] = {}
    for name, text in _assigned(found.entry, known, typed.words):
        try:
            params[name] = read(known[name], text, scope) if text not in _SWITCHES else text == "+"
        except ParamError as error:
            raise TypedError(f"{found.entry.title}: {error}") from None
    custom = known.get("padding")
    if "pad" in params and "padding" not in params and custom and "custom" in custom.choices:
        params["padding"] = "custom"
    return Step(found.entry, params)


_SWITCHES = ("+", "-")


def _assigned(
    entry: Entry, known: Mapping[str, Param], words: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Which property each word sets, with its text."""
    numbers = [p.name for p in known.values() if p.type in _NUMBERS]
    free = list(numbers)

    def by_name(start: str, names: Sequence[str] = ()) -> str:
        wanted = [n for n in (names or known) if n.startswith(start)]
        if not wanted:
            raise TypedError(f"{entry.title} has no {start.replace('_', ' ')}.")
        return start if start in wanted else wanted[0]

    def following(word: str) -> str:
        if not free:
            raise TypedError(f"{entry.title} has no place for {word}.")
        return free[0]

    for word in words:
        low = word.casefold()
        given: list[tuple[str, str]] = []
        if (match := _SLASH.match(low)) is not None:
            if match["first"]:
                given.append((following(match["first"]), match["first"]))
            given.append((by_name("stride", numbers), match["stride"]))
        elif low[0] == "=" or _SIZES.match(low):
            given.append((following(word), word))
        elif (match := _NAMED.match(low)) is not None:
            name = by_name(match["name"])
            value = word.partition("=")[2]
            switch = known[name].type == "bool"
            on = {"on": "+", "true": "+", "off": "-", "false": "-"}
            given.append((name, on.get(value.casefold(), value) if switch else value))
        elif _LETTERS.match(low):
            given += _by_letters(low, entry, numbers)
        elif _SWITCH.match(low):
            switches = [p.name for p in known.values() if p.type == "bool"]
            given.append((by_name(low[1:], switches or ("",)), low[0]))
        else:
            raise TypedError(f"{word!r} says nothing about {entry.title}.")
        for name, text in given:
            if name in free:
                free.remove(name)
            yield name, text


def _by_letters(word: str, entry: Entry, numbers: Sequence[str]) -> Iterator[tuple[str, str]]:
    for letter, text in re.findall(r"([a-z])(\d+)", word):
        if letter == "x" and "repeat" in numbers:
            yield "repeat", text
            continue
        named = [n for n in numbers if n.startswith(letter)]
        if letter == "n" and not named:
            named = list(numbers[:1])
        if not named:
            raise TypedError(f"{entry.title} has no number that begins with {letter}.")
        yield named[0], text


def summary(steps: Sequence[Step]) -> str:
    """The layers in a few words: ``Convolution 2-D (out channels 64), ReLU``."""
    words = []
    for each in steps:
        given = (f"{name.replace('_', ' ')} {_shown(v)}" for name, v in each.params.items())
        inside = ", ".join(given)
        words.append(f"{each.entry.title} ({inside})" if inside else each.entry.title)
    return ", ".join(words)


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "×".join(map(str, value)) if isinstance(value, tuple) else str(value)

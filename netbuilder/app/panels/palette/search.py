"""Finding an entry by a few letters: ``cv2`` finds Convolution 2-D.

A word of the query may begin the title, begin one of its words, stand inside it, begin one of
its other names, be scattered over it, or appear in the kind, the family or the first sentence of
the help, in this order of worth. All words must be found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from netbuilder.app.panels.palette.entries import Entry

_WORDS = re.compile(r"[\w-]+")
_WORD_START = re.compile(r"(?:^|[\s\-_/(:.])(\w)")


@dataclass(frozen=True, slots=True)
class Match:
    """How well an entry fits (more is better) and which letters of its title fit."""

    score: float
    letters: tuple[int, ...] = ()


def match(query: str, entry: Entry) -> Match | None:
    """How an entry fits, or None if it does not. An empty query fits everything."""
    score, letters = 0.0, set[int]()
    for word in query.lower().split():
        found = _word(word, entry)
        if found is None:
            return None
        score += found.score
        letters.update(found.letters)
    # Of two equally good matches the shorter title is the likelier one.
    return Match(score - len(entry.title) / 100, tuple(sorted(letters)))


def ranked(query: str, entries: Iterable[Entry]) -> list[tuple[Entry, Match]]:
    """The entries that fit, best first; equally good ones keep their order."""
    found = [(entry, fit) for entry in entries if (fit := match(query, entry)) is not None]
    return sorted(found, key=lambda pair: -pair[1].score) if query.strip() else found


def _word(word: str, entry: Entry) -> Match | None:
    title = entry.title.lower()
    at = title.find(word)
    if at == 0:
        return Match(10, tuple(range(len(word))))
    starts = [m.start(1) for m in _WORD_START.finditer(title)]
    begun = next((s for s in starts if title.startswith(word, s)), None)
    if begun is not None:
        return Match(8, tuple(range(begun, begun + len(word))))
    if at > 0:
        return Match(6, tuple(range(at, at + len(word))))
    if any(name.startswith(word) for name in _WORDS.findall(entry.also.lower())):
        return Match(5.5)
    if entry.kind.lower().startswith(word):
        return Match(5)
    if word in entry.kind.lower():
        return Match(4.5)
    scattered = _scattered(word, title, set(starts))
    if scattered is not None and len(word) > 1:
        return Match(4, scattered)
    if word in entry.family.lower():
        return Match(3)
    if len(word) > 2 and word in entry.summary.lower():
        return Match(2)
    return None


def _scattered(word: str, title: str, starts: set[int]) -> tuple[int, ...] | None:
    """Places of the letters in order, each next to the last one or at a word's start."""
    places: list[int] = []
    for letter in word:
        after = places[-1] + 1 if places else 0
        options = [i for i in range(after, len(title)) if title[i] == letter]
        if not options:
            return None
        near = [i for i in options if i in starts or (places and i == after)]
        places.append(near[0] if near else options[0])
    # Letters strewn over a long title are a coincidence, not a find.
    strewn = sum(1 for a, b in pairwise(places) if b - a > 1 and b not in starts)
    return tuple(places) if places[0] in starts and strewn <= 1 else None

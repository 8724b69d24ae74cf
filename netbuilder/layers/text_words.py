"""Reads the words of a text file, and knows without reading it twice which ones it holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from netbuilder.layers.text_file import read, stamp

#: Letters, with an apostrophe inside: ``don't``.
_LETTERS = r"[^\W\d_]+(?:['’][^\W\d_]+)*"
_WORD = re.compile(_LETTERS)

#: A blank line, a word, a number, or a sign for itself; underlines are mark-up and left out.
PIECE = rf"\n[^\S\n]*\n\s*|{_LETTERS}|\d+|[^\w\s]"
_PIECE = re.compile(PIECE)

#: Stands for every word that is not in a vocabulary.
UNKNOWN = "<unk>"
PARAGRAPH = "\n"

_NO_BLANK_BEFORE = frozenset(".,;:!?)]}”’%…")
_NO_BLANK_BEHIND = frozenset("([{“‘")


@dataclass(frozen=True, slots=True)
class WordScan:
    """counts: how often each word occurs, the most frequent first. length: words in all."""

    counts: tuple[tuple[str, int], ...]
    length: int

    def kept(self, least: int) -> tuple[str, ...]:
        """Words that occur at least so often, the most frequent first."""
        return tuple(word for word, count in self.counts if count >= least)


def words(path: Path) -> list[str]:
    """The words of a text in order, in lower case. Raises DataError."""
    return _WORD.findall(read(path).lower())


def word_scan(path: Path) -> WordScan:
    """Which words a file holds, remembered until it changes. Raises DataError."""
    return _scanned(path, stamp(path))


def pieces(text: str) -> list[str]:
    """Words, numbers and signs of a text in order, in lower case; ``\\n`` for a blank line.

    >>> pieces("It isn't, of 12 men.")
    ['it', "isn't", ',', 'of', '12', 'men', '.']
    """
    return [p if p.strip() else PARAGRAPH for p in _PIECE.findall(text.lower())]


def joined(before: str, piece: str) -> str:
    """What is written for a piece that follows another one, or the beginning if that is "".

    >>> "".join(map(joined, ["", "it", "is", "("], ["it", "is", "(", "here"]))
    'it is (here'
    """
    if piece == PARAGRAPH:
        return "\n\n"
    close = before in ("", PARAGRAPH) or before in _NO_BLANK_BEHIND or piece in _NO_BLANK_BEFORE
    return piece if close else f" {piece}"


def sentence(found: Iterable[str]) -> str:
    """Pieces as a text again."""
    text, before = "", ""
    for piece in found:
        text += joined(before, piece)
        before = piece
    return text


def as_text(found: Iterable[int], names: Sequence[str]) -> str:
    """Numbered tokens for reading: characters side by side, words with blanks between.

    >>> as_text([0, 2, 1], ["a", "b", " "]), as_text([0, 1], ["so", "it"])
    ('a b', 'so it')
    """
    tokens = [names[i] if 0 <= i < len(names) else "?" for i in found]
    words = " " not in names and any(len(name) > 1 for name in names)
    return sentence(tokens).replace(PARAGRAPH * 2, PARAGRAPH) if words else "".join(tokens)


def piece_scan(path: Path) -> WordScan:
    """Which pieces a file holds, remembered until it changes. Raises DataError."""
    return _pieces_scanned(path, stamp(path))


@lru_cache(maxsize=32)
def _pieces_scanned(path: Path, stamp: tuple[int, int]) -> WordScan:
    return _counted(pieces(read(path)))


@lru_cache(maxsize=32)
def _scanned(path: Path, stamp: tuple[int, int]) -> WordScan:
    return _counted(words(path))


def _counted(found: list[str]) -> WordScan:
    counts = sorted(Counter(found).items(), key=lambda item: (-item[1], item[0]))
    return WordScan(tuple(counts), len(found))

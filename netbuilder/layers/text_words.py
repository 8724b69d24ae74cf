"""Reads the words of a text file, and knows without reading it twice which ones it holds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from netbuilder.layers.text_file import read, stamp

#: Letters, with an apostrophe inside: ``don't``.
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


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


@lru_cache(maxsize=32)
def _scanned(path: Path, stamp: tuple[int, int]) -> WordScan:
    found = words(path)
    counts = sorted(Counter(found).items(), key=lambda item: (-item[1], item[0]))
    return WordScan(tuple(counts), len(found))

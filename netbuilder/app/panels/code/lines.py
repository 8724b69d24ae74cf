"""What changed between two texts, line by line."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher


def differing(before: Sequence[str], after: Sequence[str]) -> tuple[int, int, int]:
    """Common lines at the start, and where the rest ends in `before` and in `after`.

    Everything outside ``before[start:end_before]`` and ``after[start:end_after]`` is equal.
    """
    start = 0
    limit = min(len(before), len(after))
    while start < limit and before[start] == after[start]:
        start += 1
    end_before, end_after = len(before), len(after)
    while (
        end_before > start and end_after > start and before[end_before - 1] == after[end_after - 1]
    ):
        end_before -= 1
        end_after -= 1
    return start, end_before, end_after


def changed_lines(before: Sequence[str], after: Sequence[str]) -> frozenset[int]:
    """Lines of `after`, counted from 0, that are new or other than in `before`.

    Where lines were only taken away, the line that follows is marked.
    """
    start, end_before, end_after = differing(before, after)
    old, new = before[start:end_before], after[start:end_after]
    found: set[int] = set()
    for tag, _, _, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "delete":
            found.add(min(start + first, max(len(after) - 1, 0)))
        elif tag != "equal":
            found.update(range(start + first, start + last))
    return frozenset(found)

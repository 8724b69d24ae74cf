"""Weights keep their layers when nodes are grouped into blocks or blocks are taken apart.

A weight is named by the ids of the instances around its node, the node's id, and its own
name: ``unit_1.conv2d_1.weight``. Grouping puts an id into that path and ungrouping takes
one out; nothing else of it changes. So where no weight has the same path any more, the one
is meant whose path only has more ids, or fewer, in the same order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Shape = tuple[int, ...]


def repathed(own: Mapping[str, Shape], given: Mapping[str, Shape]) -> dict[str, str]:
    """For weights of a model (`own`) those of another (`given`) that are theirs, by name.

    Each is used once. Of several that could be meant, the one with the fewest ids more or
    fewer, then the first in the order of the networks.
    """
    found = {name: name for name, shape in own.items() if given.get(name) == shape}
    left = [name for name in own if name not in found]
    free = [name for name in given if name not in found]
    by_end: dict[tuple[str, Shape], list[str]] = {}
    for name in free:
        by_end.setdefault((_end(name), given[name]), []).append(name)
    pairs = [
        (abs(name.count(".") - other.count(".")), i, name, other)
        for i, name in enumerate(left)
        for other in by_end.get((_end(name), own[name]), ())
        if _only_deeper(name.split("."), other.split("."))
    ]
    used = set[str]()
    for _, _, name, other in sorted(pairs, key=lambda pair: pair[:2]):
        if name not in found and other not in used:
            found[name] = other
            used.add(other)
    return found


def _end(name: str) -> str:
    return name.rpartition(".")[2]


def _only_deeper(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether one path is the other with ids left out."""
    short, long = sorted((first, second), key=len)
    # The node itself, or the part of it that has the weight, stands before its name in both.
    if len(short) == len(long) or len(short) < 2 or short[-2:] != long[-2:]:
        return False
    rest = iter(long)
    return all(part in rest for part in short)

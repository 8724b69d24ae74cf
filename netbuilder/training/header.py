"""What a safetensors file says of itself: names, shapes and metadata, without its numbers.

Loads without torch, so the window can tell whether weights fit before anything reads them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from netbuilder.compiler.report import Check
from netbuilder.graph.atomic import reason

SUFFIX = ".safetensors"
#: The largest header that the format allows, in bytes.
_LARGEST = 100_000_000
#: Before the names of weights in a checkpoint of a run.
_MODEL = "model."


class HeaderError(ValueError):
    """A file of weights that cannot be read, as one plain sentence."""


@dataclass(frozen=True)
class Header:
    """weights: shapes by their names in the state dict; a checkpoint's other tensors are left out.

    prefix: what stands before these names in the file.
    """

    path: Path
    weights: Mapping[str, tuple[int, ...]]
    prefix: str = ""

    def fitting(self, check: Check) -> tuple[int, int]:
        """How many weights of a network it has, by name and shape, and how many there are."""
        wanted = weight_shapes(check)
        return sum(self.weights.get(name) == s for name, s in wanted.items()), len(wanted)


def read_header(path: Path) -> Header:
    """Read the beginning of a file. Raises HeaderError."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            text = file.read(size) if 0 < size <= _LARGEST else b""
            length = file.seek(0, 2)
    except OSError as error:
        raise HeaderError(reason(error, path, "opened")) from None
    try:
        entries = json.loads(text)
        metadata = entries.pop("__metadata__", {})
        shapes = {str(name): _shape(entry, length - 8 - size) for name, entry in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        _refuse(path, "it is damaged or no safetensors file; save the weights again")
    prefix = _MODEL if "netbuilder" in metadata else ""
    weights = {n.removeprefix(prefix): s for n, s in shapes.items() if n.startswith(prefix)}
    if not weights:
        _refuse(path, "it holds no weights")
    return Header(path, weights, prefix)


def weight_shapes(check: Check) -> dict[str, tuple[int, ...]]:
    """Shapes of a network's weights by their names in its state dict; shared ones once."""
    found = {}
    for path, info in check.nodes.items():
        around = (
            check.nodes.get((*path[:i], name.partition("[")[0])) for i, name in enumerate(path)
        )
        if all(outer is None or outer.parameters for outer in around):
            # A repeated block is a list: node[0] in a path, node.0 in a state dict.
            owner = ".".join(path).replace("[", ".").replace("]", "")
            found.update({f"{owner}.{name}": shape for name, shape in info.weights.items()})
    return found


def _shape(entry: Mapping[str, object], room: int) -> tuple[int, ...]:
    """The shape of one tensor, if it lies within the `room` bytes behind the header."""
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not isinstance(shape, list) or not isinstance(offsets, list) or len(offsets) != 2:
        raise ValueError("not a tensor")
    sizes = tuple(int(size) for size in shape)
    begin, end = (int(offset) for offset in offsets)
    if min((*sizes, begin), default=0) < 0 or not begin <= end <= room:
        raise ValueError("outside the file")
    if bool(end - begin) != bool(math.prod(sizes)):
        raise ValueError("another size")
    return sizes


def _refuse(path: Path, why: str) -> NoReturn:
    raise HeaderError(f"{path.name} cannot be used: {why}.") from None

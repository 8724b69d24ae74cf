"""What an export wrote, and how far it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

Kind = Literal["code", "safetensors", "onnx", "pt2", "bundle"]
KINDS: tuple[Kind, ...] = get_args(Kind)


class ExportError(ValueError):
    """Why nothing was written, as one plain sentence; `node` is the id it comes from."""

    def __init__(self, message: str, node: str | None = None) -> None:
        super().__init__(message)
        self.node = node


@dataclass(frozen=True)
class ExportReport:
    """A finished export.

    bytes: size of all files together. differences: for each batch size compared, the
    largest absolute difference between the file's answers and the model's; empty where
    nothing computes. sentence: the outcome for the person.
    """

    kind: Kind
    paths: tuple[Path, ...]
    bytes: int
    sentence: str
    differences: Mapping[int, float] = field(default_factory=dict)


def size_text(size: int) -> str:
    """A file's size as a person reads it: 940 bytes, 12 kB, 3.4 MB.

    >>> size_text(12_345), size_text(3_400_000)
    ('12 kB', '3.4 MB')
    """
    if size < 1000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"

"""The record of a process that leaves writing to the first one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from netbuilder.training.record import Record


class Unwritten(Record):
    """Takes everything a record takes, and keeps nothing."""

    def __init__(self) -> None:
        pass

    def close(self) -> None:
        """There is no file."""

    def keep(self) -> None:
        """Nothing was written."""

    def _write(self, *changes: tuple[str, Sequence[tuple[Any, ...]]]) -> None:
        pass

    def _rows(self, statement: str, *values: object) -> Iterator[Any]:
        return iter(())

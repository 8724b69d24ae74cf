"""The record of a process that leaves writing to the first one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netbuilder.training.record import Record


class Unwritten(Record):
    """Takes everything a record takes, and keeps nothing."""

    def __init__(self) -> None:
        pass

    def close(self) -> None:
        """There is no file."""

    def _write(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        pass

    def _read(self, statement: str, *values: object) -> list[Any]:
        return []

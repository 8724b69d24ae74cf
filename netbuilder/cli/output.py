"""What commands print: one JSON document with ``--json``, tables for people otherwise."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

Item = TypeVar("Item")


def plain(value: Any) -> Any:
    """A value as JSON carries it; what is not a finite number becomes null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return int(value) if type(value) is int else str(value)
    return str(value)


def document(value: Any) -> None:
    """Print one JSON document."""
    sys.stdout.write(json.dumps(plain(value), indent=2, ensure_ascii=False) + "\n")


def line(value: Any) -> None:
    """Print one JSON document in one line, at once."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def text(value: str) -> None:
    """Print plain text."""
    sys.stdout.write(value + "\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table for people; numbers stand right."""
    from rich.console import Console
    from rich.table import Table

    made = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for i, column in enumerate(columns):
        numeric = all(row[i][:1].isdigit() or not row[i] for row in rows)
        made.add_column(column, justify="right" if numeric and i else "left")
    for row in rows:
        made.add_row(*row)
    # In a pipe there is no edge to break lines at, and what is cut off cannot be read.
    width = None if sys.stdout.isatty() else 200
    Console(highlight=False, width=width).print(made)


def followed(items: Iterable[Item], total: int, words: str) -> Iterator[Item]:
    """The items, with a bar and the time left on standard error, where that is a terminal."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    quiet = not sys.stderr.isatty()
    yield from track(items, words, total, console=console, transient=True, disable=quiet)


@contextmanager
def waiting(words: str) -> Iterator[None]:
    """Say at a terminal what is being done, and for how long, until it is done.

    It goes to standard error, so that standard output holds only what was asked for.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    # Not redirected: what is printed meanwhile belongs on standard output.
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as progress:
        progress.add_task(words, total=None)
        yield


def written(path: Path) -> None:
    """Say which file was written."""
    text(f"Wrote {path}.")

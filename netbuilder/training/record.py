"""What a run reported, in one SQLite file that can be read while it is written.

Losses are kept a chunk a row (first step, float32 values): thousands of steps a second
make a handful of rows. Journal mode WAL lets readers work beside the one writer and
survives a killed process.
"""

from __future__ import annotations

import json
import math
import sqlite3
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netbuilder.training.events import EpochDone, Finished, Floats, Steps

_SCHEMA = """
CREATE TABLE IF NOT EXISTS info (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS losses (
    objective TEXT NOT NULL, first INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (objective, first));
CREATE TABLE IF NOT EXISTS epochs (
    epoch INTEGER NOT NULL, split TEXT NOT NULL, name TEXT NOT NULL, value REAL,
    PRIMARY KEY (epoch, split, name));
CREATE TABLE IF NOT EXISTS tables (
    epoch INTEGER NOT NULL, split TEXT NOT NULL, name TEXT NOT NULL,
    rows INTEGER NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (epoch, split, name));
CREATE TABLE IF NOT EXISTS rates (
    step INTEGER NOT NULL, optimiser TEXT NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (step, optimiser));
"""

_FACT = "INSERT OR REPLACE INTO info VALUES (?, ?)"
_FIGURE = "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?)"
_TABLE = "INSERT OR REPLACE INTO tables VALUES (?, ?, ?, ?, ?)"

#: Seconds between two commits of a record that is read from other machines. Without WAL each
#: waits for the disk, some 13 ms, and the other processes of the run wait for this one.
_COMMIT_S = 1.0
#: So many files that could not be read are kept by name.
_NAMED = 1000

#: An epoch and the value there.
Point = tuple[int, float]
#: By figure: epochs, and the value at each.
Figures = dict[str, tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]


class RecordError(ValueError):
    """A record that cannot be read or written, as one plain sentence."""


class Record:
    """Writer and reader of one run's figures; use one object a thread."""

    def __init__(self, path: Path, write: bool = False, afar: bool = False) -> None:
        """afar: it is read from other machines, where what WAL needs is not shared.

        What is written then may be held back for a second, until `keep`, `info` or `close`.
        """
        self._path, self._afar = path, afar
        self._kept_at = 0.0
        try:
            if write:
                self._base = sqlite3.connect(path, timeout=5, check_same_thread=False)
                self._base.execute(f"PRAGMA journal_mode={'DELETE' if afar else 'WAL'}")
                self._base.execute("PRAGMA synchronous=NORMAL")
                self._base.executescript(_SCHEMA)
            else:
                if not path.exists():
                    raise RecordError(f"{path.parent} holds no record of a run.")
                self._base = sqlite3.connect(path, timeout=5, check_same_thread=False)
                self._base.execute("PRAGMA query_only=ON")
            # Half a megabyte of pages: the end is written, and what is read is read once.
            self._base.execute("PRAGMA cache_size=-512")
        except sqlite3.Error as error:
            raise self._failure(error) from None

    def close(self) -> None:
        """Close the file; what was written stays."""
        with suppress(RecordError):
            self.keep()
        self._base.close()

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # --- writing -----------------------------------------------------------------------

    def steps(self, event: Steps) -> None:
        """Keep the losses of some steps."""
        rows = [
            (name, event.first, np.asarray(values, np.float32).tobytes())
            for name, values in event.losses.items()
        ]
        self._write(("INSERT OR REPLACE INTO losses VALUES (?, ?, ?)", rows))

    def epoch(self, event: EpochDone) -> None:
        """Keep what an epoch reached; who reads beside finds all of it or nothing."""
        figures = [
            *_figures(event.epoch, "train", event.train),
            *_figures(event.epoch, "validation", event.validation),
        ]
        tables = _tables(event.epoch, "validation", event.tables)
        self._write((_FIGURE, figures), (_TABLE, tables))

    def finished(self, event: Finished) -> None:
        """Keep what the test split gave."""
        figures = _figures(event.epoch, "test", event.test)
        self._write((_FIGURE, figures), (_TABLE, _tables(event.epoch, "test", event.tables)))

    def rate(self, step: int, optimiser: str, value: float) -> None:
        """Keep that from `step` on an optimiser works at another rate."""
        self._write(("INSERT OR REPLACE INTO rates VALUES (?, ?, ?)", [(step, optimiser, value)]))

    def info(self, **values: object) -> None:
        """Keep plain facts such as ``state``, and when."""
        rows = [(key, str(value)) for key, value in (*values.items(), ("changed", time.time()))]
        self._write((_FACT, rows))
        self.keep()

    def keep(self) -> None:
        """Let everything that was written be in the file now."""
        try:
            with self._base:  # commits, or takes all of it back
                self._kept_at = time.monotonic()
        except sqlite3.Error as error:
            raise self._failure(error) from None

    def skipped(self, bad: Sequence[tuple[str, str]]) -> None:
        """Keep what could not be read: names and reasons, in place of what was kept before."""
        self.info(skipped=json.dumps(bad[:_NAMED]), skipped_count=len(bad))

    def cut(self, step: int, epoch: int) -> None:
        """Forget what lies after `step` steps and `epoch` epochs: a resumed run redoes it.

        The fact ``cuts`` counts how often, for who reads only what is new.
        """
        gone, kept = list[tuple[str, int]](), list[tuple[str, int, bytes]]()
        for name, first, values in self._read(
            "SELECT objective, first, value FROM losses WHERE first + length(value) / 4 > ?", step
        ):
            gone.append((name, first))
            if first < step:
                kept.append((name, first, values[: 4 * (step - first)]))
        clause = "epoch > ? OR split = 'test'"
        cuts = int(self.facts().get("cuts", 0)) + 1
        self._write(
            ("DELETE FROM losses WHERE objective = ? AND first = ?", gone),
            ("INSERT INTO losses VALUES (?, ?, ?)", kept),
            (f"DELETE FROM epochs WHERE {clause}", [(epoch,)]),
            (f"DELETE FROM tables WHERE {clause}", [(epoch,)]),
            ("DELETE FROM rates WHERE step > ?", [(step,)]),
            (_FACT, [("cuts", str(cuts))]),
        )

    # --- reading -----------------------------------------------------------------------

    def facts(self) -> dict[str, str]:
        """Everything `info` kept."""
        return dict(self._read("SELECT key, value FROM info"))

    def length(self) -> int:
        """How many steps there are."""
        found = self._read("SELECT max(first + length(value) / 4) FROM losses")
        return int(found[0][0] or 0) if found else 0

    def chunks(self, since: int = 0) -> Iterator[tuple[str, int, Floats]]:
        """Losses from step `since` on, a piece at a time: objective, first step, values."""
        # The length of a value is read without the value, so few new chunks are quick to find.
        for name, first, value in self._rows(
            "SELECT objective, first, value FROM losses"
            " WHERE first + length(value) / 4 > ? ORDER BY first",
            since,
        ):
            cut = max(since - first, 0)
            yield name, first + cut, np.frombuffer(value, np.float32)[cut:]

    def losses(self, since: int = 0) -> dict[str, tuple[npt.NDArray[np.int64], Floats]]:
        """By objective: steps from `since` on and the loss at each, for those that have any."""
        chunks: dict[str, list[tuple[int, Floats]]] = {}
        for name, first, values in self.chunks(since):
            chunks.setdefault(name, []).append((first, values))
        return {
            name: (
                np.concatenate([np.arange(first, first + len(v)) for first, v in parts]),
                np.concatenate([v for _, v in parts]),
            )
            for name, parts in chunks.items()
        }

    def figures(self, split: str = "validation", since: int = 0) -> Figures:
        """By figure: epochs from `since` on and the value at each, in order.

        split: train, validation or test.
        """
        found: dict[str, tuple[array[int], array[float]]] = {}
        # Numbers go into arrays as they come: short epochs make hundreds of thousands.
        for name, epoch, value in self._rows(
            "SELECT name, epoch, value FROM epochs WHERE split = ? AND epoch >= ? ORDER BY epoch",
            split,
            since,
        ):
            if name not in found:
                found[name] = array("q"), array("d")
            epochs, values = found[name]
            epochs.append(epoch)
            values.append(math.nan if value is None else value)
        return {
            name: (np.frombuffer(epochs, np.int64), np.frombuffer(values, np.float64))
            for name, (epochs, values) in found.items()
        }

    def epochs(self, split: str = "validation", since: int = 0) -> dict[str, list[Point]]:
        """By figure: (epoch, value) in order, from epoch `since` on."""
        return {
            name: list(zip(epochs.tolist(), values.tolist(), strict=True))
            for name, (epochs, values) in self.figures(split, since).items()
        }

    def named(self, split: str) -> list[str]:
        """The figures of a split, in the order in which they came, whatever epochs have them."""
        names = self._read("SELECT DISTINCT name FROM epochs WHERE split = ?", split)
        return sorted((n for (n,) in names), key=lambda n: (self._end(split, n, "ASC")[0], n))

    def latest(self, split: str) -> dict[str, Point]:
        """By figure: its latest epoch and the value there."""
        return {name: self._end(split, name, "DESC") for name in self.named(split)}

    def lowest(self, split: str, name: str) -> int | None:
        """The epoch where a figure was least, the first of several; None if it never was a number.

        What is not finite is no number.
        """
        found = self._read(
            "SELECT epoch FROM epochs WHERE split = ? AND name = ? AND abs(value) < 9e999"
            " ORDER BY value, epoch LIMIT 1",
            split,
            name,
        )
        return int(found[0][0]) if found else None

    def at(self, epoch: int, split: str = "validation") -> dict[str, float]:
        """The figures of one epoch."""
        found = self._read(
            "SELECT name, value FROM epochs WHERE epoch = ? AND split = ? ORDER BY name",
            epoch,
            split,
        )
        return {name: math.nan if value is None else value for name, value in found}

    def tables(self, split: str = "validation") -> dict[str, npt.NDArray[np.float64]]:
        """By name: the table of the latest epoch."""
        names = self._read("SELECT DISTINCT name FROM tables WHERE split = ? ORDER BY name", split)
        found = {}
        for (name,) in names:  # not all of a long run, of which the last is kept
            ((rows, value),) = self._read(
                "SELECT rows, value FROM tables WHERE split = ? AND name = ?"
                " ORDER BY epoch DESC LIMIT 1",
                split,
                name,
            )
            found[name] = np.frombuffer(value, np.float64).reshape(rows, -1)
        return found

    def rates(self) -> list[tuple[int, str, float]]:
        """(step, optimiser, rate) of every change, in order."""
        return self._read("SELECT step, optimiser, value FROM rates ORDER BY step")

    def bad(self) -> tuple[list[tuple[str, str]], int]:
        """What could not be read: the first names with their reasons, and how many there are."""
        facts = self.facts()
        named = json.loads(facts.get("skipped", "[]"))
        return [(str(n), str(r)) for n, r in named], int(facts.get("skipped_count", 0))

    def _end(self, split: str, name: str, order: str) -> Point:
        """The first (ASC) or last (DESC) epoch of a figure, and its value: quick by the key."""
        ((epoch, value),) = self._read(
            "SELECT epoch, value FROM epochs WHERE split = ? AND name = ?"
            f" ORDER BY epoch {order} LIMIT 1",
            split,
            name,
        )
        return int(epoch), math.nan if value is None else float(value)

    # --- the file ----------------------------------------------------------------------

    def _write(self, *changes: tuple[str, Sequence[tuple[Any, ...]]]) -> None:
        """Make some changes, all or none: statements and their rows."""
        try:
            for statement, rows in changes:
                if rows:
                    self._base.executemany(statement, rows)
        except sqlite3.Error as error:
            with suppress(sqlite3.Error):
                self._base.rollback()
            raise self._failure(error) from None
        if not self._afar or time.monotonic() - self._kept_at >= _COMMIT_S:
            self.keep()

    def _rows(self, statement: str, *values: object) -> Iterator[Any]:
        try:
            yield from self._base.execute(statement, values)
        except sqlite3.Error as error:
            raise self._failure(error) from None

    def _read(self, statement: str, *values: object) -> list[Any]:
        return list(self._rows(statement, *values))

    def _failure(self, error: sqlite3.Error) -> RecordError:
        what = str(error)
        if "full" in what or "I/O" in what:
            return RecordError(
                f"The disk is full, so the run's record {self._path} was not written; "
                "free some space and resume the run."
            )
        if "readonly" in what or "unable to open" in what:
            return RecordError(f"{self._path} cannot be written; choose another folder for runs.")
        if "malformed" in what or "not a database" in what or "no such" in what:
            return RecordError(f"{self._path} is damaged; the checkpoints beside it still load.")
        return RecordError(f"The run's record {self._path} cannot be used: {what}.")


def _figures(epoch: int, split: str, values: Mapping[str, float]) -> list[tuple[Any, ...]]:
    return [(epoch, split, name, value) for name, value in values.items()]


def _tables(
    epoch: int, split: str, tables: Mapping[str, npt.NDArray[np.float64]]
) -> list[tuple[Any, ...]]:
    return [
        (epoch, split, name, len(t), np.asarray(t, np.float64).tobytes())
        for name, t in tables.items()
    ]

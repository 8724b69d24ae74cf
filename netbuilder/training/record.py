"""What a run reported, in one SQLite file that can be read while it is written.

Losses are kept a chunk a row (first step, float32 values): thousands of steps a second
make a handful of rows. Journal mode WAL lets readers work beside the one writer and
survives a killed process.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
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


#: So many files that could not be read are kept by name.
_NAMED = 1000


class RecordError(ValueError):
    """A record that cannot be read or written, as one plain sentence."""


class Record:
    """Writer and reader of one run's figures; use one object a thread."""

    def __init__(self, path: Path, write: bool = False, afar: bool = False) -> None:
        """afar: it is read from other machines, where what WAL needs is not shared."""
        self._path = path
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
        except sqlite3.Error as error:
            raise self._failure(error) from None

    def close(self) -> None:
        """Close the file; what was written stays."""
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
        self._write("INSERT OR REPLACE INTO losses VALUES (?, ?, ?)", rows)

    def epoch(self, event: EpochDone) -> None:
        """Keep what an epoch reached."""
        self._scalars(event.epoch, "train", event.train)
        self._scalars(event.epoch, "validation", event.validation)
        self._tables(event.epoch, "validation", event.tables)

    def finished(self, event: Finished) -> None:
        """Keep what the test split gave."""
        self._scalars(event.epoch, "test", event.test)
        self._tables(event.epoch, "test", event.tables)

    def rate(self, step: int, optimiser: str, value: float) -> None:
        """Keep that from `step` on an optimiser works at another rate."""
        self._write("INSERT OR REPLACE INTO rates VALUES (?, ?, ?)", [(step, optimiser, value)])

    def info(self, **values: object) -> None:
        """Keep plain facts such as ``state``, and when."""
        rows = [(key, str(value)) for key, value in (*values.items(), ("changed", time.time()))]
        self._write("INSERT OR REPLACE INTO info VALUES (?, ?)", rows)

    def skipped(self, bad: Sequence[tuple[str, str]]) -> None:
        """Keep what could not be read: names and reasons, in place of what was kept before."""
        self.info(skipped=json.dumps(bad[:_NAMED]), skipped_count=len(bad))

    def cut(self, step: int, epoch: int) -> None:
        """Forget what lies after `step` steps and `epoch` epochs: a resumed run redoes it."""
        for name, first, values in self._read(
            "SELECT objective, first, value FROM losses WHERE first + length(value) / 4 > ?", step
        ):
            kept = np.frombuffer(values, np.float32)[: max(0, step - first)]
            key = (name, first)
            self._write("DELETE FROM losses WHERE objective = ? AND first = ?", [key])
            if len(kept):
                self._write("INSERT INTO losses VALUES (?, ?, ?)", [(*key, kept.tobytes())])
        for table in ("epochs", "tables"):
            clause = "epoch > ? OR split = 'test'"
            self._write(f"DELETE FROM {table} WHERE {clause}", [(epoch,)])
        self._write("DELETE FROM rates WHERE step > ?", [(step,)])

    def _scalars(self, epoch: int, split: str, values: Mapping[str, float]) -> None:
        rows = [(epoch, split, name, value) for name, value in values.items()]
        self._write("INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?)", rows)

    def _tables(
        self, epoch: int, split: str, tables: Mapping[str, npt.NDArray[np.float64]]
    ) -> None:
        rows = [
            (epoch, split, name, len(t), np.asarray(t, np.float64).tobytes())
            for name, t in tables.items()
        ]
        self._write("INSERT OR REPLACE INTO tables VALUES (?, ?, ?, ?, ?)", rows)

    # --- reading -----------------------------------------------------------------------

    def facts(self) -> dict[str, str]:
        """Everything `info` kept."""
        return dict(self._read("SELECT key, value FROM info"))

    def losses(self, since: int = 0) -> dict[str, tuple[npt.NDArray[np.int64], Floats]]:
        """By objective: steps from `since` on and the loss at each, for those that have any."""
        chunks: dict[str, list[tuple[int, Floats]]] = {}
        # The length of a value is read without the value, so few new chunks are quick to find.
        for name, first, value in self._read(
            "SELECT objective, first, value FROM losses"
            " WHERE first + length(value) / 4 > ? ORDER BY first",
            since,
        ):
            cut = max(since - first, 0)
            chunk = np.frombuffer(value, np.float32)[cut:]
            chunks.setdefault(name, []).append((first + cut, chunk))
        return {
            name: (
                np.concatenate([np.arange(first, first + len(v)) for first, v in parts]),
                np.concatenate([v for _, v in parts]),
            )
            for name, parts in chunks.items()
        }

    def epochs(self, split: str = "validation") -> dict[str, list[tuple[int, float]]]:
        """By figure: (epoch, value) in order. split: train, validation or test."""
        found: dict[str, list[tuple[int, float]]] = {}
        for name, epoch, value in self._read(
            "SELECT name, epoch, value FROM epochs WHERE split = ? ORDER BY epoch", split
        ):
            found.setdefault(name, []).append((epoch, float("nan") if value is None else value))
        return found

    def tables(self, split: str = "validation") -> dict[str, npt.NDArray[np.float64]]:
        """By name: the table of the latest epoch."""
        return {
            name: np.frombuffer(value, np.float64).reshape(rows, -1)
            for name, rows, value in self._read(
                "SELECT name, rows, value FROM tables WHERE split = ? ORDER BY epoch", split
            )
        }

    def rates(self) -> list[tuple[int, str, float]]:
        """(step, optimiser, rate) of every change, in order."""
        return self._read("SELECT step, optimiser, value FROM rates ORDER BY step")

    def bad(self) -> tuple[list[tuple[str, str]], int]:
        """What could not be read: the first names with their reasons, and how many there are."""
        facts = self.facts()
        named = json.loads(facts.get("skipped", "[]"))
        return [(str(n), str(r)) for n, r in named], int(facts.get("skipped_count", 0))

    # --- the file ----------------------------------------------------------------------

    def _write(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        try:
            with self._base:
                self._base.executemany(statement, rows)
        except sqlite3.Error as error:
            raise self._failure(error) from None

    def _read(self, statement: str, *values: object) -> list[Any]:
        try:
            return self._base.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._failure(error) from None

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

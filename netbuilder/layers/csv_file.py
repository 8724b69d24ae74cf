"""Reads a CSV file of numbers with one target column; every fault has a row and a column.

Rows are counted as a spreadsheet counts them: from 1, the header and empty rows included.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Literal

from netbuilder.layers.late import csv
from netbuilder.layers.roles import DataError
from netbuilder.layers.spec import ParamError
from netbuilder.layers.text_file import read, stamp

Task = Literal["auto", "classes", "number"]
#: A column of whole numbers with so few different ones is taken for classes.
FEW = 20
_MOST_CLASSES = 1000


@dataclass(frozen=True, slots=True)
class Scan:
    """What a table holds.

    features: names of the feature columns. target: name of the target column.
    classes: the texts of the target column in order, or () if it holds numbers.
    aside: names of columns that are neither.
    """

    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    rows: int
    aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its place in the file, its features; target and columns aside as written."""

    number: int
    features: list[float]
    target: str
    aside: list[str]


def scanned(path: Path, target: str = "", task: Task = "auto", aside: str = "") -> Scan:
    """Columns, classes and rows of a table, remembered until the file changes.

    Raises DataError for a fault in the file and ParamError for a target it does not have.
    """
    return _scanned(path, stamp(path), target, task, aside)


@lru_cache(maxsize=32)
def _scanned(path: Path, stamp: tuple[int, int], target: str, task: Task, aside: str) -> Scan:
    table = Table(path, target, aside)
    numbers: set[float] = set()
    labels: set[str] = set()
    word: tuple[int, str] | None = None  # the first target that is no number
    rows = 0
    for row in table.rows():
        rows += 1
        value = table.number(row.target)
        if value is None:
            word = word or (row.number, row.target)
        elif len(numbers) <= FEW:
            numbers.add(value)
        if len(labels) <= _MOST_CLASSES:
            labels.add(table.label(row.target))
    if not rows:
        raise DataError(f"The file {path.name} has no rows of numbers: choose another file.")
    many = len(numbers) > FEW or any(n != int(n) for n in numbers) or 2 * len(numbers) > rows
    if task == "number" or (task == "auto" and many):
        if word is not None:
            raise table.fault(word[0], table.target, word[1], "a number")
        return Scan(table.features, table.target, (), rows, table.aside)
    if len(labels) < 2 or len(labels) > _MOST_CLASSES:
        count = "only one value" if len(labels) < 2 else f"more than {_MOST_CLASSES} values"
        raise DataError(
            f"The column {table.target} of {path.name} holds {count}: "
            "choose another target in the Data node."
        )
    order = sorted(labels, key=lambda text: (table.number(text) or 0.0, text))
    return Scan(table.features, table.target, tuple(order), rows, table.aside)


class Table:
    """A table opened for reading: its columns now, its rows one by one.

    Raises DataError if the file is missing, empty, not UTF-8 or has one column only, and
    ParamError if it has no column called `target` or one that is to stand aside.
    """

    def __init__(self, path: Path, target: str = "", aside: str = "") -> None:
        self.path = path
        self._text = read(path)
        first = next((line for line in io.StringIO(self._text) if line.strip()), "")
        self.separator = max(",;\t", key=first.count)
        header, second, *_ = [cells for _, cells in islice(self._cells(), 2)] + [[], []]
        if not header:
            raise DataError(f"The file {path.name} is empty: choose another in the Data node.")
        self._named = self._is_header(header, second)
        self.columns = [
            cell if self._named and cell else f"column {i + 1}" for i, cell in enumerate(header)
        ]
        if len(self.columns) < 2:
            raise DataError(
                f"The file {path.name} has one column only: a table needs features and a target, "
                "with commas, semicolons or tabs between them."
            )
        twice = next((c for c in self.columns if self.columns.count(c) > 1), None)
        if twice is not None:
            raise DataError(f"The file {path.name} has two columns called {twice}: rename one.")
        self.target = target.strip() or self.columns[-1]
        if self.target not in self.columns:
            known = ", ".join(self.columns[:12]) + (" …" if len(self.columns) > 12 else "")
            raise ParamError(
                "target", f"{path.name} has no column {self.target}; its columns are {known}."
            )
        self.aside = tuple(dict.fromkeys(c for c in map(str.strip, aside.split(",")) if c))
        for column in self.aside:
            if column not in self.columns or column == self.target:
                known = ", ".join(c for c in self.columns[:12] if c != self.target)
                raise ParamError(
                    "aside", f"{path.name} has no column {column} to set aside; it has {known}."
                )
        self.features = tuple(c for c in self.columns if c not in (self.target, *self.aside))
        if not self.features:
            raise ParamError("aside", f"No column of {path.name} is left as a feature.")

    def rows(self) -> Iterator[Row]:
        """Every row below the header. Raises DataError at the first fault."""
        place = {column: i for i, column in enumerate(self.columns)}
        cells = self._cells()
        if self._named:
            next(cells)
        for number, row in cells:
            if len(row) != len(self.columns):
                raise DataError(
                    f"{self.path.name}, row {number}: it has {len(row)} cells where the first "
                    f"row has {len(self.columns)}; mend this row in the file."
                )
            target = row[place[self.target]]
            if not target or target.lower() in ("nan", "inf", "-inf"):
                raise self.fault(number, self.target, target, "a class or a number")
            values = []
            for column in self.features:
                cell = row[place[column]]
                value = self.number(cell)
                if value is None:
                    raise self.fault(number, column, cell, "a number")
                values.append(value)
            yield Row(number, values, target, [row[place[column]] for column in self.aside])

    def number(self, cell: str) -> float | None:
        """A cell as a finite number, or None."""
        if self.separator == ";":
            cell = cell.replace(",", ".")
        try:
            value = float(cell)
        except ValueError:
            return None
        return value if math.isfinite(value) and "_" not in cell else None

    def label(self, cell: str) -> str:
        """A target cell as a class: 1 and 1.0 are the same one."""
        value = self.number(cell)
        return cell if value is None else f"{value:.15g}"

    def fault(self, row: int, column: str, cell: str, wanted: str) -> DataError:
        """A cell that does not fit, by row and column."""
        there = f"{cell[:40]!r} is not {wanted}" if cell else "the cell is empty"
        return DataError(
            f"{self.path.name}, row {row}, column {column}: {there}; "
            "mend this cell in the file, leave its row out, or set its column aside."
        )

    def _is_header(self, first: list[str], second: list[str]) -> bool:
        """Whether the first row names the columns: all words, or words above numbers."""
        words = [bool(cell) and self.number(cell) is None for cell in first]
        above = zip(words, second, strict=False)
        return (any(words) and not any(self.number(cell) is not None for cell in first)) or any(
            word and self.number(cell) is not None for word, cell in above
        )

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that are not empty, with their numbers, blanks around cells removed."""
        reader = csv.reader(
            io.StringIO(self._text), delimiter=self.separator, skipinitialspace=True
        )
        number = 0
        try:
            for number, row in enumerate(reader, 1):
                cells = [cell.strip() for cell in row]
                if any(cells):
                    yield number, cells
        except csv.Error as error:
            raise DataError(f"{self.path.name}, row {number + 1}: {error}.") from None

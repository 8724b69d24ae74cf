"""A person's own files: texts and tables. What they hold decides the shapes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from netbuilder.layers import csv_file, text_file
from netbuilder.layers.roles import DataError, DataSet
from netbuilder.layers.shape import B, Dim, TensorSpec
from netbuilder.layers.spec import ParamError, param
from netbuilder.resources import asset

#: So many characters in all windows together are a gigabyte on a device.
_LARGEST = 100_000_000


class Text(DataSet):
    """Windows of characters from a text, and the character that comes after each.

    tokens (B, T): the number of each character; next (B, T): the same one further on, what
    a language model is to say. T is the context. The vocabulary is the characters that occur
    in the file. Without a file it is "Pride and Prejudice" by Jane Austen (1813).
    """

    kind, title = "text", "Text"
    use = "To train a language model on a text of your own, character by character."
    mistakes = (
        "A stride below the context makes windows that share most of their characters with the "
        "test set.",
    )
    cites = "APS360, week 7"
    loader = "netbuilder.data.text:text"

    path: str = param("", path=True, label="File", help="A text file in UTF-8.")
    context: int = param(64, min=2, max=4096, help="Characters in a window, T.")
    stride: int | None = param(
        None,
        min=1,
        help="Characters from one window to the next; without one, windows do not overlap.",
    )

    @property
    def step(self) -> int:
        """Characters from the start of a window to that of the next."""
        return self.stride or self.context

    def file(self) -> Path:
        return Path(self.path).expanduser() if self.path else asset("text/pride_and_prejudice.txt")

    def fields(self) -> Mapping[str, TensorSpec]:
        scan = text_file.scanned(self.file())
        if scan.length <= self.context:
            raise DataError(
                f"The file {self.file().name} has {scan.length} characters, which is less than "
                f"one window of {self.context} and the character after it: choose a longer text "
                f"or a shorter context."
            )
        windows = (scan.length - 1 - self.context) // self.step + 1
        if windows * self.context > _LARGEST:
            raise ParamError(
                "stride",
                f"{windows:,} windows of {self.context} characters are too many: make the "
                f"stride at least {scan.length * self.context // _LARGEST + 1}.",
            )
        spec = TensorSpec((B, Dim("T", self.context)), "int64", len(scan.vocabulary))
        return {"tokens": spec, "next": spec}

    def class_names(self, field: str) -> tuple[str, ...]:
        """The characters, in the order of their numbers."""
        return tuple(text_file.scanned(self.file()).vocabulary)

    def output_ports(self) -> tuple[str, ...]:
        return ("tokens", "next")

    def summary(self) -> str:
        return f"{self.file().stem[:12]} · {self.context}"


class CSV(DataSet):
    """A table of numbers from a CSV file; one column is what the network is to say.

    features (B, columns): every other column; then label (B,) if the target column holds
    texts or few whole numbers, target (B, 1) if it holds numbers. The first row may name
    the columns. Comma, semicolon or tab apart; with semicolons, 1,5 is a number too.
    """

    kind, title = "csv", "CSV table"
    use = "Any table of numbers you have as a file."
    mistakes = ("A column that was made from the answer lets a model look perfect and be useless.",)
    loader = "netbuilder.data.csv_table:csv_table"

    path: str = param("", path=True, label="File", help="A CSV file in UTF-8.")
    target: str = param("", help="Name of the column to predict; without one, the last.")
    task: Literal["auto", "classes", "number"] = param(
        "auto", help="Whether the target is a class or a number; auto looks at the file."
    )
    standardise: bool = param(
        True, help="Bring every column of numbers to mean 0 and deviation 1, the target too."
    )
    aside: str = param(
        "",
        label="Set aside",
        help="Columns that are no features, commas between: a patient, a date, a part. Rows can "
        "be split by them.",
    )

    def file(self) -> Path | None:
        return Path(self.path).expanduser() if self.path else None

    def scan(self) -> csv_file.Scan:
        """What the file holds. Raises DataError or ParamError with file, row and column."""
        file = self.file()
        if file is None:
            raise DataError("No file is chosen yet: choose a CSV file in the Data node.")
        return csv_file.scanned(file, self.target, self.task, self.aside)

    def fields(self) -> Mapping[str, TensorSpec]:
        scan = self.scan()
        features = TensorSpec((B, len(scan.features)))
        if scan.classes:
            return {"features": features, "label": TensorSpec((B,), "int64", len(scan.classes))}
        return {"features": features, "target": TensorSpec((B, 1))}

    def class_names(self, field: str) -> tuple[str, ...]:
        return self.scan().classes if field == "label" else ()

    def output_ports(self) -> tuple[str, ...]:
        """All that a table may have while the file cannot be read, so that wires stay."""
        try:
            return tuple(self.fields())
        except (DataError, ParamError):
            return ("features", "label", "target")

    def summary(self) -> str:
        file = self.file()
        return file.stem[:19] if file else "no file"

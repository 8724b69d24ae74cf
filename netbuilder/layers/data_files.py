"""A person's own files: texts and tables. What they hold decides the shapes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from netbuilder.layers import csv_file, text_file
from netbuilder.layers.roles import DataError, DataSet
from netbuilder.layers.shape import B, Dim, TensorSpec
from netbuilder.layers.spec import ParamError, param
from netbuilder.layers.text_words import UNKNOWN, piece_scan
from netbuilder.resources import asset

#: So many tokens in all windows together are a gigabyte on a device.
_LARGEST = 100_000_000


class Text(DataSet):
    """Windows of characters or words from a text, and what comes after each of them.

    tokens (B, T): the number of each character or word; next (B, T): the same one further on,
    what a language model is to say. T is the context. The vocabulary is the characters that
    occur in the file, or its most frequent words in lower case with numbers and signs; number
    0 is then ``<unk>``, which stands for every other word. Without a file it is "Pride and
    Prejudice" by Jane Austen (1813).
    """

    kind, title = "text", "Text"
    also = "characters words vocabulary unknown token language model"
    use = "To train a language model on a text of your own, character by character or by words."
    mistakes = (
        "A stride below the context makes windows that share most of their characters with the "
        "test set.",
        "Perplexities by words and by characters cannot be compared: there are more words to "
        "choose from than characters.",
        "A small vocabulary makes words easier to guess, because many of them are <unk>.",
    )
    cites = "APS360, week 7"
    loader = "netbuilder.data.text:text"

    path: str = param("", path=True, label="File", help="A text file in UTF-8.")
    unit: Literal["characters", "words"] = param("characters", help="What one token is.")
    vocabulary: int = param(
        10_000,
        min=2,
        max=1_000_000,
        help="Of words: how many are told apart, with <unk>; the most frequent ones are.",
    )
    context: int = param(64, min=2, max=4096, help="Characters or words in a window, T.")
    stride: int | None = param(
        None,
        min=1,
        help="Characters or words from one window to the next; without one, windows do not "
        "overlap.",
    )

    @property
    def step(self) -> int:
        """Tokens from the start of a window to that of the next."""
        return self.stride or self.context

    @property
    def spaced(self) -> bool:
        return self.unit == "words"

    def tokens(self) -> tuple[str, ...]:
        """The vocabulary, in the order of the numbers. Raises DataError."""
        if not self.spaced:
            return tuple(text_file.scanned(self.file()).vocabulary)
        counts = piece_scan(self.file()).counts
        return (UNKNOWN, *(word for word, _ in counts[: self.vocabulary - 1]))

    def file(self) -> Path:
        return Path(self.path).expanduser() if self.path else asset("text/pride_and_prejudice.txt")

    def fields(self) -> Mapping[str, TensorSpec]:
        file = self.file()
        length = (piece_scan(file) if self.spaced else text_file.scanned(file)).length
        if length <= self.context:
            raise DataError(
                f"The file {file.name} has {length} {self.unit}, which is less than one window "
                f"of {self.context} and the {self.unit[:-1]} after it: choose a longer text or a "
                "shorter context."
            )
        windows = (length - 1 - self.context) // self.step + 1
        if windows * self.context > _LARGEST:
            raise ParamError(
                "stride",
                f"{windows:,} windows of {self.context} {self.unit} are too many: make the "
                f"stride at least {length * self.context // _LARGEST + 1}.",
            )
        spec = TensorSpec((B, Dim("T", self.context)), "int64", len(self.tokens()))
        return {"tokens": spec, "next": spec}

    def class_names(self, field: str) -> tuple[str, ...]:
        """The characters or words, in the order of their numbers."""
        return self.tokens()

    def output_ports(self) -> tuple[str, ...]:
        return ("tokens", "next")

    def summary(self) -> str:
        words = " words" if self.spaced else ""
        return f"{self.file().stem[: 12 - len(words)]} · {self.context}{words}"


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

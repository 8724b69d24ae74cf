"""Sequences of several lengths, made up: what is to be said of them follows from a rule.

A row is filled up with token 0; 1 begins a sequence that is to be said and 2 ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from netbuilder.layers.brief import brief
from netbuilder.layers.roles import DataSet
from netbuilder.layers.shape import B, Dim, TensorSpec
from netbuilder.layers.spec import ParamError, param

#: Tokens that every such data set has before those of its own: fills up, begins, ends.
SPECIAL = ("<pad>", "<bos>", "<eos>")
_SEED = "Another number gives other sequences."
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Translated(DataSet, abstract=True):
    """What data of a sequence in and a sequence out share: their fields."""

    samples: int = param(4000, min=8, max=200_000, help="How many pairs of sequences.")
    seed: int = param(0, min=0, max=2**31 - 1, help=_SEED)

    @property
    def tokens(self) -> tuple[str, ...]:
        """Every token by its number."""
        raise TypeError(f"{self.kind} declares no tokens")

    @property
    def longest_source(self) -> int:
        """Most tokens of what is read."""
        raise TypeError(f"{self.kind} declares no sizes")

    @property
    def longest_target(self) -> int:
        """Most tokens of what is said, without the one that ends it."""
        raise TypeError(f"{self.kind} declares no sizes")

    def fields(self) -> Mapping[str, TensorSpec]:
        vocabulary = len(self.tokens)
        read = TensorSpec((B, Dim("S", self.longest_source)), "int64", vocabulary)
        said = TensorSpec((B, Dim("T", self.longest_target + 1)), "int64", vocabulary)
        return {
            "tokens": read,
            "lengths": TensorSpec((B,), "int64", self.longest_source + 1),
            "before": said,
            "target": said,
        }

    def output_ports(self) -> tuple[str, ...]:
        return ("tokens", "lengths", "before", "target")

    def class_names(self, field: str) -> tuple[str, ...]:
        return () if field == "lengths" else self.tokens


class SymbolSequences(Translated):
    """Rows of letters to be said again: as they are, backwards or in order.

    tokens (B, S): letters, filled up with <pad>; lengths (B): how many are real; before
    (B, T): <bos> and what is to be said, a decoder's input; target (B, T): what is to be said
    and <eos>, then <pad>, which a loss should ignore. T is S + 1. All rows differ where enough
    different ones are possible.
    """

    kind, title = "symbol_sequences", "Letter sequences"
    also = "copy reverse sort toy task seq2seq encoder decoder BOS EOS"
    use = "See within seconds whether an encoder and a decoder with attention learn."
    mistakes = ("Without Ignore label 0 the loss also counts what fills up the rows.",)
    cites = "APS360, week 8; Sutskever et al. 2014; Graves et al. 2014 (copy)"
    loader = "netbuilder.data.sequences:letters"

    task: Literal["copy", "reverse", "sort"] = param(
        "reverse", help="What is to be said: the same, the same backwards, or in order."
    )
    symbols: int = param(8, min=2, max=26, help="How many different letters.")
    shortest: int = param(3, min=1, max=500, help="Fewest letters.")
    longest: int = param(8, min=1, max=500, help="Most letters, S.")

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*SPECIAL, *_LETTERS[: self.symbols])

    @property
    def longest_source(self) -> int:
        return self.longest

    @property
    def longest_target(self) -> int:
        return self.longest

    def fields(self) -> Mapping[str, TensorSpec]:
        spanning(self.shortest, self.longest)
        return super().fields()

    def summary(self) -> str:
        return brief(self.task, f"{self.shortest}–{self.longest}")


class Addition(Translated):
    """Sums written out, ``12+345=``, whose digits are to be said: ``357``.

    tokens (B, S): the sum, filled up with <pad>; lengths (B); before (B, T): <bos> and the
    result, a decoder's input; target (B, T): the result and <eos>, then <pad>. Backwards, the
    last digit comes first, so that a carry is known before it is needed.
    """

    kind, title = "addition", "Addition"
    also = "arithmetic sums digits seq2seq toy task learning to execute"
    use = "A task for an encoder and a decoder that takes more than copying: carries must be found."
    mistakes = ("Said from its first digit on, every carry must be known before it is computed.",)
    cites = "Zaremba and Sutskever 2014; Sutskever et al. 2014"
    loader = "netbuilder.data.sequences:addition"

    digits: int = param(3, min=1, max=9, help="Most digits of each number.")
    backwards: bool = param(False, help="Say the result from its last digit on.")

    @property
    def tokens(self) -> tuple[str, ...]:
        return (*SPECIAL, *"0123456789+=")

    @property
    def longest_source(self) -> int:
        return 2 * self.digits + 2

    @property
    def longest_target(self) -> int:
        return self.digits + 1

    def summary(self) -> str:
        return brief(f"{self.digits} digits", "backwards" if self.backwards else "")


class SequenceClasses(DataSet):
    """Rows of several lengths, each of one class that only all of its tokens together tell.

    tokens (B, T): filled up with <pad>; label (B): the class, each equally often; lengths (B):
    how many tokens are real. parity: whether the number of ones is even or odd. longest run:
    how many equal tokens stand in a row, at most 5 counted. depth: how deep brackets nest, at
    most 5.
    """

    kind, title = "sequence_classes", "Sequence classes"
    also = "parity longest run bracket depth variable length many to one toy task"
    use = "See how far back a recurrent layer or attention remembers, and what lengths are for."
    mistakes = ("Last step without lengths reads what fills up the row.",)
    cites = "Hochreiter and Schmidhuber 1997; Gers and Schmidhuber 2001"
    loader = "netbuilder.data.sequences:classes"

    task: Literal["parity", "longest run", "depth"] = param(
        "longest run", help="What the class says of a row."
    )
    shortest: int = param(6, min=6, max=500, help="Fewest tokens.")
    longest: int = param(16, min=6, max=500, help="Most tokens, T.")
    samples: int = param(4000, min=8, max=200_000, help="How many rows.")
    seed: int = param(0, min=0, max=2**31 - 1, help=_SEED)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes."""
        if self.task == "parity":
            return ("even", "odd")
        first = 0 if self.task == "depth" else 1
        return tuple(str(n) for n in range(first, 6))

    def fields(self) -> Mapping[str, TensorSpec]:
        spanning(self.shortest, self.longest)
        return {
            "tokens": TensorSpec((B, Dim("T", self.longest)), "int64", 3),
            "label": TensorSpec((B,), "int64", len(self.names)),
            "lengths": TensorSpec((B,), "int64", self.longest + 1),
        }

    def output_ports(self) -> tuple[str, ...]:
        return ("tokens", "label", "lengths")

    def class_names(self, field: str) -> tuple[str, ...]:
        if field == "tokens":
            return ("<pad>", *("()" if self.task == "depth" else "01"))
        return self.names if field == "label" else ()

    def summary(self) -> str:
        return brief(self.task, f"{self.shortest}–{self.longest}")


def spanning(shortest: int, longest: int) -> None:
    """The longest is no shorter than the shortest. Raises ParamError."""
    if longest < shortest:
        raise ParamError("longest", f"Longest is at least the shortest, {shortest}, not {longest}.")

"""Data of chance: to see that a network runs, and how large it is, before real data is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from netbuilder.layers.brief import brief
from netbuilder.layers.roles import DataSet
from netbuilder.layers.shape import B, Dim, TensorSpec
from netbuilder.layers.sizes import by
from netbuilder.layers.spec import ParamError, param

_SEED = "Another number gives other values."
#: Numbers that fit into memory beside everything else: 1 GB.
_LARGEST = 250_000_000


class RandomNumbers(DataSet):
    """Numbers of chance of any size with a class of chance: a stand-in for data not yet there.

    values (B, sizes): normal, mean 0 and deviation 1; label (B,): a class, or (B, sizes but
    the first) a class for every place. There is nothing in
    it to learn but by heart, which a large enough network does: a test that training works.
    """

    kind, title = "random_numbers", "Random numbers"
    tex = r"x \sim \mathcal{N}(0,\, 1)"
    use = "To try whether a network runs and how fast, before there are data."
    mistakes = ("There is nothing to learn: a falling training loss only shows memorising.",)
    loader = "netbuilder.data.chance:numbers"

    sizes: tuple[int, ...] = param((3, 32, 32), min=1, help="Sizes of a sample: 3, 224, 224.")
    classes: int = param(10, min=2, max=100_000, help="How many classes the labels have.")
    labels: Literal["sample", "place"] = param(
        "sample", help="sample: one class each; place: a class for every pixel, as for masks."
    )
    samples: int = param(64, min=8, max=1_000_000, help="How many samples.")
    seed: int = param(0, min=0, max=2**31 - 1, help=_SEED)

    def fields(self) -> Mapping[str, TensorSpec]:
        values = self.samples
        for size in self.sizes:
            values *= size
        if values > _LARGEST:
            raise ParamError(
                "samples",
                f"{self.samples:,} samples of {by(self.sizes)} do not fit into memory: take "
                f"{max(8, self.samples * _LARGEST // values):,} or smaller ones.",
            )
        return {
            "values": TensorSpec((B, *self.sizes)),
            "label": TensorSpec(self._places(), "int64", self.classes),
        }

    def _places(self) -> tuple[int, ...]:
        """Sizes of what has a class: the channels of a place have one together."""
        return (B,) if self.labels == "sample" else (B, *self.sizes[1:])

    def summary(self) -> str:
        return brief(by(self.sizes), f"{self.classes} classes")


class RandomTokens(DataSet):
    """Rows of tokens of chance: a stand-in for text not yet there.

    tokens (B, T): whole numbers below the vocabulary; next (B, T): the same a step further on;
    label (B,): a class. Every token is equally likely, so a language model can only guess.
    """

    kind, title = "random_tokens", "Random tokens"
    use = "To try whether a network for text runs and how fast, before there are data."
    mistakes = ("There is nothing to learn: a falling training loss only shows memorising.",)
    loader = "netbuilder.data.chance:tokens"

    vocabulary: int = param(1000, min=2, max=1_000_000, help="How many different tokens.")
    length: int = param(64, min=1, max=65_536, help="Tokens in a row, T.")
    classes: int = param(2, min=2, max=100_000, help="How many classes the labels have.")
    samples: int = param(64, min=8, max=100_000, help="How many rows.")
    seed: int = param(0, min=0, max=2**31 - 1, help=_SEED)

    def fields(self) -> Mapping[str, TensorSpec]:
        if self.samples * self.length > _LARGEST // 2:
            raise ParamError(
                "samples",
                f"{self.samples:,} rows of {self.length:,} tokens do not fit into memory: take "
                f"{max(8, _LARGEST // 2 // self.length):,} or shorter ones.",
            )
        row = TensorSpec((B, Dim("T", self.length)), "int64", self.vocabulary)
        return {"tokens": row, "next": row, "label": TensorSpec((B,), "int64", self.classes)}

    def summary(self) -> str:
        return brief(self.vocabulary, f"{self.length} long")

"""Words of a text with the words around them: what vectors of words are learned from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netbuilder.layers.brief import brief
from netbuilder.layers.roles import DataError, DataSet
from netbuilder.layers.shape import B, TensorSpec
from netbuilder.layers.spec import param
from netbuilder.layers.text_words import word_scan
from netbuilder.resources import asset


class Neighbourhoods(DataSet, abstract=True):
    """What data of words and their neighbours share. Words are numbered by their frequency."""

    path: str = param("", path=True, label="File", help="A text file in UTF-8.")
    window: int = param(4, min=1, max=50, help="How far away a neighbour may stand, in words.")
    min_count: int = param(5, min=1, label="Least count", help="Rarer words are left out.")
    samples: int = param(200_000, min=100, max=5_000_000, help="Most rows; free choice of chance.")
    seed: int = param(0, min=0, max=2**31 - 1, help="Another number draws other rows.")

    def file(self) -> Path:
        return Path(self.path).expanduser() if self.path else asset("text/pride_and_prejudice.txt")

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The words that are kept. Raises DataError if they are too few."""
        kept = word_scan(self.file()).kept(self.min_count)
        if len(kept) < 3:
            raise DataError(
                f"The file {self.file().name} has {len(kept)} words that occur at least "
                f"{self.min_count} times: lower the least count, or choose a longer text."
            )
        return kept

    @property
    def spaced(self) -> bool:
        return True

    def class_names(self, field: str) -> tuple[str, ...]:
        return () if field == "count" else self.vocabulary

    def summary(self) -> str:
        return brief(f"± {self.window} words", self.file().stem[:9])


class Sampled(Neighbourhoods, abstract=True):
    """What the two forms of word2vec share: words of chance beside the right ones."""

    negatives: int = param(5, min=1, max=100, help="Words of chance for each right one, K.")
    subsample: float = param(
        1e-3,
        min=0,
        max=1,
        help="Words more frequent than this share are partly left out; 0: none is.",
    )


class SkipGram(Sampled):
    """A word and one of its neighbours, and some words of chance: word2vec's skip-gram.

    center (B), context (B) a neighbour of it, negatives (B, K) drawn by their frequency to
    the power of ¾. How far a neighbour may stand is drawn for each word, from 1 to the
    window, so near ones are seen more often. Without a file it is "Pride and Prejudice".
    """

    kind, title = "skip_gram", "Skip-gram pairs"
    also = "word2vec SGNS word embeddings negative sampling center context"
    use = "Learn vectors of words with a Negative sampling loss; good for rare words."
    mistakes = ("Negatives share the table of the context, not that of the center.",)
    cites = "APS360, week 7; Mikolov et al. 2013"
    loader = "netbuilder.data.words:skip_gram"

    def fields(self) -> Mapping[str, TensorSpec]:
        words = len(self.vocabulary)
        one = TensorSpec((B,), "int64", words)
        several = TensorSpec((B, self.negatives), "int64", words)
        return {"center": one, "context": one, "negatives": several}

    def output_ports(self) -> tuple[str, ...]:
        return ("center", "context", "negatives")


class CBOW(Sampled):
    """The words around a place, the word that stands there, and some of chance: CBOW.

    context (B, 2·window), center (B), negatives (B, K) drawn by their frequency to the power
    of ¾. The mean of the context's vectors is to tell the word in the middle. Without a file
    it is "Pride and Prejudice".
    """

    kind, title = "cbow", "CBOW windows"
    also = "word2vec continuous bag of words word embeddings"
    use = "Learn vectors of words from all neighbours at once: quicker than skip-gram."
    mistakes = ("Average the vectors of the context, Mean of tokens, before the loss.",)
    cites = "APS360, week 7; Mikolov et al. 2013"
    loader = "netbuilder.data.words:cbow"

    def fields(self) -> Mapping[str, TensorSpec]:
        words = len(self.vocabulary)
        return {
            "context": TensorSpec((B, 2 * self.window), "int64", words),
            "center": TensorSpec((B,), "int64", words),
            "negatives": TensorSpec((B, self.negatives), "int64", words),
        }

    def output_ports(self) -> tuple[str, ...]:
        return ("context", "center", "negatives")


class Cooccurrence(Neighbourhoods):
    """Two words and how often they stand near each other in a whole text: GloVe's counts.

    word (B), context (B), count (B): a pair d words apart counts 1/d, in both directions.
    If there are more pairs than samples, the most frequent ones stay. Without a file it is
    "Pride and Prejudice".
    """

    kind, title = "cooccurrence", "Word pairs counted"
    also = "GloVe co-occurrence matrix word embeddings"
    use = "Learn vectors of words from counts of the whole text, with a GloVe loss."
    mistakes = ("A small text has few counts above 1: GloVe needs more words than skip-gram.",)
    cites = "APS360, week 7; Pennington et al. 2014"
    loader = "netbuilder.data.words:cooccurrence"

    def fields(self) -> Mapping[str, TensorSpec]:
        one = TensorSpec((B,), "int64", len(self.vocabulary))
        return {"word": one, "context": one, "count": TensorSpec((B,))}

    def output_ports(self) -> tuple[str, ...]:
        return ("word", "context", "count")

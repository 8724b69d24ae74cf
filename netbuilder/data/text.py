"""Windows of characters or words from a text."""

from __future__ import annotations

import numpy as np

from netbuilder.data.fields import Array, Fields
from netbuilder.layers.data_files import Text
from netbuilder.layers.text_file import read
from netbuilder.layers.text_words import pieces


def text(layer: Text) -> Fields:
    """tokens (windows, T) and next (windows, T), views of one array of the whole text.

    As views they cost nothing more than the text, whatever the stride.
    """
    names = layer.tokens()
    tokens = _words(layer, names) if layer.spaced else _characters(layer, names)
    slide = np.lib.stride_tricks.sliding_window_view
    before = slide(tokens[:-1], layer.context, writeable=True)[:: layer.step]
    after = slide(tokens[1:], layer.context, writeable=True)[:: layer.step]
    return Fields(
        {"tokens": before, "next": after},
        class_names={"tokens": names, "next": names},
        overlap=-(-layer.context // layer.step) - 1,
    )


def _characters(layer: Text, names: tuple[str, ...]) -> Array:
    codes = np.frombuffer(read(layer.file()).encode("utf-32-le"), dtype="<u4").astype(np.int64)
    vocabulary = np.array([ord(c) for c in names], dtype=np.int64)
    return np.searchsorted(vocabulary, codes).astype(np.int64)


def _words(layer: Text, names: tuple[str, ...]) -> Array:
    """Words that are not among the names are number 0, ``<unk>``."""
    number = {word: i for i, word in enumerate(names)}
    return np.array([number.get(p, 0) for p in pieces(read(layer.file()))], dtype=np.int64)

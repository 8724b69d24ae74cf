"""Windows of characters from a text."""

from __future__ import annotations

import numpy as np

from netbuilder.data.fields import Fields
from netbuilder.layers.data_files import Text
from netbuilder.layers.text_file import read, scanned


def text(layer: Text) -> Fields:
    """tokens (windows, T) and next (windows, T), views of one array of the whole text.

    As views they cost nothing more than the text, whatever the stride.
    """
    file = layer.file()
    codes = np.frombuffer(read(file).encode("utf-32-le"), dtype="<u4").astype(np.int64)
    vocabulary = np.array([ord(c) for c in scanned(file).vocabulary], dtype=np.int64)
    tokens = np.searchsorted(vocabulary, codes).astype(np.int64)
    slide = np.lib.stride_tricks.sliding_window_view
    before = slide(tokens[:-1], layer.context, writeable=True)[:: layer.step]
    after = slide(tokens[1:], layer.context, writeable=True)[:: layer.step]
    names = tuple(scanned(file).vocabulary)
    return Fields(
        {"tokens": before, "next": after},
        class_names={"tokens": names, "next": names},
        overlap=-(-layer.context // layer.step) - 1,
    )
